package dev.buddyd.procfs;

import dev.buddyd.mm.frame.Geometry;
import dev.buddyd.mm.pcp.PerCpuPages;
import dev.buddyd.mm.reclaim.LruList;
import dev.buddyd.mm.reclaim.ReclaimCounts;
import dev.buddyd.mm.zone.PhysicalMemory;
import dev.buddyd.mm.zone.Watermarks;
import dev.buddyd.mm.zone.Zone;
import dev.buddyd.mm.zone.ZoneSpan;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The numbers of one zone at one moment, so that everything said about it agrees: taken with the
 * zone's locks held, which costs a few microseconds. All quantities are pages unless named blocks.
 */
public final class ZoneReading {

  /** Kernel number of {@code nr_zone_write_pending}. */
  private static final int WRITE_PENDING = 6;

  private final ZoneSpan span;
  private final Geometry geometry;
  private final int ordinal;
  private final long managedPages;
  private final long freePages;
  private final long freeHighatomicPages;
  private final long freeCmaPages;
  private final long reservedHighatomicPages;
  private final long[] marks;
  private final long boostPages;
  private final long[] lowmemReserve;
  private final int[] blocks;
  private final int[] cachedPages;
  private final long[] numaEvents;
  private final long[] counters;

  private ZoneReading(Zone zone, @Nullable ReclaimCounts counts) {
    Geometry g = zone.geometry();
    int cpus = zone.cpus();
    span = zone.span();
    geometry = g;
    ordinal = zone.ordinal();
    managedPages = zone.managedPages();
    freePages = zone.counter().free();
    freeHighatomicPages = zone.counter().freeHighatomic();
    freeCmaPages = zone.counter().freeCma();
    reservedHighatomicPages = zone.highAtomic().reservedPages();
    marks =
        IntStream.rangeClosed(0, Watermarks.PROMO).mapToLong(zone.watermarks()::stored).toArray();
    boostPages = zone.watermarks().boost();
    lowmemReserve =
        IntStream.range(0, zone.lowmemReserves()).mapToLong(zone::lowmemReserve).toArray();
    blocks = new int[(g.maxOrder() + 1) * g.migrateTypes()];
    for (int order = 0; order <= g.maxOrder(); order++) {
      for (int type = 0; type < g.migrateTypes(); type++) {
        blocks[order * g.migrateTypes() + type] = zone.lists().count(order, type);
      }
    }
    cachedPages = new int[cpus];
    numaEvents = zone.numaEvents();
    for (int cpu = 0; cpu < cpus; cpu++) {
      PerCpuPages set = zone.set(cpu);
      cachedPages[cpu] = set.count();
    }
    counters = counters(zone, counts);
  }

  /**
   * The zone counters by their kernel number: what is only carried along, and what is on the
   * reclaim lists.
   */
  static long[] counters(Zone zone, @Nullable ReclaimCounts counts) {
    long[] carried = zone.statistics().counters();
    if (counts == null) {
      return carried;
    }
    long[] all = Arrays.copyOf(carried, Math.max(carried.length, WRITE_PENDING + 1));
    for (int list = LruList.INACTIVE_ANON; list <= LruList.ACTIVE_FILE; list++) {
      all[list] += counts.pages(zone.ordinal(), list); // the kernel numbers them alike
    }
    all[WRITE_PENDING] += counts.dirty(zone.ordinal()) + counts.writeback(zone.ordinal());
    return all;
  }

  /** Reads a zone; takes its locks, which the caller must not hold. */
  public static ZoneReading of(Zone zone) {
    return of(zone, null);
  }

  /** Reads all zones of a machine, with what is on its reclaim lists. */
  public static List<ZoneReading> all(PhysicalMemory memory, @Nullable ReclaimCounts counts) {
    return memory.zones().stream().map(zone -> of(zone, counts)).toList();
  }

  private static ZoneReading of(Zone zone, @Nullable ReclaimCounts counts) {
    zone.lockSets();
    zone.lock();
    try {
      return new ZoneReading(zone, counts);
    } finally {
      zone.unlock();
      zone.unlockSets();
    }
  }

  public ZoneSpan span() {
    return span;
  }

  public int node() {
    return span.node();
  }

  public String name() {
    return span.name();
  }

  public Geometry geometry() {
    return geometry;
  }

  /** Position of the zone in its machine. */
  public int ordinal() {
    return ordinal;
  }

  public long managedPages() {
    return managedPages;
  }

  /** F, the free counter as {@code /proc} prints it (Z-64); never negative. */
  public long freePages() {
    return freePages;
  }

  public long freeHighatomicPages() {
    return freeHighatomicPages;
  }

  public long freeCmaPages() {
    return freeCmaPages;
  }

  /** Pages in HIGHATOMIC pageblocks, free or not (B-70). */
  public long reservedHighatomicPages() {
    return reservedHighatomicPages;
  }

  /** A mark in force: with its boost (Z-23). */
  public long mark(int mark) {
    return marks[mark] + boostPages;
  }

  public long boostPages() {
    return boostPages;
  }

  /** Reserve against requests whose highest zone has this index (Z-31). */
  public long lowmemReserve(int zoneIndex) {
    return lowmemReserve[zoneIndex];
  }

  public int lowmemReserves() {
    return lowmemReserve.length;
  }

  /** Free blocks of an order and migratetype. */
  public int blocks(int order, int type) {
    return blocks[order * geometry.migrateTypes() + type];
  }

  /** Free blocks of an order over all types (B-3). */
  public long blocks(int order) {
    long sum = 0;
    for (int type = 0; type < geometry.migrateTypes(); type++) {
      sum += blocks(order, type);
    }
    return sum;
  }

  public int cpus() {
    return cachedPages.length;
  }

  /** Pages on a CPU's lists of this zone. */
  public int cachedPages(int cpu) {
    return cachedPages[cpu];
  }

  /** Pages on the lists of all CPUs. */
  public long cachedPages() {
    return Arrays.stream(cachedPages).asLongStream().sum();
  }

  /** NUMA events since boot: hit, miss, foreign, interleave, local, other (F-16). */
  public long numaEvents(int event) {
    return numaEvents[event];
  }

  /** A zone counter that the allocator only carries along, by its kernel number; 0 if unknown. */
  public long counter(int number) {
    return number < counters.length ? counters[number] : 0;
  }
}
