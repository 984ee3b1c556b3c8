package dev.buddyd.mm.reclaim;

import dev.buddyd.mm.gfp.Gfp;
import dev.buddyd.mm.lock.SpinParkLock;
import dev.buddyd.mm.trace.Trace;
import dev.buddyd.mm.zone.AllocationRequest;
import dev.buddyd.mm.zone.Node;
import dev.buddyd.mm.zone.PhysicalMemory;
import dev.buddyd.mm.zone.Zone;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reclaim of one machine: pages on lists, swap, kswapd, shrinkers, compaction and the OOM killer at
 * model level (spec 06).
 *
 * <p>One lock guards the lists and everything behind them; it is taken before the locks of page
 * sets and zones. Pages on a list keep their frames until they are taken off under this lock, so
 * who holds it may look at them, move them and give them back.
 */
public final class MemoryReclaim implements Reclaim {

  private final SpinParkLock lock = new SpinParkLock();
  private final VirtualClock clock;
  private final ReclaimParts parts;

  /**
   * @param memory of the machine whose pages are reclaimed
   * @param holders told of what is taken or moved
   */
  public MemoryReclaim(
      PhysicalMemory memory, ReclaimSettings settings, VirtualClock clock, PageHolders holders) {
    this.clock = clock;
    this.parts = new ReclaimParts(memory, settings, clock, holders);
  }

  // ---- what the slow path asks

  @Override
  public long directReclaim(AllocationRequest request, @Nullable Trace trace) {
    ReclaimParts p = parts;
    lock.lock();
    try {
      long progress = p.direct.pass(request, trace);
      if (progress > 0) {
        p.memory.node(request.node()).kswapd().progress();
      }
      return progress;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public Compaction compact(
      AllocationRequest request, CompactionPriority priority, @Nullable Trace trace) {
    ReclaimParts p = parts;
    lock.lock();
    try {
      return p.compaction.direct(request, priority, trace);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void compacted(AllocationRequest request, long pfn) {
    ReclaimParts p = parts;
    lock.lock();
    try {
      p.compaction.noted(request.order(), pfn);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public boolean compactionMayHelp(AllocationRequest request) {
    ReclaimParts p = parts;
    lock.lock();
    try {
      return p.compaction.mayHelp(request, zone -> reclaimable(p, zone));
    } finally {
      lock.unlock();
    }
  }

  @Override
  public long reclaimablePages(Zone zone) {
    ReclaimParts p = parts;
    lock.lock();
    try {
      return reclaimable(p, zone);
    } finally {
      lock.unlock();
    }
  }

  /** F-45. */
  private static long reclaimable(ReclaimParts p, Zone zone) {
    int z = zone.ordinal();
    long file =
        p.pages.pagesInZone(z, LruList.INACTIVE_FILE) + p.pages.pagesInZone(z, LruList.ACTIVE_FILE);
    long anon =
        p.pages.pagesInZone(z, LruList.INACTIVE_ANON) + p.pages.pagesInZone(z, LruList.ACTIVE_ANON);
    return file + (p.swap.free() > 0 ? anon : 0);
  }

  @Override
  public Oom outOfMemory(AllocationRequest request, @Nullable Trace trace) {
    ReclaimParts p = parts;
    lock.lock();
    try {
      return p.oom.kill(request, trace);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void beforeSleep(@Nullable Trace trace) {
    runKswapd(trace);
  }

  // ---- background

  /** Runs every kswapd that is awake; says whether there was one. */
  public boolean runKswapd(@Nullable Trace trace) {
    ReclaimParts p = parts;
    boolean awake = false;
    for (int node = 0; node < p.memory.nodes().size(); node++) {
      awake |= !p.memory.node(node).kswapd().sleeping();
    }
    if (!awake) {
      return false;
    }
    lock.lock();
    try {
      return KswapdRun.runAwake(p.memory, p.kswapd, trace);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void background(@Nullable Trace trace) {
    runKswapd(trace);
    ReclaimParts p = parts;
    for (int i = 0; i < p.memory.nodes().size(); i++) {
      Node node = p.memory.node(i);
      int order = node.kswapd().compactOrder();
      if (order > 0) {
        int hz = node.kswapd().compactHighestZoneidx();
        node.kswapd().compacted();
        lock.lock();
        try {
          p.compaction.daemon(node, order, hz, trace);
        } finally {
          lock.unlock();
        }
      }
    }
  }

  /** Time has passed: completes writes, and compacts proactively where that is due. */
  public void tick(@Nullable Trace trace) {
    ReclaimParts p = parts;
    lock.lock();
    try {
      p.writeback.settle(clock.micros());
      p.compaction.proactive(clock.micros(), trace);
    } finally {
      lock.unlock();
    }
  }

  // ---- pages come and go

  /**
   * Pages with a use that can be reclaimed were allocated.
   *
   * @param use {@link AllocationRequest#SLAB}, {@link AllocationRequest#ANON} or {@link
   *     AllocationRequest#FILE}
   * @param owner number of the process
   * @param dirty whether a file page differs from what is on disk
   */
  public void added(int tag, long pfn, int order, int use, int owner, boolean dirty) {
    ReclaimParts p = parts;
    Zone zone = Objects.requireNonNull(p.memory.zoneOf(pfn));
    lock.lock();
    try {
      int list =
          switch (use) {
            case AllocationRequest.SLAB -> LruList.SLAB;
            case AllocationRequest.FILE -> LruList.INACTIVE_FILE;
            default -> LruList.INACTIVE_ANON;
          };
      boolean isDirty = dirty && use == AllocationRequest.FILE;
      p.pages.add(tag, zone, pfn, order, owner, list, isDirty ? LruPages.DIRTY : 0);
      if (isDirty) {
        p.events.count(VmEvent.NR_DIRTIED, 1L << order);
      }
      if (use == AllocationRequest.ANON) {
        p.processes.anonAdded(owner, 1L << order);
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * The holder gives pages back: they leave their list, before their frames are freed.
   *
   * @return false if they were on none
   */
  public boolean removed(int tag) {
    lock.lock();
    try {
      return parts.forget(tag);
    } finally {
      lock.unlock();
    }
  }

  /** The holder gives back pages that are in swap. */
  public void swapReleased(int owner, long pages) {
    ReclaimParts p = parts;
    lock.lock();
    try {
      p.swap.release(pages);
      p.processes.swapReleased(owner, pages);
    } finally {
      lock.unlock();
    }
  }

  /** Pages came back from swap, or were read again, by a fault. */
  public void faultedIn(int owner, long pages, boolean fromSwap) {
    ReclaimParts p = parts;
    p.events.count(VmEvent.PGFAULT, 1);
    p.events.count(VmEvent.PGMAJFAULT, 1);
    if (fromSwap) {
      p.events.count(VmEvent.PSWPIN, pages);
      swapReleased(owner, pages);
    }
  }

  /**
   * Pages are used: a second use moves a file page to the active list; an anonymous page is
   * moved when the scan finds it used.
   *
   * @param write whether the contents change
   * @return false if they are not in memory
   */
  public boolean touched(int tag, boolean write) {
    lock.lock();
    try {
      return parts.touch(tag, write);
    } finally {
      lock.unlock();
    }
  }

  /** An owner is a process with this {@code oom_score_adj}; -1000 is never killed. */
  public void declareProcess(int owner, int oomScoreAdj) {
    lock.lock();
    try {
      parts.processes.declare(owner, oomScoreAdj);
    } finally {
      lock.unlock();
    }
  }

  // ---- asked by an administrator

  /**
   * Reclaims from a node on request, as writing to {@code memory.reclaim} does.
   *
   * @return pages reclaimed
   */
  public long reclaim(int node, long pages, int cpu, @Nullable Trace trace) {
    ReclaimParts p = parts;
    long reclaimed = 0;
    while (reclaimed < pages) {
      long won =
          directReclaim(
              AllocationRequest.of(Gfp.DIRECT_RECLAIM | Gfp.IO | Gfp.FS | highest(p), 0, node, cpu),
              trace);
      if (won == 0) {
        break;
      }
      reclaimed += won;
    }
    return reclaimed;
  }

  /** Zone bits that reach the highest zone of this machine. */
  private static int highest(ReclaimParts p) {
    int best = 0;
    for (int bits : new int[] {Gfp.HIGHMEM, Gfp.HIGHMEM | Gfp.MOVABLE}) {
      best = p.memory.highestZoneidx(bits) > p.memory.highestZoneidx(best) ? bits : best;
    }
    return best;
  }

  /**
   * {@code drop_caches}: bit 0 clean page cache, bit 1 slab.
   *
   * @return pages freed
   */
  public long dropCaches(int what, int cpu, @Nullable Trace trace) {
    lock.lock();
    try {
      return parts.dropCaches(what, cpu, trace);
    } finally {
      lock.unlock();
    }
  }

  /** {@code compact_memory}: compacts every zone of a node as far as it goes; pages moved. */
  public long compactNode(int node, int cpu, @Nullable Trace trace) {
    ReclaimParts p = parts;
    lock.lock();
    try {
      long before = p.events.get(VmEvent.PGMIGRATE_SUCCESS);
      for (Zone zone : p.memory.node(node).zones()) {
        p.compaction.whole(zone, cpu, trace);
      }
      return p.events.get(VmEvent.PGMIGRATE_SUCCESS) - before;
    } finally {
      lock.unlock();
    }
  }

  // ---- what is

  /** Counts since boot. */
  public VmEvents events() {
    return parts.events;
  }

  /** Pages of a zone on a list: a number of {@link LruList}. */
  public long pagesInZone(Zone zone, int list) {
    lock.lock();
    try {
      return parts.pages.pagesInZone(zone.ordinal(), list);
    } finally {
      lock.unlock();
    }
  }

  /** Sizes that are not per zone. */
  public Totals totals() {
    ReclaimParts p = parts;
    lock.lock();
    try {
      p.writeback.settle(clock.micros());
      return new Totals(
          p.pages.dirtyPages(),
          p.pages.writebackPages(),
          p.pages.swapcachePages(),
          p.swap.slots(),
          p.swap.free());
    } finally {
      lock.unlock();
    }
  }

  /** What is known of pages by their tag, or null if they are not on a list. */
  public @Nullable PageState page(int tag) {
    ReclaimParts p = parts;
    lock.lock();
    try {
      p.writeback.settle(clock.micros());
      return p.pages.resident(tag)
          ? new PageState(
              p.pages.listOf(tag),
              p.pages.has(tag, LruPages.REFERENCED),
              p.pages.has(tag, LruPages.DIRTY),
              p.pages.has(tag, LruPages.WRITEBACK),
              p.pages.has(tag, LruPages.SWAPCACHE))
          : null;
    } finally {
      lock.unlock();
    }
  }

  /** What the OOM killer knows of an owner. */
  public ProcessState process(int owner) {
    ReclaimParts p = parts;
    lock.lock();
    try {
      long badness = p.processes.badness(owner, p.oom.totalPages());
      return new ProcessState(
          p.processes.isProcess(owner),
          p.processes.killable(owner),
          p.processes.adj(owner),
          p.processes.rss(owner),
          p.processes.swap(owner),
          p.processes.killable(owner) ? Processes.oomScore(badness, p.oom.totalPages()) : 0);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Sizes, in pages.
   *
   * @param dirty file pages that wait to be written
   * @param writeback pages being written
   * @param swapCached pages in memory that have a slot in swap
   */
  public record Totals(
      long dirty, long writeback, long swapCached, long swapTotal, long swapFree) {}

  /**
   * Pages on a list.
   *
   * @param list a number of {@link LruList}
   */
  public record PageState(
      int list, boolean referenced, boolean dirty, boolean writeback, boolean swapCached) {}

  /**
   * A process.
   *
   * @param known whether it is one
   * @param rssPages anonymous pages in memory
   * @param oomScore as {@code /proc/PID/oom_score} has it
   */
  public record ProcessState(
      boolean known,
      boolean killable,
      int oomScoreAdj,
      long rssPages,
      long swapPages,
      long oomScore) {}
}
