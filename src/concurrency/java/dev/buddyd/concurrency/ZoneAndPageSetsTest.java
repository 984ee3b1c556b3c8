package dev.buddyd.concurrency;

import dev.buddyd.mm.MmInvariants;
import dev.buddyd.mm.Violation;
import dev.buddyd.mm.alloc.PageAllocator;
import dev.buddyd.mm.boot.Boot;
import dev.buddyd.mm.boot.MachineDescription;
import dev.buddyd.mm.boot.MachineDescription.NodeDescription;
import dev.buddyd.mm.boot.MachineDescription.PfnRange;
import dev.buddyd.mm.frame.SectionBudget;
import dev.buddyd.mm.gfp.Gfp;
import dev.buddyd.mm.reclaim.Reclaim;
import dev.buddyd.mm.zone.AllocationRequest;
import dev.buddyd.mm.zone.PhysicalMemory;
import java.util.List;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Test;

/**
 * The page sets of two CPUs and the zone behind them: whatever allocations, frees and drains run at
 * the same time, they answer as if one after the other, to the page frame number, and leave a sound
 * machine. Scenarios are found by Lincheck; a counterexample is printed as a table of threads.
 */
@Param(name = "cpu", gen = IntGen.class, conf = "0:1")
@Param(name = "order", gen = IntGen.class, conf = "0:4")
public class ZoneAndPageSetsTest {

  private static final MachineDescription TWO_CPUS =
      new MachineDescription(
          "two CPUs",
          null,
          null,
          null,
          null,
          null,
          null,
          List.of(new NodeDescription(List.of(0, 1), List.of(new PfnRange(0x1000, 0x2000)), null)),
          null,
          null,
          null,
          null,
          null,
          null);

  private final PhysicalMemory memory = Boot.boot(TWO_CPUS, SectionBudget.unlimited());
  private final PageAllocator allocator = new PageAllocator(memory, Reclaim.none());
  private final long single = take(Gfp.GFP_KERNEL, 0, 0);
  private final long block = take(Gfp.GFP_KERNEL, 3, 1);
  private final long large = take(Gfp.GFP_KERNEL, 5, 0);

  private long take(int gfp, int order, int cpu) {
    return allocator.allocate(AllocationRequest.of(gfp, order, 0, cpu), null);
  }

  @Operation
  public long allocate(@Param(name = "order") int order, @Param(name = "cpu") int cpu) {
    return take(Gfp.GFP_KERNEL, order, cpu);
  }

  @Operation
  public long allocateMovable(@Param(name = "order") int order, @Param(name = "cpu") int cpu) {
    return take(Gfp.GFP_HIGHUSER_MOVABLE, order, cpu);
  }

  @Operation(runOnce = true)
  public void freeSingle(@Param(name = "cpu") int cpu) {
    allocator.free(single, 0, cpu, null);
  }

  @Operation(runOnce = true)
  public void freeBlock(@Param(name = "cpu") int cpu) {
    allocator.free(block, 3, cpu, null);
  }

  @Operation(runOnce = true)
  public void freeLarge(@Param(name = "cpu") int cpu) {
    allocator.free(large, 5, cpu, null);
  }

  @Operation
  public void drain(@Param(name = "cpu") int cpu) {
    allocator.drain(cpu, null);
  }

  /** Nobody runs any more: the machine is sound. */
  @Validate
  public void sound() {
    memory.quiesce();
    try {
      List<Violation> violations = MmInvariants.check(memory);
      if (!violations.isEmpty()) {
        throw new IllegalStateException(violations.toString());
      }
    } finally {
      memory.resume();
    }
  }

  @Test
  void underStress() {
    new StressOptions()
        .iterations(30)
        .invocationsPerIteration(500)
        .threads(3)
        .actorsPerThread(3)
        .actorsBefore(2)
        .actorsAfter(2)
        .check(getClass());
  }

  @Test
  void underEverySwitchOfThreads() {
    new ModelCheckingOptions()
        .iterations(10)
        .invocationsPerIteration(300)
        .threads(2)
        .actorsPerThread(2)
        .actorsBefore(2)
        .actorsAfter(2)
        .check(getClass());
  }
}
