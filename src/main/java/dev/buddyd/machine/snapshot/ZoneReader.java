package dev.buddyd.machine.snapshot;

import dev.buddyd.machine.AllocationTable;
import dev.buddyd.machine.MachineException;
import dev.buddyd.machine.MachineException.Kind;
import dev.buddyd.machine.snapshot.SnapshotReader.HolderLimits;
import dev.buddyd.mm.boot.MemoryBuilder;
import dev.buddyd.mm.boot.RangeList;
import dev.buddyd.mm.frame.FrameTable;
import dev.buddyd.mm.frame.Geometry;
import dev.buddyd.mm.frame.MemoryRanges;
import dev.buddyd.mm.frame.MigrateType;
import dev.buddyd.mm.frame.SectionBudget;
import dev.buddyd.mm.gfp.Gfp;
import dev.buddyd.mm.pcp.PerCpuPages;
import dev.buddyd.mm.zone.Zone;
import dev.buddyd.mm.zone.ZoneSpan;
import dev.buddyd.mm.zone.ZoneStatistics;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Reads one zone and fills it; refuses blocks that cannot be where they are said to be. */
final class ZoneReader {

  /** A zone spans fewer than 2^31 frames (see {@link FrameTable}). */
  static final long MAX_SPANNED = (1L << 31) - (1L << 15);

  private static final long MANY = SnapshotReader.MANY;
  private static final int MAX_RANGES = 16_384;
  private static final int MAX_COUNTERS = 256;
  private static final int MAX_REMAINDER = 127;
  private static final int MAX_BATCH = 1 << 20;
  private static final int MAX_FREE_RUN = 0xffff;

  private final SnapshotParser in;
  private final Geometry geometry;
  private final SectionBudget budget;
  private final AllocationTable allocations;
  private final HolderLimits holders;

  ZoneReader(
      SnapshotParser in,
      Geometry geometry,
      SectionBudget budget,
      AllocationTable allocations,
      HolderLimits holders) {
    this.in = in;
    this.geometry = geometry;
    this.budget = budget;
    this.allocations = allocations;
    this.holders = holders;
  }

  /**
   * Reads the zone that is the parser's current value.
   *
   * @param zones the zone is added to, so that it can be released whatever comes
   */
  void read(MemoryBuilder builder, ZoneSpan span, List<Zone> zones) {
    in.beginObject();
    same("node", span.node());
    same("index", span.index());
    if (!in.member("name").text(64).equals(span.name())) {
      throw in.wrong("zone type " + span.index() + " is " + span.name());
    }
    MemoryRanges holes = ranges("holes", span);
    MemoryRanges reserved = ranges("reserved", span);
    if (span.spannedPages() - holes.pages() != span.presentPages()) {
      throw in.wrong(
          "of %d spanned pages %d are in holes, but %d are present"
              .formatted(span.spannedPages(), holes.pages(), span.presentPages()));
    }
    pay(FrameTable.blockLevelBytes(geometry, span.spannedPages()));
    Zone zone = builder.zone(span, holes, reserved);
    zones.add(zone);
    numbers(zone);
    long counter = in.member("free_counter").number(-MANY, MANY);
    final long exact = counter + counters(zone);
    BlockPlacer placer = new BlockPlacer(in, zone, this::pay);
    pageblocks(zone);
    freeLists(placer);
    freeCounter(zone, counter, exact);
    sets(zone, placer);
    inUse(zone, placer);
    held(placer, false);
    held(placer, true);
    in.endObject();
  }

  /** Checks that the budget has room for what is made next. */
  private void pay(long bytes) {
    if (budget.remainingBytes() < bytes) {
      throw tooLarge();
    }
  }

  MachineException tooLarge() {
    return tooLarge(budget);
  }

  static MachineException tooLarge(SectionBudget budget) {
    return new MachineException(
        Kind.TOO_LARGE,
        "the machine does not fit: the frame tables of all machines may take "
            + budget.limitBytes()
            + " bytes together",
        Map.of("limit_name", "buddyd.limits.frame-tables-percent", "limit", budget.limitBytes()));
  }

  private void same(String member, int expected) {
    if (in.member(member).number(0, MANY) != expected) {
      throw in.wrong("must be " + expected + ", as the zones of the nodes come in order");
    }
  }

  private MemoryRanges ranges(String name, ZoneSpan span) {
    RangeList ranges = new RangeList();
    long next = span.startPfn();
    int count = 0;
    in.member(name).beginArray();
    while (in.more()) {
      if (++count > MAX_RANGES) {
        throw in.wrong("a zone has " + MAX_RANGES + " ranges at most");
      }
      in.beginArray();
      long start = in.element().number(next, span.endPfn());
      long pages = in.element().number(1, span.endPfn() - start);
      in.endArray();
      ranges.add(start, start + pages);
      next = start + pages;
    }
    return ranges.build();
  }

  // ---- numbers

  private void numbers(Zone zone) {
    zone.addManaged(in.member("managed_pages").number(0, zone.span().presentPages()));
    in.member("watermarks").beginArray();
    long min = in.element().number(0, MANY);
    long low = in.element().number(min, MANY);
    long high = in.element().number(low, MANY);
    zone.watermarks().set(min, low, high, in.element().number(high, MANY));
    in.endArray();
    zone.watermarks().loadBoost(in.member("boost_pages").number(0, MANY));
    zone.flags().load(in.member("flags").whole(0, 7));
    in.member("lowmem_reserve").beginArray();
    for (int i = 0; i < zone.lowmemReserves(); i++) {
      zone.setLowmemReserve(i, in.element().number(0, MANY));
    }
    in.endArray();
    zone.setDriftMark(in.member("drift_mark_pages").number(0, MANY));
    zone.highAtomic().load(in.member("reserved_highatomic_pages").number(0, MANY));
    in.member("pageset").beginObject();
    int batch = in.member("batch").whole(1, MAX_BATCH);
    int lim = in.member("lim").whole(0, Integer.MAX_VALUE);
    zone.resizeSets(batch, lim, in.member("cap").whole(lim, Integer.MAX_VALUE));
    in.endObject();
  }

  /** Everything counted but F; returns the sum of F's remainders. */
  private long counters(Zone zone) {
    long sum = 0;
    in.member("remainders").beginArray();
    for (int cpu = 0; cpu < zone.cpus(); cpu++) {
      int remainder = in.element().whole(-MAX_REMAINDER, MAX_REMAINDER);
      zone.counter().loadRemainder(cpu, remainder);
      sum += remainder;
    }
    in.endArray();
    in.member("thresholds").beginArray();
    for (int cpu = 0; cpu < zone.cpus(); cpu++) {
      zone.counter().setThreshold(cpu, in.element().whole(0, MAX_REMAINDER));
    }
    in.endArray();
    long[] numa = new long[ZoneStatistics.NUMA_EVENTS];
    in.member("numa_events").beginArray();
    for (int event = 0; event < numa.length; event++) {
      numa[event] = in.element().number(0, Long.MAX_VALUE);
    }
    in.endArray();
    long[] others = new long[MAX_COUNTERS];
    int count = 0;
    in.member("other_counters").beginArray();
    while (in.more()) {
      if (count == MAX_COUNTERS) {
        throw in.wrong("a zone has " + MAX_COUNTERS + " counters at most");
      }
      others[count++] = in.number(Long.MIN_VALUE / 2, Long.MAX_VALUE / 2);
    }
    int[][] remainders = new int[zone.cpus()][];
    in.member("other_remainders").beginArray();
    for (int cpu = 0; cpu < remainders.length; cpu++) {
      remainders[cpu] = otherRemainders(count);
    }
    in.endArray();
    zone.statistics().load(numa, Arrays.copyOf(others, count), remainders);
    return sum;
  }

  private int[] otherRemainders(int counters) {
    int[] remainders = new int[counters];
    int count = 0;
    in.element().beginArray();
    while (in.more()) {
      if (count == counters) {
        throw in.wrong("there are " + counters + " other counters");
      }
      remainders[count++] = in.whole(-MAX_REMAINDER, MAX_REMAINDER);
    }
    return Arrays.copyOf(remainders, count);
  }

  private void pageblocks(Zone zone) {
    FrameTable frames = zone.frames();
    int step = geometry.pageblockPages();
    long index = 0;
    in.member("pageblocks").beginArray();
    while (in.more()) {
      in.beginArray();
      int type = in.element().whole(0, geometry.migrateTypes() - 1L);
      long left = (frames.endIndex() - index + step - 1) / step;
      long blocks = in.element().number(1, left);
      in.endArray();
      for (long i = 0; i < blocks; i++, index += step) {
        frames.setType((int) index, 0, type);
      }
    }
    if (index < frames.endIndex()) {
      throw in.wrong("the pageblocks end before pfn " + frames.pfn((int) index));
    }
  }

  /** B-4, Z-60: F and its remainders are what the lists hold, less what is isolated. */
  private void freeCounter(Zone zone, long stored, long exact) {
    long counted = 0;
    long highatomic = 0;
    long cma = 0;
    for (int order = 0; order <= geometry.maxOrder(); order++) {
      for (int type = 0; type < geometry.migrateTypes(); type++) {
        long pages = (long) zone.lists().count(order, type) << order;
        counted += type == geometry.isolateType() ? 0 : pages;
        highatomic += type == MigrateType.HIGHATOMIC ? pages : 0;
        cma += type == geometry.cmaType() ? pages : 0;
      }
    }
    if (exact != counted) {
      throw in.wrong(
          "the free lists hold %d pages, but free_counter with its remainders is %d"
              .formatted(counted, exact));
    }
    zone.counter().load(stored, highatomic, cma);
  }

  // ---- lists

  private void freeLists(BlockPlacer placer) {
    int last = -1;
    in.member("free_lists").beginArray();
    while (in.more()) {
      in.beginObject();
      int order = in.member("order").whole(0, geometry.maxOrder());
      int type = in.member("type").whole(0, geometry.migrateTypes() - 1L);
      int list = order * geometry.migrateTypes() + type;
      if (list <= last) {
        throw in.wrong("free lists come by order and type, each once");
      }
      last = list;
      in.member("pfns").beginArray();
      while (in.more()) {
        placer.free(in.number(0, MANY), order, type);
      }
      in.endObject();
    }
  }

  private void sets(Zone zone, BlockPlacer placer) {
    in.member("sets").beginArray();
    for (int cpu = 0; cpu < zone.cpus(); cpu++) {
      in.element();
      set(zone.set(cpu), cpu, placer);
    }
    in.endArray();
  }

  private void set(PerCpuPages set, int cpu, BlockPlacer placer) {
    in.beginObject();
    final long count = in.member("count").number(0, Integer.MAX_VALUE);
    int high = in.member("high").whole(0, Integer.MAX_VALUE);
    int allocShift = in.member("alloc_shift").whole(0, geometry.batchScaleMax());
    int freeRun = in.member("free_run").whole(0, MAX_FREE_RUN);
    int flags = in.member("flags").whole(0, 3);
    set.load(high, allocShift, freeRun, flags, in.member("expire").whole(0, 3));
    long allocated = in.member("pages_allocated").number(0, Long.MAX_VALUE);
    long freed = in.member("pages_freed").number(0, Long.MAX_VALUE);
    long hit = in.member("numa_hit").number(0, Long.MAX_VALUE);
    long miss = in.member("numa_miss").number(0, Long.MAX_VALUE);
    set.loadStatistics(
        allocated, freed, hit, miss, in.member("numa_other").number(0, Long.MAX_VALUE));
    int last = -1;
    in.member("lists").beginArray();
    while (in.more()) {
      in.beginObject();
      last = in.member("list").whole(last + 1L, set.lists() - 1L);
      in.member("pfns").beginArray();
      while (in.more()) {
        placer.cached(in.number(0, MANY), geometry.pcpOrderOf(last), cpu, last);
      }
      in.endObject();
    }
    if (set.count() != count) {
      throw in.wrong("the lists hold " + set.count() + " pages, but count is " + count);
    }
    in.endObject();
  }

  // ---- frames in use

  private void inUse(Zone zone, BlockPlacer placer) {
    in.member("in_use").beginArray();
    while (in.more()) {
      in.beginArray();
      long pfn = in.element().number(zone.span().startPfn(), zone.span().endPfn() - 1);
      long pages = in.element().number(1, zone.span().endPfn() - pfn);
      boolean movable = in.element().whole(0, 1) == 1;
      for (long p = pfn; p < pfn + pages; p++) {
        placer.inUse(p, movable);
      }
      in.endArray();
    }
  }

  /** Blocks, or exact allocations, with their holders. */
  private void held(BlockPlacer placer, boolean exact) {
    in.member(exact ? "exact" : "blocks").beginArray();
    while (in.more()) {
      in.beginArray();
      long pfn = in.element().number(0, MANY);
      int size = in.element().whole(exact ? 1 : 0, exact ? 1L << 14 : geometry.maxOrder());
      int gfp = in.element().whole(0, Gfp.VALID);
      int use = in.element().whole(0, 3);
      int flags = in.element().whole(0, exact ? 1 : 15);
      int cpu = in.element().whole(0, holders.cpus() - 1L);
      int owner = in.element().whole(0, holders.owners());
      long sequence = in.element().number(0, holders.sequence());
      in.endArray();
      int pages = exact ? size : 1 << size;
      int slot = holder(sequence, pfn, pages, owner, cpu);
      allocations.setMoves(slot, flags >> Snapshots.MOVES_SHIFT);
      placer.held(pfn, exact ? 0 : size, exact ? pages : 1, gfp, use, flags, slot);
    }
  }

  private int holder(long sequence, long pfn, int pages, int owner, int cpu) {
    try {
      return allocations.add(sequence, pfn, pages, owner, cpu);
    } catch (MachineException e) {
      throw tooLarge();
    }
  }
}
