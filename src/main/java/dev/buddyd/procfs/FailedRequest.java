package dev.buddyd.procfs;

import dev.buddyd.machine.AllocationOutcome.Refused;
import dev.buddyd.machine.KernelVoice.Denial;
import dev.buddyd.machine.PageRequest;
import dev.buddyd.machine.SimulatedMachine;

/**
 * A request that got no page, as a report tells it.
 *
 * @param gfp mask after what the call adds (G-23)
 * @param order order of the block
 * @param cpu simulated CPU that asked
 * @param task who asked
 */
public record FailedRequest(int gfp, int order, int cpu, KernelTask task) {

  /** What a machine has just refused, or would refuse: its owner may be unheard of. */
  public static FailedRequest of(SimulatedMachine machine, PageRequest request, Refused refused) {
    String owner = request.owner();
    return new FailedRequest(
        refused.gfp(),
        refused.order(),
        machine.cpuOf(request),
        KernelTask.of(owner, machine.ownerNumber(owner)));
  }

  /** What a machine has just refused. */
  static FailedRequest of(SimulatedMachine machine, Denial denial) {
    return new FailedRequest(
        denial.gfp(),
        denial.order(),
        denial.cpu(),
        KernelTask.of(
            denial.asker() == null ? machine.ownerName(denial.owner()) : denial.asker(),
            denial.owner()));
  }
}
