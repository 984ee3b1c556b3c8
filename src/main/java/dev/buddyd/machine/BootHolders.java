package dev.buddyd.machine;

import dev.buddyd.mm.frame.FrameTable;
import dev.buddyd.mm.zone.AllocationRequest;

/** Blocks that were allocated before anybody asked (a warm-up) get a holder, too: "boot". */
final class BootHolders {

  private static final String NAME = "boot";

  private BootHolders() {}

  /**
   * Gives each allocated block without a holder to "boot".
   *
   * @throws MachineException if the budget has no room for their records
   */
  static void adopt(SimulatedMachine machine) {
    AllocationTable allocations = machine.allocations();
    machine
        .inspector()
        .forEachAllocated(
            (zone, index) -> {
              FrameTable frames = zone.frames();
              if (frames.word1(index) == 0) {
                int boot = machine.owner(NAME);
                long pfn = frames.pfn(index);
                int order = frames.orderOf(index);
                int slot = allocations.add(0, pfn, 1 << order, boot, 0);
                frames.setWords(index, frames.word0(index), slot);
                if (frames.useOf(index) != AllocationRequest.KERNEL) {
                  machine.reserveRecord(slot);
                  machine.reclaim().added(slot, pfn, order, frames.useOf(index), boot, false);
                }
              }
            });
  }
}
