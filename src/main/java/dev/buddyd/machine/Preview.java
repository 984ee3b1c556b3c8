package dev.buddyd.machine;

import dev.buddyd.machine.PageRequest.Call;
import dev.buddyd.mm.alloc.FrameTableExhaustedException;
import dev.buddyd.mm.alloc.KernelWould;
import dev.buddyd.mm.gfp.Gfp;
import dev.buddyd.mm.zone.AllocationRequest;

/** A request that is made on a fork of the machine, to see what would become of it. */
final class Preview {

  private final SimulatedMachine machine;
  private final PageRequest request;
  private final RequestTrace trace;
  private final int pages;
  private final boolean exact;
  private final AllocationRequest demand;

  /**
   * Checks the request as if it were made on the machine itself.
   *
   * @throws MachineException if it cannot be made at all
   */
  Preview(SimulatedMachine machine, PageRequest request, boolean explain) {
    this.machine = machine;
    this.request = request;
    this.trace = new RequestTrace(null, explain);
    RequestCheck check = machine.check();
    this.demand = check.demand(request);
    this.exact = request.call() == Call.ALLOC_PAGES_EXACT;
    this.pages = exact ? check.exactPages(request.sizeBytes()) : 1 << demand.order();
  }

  AllocationOutcome outcome() {
    trace.begin(demand.cpu(), 0);
    int gfp = exact ? demand.gfp() & ~Gfp.COMP : demand.gfp(); // B-92
    try (MachineFork fork = machine.fork()) {
      fork.oneRequest();
      long pfn =
          exact
              ? fork.allocator().allocateExact(demand, pages, trace)
              : fork.allocator().allocate(demand, trace);
      if (pfn < 0) {
        KernelWould would = KernelWould.of(pfn);
        int owner = machine.ownerNumber(request.owner());
        String report =
            machine.foretold(
                new KernelVoice.Denial(
                    would, gfp, demand.order(), demand.cpu(), owner, request.owner()),
                fork);
        return new AllocationOutcome.Refused(
            gfp, demand.order(), would, trace.verdicts(), trace.steps(), report);
      }
      Holder holder = new Holder(0, 0, pfn, pages, 0, demand.cpu());
      Allocation allocation =
          machine.inspectorOf(fork.memory()).granted(holder, request.owner(), gfp, request.use());
      return new AllocationOutcome.Granted(allocation, trace.steps());
    } catch (FrameTableExhaustedException e) {
      throw MachineException.frameTablesFull(machine.memory().budget());
    }
  }
}
