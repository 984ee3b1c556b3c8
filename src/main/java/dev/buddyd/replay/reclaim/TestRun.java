package dev.buddyd.replay.reclaim;

import dev.buddyd.mm.alloc.KernelWould;
import dev.buddyd.mm.alloc.PageAllocator;
import dev.buddyd.mm.frame.SectionBudget;
import dev.buddyd.mm.reclaim.MemoryReclaim;
import dev.buddyd.mm.reclaim.VmEvent;
import dev.buddyd.mm.zone.AllocationRequest;
import dev.buddyd.mm.zone.FreePath;
import dev.buddyd.replay.json.Field;

/** Makes the requests of one test on a machine of its own, then lets it settle. */
final class TestRun implements AutoCloseable {

  /** Virtual time from the last request until all has settled. */
  private static final int SETTLE_STEPS = 12;

  private static final long STEP_MICROS = 100_000;

  /** The CPU's housekeeping comes once a second. */
  private static final int HOUSEKEEPING_STEP = 9;

  private final RecordedTest test;
  private final EqualMachine machine;

  TestRun(RecordedTest test, Field field, boolean generations, SectionBudget budget) {
    this.test = test;
    this.machine = EqualMachine.of(test, field, generations, budget);
  }

  /** Makes them. */
  Outcome perform() {
    MemoryReclaim reclaim = machine.reclaim();
    OneCpu cpu = new OneCpu(machine);
    PageAllocator allocator = new PageAllocator(machine.memory(), cpu);
    int granted = 0;
    boolean endless = false;
    for (int i = 0; i < test.requests() && !endless; i++) {
      cpu.begin(test.turns().get(i));
      int tag = machine.holders().register();
      long pfn =
          allocator.allocate(
              new AllocationRequest(test.gfp(), test.order(), 0, 0, AllocationRequest.KERNEL, tag),
              null);
      granted += pfn >= 0 ? 1 : 0;
      endless = pfn < 0 && KernelWould.of(pfn) == KernelWould.LOOP;
      cpu.end();
    }
    long stalls = reclaim.events().allocstall();
    long compactions = reclaim.events().get(VmEvent.COMPACT_STALL);
    for (int step = 0; step < SETTLE_STEPS; step++) {
      cpu.idle(null);
      machine.clock().sleep(STEP_MICROS);
      reclaim.tick(null);
      if (step == HOUSEKEEPING_STEP) {
        machine.memory().zones().forEach(zone -> FreePath.tick(zone, 0, null));
      }
    }
    int highest = RecordedTest.highest(test.pressed());
    return new Outcome(
        granted,
        endless ? 0 : stalls,
        compactions,
        reclaim.events().get(VmEvent.OOM_KILL),
        endless,
        reclaim.events().get(VmEvent.PGSCAN_KSWAPD),
        reclaim.events().get(VmEvent.PGSTEAL_KSWAPD),
        machine.memory().node(0).balanced(0, highest));
  }

  @Override
  public void close() {
    machine.close();
  }
}
