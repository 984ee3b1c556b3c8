package dev.buddyd.mm.zone;

import dev.buddyd.mm.buddy.Buddy;
import dev.buddyd.mm.buddy.Fallback;
import dev.buddyd.mm.buddy.FreeCounter;
import dev.buddyd.mm.buddy.FreeLists;
import dev.buddyd.mm.buddy.HighAtomic;
import dev.buddyd.mm.buddy.Isolation;
import dev.buddyd.mm.frame.FrameTable;
import dev.buddyd.mm.frame.Geometry;
import dev.buddyd.mm.frame.MemoryRanges;
import dev.buddyd.mm.gfp.ZoneKind;
import dev.buddyd.mm.lock.SpinParkLock;
import dev.buddyd.mm.pcp.PcpList;
import dev.buddyd.mm.pcp.PerCpuPages;
import dev.buddyd.mm.trace.Decision;
import dev.buddyd.mm.trace.Trace;
import java.util.Arrays;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * A populated zone: one lock, the buddy lists, a page set per CPU, counters and marks. The object
 * is the zone lock; it guards everything but the sets, which have locks of their own that are taken
 * first.
 */
public final class Zone extends SpinParkLock {

  private static final int TYPE_BITS = 3;

  /** Orders are below 16. */
  private static final int ORDER_AND_TYPE_BITS = TYPE_BITS + 4;

  private final int ordinal;
  private final ZoneSpan span;
  private final int node;
  private final int index;
  private final Geometry geometry;
  private final long startPfn;
  private final long spannedPages;
  private final Tunables tunables;
  private final FrameTable frames;
  private final FreeLists lists;
  private final FreeCounter counter;
  private final Buddy buddy;
  private final Fallback fallback;
  private final HighAtomic highAtomic;
  private final Isolation isolation;
  private final PerCpuPages[] sets;

  /** By CPU and order, and type: see {@link #list}. */
  private final @Nullable PcpList[] pcpLists;

  private final Watermarks watermarks;
  private final ZoneFlags flags;
  private final MemoryRanges holes;
  private final MemoryRanges reserved;
  private final long[] lowmemReserve;
  private final ZoneStatistics statistics;
  private final LongAdder numaForeign = new LongAdder();
  private long managedPages;
  private long driftMark;
  private int pagesetBatch = 1;
  private int pagesetLim;
  private int pagesetCap;

  /**
   * An empty zone: nothing managed, sets disabled, marks 0.
   *
   * @param ordinal position in {@link PhysicalMemory#zones()}
   * @param cpus number of CPUs
   */
  public Zone(
      int ordinal,
      ZoneSpan span,
      Tunables tunables,
      FrameTable frames,
      MemoryRanges holes,
      MemoryRanges reserved,
      int cpus) {
    this.ordinal = ordinal;
    this.span = span;
    this.node = span.node();
    this.index = span.index();
    this.geometry = frames.geometry();
    this.startPfn = span.startPfn();
    this.spannedPages = span.spannedPages();
    this.tunables = tunables;
    this.frames = frames;
    this.holes = holes;
    this.reserved = reserved;
    this.lists = new FreeLists(frames);
    this.counter = new FreeCounter(geometry, cpus);
    this.buddy = new Buddy(ordinal, frames, lists, counter);
    this.fallback = new Fallback(ordinal, buddy, this::claiming);
    this.highAtomic = new HighAtomic(ordinal, buddy);
    this.isolation = new Isolation(ordinal, buddy);
    this.sets = new PerCpuPages[cpus];
    for (int cpu = 0; cpu < cpus; cpu++) {
      sets[cpu] = new PerCpuPages(geometry, cpu);
    }
    this.pcpLists = pcpLists(geometry, sets);
    this.watermarks = new Watermarks(this::marksChanged);
    this.flags = new ZoneFlags(0);
    this.lowmemReserve = new long[geometry.zoneKinds().size()];
    this.statistics = new ZoneStatistics();
  }

  private Zone(Zone origin, Tunables tunables) {
    this.ordinal = origin.ordinal;
    this.span = origin.span;
    this.node = origin.node;
    this.index = origin.index;
    this.geometry = origin.geometry;
    this.startPfn = origin.startPfn;
    this.spannedPages = origin.spannedPages;
    this.tunables = tunables;
    this.frames = origin.frames.fork();
    this.holes = origin.holes;
    this.reserved = origin.reserved;
    this.lists = new FreeLists(origin.lists, frames);
    this.counter = new FreeCounter(origin.counter);
    this.buddy = new Buddy(ordinal, frames, lists, counter);
    this.fallback = new Fallback(ordinal, buddy, this::claiming);
    this.highAtomic = new HighAtomic(ordinal, buddy);
    this.isolation = new Isolation(ordinal, buddy);
    this.highAtomic.load(origin.highAtomic.reservedPages());
    this.sets = new PerCpuPages[origin.sets.length];
    for (int cpu = 0; cpu < sets.length; cpu++) {
      sets[cpu] = new PerCpuPages(origin.sets[cpu]);
    }
    this.pcpLists = pcpLists(geometry, sets);
    this.watermarks = new Watermarks(origin.watermarks, this::marksChanged);
    this.flags = new ZoneFlags(origin.flags.bits());
    this.lowmemReserve = origin.lowmemReserve.clone();
    this.statistics = new ZoneStatistics(origin.statistics);
    this.numaForeign.add(origin.numaForeign.sum());
    this.managedPages = origin.managedPages;
    this.driftMark = origin.driftMark;
    this.pagesetBatch = origin.pagesetBatch;
    this.pagesetLim = origin.pagesetLim;
    this.pagesetCap = origin.pagesetCap;
  }

  private static @Nullable PcpList[] pcpLists(Geometry geometry, PerCpuPages[] sets) {
    @Nullable PcpList[] lists = new PcpList[sets.length << ORDER_AND_TYPE_BITS];
    for (int cpu = 0; cpu < sets.length; cpu++) {
      for (int order = 0; order <= geometry.maxOrder(); order++) {
        for (int type = 0; type < geometry.migrateTypes(); type++) {
          lists[listPlace(cpu, order) | type] = sets[cpu].listOf(order, type);
        }
      }
    }
    return lists;
  }

  /** Place of the lists of a CPU and an order: see {@link #list}. */
  static int listPlace(int cpu, int order) {
    return cpu << ORDER_AND_TYPE_BITS | order << TYPE_BITS;
  }

  /** An independent zone in the same state; all of this zone's locks must be held. */
  Zone fork(Tunables tunables) {
    return new Zone(this, tunables);
  }

  /** B-42, B-41.3. */
  private void claiming(boolean wake, @Nullable Trace trace) {
    if (!watermarks.raise(
        managedPages, geometry().pageblockPages(), tunables.watermarkBoostFactor())) {
      return;
    }
    if (wake) {
      flags.set(ZoneFlags.BOOSTED);
    }
    if (trace != null) {
      trace.decided(Decision.BOOST, ordinal, watermarks.boost());
    }
  }

  private void marksChanged() {
    counter.keep(watermarks.largest() + Arrays.stream(lowmemReserve).max().orElse(0));
  }

  /** Whether the zone has a block for any request of an order, whatever its mark (F-12, F-13). */
  public boolean isAmple(int order) {
    return WatermarkTest.ample(this, order);
  }

  /** Whether the zone passes the fast test against one of its marks in force (F-12, F-13). */
  public boolean passesFast(
      int order, int wm, int highestZoneidx, int flags, @Nullable Trace trace) {
    return WatermarkTest.fast(
        this, order, wm, watermarks.effective(wm), highestZoneidx, flags, trace);
  }

  /** The bulk test: effective low plus the pages wanted (F-60). */
  public boolean passesBulk(int pages, int reserveIndex, int flags, @Nullable Trace trace) {
    return WatermarkTest.fast(
        this,
        0,
        Watermarks.LOW,
        watermarks.effective(Watermarks.LOW) + pages,
        reserveIndex,
        flags,
        trace);
  }

  /** The full test against effective min with another free count (F-45). */
  public boolean passesMinWith(int order, int highestZoneidx, int flags, long freePages) {
    return WatermarkTest.full(
        this, order, watermarks.effective(Watermarks.MIN), highestZoneidx, flags, freePages);
  }

  /** The full test against one of the marks in force (F-13, after node reclaim). */
  public boolean passesMark(
      int order, int wm, int highestZoneidx, int flags, @Nullable Trace trace) {
    return WatermarkTest.fullTold(
        this, order, wm, watermarks.effective(wm), highestZoneidx, flags, trace);
  }

  /** The full test against any mark with another free count: compaction's questions. */
  public boolean passesWith(int order, long mark, int highestZoneidx, int flags, long freePages) {
    return WatermarkTest.full(this, order, mark, highestZoneidx, flags, freePages);
  }

  /** The balance test of kswapd: effective high with drift guard (Z-43, Z-53). */
  boolean balanced(int order, int highestZoneidx) {
    return WatermarkTest.safe(this, order, watermarks.effective(Watermarks.HIGH), highestZoneidx);
  }

  /** P-33.6: clears BELOWHIGH when a drain lifted the zone above high again. */
  void recheckBelowHigh(@Nullable Trace trace) {
    if (flags.has(ZoneFlags.BELOW_HIGH)
        && WatermarkTest.full(
            this,
            0,
            watermarks.effective(Watermarks.HIGH),
            geometry().zoneIndexOf(ZoneKind.MOVABLE),
            0,
            counter.free())
        && flags.clear(ZoneFlags.BELOW_HIGH)
        && trace != null) {
      trace.decided(Decision.BELOW_HIGH_CLEARED, ordinal);
    }
  }

  // ---- identity

  public int ordinal() {
    return ordinal;
  }

  public ZoneSpan span() {
    return span;
  }

  public int node() {
    return node;
  }

  public int index() {
    return index;
  }

  public String name() {
    return span.name();
  }

  /** Whether a frame lies between the zone's first and last. */
  boolean spans(long pfn) {
    return Long.compareUnsigned(pfn - startPfn, spannedPages) < 0;
  }

  public Geometry geometry() {
    return geometry;
  }

  /** Holes inside the span: no frame of this zone. */
  public MemoryRanges holes() {
    return holes;
  }

  /** Frames never given to the buddy allocator: firmware, kernel image, boot allocations. */
  public MemoryRanges reserved() {
    return reserved;
  }

  // ---- parts

  public FrameTable frames() {
    return frames;
  }

  public FreeLists lists() {
    return lists;
  }

  public FreeCounter counter() {
    return counter;
  }

  public Buddy buddy() {
    return buddy;
  }

  Fallback fallback() {
    return fallback;
  }

  public HighAtomic highAtomic() {
    return highAtomic;
  }

  public Isolation isolation() {
    return isolation;
  }

  public Watermarks watermarks() {
    return watermarks;
  }

  public ZoneFlags flags() {
    return flags;
  }

  public ZoneStatistics statistics() {
    return statistics;
  }

  /** The page set of a CPU. */
  public PerCpuPages set(int cpu) {
    return sets[cpu];
  }

  /**
   * The list of a CPU's set that serves and takes in blocks of an order and a type of pageblock;
   * null if they go to the buddy lists at once (B-23, P-1, P-31).
   *
   * @param place CPU and order: {@link #listPlace}
   */
  @Nullable PcpList list(int place, int type) {
    return pcpLists[place | type];
  }

  public int cpus() {
    return sets.length;
  }

  /** Whether pageblocks keep their types apart (G-31). */
  boolean grouping() {
    return !tunables.groupingDisabled();
  }

  // ---- sizes, in pages

  /** Pages handed to the buddy allocator (Z-5). */
  public long managedPages() {
    return managedPages;
  }

  public void addManaged(long pages) {
    managedPages += pages;
  }

  /** The zone's reserve against requests whose highest zone has this index (Z-31). */
  public long lowmemReserve(int highestZoneidx) {
    return lowmemReserve[highestZoneidx];
  }

  public void setLowmemReserve(int highestZoneidx, long pages) {
    lowmemReserve[highestZoneidx] = pages;
    marksChanged();
  }

  /** Number of entries of the lowmem reserve: one per zone type. */
  public int lowmemReserves() {
    return lowmemReserve.length;
  }

  /** Below this free count the exact count is used by background tests; 0 for none (Z-63). */
  public long driftMark() {
    return driftMark;
  }

  public void setDriftMark(long pages) {
    driftMark = pages;
  }

  /** Batch, lower and upper limit of the page sets (P-5 to P-7). */
  public int pagesetBatch() {
    return pagesetBatch;
  }

  public int pagesetLim() {
    return pagesetLim;
  }

  public int pagesetCap() {
    return pagesetCap;
  }

  /** Gives all sets new parameters (P-9); all locks of the zone must be held. */
  public void resizeSets(int batch, int lim, int cap) {
    pagesetBatch = batch;
    pagesetLim = lim;
    pagesetCap = cap;
    for (PerCpuPages set : sets) {
      set.resize(batch, lim, cap);
    }
  }

  void countForeign() {
    numaForeign.increment();
  }

  /** NUMA events since boot: hit, miss, foreign, interleave, local, other (F-16). */
  public long[] numaEvents() {
    long[] events = new long[ZoneStatistics.NUMA_EVENTS];
    for (int i = 0; i < events.length; i++) {
      events[i] = statistics.numaBase(i);
    }
    events[2] += numaForeign.sum();
    for (PerCpuPages set : sets) {
      events[0] += set.numaHit();
      events[1] += set.numaMiss();
      events[4] += set.numaLocal();
      events[5] += set.numaOther();
    }
    return events;
  }

  /** Requests that preferred this zone and were served by another node (F-16). */
  public long numaForeign() {
    return numaForeign.sum();
  }

  /** Tells the sets where their CPUs are. */
  void setNodeOfCpu(int[] nodeOfCpu) {
    for (int cpu = 0; cpu < sets.length; cpu++) {
      sets[cpu].setLocal(nodeOfCpu[cpu] == node);
    }
  }

  /** Takes the locks of all sets, ascending. */
  public void lockSets() {
    for (PerCpuPages set : sets) {
      set.lock();
    }
  }

  public void unlockSets() {
    for (PerCpuPages set : sets) {
      set.unlock();
    }
  }
}
