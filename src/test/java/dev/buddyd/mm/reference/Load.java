package dev.buddyd.mm.reference;

import dev.buddyd.mm.gfp.Gfp;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Random requests in phases, so that a machine is filled, shredded, drained and filled again: the
 * rules about fallback, reserves and marks only speak when memory is short.
 */
final class Load {

  private static final int[] BASES = {
    Gfp.GFP_KERNEL,
    Gfp.GFP_KERNEL,
    Gfp.GFP_KERNEL | Gfp.RECLAIMABLE,
    Gfp.GFP_HIGHUSER_MOVABLE,
    Gfp.GFP_HIGHUSER_MOVABLE,
    Gfp.GFP_HIGHUSER,
    Gfp.GFP_ATOMIC,
    Gfp.GFP_ATOMIC,
    Gfp.GFP_NOWAIT,
    Gfp.GFP_NOIO,
    Gfp.GFP_NOFS,
    Gfp.GFP_USER,
    Gfp.GFP_TRANSHUGE,
    Gfp.GFP_TRANSHUGE_LIGHT,
    Gfp.GFP_KERNEL | Gfp.DMA,
    Gfp.GFP_KERNEL | Gfp.DMA32,
    Gfp.GFP_ATOMIC | Gfp.MEMALLOC,
    Gfp.HIGH | Gfp.DIRECT_RECLAIM,
    0,
  };

  private static final int[] EXTRAS = {
    Gfp.HIGH,
    Gfp.COMP,
    Gfp.NORETRY,
    Gfp.RETRY_MAYFAIL,
    Gfp.NOFAIL,
    Gfp.MEMALLOC,
    Gfp.NOMEMALLOC,
    Gfp.THISNODE,
    Gfp.WRITE,
    Gfp.ZERO,
    Gfp.ACCOUNT,
    Gfp.HARDWALL,
    Gfp.KSWAPD_RECLAIM,
  };

  private final SplittableRandom random;

  Load(long seed) {
    random = new SplittableRandom(seed);
  }

  int gfp() {
    int gfp = BASES[random.nextInt(BASES.length)];
    while (random.nextInt(4) == 0) {
      gfp ^= EXTRAS[random.nextInt(EXTRAS.length)];
    }
    return gfp;
  }

  private int order(int maxOrder) {
    return switch (random.nextInt(8)) {
      case 0, 1, 2 -> 0;
      case 3, 4, 5 -> random.nextInt(4);
      default -> random.nextInt(maxOrder + 1);
    };
  }

  /**
   * Some operations; both machines are compared after every {@code stride} of them and at the end.
   */
  void run(Twin twin, int operations, int stride) {
    int done = 0;
    while (done < operations) {
      int length = 1 + random.nextInt(Math.max(operations / 6, 1));
      int favour = random.nextInt(4); // 0, 1: fill; 2: mix; 3: give back
      squeeze(twin, operations);
      int gfp = gfp(); // half of a phase asks the same
      int order = order(twin.machine.memory().geometry().maxOrder());
      for (int i = 0; i < length && done < operations; i++, done++) {
        try {
          step(twin, favour, gfp, order);
          if (done % stride == stride - 1) {
            twin.assertSame();
          }
        } catch (AssertionError e) {
          throw new AssertionError("operation " + done + ": " + e.getMessage(), e);
        }
      }
    }
    twin.assertSame();
  }

  /** Brings the machine into a corner before a phase: nearly full, or full of small holes. */
  private void squeeze(Twin twin, int operations) {
    int cpu = random.nextInt(twin.cpus());
    int node = random.nextInt(twin.nodes());
    switch (random.nextInt(5)) {
      case 0 -> flood(twin, gfp(), random.nextInt(11), node, cpu, operations);
      case 1 -> {
        flood(twin, gfp(), 9, node, cpu, operations);
        flood(twin, Gfp.GFP_KERNEL, 4 + random.nextInt(3), node, cpu, operations);
        flood(twin, Gfp.GFP_ATOMIC, random.nextInt(11), node, cpu, 1 + random.nextInt(20));
      }
      case 2, 3 -> {
        int gfp = BASES[random.nextInt(6)];
        for (int i = 0; i < operations / 8; i++) {
          twin.bulk(gfp, node, cpu, 64);
        }
        shred(twin, operations * 2);
      }
      default -> {}
    }
  }

  private void flood(Twin twin, int gfp, int order, int node, int cpu, int most) {
    for (int i = 0; i < most && twin.alloc(gfp, order, node, cpu); i++) {
      if (random.nextBoolean()) {
        twin.setMovable(twin.liveBlocks() - 1, true);
      }
    }
  }

  private void shred(Twin twin, int most) {
    int frees = Math.min(most, twin.liveBlocks() * (1 + random.nextInt(9)) / 10);
    for (int i = 0; i < frees; i++) {
      twin.free(random.nextInt(1 << 20), random.nextInt(twin.cpus()));
    }
  }

  private void step(Twin twin, int favour, int phaseGfp, int phaseOrder) {
    int cpu = random.nextInt(twin.cpus());
    int node = random.nextInt(twin.nodes());
    int gfp = random.nextBoolean() ? phaseGfp : gfp();
    int maxOrder = twin.machine.memory().geometry().maxOrder();
    int order = random.nextBoolean() ? phaseOrder : order(maxOrder);
    int what = random.nextInt(100);
    if (what < 84) {
      if (random.nextInt(32) == 0) {
        shred(twin, 64);
      }
      boolean frees = random.nextInt(8) < (favour == 3 ? 6 : favour == 2 ? 4 : 1);
      if (frees) {
        twin.free(random.nextInt(1 << 20), cpu);
      } else if (twin.alloc(gfp, order, node, cpu) && random.nextInt(3) == 0) {
        twin.setMovable(twin.liveBlocks() - 1, true);
      }
    } else if (what < 87) {
      twin.bulk(gfp & ~Gfp.COMP, node, cpu, 1 + random.nextInt(200));
    } else if (what < 90) {
      twin.exact(gfp, 1 + random.nextInt(40), node, cpu);
    } else if (what < 91) {
      twin.split(random.nextInt(1 << 20));
    } else if (what < 92) {
      twin.freeReferenced(random.nextInt(1 << 20), cpu);
    } else if (what < 93) {
      twin.setMovable(random.nextInt(1 << 20), random.nextBoolean());
    } else if (what < 94) {
      if (random.nextInt(3) == 0) {
        twin.isolate(random.nextInt(1 << 20), cpu);
      } else {
        twin.restore(random.nextInt(1 << 20), cpu);
      }
    } else if (what < 95) {
      twin.drain(cpu);
    } else if (what < 97) {
      twin.tick(cpu);
    } else if (what < 98) {
      twin.kswapdSleeps(node, random.nextInt(3) * 8);
    } else if (what < 99) {
      twin.unreserve(gfp, node, random.nextBoolean(), cpu);
    } else {
      sysctl(twin);
    }
  }

  private void sysctl(Twin twin) {
    switch (random.nextInt(12)) {
      case 0 -> twin.sysctl("min_free_kbytes", random.nextInt(20_000));
      case 1 -> twin.sysctl("watermark_scale_factor", 1 + random.nextInt(200));
      case 2 -> twin.sysctl("watermark_boost_factor", random.nextInt(3) * 10_000);
      case 3 ->
          twin.sysctl(
              "percpu_pagelist_high_fraction", random.nextBoolean() ? 0 : 8 + random.nextInt(90));
      case 4 ->
          twin.lowmemReserveRatio(
              List.of(random.nextInt(300), random.nextInt(300), random.nextInt(40)));
      default -> {} // seldom, or nothing would last
    }
  }
}
