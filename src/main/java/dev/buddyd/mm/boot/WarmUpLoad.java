package dev.buddyd.mm.boot;

import dev.buddyd.mm.alloc.PageAllocator;
import dev.buddyd.mm.boot.MachineDescription.WarmUp;
import dev.buddyd.mm.gfp.Gfp;
import dev.buddyd.mm.reclaim.Reclaim;
import dev.buddyd.mm.zone.AllocationRequest;
import dev.buddyd.mm.zone.PhysicalMemory;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** A seeded load after boot, so that a machine starts with mixed pageblocks (S-31). */
final class WarmUpLoad {

  private static final int[] GFP = {
    Gfp.GFP_KERNEL, Gfp.GFP_KERNEL | Gfp.RECLAIMABLE, Gfp.GFP_HIGHUSER_MOVABLE
  };

  /** Small blocks are asked for more often than large ones. */
  private static final int[] KERNEL_ORDERS = {0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 2, 2, 2, 3};

  private final PageAllocator allocator;
  private final SplittableRandom random;
  private final int freePercent;

  private WarmUpLoad(PhysicalMemory memory, WarmUp warmUp) {
    this.allocator = new PageAllocator(memory, Reclaim.none());
    this.random = new SplittableRandom(warmUp.seed());
    this.freePercent = warmUp.freePercent();
  }

  static void run(@Nullable WarmUp warmUp, PhysicalMemory memory) {
    if (warmUp != null) {
      int kb = memory.geometry().pageKbytes();
      new WarmUpLoad(memory, warmUp)
          .load(warmUp.unmovableKb() / kb, warmUp.reclaimableKb() / kb, warmUp.movableKb() / kb);
    }
  }

  private void load(long... pagesByType) {
    int cpus = allocator.memory().cpus();
    while (pagesByType[0] > 0 || pagesByType[1] > 0 || pagesByType[2] > 0) {
      int type = random.nextInt(3);
      if (pagesByType[type] <= 0) {
        continue;
      }
      int order = type == 2 ? 0 : KERNEL_ORDERS[random.nextInt(KERNEL_ORDERS.length)];
      int cpu = random.nextInt(cpus);
      int node = allocator.memory().nodeOfCpu(cpu);
      long pfn = allocator.allocate(AllocationRequest.of(GFP[type], order, node, cpu), null);
      pagesByType[type] -= 1L << order;
      if (pfn < 0) {
        return; // the machine is full
      }
      if (random.nextInt(100) < freePercent) {
        allocator.free(pfn, order, cpu, null);
      } else if (type == 2) {
        allocator.setMovable(pfn, order, true);
      }
    }
  }
}
