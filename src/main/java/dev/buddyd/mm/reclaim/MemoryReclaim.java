package dev.buddyd.mm.reclaim;

import dev.buddyd.mm.lock.SpinParkLock;
import dev.buddyd.mm.trace.Trace;
import dev.buddyd.mm.zone.AllocationRequest;
import dev.buddyd.mm.zone.Node;
import dev.buddyd.mm.zone.PhysicalMemory;
import dev.buddyd.mm.zone.Zone;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
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
  private final ReclaimSettings settings;
  private final ReclaimParts parts;
  private final boolean helped;

  /**
   * @param memory of the machine whose pages are reclaimed
   * @param holders told of what is taken or moved
   */
  public MemoryReclaim(
      PhysicalMemory memory, ReclaimSettings settings, VirtualClock clock, PageHolders holders) {
    this(memory, settings, clock, holders, true);
  }

  /**
   * @param memory of the machine whose pages are reclaimed
   * @param holders told of what is taken or moved
   * @param helped whether kswapd runs while a request sleeps; otherwise only when somebody calls
   *     {@link #background}
   */
  public MemoryReclaim(
      PhysicalMemory memory,
      ReclaimSettings settings,
      VirtualClock clock,
      PageHolders holders,
      boolean helped) {
    this.settings = settings;
    this.clock = clock;
    this.helped = helped;
    this.parts = new ReclaimParts(memory, settings, clock, holders);
  }

  /**
   * The same reclaim of a copy of the machine. The caller holds {@link #lock} of this one, or it
   * does not change.
   *
   * @param copy of the memory
   * @param helped whether kswapd runs while a request sleeps
   */
  public MemoryReclaim fork(
      PhysicalMemory copy, VirtualClock clock, PageHolders holders, boolean helped) {
    MemoryReclaim fork = new MemoryReclaim(copy, settings, clock, holders, helped);
    fork.parts.copy(parts);
    return fork;
  }

  /** Holds all of reclaim where it is; taken before the locks of page sets and zones. */
  public void lock() {
    lock.lock();
  }

  public void unlock() {
    lock.unlock();
  }

  /** The state for somebody who holds {@link #lock}, or owns this alone. */
  public ReclaimState state() {
    return new ReclaimState(parts, settings);
  }

  /** Bytes that a fork takes from the budget of the frame tables. */
  public long forkBytes() {
    return parts.pages.paidBytes();
  }

  /** Gives the budget back what the records of pages took; it must not be used any more. */
  public void release() {
    lock.lock();
    try {
      parts.pages.release();
    } finally {
      lock.unlock();
    }
  }

  /** As {@link #release}, of a copy that is never looked at again. */
  public void discard() {
    release();
    parts.pages.leave();
  }

  // ---- what the slow path asks

  @Override
  public long directReclaim(AllocationRequest request, @Nullable Trace trace) {
    ReclaimParts p = parts;
    lock.lock();
    try {
      p.oom.exit(request.cpu(), trace);
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
  public boolean nodeReclaim(int node, AllocationRequest request, @Nullable Trace trace) {
    ReclaimParts p = parts;
    lock.lock();
    try {
      return p.node.pass(node, request, trace);
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
    return p.pages.reclaimablePages(zone.ordinal(), p.swap.free() > 0);
  }

  /**
   * Whether a request must wait for its node's kswapd before it may reclaim itself. The
   * caller holds {@link #lock}.
   */
  public boolean throttles(AllocationRequest request) {
    return parts.direct.throttled(parts.memory.node(request.node()));
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
    if (helped) {
      runKswapd(trace);
    }
  }

  // ---- background

  /**
   * Begins a run of a node's kswapd, for somebody who shares a CPU out. The caller holds {@link
   * #lock} now and for each step.
   *
   * @return null if it sleeps
   */
  public @Nullable KswapdRun beginKswapd(Node node, @Nullable Trace trace) {
    return KswapdRun.of(node, parts.kswapd, trace);
  }

  /** Runs every kswapd that is awake; says whether there was one. */
  public boolean runKswapd(@Nullable Trace trace) {
    ReclaimParts p = parts;
    lock.lock();
    try {
      return KswapdRun.runAwake(p.memory, p.kswapd, trace);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void background(@Nullable Trace trace) {
    ReclaimParts p = parts;
    boolean idle = !p.oom.dying();
    for (int i = 0; i < p.memory.nodes().size(); i++) {
      idle &= p.memory.node(i).kswapd().idle();
    }
    if (idle) {
      return;
    }
    locked(() -> p.oom.exit(0, trace));
    runKswapd(trace);
    for (int i = 0; i < p.memory.nodes().size(); i++) {
      Node node = p.memory.node(i);
      if (node.kswapd().compactOrder() > 0) {
        lock.lock();
        try {
          runKcompactd(node, trace);
        } finally {
          lock.unlock();
        }
      }
    }
  }

  /** A node's kcompactd does what it was woken for. The caller holds {@link #lock}. */
  public void runKcompactd(Node node, @Nullable Trace trace) {
    int order = node.kswapd().compactOrder();
    if (order > 0) {
      int hz = node.kswapd().compactHighestZoneidx();
      node.kswapd().compacted();
      parts.compaction.daemon(node, order, hz, trace);
    }
  }

  /** Time has passed: completes writes, and compacts proactively where that is due. */
  public void tick(@Nullable Trace trace) {
    ReclaimParts p = parts;
    lock.lock();
    try {
      p.oom.exit(0, trace);
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
    added(tag, pfn, order, use, owner, dirty, () -> true);
  }

  /**
   * As {@link #added(int, long, int, int, int, boolean)}, unless they are gone again.
   *
   * @param held asked under the lock whether their holder still has them
   * @return what it said
   */
  public boolean added(
      int tag, long pfn, int order, int use, int owner, boolean dirty, BooleanSupplier held) {
    return locked(
        () -> {
          boolean still = held.getAsBoolean();
          if (still) {
            parts.add(tag, pfn, order, use, owner, dirty);
          }
          return still;
        });
  }

  /**
   * Makes room for the record of pages that are about to be allocated.
   *
   * @return false if the budget of the frame tables has none
   */
  public boolean reserve(int tag) {
    return locked(() -> parts.pages.reserve(tag));
  }

  /**
   * The holder gives pages back: they leave their list, before their frames are freed.
   *
   * @return false if they were on none
   */
  public boolean removed(int tag) {
    return locked(() -> parts.forget(tag));
  }

  /**
   * The holder gives back pages that are in swap.
   *
   * @param claim asked under the lock whether they still are: a killed process has none
   * @return what it said
   */
  public boolean swapReleased(int owner, long pages, BooleanSupplier claim) {
    return locked(
        () -> {
          boolean still = claim.getAsBoolean();
          if (still) {
            parts.swapReleased(owner, pages);
          }
          return still;
        });
  }

  /**
   * A fault has brought pages back into memory, on the list of their kind.
   *
   * @param use {@link AllocationRequest#ANON} from swap, {@link AllocationRequest#FILE} from a file
   * @param claim asked under the lock whether they are still wanted: a killed process wants none
   * @return what it said
   */
  public boolean faulted(int tag, long pfn, int order, int use, int owner, BooleanSupplier claim) {
    return locked(
        () -> {
          boolean still = claim.getAsBoolean();
          if (still) {
            parts.faultedIn(owner, 1L << order, use == AllocationRequest.ANON);
            parts.add(tag, pfn, order, use, owner, false);
          }
          return still;
        });
  }

  /**
   * Pages are used: a second use moves a file page to the active list; an anonymous page is
   * moved when the scan finds it used.
   *
   * @param write whether the contents change
   * @return false if they are not in memory
   */
  public boolean touched(int tag, boolean write) {
    return locked(() -> parts.touch(tag, write));
  }

  /** An owner is a process with this {@code oom_score_adj}; -1000 is never killed. */
  public void declareProcess(int owner, int oomScoreAdj) {
    declareProcess(owner, oomScoreAdj, () -> {});
  }

  /**
   * As {@link #declareProcess(int, int)}.
   *
   * @param told under the lock, once it holds
   */
  public void declareProcess(int owner, int oomScoreAdj, Runnable told) {
    lock.lock();
    try {
      parts.processes.declare(owner, oomScoreAdj);
      told.run();
    } finally {
      lock.unlock();
    }
  }

  private <T extends @Nullable Object> T locked(Supplier<T> work) {
    lock.lock();
    try {
      return work.get();
    } finally {
      lock.unlock();
    }
  }

  // ---- asked by an administrator

  /**
   * {@code drop_caches}: bit 0 clean page cache, bit 1 slab.
   *
   * @return pages freed
   */
  public long dropCaches(int what, int cpu, @Nullable Trace trace) {
    return locked(() -> parts.dropCaches(what, cpu, trace));
  }

  /**
   * Compacts a zone on request, whatever came of it before.
   *
   * @param order until a block of this order is there, or below 0 for as far as it goes
   */
  public Compaction compactZone(Zone zone, int order, int cpu, @Nullable Trace trace) {
    return locked(() -> parts.compaction.onRequest(zone, order, cpu, trace));
  }

  /** {@code compact_memory}: compacts every zone of a node as far as it goes; pages moved. */
  public long compactNode(int node, int cpu, @Nullable Trace trace) {
    return locked(() -> parts.compactNode(node, cpu, trace));
  }

  // ---- what is

  /** Counts since boot. */
  public VmEvents events() {
    return parts.events;
  }

  /** Pages of a zone on a list: a number of {@link LruList}. */
  public long pagesInZone(Zone zone, int list) {
    return locked(() -> parts.pages.pagesInZone(zone.ordinal(), list));
  }

  /** Sizes that are not per zone. */
  public Totals totals() {
    ReclaimParts p = parts;
    return locked(
        () -> {
          p.writeback.settle(clock.micros());
          return new Totals(
              p.pages.dirtyPages(),
              p.pages.writebackPages(),
              p.pages.swapcachePages(),
              p.swap.slots(),
              p.swap.free());
        });
  }

  /** Everything that is counted, at one moment. */
  public ReclaimCounts counts() {
    return locked(
        () -> {
          parts.writeback.settle(clock.micros());
          return ReclaimCounts.of(parts);
        });
  }

  /** What is known of pages by their tag, or null if they are not on a list. */
  public @Nullable PageState page(int tag) {
    return locked(
        () -> {
          parts.writeback.settle(clock.micros());
          return parts.page(tag);
        });
  }

  /** What the OOM killer knows of an owner. */
  public ProcessState process(int owner) {
    return locked(() -> parts.process(owner));
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
}
