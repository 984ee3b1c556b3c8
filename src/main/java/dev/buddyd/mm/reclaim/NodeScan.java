package dev.buddyd.mm.reclaim;

import dev.buddyd.mm.trace.Trace;
import dev.buddyd.mm.zone.PhysicalMemory;
import dev.buddyd.mm.zone.Sysctls.Knob;
import dev.buddyd.mm.zone.Zone;
import org.jspecify.annotations.Nullable;

/**
 * One round over a node's lists at one priority, in the way of the multi-generational LRU or of the
 * classic lists. Under the lock of {@link MemoryReclaim}.
 */
final class NodeScan {

  /** Priorities without a page won after which the other kind of pages is tried. */
  private static final int FRUITLESS_PRIORITIES = 4;

  private final PhysicalMemory memory;
  private final LruPages pages;
  private final SwapSpace swap;
  private final PageScan scan;
  private final boolean generations;

  NodeScan(
      PhysicalMemory memory, LruPages pages, SwapSpace swap, PageScan scan, boolean generations) {
    this.memory = memory;
    this.pages = pages;
    this.swap = swap;
    this.scan = scan;
    this.generations = generations;
  }

  /**
   * Scans one node.
   *
   * @param firstPriority where the pass began
   * @param enough pages after which the round may end early; {@code Long.MAX_VALUE} for never
   */
  void round(
      int node,
      int priority,
      int firstPriority,
      long enough,
      ScanTally tally,
      int cpu,
      @Nullable Trace trace) {
    if (generations) {
      generations(node, priority, firstPriority, enough, tally, cpu, trace);
    } else {
      classic(node, priority, enough, tally, cpu, trace);
    }
    scan.shrinkSlab(node, priority, tally, cpu, trace);
  }

  /** Pages of a node that reclaim may scan at all. */
  long evictable(int node, int highestZoneidx) {
    return filePages(node, highestZoneidx) + (mayScanAnon() ? anonPages(node, highestZoneidx) : 0);
  }

  /** Anonymous pages that the zones of a request hold, whether or not they may be scanned. */
  long anonymous(Zone[] zones) {
    long sum = 0;
    for (Zone zone : zones) {
      sum += pages.pagesInZone(zone.ordinal(), LruList.INACTIVE_ANON);
      sum += pages.pagesInZone(zone.ordinal(), LruList.ACTIVE_ANON);
    }
    return sum;
  }

  /** Those of them that have no slot in swap. */
  long notInSwap(Zone[] zones) {
    long sum = anonymous(zones);
    for (Zone zone : zones) {
      sum -= pages.swapcachePages(zone.ordinal());
    }
    return sum;
  }

  /** Whether no slot in swap is free. */
  boolean swapIsFull() {
    return swap.free() == 0;
  }

  private long filePages(int node, int hz) {
    return pages.pagesOfNode(node, hz, LruList.INACTIVE_FILE)
        + pages.pagesOfNode(node, hz, LruList.ACTIVE_FILE);
  }

  private long anonPages(int node, int hz) {
    return pages.pagesOfNode(node, hz, LruList.INACTIVE_ANON)
        + pages.pagesOfNode(node, hz, LruList.ACTIVE_ANON);
  }

  /** with no free slot nothing is looked at, not even pages that have theirs already. */
  private boolean mayScanAnon() {
    return swappiness() > 0 && swap.free() > 0;
  }

  private int swappiness() {
    return memory.tunables().get(Knob.SWAPPINESS);
  }

  private void generations(
      int node,
      int priority,
      int firstPriority,
      long enough,
      ScanTally tally,
      int cpu,
      @Nullable Trace trace) {
    int hz = tally.highestZoneidx;
    long steps = ScanBalance.steps(evictable(node, hz), priority);
    boolean anonFirst = // nearly no file pages
        swappiness() > 100 || filePages(node, hz) < ScanBalance.GENERATION_STEP_PAGES;
    boolean swapKinds = tally.reclaimed == 0 && firstPriority - priority >= FRUITLESS_PRIORITIES;
    boolean file = anonFirst == swapKinds;
    for (long step = 0; step < steps && tally.reclaimed < enough; step++) {
      if (!step(node, file, priority, tally, cpu, trace)
          && !step(node, !file, priority, tally, cpu, trace)) {
        return;
      }
    }
  }

  private boolean step(
      int node, boolean file, int priority, ScanTally tally, int cpu, @Nullable Trace trace) {
    if (!file && !mayScanAnon()) {
      return false;
    }
    int hz = tally.highestZoneidx;
    long inactive = pages.pagesOfNode(node, hz, LruList.inactive(file));
    if (inactive < ScanBalance.GENERATION_STEP_PAGES) {
      scan.age(node, file, hz, ScanBalance.GENERATION_STEP_PAGES);
    }
    return scan.shrink(node, file, ScanBalance.GENERATION_STEP_PAGES, priority, tally, cpu, trace)
        > 0;
  }

  private void classic(
      int node, int priority, long enough, ScanTally tally, int cpu, @Nullable Trace trace) {
    int hz = tally.highestZoneidx;
    for (int kind = 0; kind < 2; kind++) {
      boolean file = kind == 1;
      if (!file && !mayScanAnon()) { // no swap, file only
        continue;
      }
      scan.age(node, file, hz, ScanBalance.GOAL_PAGES);
      long left = ScanBalance.share(pages.pagesOfNode(node, hz, LruList.inactive(file)), priority);
      if (mayScanAnon() && priority > 0) { // split; priority 0 takes both in full
        int anon = ScanBalance.anonPermille(swappiness(), 0, 0);
        left = left * (file ? 1000 - anon : anon) / 1000;
      }
      while (left > 0 && tally.reclaimed < enough) {
        long batch = Math.min(left, ScanBalance.GOAL_PAGES);
        if (scan.shrink(node, file, batch, priority, tally, cpu, trace) == 0) {
          break;
        }
        left -= batch;
      }
    }
  }
}
