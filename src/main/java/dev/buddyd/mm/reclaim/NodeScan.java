package dev.buddyd.mm.reclaim;

import dev.buddyd.mm.frame.Geometry;
import dev.buddyd.mm.trace.Trace;
import dev.buddyd.mm.zone.PhysicalMemory;
import dev.buddyd.mm.zone.Sysctls.Knob;
import dev.buddyd.mm.zone.Watermarks;
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
  private final CompactionSuitability suitability;
  private final VmEvents events;
  private final boolean generations;

  NodeScan(
      PhysicalMemory memory,
      LruPages pages,
      SwapSpace swap,
      PageScan scan,
      CompactionSuitability suitability,
      VmEvents events,
      boolean generations) {
    this.memory = memory;
    this.pages = pages;
    this.swap = swap;
    this.scan = scan;
    this.suitability = suitability;
    this.events = events;
    this.generations = generations;
  }

  /**
   * Begins a round over one node.
   *
   * @param firstPriority where the pass began
   * @param enough pages after which the round may end early; {@code Long.MAX_VALUE} for never
   */
  Round begin(
      int node,
      int priority,
      int firstPriority,
      long enough,
      ScanTally tally,
      int cpu,
      @Nullable Trace trace) {
    return generations
        ? new Generations(node, priority, firstPriority, enough, tally, cpu, trace)
        : new Classic(node, priority, enough, tally, cpu, trace);
  }

  /**
   * Pages after which a round of direct reclaim may end: over generations for two blocks of the
   * order that compaction is to make of them, if those are more.
   */
  long enough(int order) {
    return generations ? Math.max(ScanBalance.GOAL_PAGES, 2L << order) : ScanBalance.GOAL_PAGES;
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

  /** Whether too few slots in swap are free to scan anonymous pages for them. */
  boolean swapIsFull() {
    return swap.free() < (generations ? ScanBalance.GENERATION_STEP_PAGES : 1);
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
    return swappiness() > 0 && !swapIsFull();
  }

  /**
   * R-12 for generations: whether of the two kinds file pages have come back more often. It takes a
   * step of anonymous pages that stayed away to tell.
   */
  private boolean filesComeBackMore() {
    return swap.used() - pages.swapcachePages() >= ScanBalance.GENERATION_STEP_PAGES
        && events.get(VmEvent.WORKINGSET_REFAULT_FILE)
            > events.get(VmEvent.WORKINGSET_REFAULT_ANON);
  }

  private int swappiness() {
    return memory.tunables().get(Knob.SWAPPINESS);
  }

  /** A round on its way: each step looks at some pages of one list. */
  abstract sealed class Round {
    final int node;
    final int priority;
    final long enough;
    final ScanTally tally;
    final int cpu;
    final @Nullable Trace trace;

    /** Whether anonymous pages are looked at. */
    final boolean anon;

    Round(int node, int priority, long enough, ScanTally tally, int cpu, @Nullable Trace trace) {
      this.node = node;
      this.priority = priority;
      this.enough = enough;
      this.tally = tally;
      this.cpu = cpu;
      this.trace = trace;
      this.anon = tally.maySwap && mayScanAnon();
    }

    /** Goes on; false once the round is over: with its last pages, upon which slab follows. */
    final boolean step() {
      if (lists() && !over()) {
        return true;
      }
      scan.shrinkSlab(node, priority, tally, cpu, trace);
      return false;
    }

    /** Goes on to the end. */
    final void finish() {
      while (step()) {}
    }

    /** Looks at some pages; false if the round has none left. */
    abstract boolean lists();

    /** Whether the round has looked at all that it wants to. */
    abstract boolean over();
  }

  /** The multi-generational LRU: steps of 64 pages, of the kind of pages that is tried first. */
  private final class Generations extends Round {
    private final int firstPriority;
    private final long scannedBefore;

    Generations(
        int node,
        int priority,
        int firstPriority,
        long enough,
        ScanTally tally,
        int cpu,
        @Nullable Trace trace) {
      super(node, priority, enough, tally, cpu, trace);
      this.firstPriority = firstPriority;
      this.scannedBefore = tally.scanned;
    }

    @Override
    boolean lists() {
      if (over()) {
        return false;
      }
      age();
      boolean file = fileFirst();
      return shrink(file) || shrink(!file);
    }

    @Override
    boolean over() {
      return tally.reclaimed >= enough
          || tally.scanned - scannedBefore >= ScanBalance.share(pages(), priority);
    }

    /** not if there are nearly none, or they come back; the other way if it was in vain. */
    private boolean fileFirst() {
      boolean anonFirst =
          swappiness() > 100
              || filePages(node, tally.highestZoneidx) < ScanBalance.GENERATION_STEP_PAGES
              || filesComeBackMore();
      boolean inVain = tally.reclaimed == 0 && firstPriority - priority >= FRUITLESS_PRIORITIES;
      return anonFirst == inVain;
    }

    /** All pages that the round may look at: what is given back counts no longer. */
    private long pages() {
      int hz = tally.highestZoneidx;
      return filePages(node, hz) + (anon ? anonPages(node, hz) : 0);
    }

    /** A step over the pages of the old generations. */
    private boolean shrink(boolean file) {
      long step = ScanBalance.GENERATION_STEP_PAGES;
      return (file || anon) && scan.shrink(node, file, step, priority, tally, cpu, trace) > 0;
    }

    /** R-13 for generations: young pages are made old when neither kind has a step of old ones. */
    private void age() {
      int hz = tally.highestZoneidx;
      long step = ScanBalance.GENERATION_STEP_PAGES;
      long old =
          pages.pagesOfNode(node, hz, LruList.INACTIVE_FILE)
              + (anon ? pages.pagesOfNode(node, hz, LruList.INACTIVE_ANON) : 0);
      if (old < step) {
        scan.age(node, true, hz, step);
        if (anon) {
          scan.age(node, false, hz, step);
        }
      }
    }
  }

  /** The classic lists: first anonymous pages, then those of files, in batches. */
  private final class Classic extends Round {
    private int kinds;
    private boolean file;
    private long left;

    /** Pages after which a lap over the lists ends early, and where this lap began. */
    private final long enoughOfLap;

    private long lapBegan;
    private final boolean anonOnly;

    Classic(int node, int priority, long enough, ScanTally tally, int cpu, @Nullable Trace trace) {
      super(node, priority, enough, tally, cpu, trace);
      beginLap();
      this.enoughOfLap = enough - lapBegan;
      this.anonOnly = anon && nearlyNoFilePages();
    }

    @Override
    boolean lists() {
      while (!over()) {
        long batch = Math.min(left, ScanBalance.GOAL_PAGES);
        left -= batch;
        if (scan.shrink(node, file, batch, priority, tally, cpu, trace) > 0) {
          return true;
        }
        left = 0;
      }
      return false;
    }

    @Override
    boolean over() {
      while (left == 0 || tally.reclaimed - lapBegan >= enoughOfLap) {
        if (kinds < 2) {
          left = nextKind();
        } else if (goesOn()) {
          kinds = 0;
          beginLap();
        } else {
          return true;
        }
      }
      return false;
    }

    private void beginLap() {
      lapBegan = tally.reclaimed;
      scan.holdWrites(tally);
    }

    /** the lists are gone through again for a block that is not there yet. */
    private boolean goesOn() {
      int order = tally.order;
      boolean forBlock =
          order > Geometry.COSTLY_ORDER || (order > 0 && priority < ScanBalance.FIRST_PRIORITY - 2);
      if (!forBlock || tally.reclaimed == lapBegan) {
        return false;
      }
      int hz = tally.highestZoneidx;
      for (Zone zone : memory.node(node).zones()) {
        if (zone.index() <= hz
            && suitability.worth(zone, order, hz, Watermarks.MIN, 0)
                != CompactionSuitability.Verdict.SKIPPED) {
          return false;
        }
      }
      long inactive = pages.pagesOfNode(node, hz, LruList.INACTIVE_FILE);
      if (anon) {
        inactive += pages.pagesOfNode(node, hz, LruList.INACTIVE_ANON);
      }
      return inactive > 2L << order;
    }

    /** with all file pages free, too, the node would not be above its high marks. */
    private boolean nearlyNoFilePages() {
      long would = filePages(node, tally.highestZoneidx);
      long marks = 0;
      for (Zone zone : memory.node(node).zones()) {
        would += zone.counter().free();
        marks += zone.watermarks().effective(Watermarks.HIGH);
      }
      return would <= marks;
    }

    /** Pages to look at of the next kind. */
    private long nextKind() {
      file = kinds++ == 1;
      if (file ? anonOnly : !anon) { // no swap, file only
        return 0;
      }
      int hz = tally.highestZoneidx;
      scan.age(node, file, hz, ScanBalance.GOAL_PAGES);
      long share = ScanBalance.share(pages.pagesOfNode(node, hz, LruList.inactive(file)), priority);
      if (anon && !anonOnly && priority > 0) { // split; priority 0 takes both in full
        int permille = ScanBalance.anonPermille(swappiness(), 0, 0);
        return share * (file ? 1000 - permille : permille) / 1000;
      }
      return share;
    }
  }
}
