package dev.buddyd.machine;

import dev.buddyd.machine.AllocationTable.Entry;
import dev.buddyd.mm.alloc.FrameTableExhaustedException;
import dev.buddyd.mm.alloc.KernelWould;
import dev.buddyd.mm.zone.AllocationRequest;
import dev.buddyd.mm.zone.PhysicalMemory;
import java.util.List;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;

/** One fault: pages that are in swap, or page cache that was dropped, get frames again. */
final class PageFault {

  private static final long REFUSED_EARLY = -1;

  private final SimulatedMachine machine;
  private final PhysicalMemory memory;
  private final AllocationTable allocations;
  private final RequestTrace trace;
  private final Entry entry;
  private final Holder holder;
  private final int order;
  private final int cpu;

  /**
   * @param entry the allocation, which is not in memory
   * @param cpu simulated CPU that faults
   */
  PageFault(SimulatedMachine machine, Entry entry, int cpu, RequestTrace trace) {
    this.machine = machine;
    this.memory = machine.memory();
    this.allocations = machine.allocations();
    this.trace = trace;
    this.entry = entry;
    this.holder = entry.holder();
    this.order = RequestCheck.orderOf(holder.pages());
    this.cpu = cpu;
  }

  /** What came of it; null if somebody else was quicker: another look says what is now. */
  @Nullable AllocationOutcome outcome() {
    long pfn;
    boolean wanted;
    Lock lock = machine.manyStepped();
    lock.lock();
    try {
      if (!allocations.beginFault(entry)) {
        return null;
      }
      trace.begin(cpu, holder.owner());
      machine.oneRequest();
      pfn = allocate();
      wanted = pfn < 0 || arrives(pfn);
      if (!wanted) {
        machine.allocator().free(pfn, order, cpu, trace);
      }
    } finally {
      lock.unlock();
    }
    List<Step> steps = trace.steps();
    if (pfn < 0) {
      KernelWould would = KernelWould.of(pfn);
      String report =
          machine.denied(
              new KernelVoice.Denial(would, entry.gfp(), order, cpu, holder.owner()), true);
      machine.background(trace);
      return new AllocationOutcome.Refused(
          entry.gfp(), order, would, trace.verdicts(), steps, report);
    }
    machine.background(trace);
    return wanted ? new AllocationOutcome.Granted(allocationAt(pfn), steps) : null;
  }

  /** New frames, or a refusal: then the allocation is where it was. */
  private long allocate() {
    AllocationRequest request =
        new AllocationRequest(
            entry.gfp(), order, memory.nodeOfCpu(cpu), cpu, entry.use().ordinal(), holder.slot());
    long pfn = REFUSED_EARLY;
    try {
      pfn = machine.allocator().allocate(request, trace);
    } catch (FrameTableExhaustedException e) {
      throw MachineException.frameTablesFull(memory.budget());
    } finally {
      if (pfn < 0) {
        allocations.endFault(entry);
      }
    }
    return pfn;
  }

  /** False if the process was killed meanwhile: nobody wants the pages any more. */
  private boolean arrives(long pfn) {
    return machine
        .reclaim()
        .faulted(
            holder.slot(),
            pfn,
            order,
            entry.use().ordinal(),
            holder.owner(),
            () -> allocations.endFault(entry, pfn, cpu));
  }

  private Allocation allocationAt(long pfn) {
    Holder now =
        new Holder(holder.slot(), holder.sequence(), pfn, holder.pages(), holder.owner(), cpu);
    String owner = machine.ownerName(holder.owner());
    return machine.inspector().granted(now, owner, entry.gfp(), entry.use());
  }
}
