package dev.buddyd.procfs;

import dev.buddyd.mm.gfp.ZoneKind;
import dev.buddyd.mm.pcp.PerCpuPages;
import dev.buddyd.mm.reclaim.ReclaimCounts;
import dev.buddyd.mm.zone.Kswapd;
import dev.buddyd.mm.zone.Node;
import dev.buddyd.mm.zone.PhysicalMemory;
import dev.buddyd.mm.zone.Watermarks;
import dev.buddyd.mm.zone.Zone;
import dev.buddyd.mm.zone.ZoneSpan;
import java.util.List;

/** {@code /proc/zoneinfo}: every zone type of every node (T-10). */
public final class ZoneinfoText {

  static final List<String> NUMA_EVENTS =
      List.of(
          "numa_hit", "numa_miss", "numa_foreign", "numa_interleave", "numa_local", "numa_other");

  /** All four marks of a HighMem or Movable zone without pages (T-10, Z-22). */
  private static final int EMPTY_MARK = 32;

  private ZoneinfoText() {}

  /**
   * The whole text.
   *
   * @param carried what is not the allocator's
   */
  public static String write(PhysicalMemory memory, CarriedCounters carried) {
    return write(memory, carried, ReclaimCounts.none(memory));
  }

  /**
   * The whole text.
   *
   * @param carried what is not the allocator's
   * @param counts what reclaim counts
   */
  public static String write(PhysicalMemory memory, CarriedCounters carried, ReclaimCounts counts) {
    StringBuilder out = new StringBuilder();
    for (Node node : memory.nodes()) {
      boolean first = true;
      for (ZoneSpan span : node.spans()) {
        Columns.zone(out, node.id(), span.name());
        out.append('\n');
        Zone zone = node.zone(span.index());
        if (zone == null) {
          unpopulated(span, node.spans().size(), out);
          continue;
        }
        if (first) {
          out.append("  per-node stats\n");
          for (CarriedCounters.Counter counter : carried.node(node.id())) {
            counter(out, counter.name(), counter.value());
          }
          first = false;
        }
        zone.lockSets();
        zone.lock();
        try {
          populated(zone, node, carried.zoneCounters(), counts, out);
        } finally {
          zone.unlock();
          zone.unlockSets();
        }
      }
    }
    return out.toString();
  }

  private static void unpopulated(ZoneSpan span, int kinds, StringBuilder out) {
    boolean marked = span.kind() == ZoneKind.HIGHMEM || span.kind() == ZoneKind.MOVABLE;
    long mark = marked ? EMPTY_MARK : 0;
    head(out, 0, 0, new long[] {mark, mark, mark, mark}, span, 0);
    protection(out, new long[kinds]);
  }

  private static void populated(
      Zone zone, Node node, List<String> zoneCounters, ReclaimCounts counts, StringBuilder out) {
    Watermarks marks = zone.watermarks();
    long[] effective = new long[4];
    for (int mark = 0; mark < effective.length; mark++) {
      effective[mark] = marks.effective(mark);
    }
    head(out, zone.counter().free(), marks.boost(), effective, zone.span(), zone.managedPages());
    long[] reserve = new long[zone.lowmemReserves()];
    for (int i = 0; i < reserve.length; i++) {
      reserve[i] = zone.lowmemReserve(i);
    }
    protection(out, reserve);
    long[] values = ZoneReading.counters(zone, counts);
    for (int i = 0; i < zoneCounters.size(); i++) {
      long value =
          switch (zoneCounters.get(i)) {
            case "nr_free_pages" -> zone.counter().free();
            case "nr_free_cma" -> zone.counter().freeCma();
            default -> i < values.length ? Math.max(values[i], 0) : 0;
          };
      counter(out, zoneCounters.get(i), value);
    }
    if (zone.geometry().numaBuilt()) {
      long[] events = zone.numaEvents();
      for (int i = 0; i < events.length; i++) {
        counter(out, NUMA_EVENTS.get(i), events[i]);
      }
    }
    out.append("  pagesets\n");
    for (int cpu = 0; cpu < zone.cpus(); cpu++) {
      PerCpuPages set = zone.set(cpu);
      out.append("    cpu: ").append(cpu).append('\n');
      out.append("              count: ").append(set.count()).append('\n');
      out.append("              high:  ").append(set.high()).append('\n');
      out.append("              batch: ").append(set.batch()).append('\n');
      out.append("  vm stats threshold: ").append(zone.counter().threshold(cpu)).append('\n');
    }
    boolean hopeless = node.kswapd().failures() >= Kswapd.HOPELESS_FAILURES;
    out.append("  node_unreclaimable:  ").append(hopeless ? 1 : 0).append('\n');
    out.append("  start_pfn:           ").append(zone.span().startPfn()).append('\n');
  }

  private static void head(
      StringBuilder out, long free, long boost, long[] marks, ZoneSpan span, long managed) {
    out.append("  pages free     ").append(free).append('\n');
    size(out, "boost", boost);
    size(out, "min", marks[Watermarks.MIN]);
    size(out, "low", marks[Watermarks.LOW]);
    size(out, "high", marks[Watermarks.HIGH]);
    size(out, "promo", marks[Watermarks.PROMO]);
    size(out, "spanned", span.spannedPages());
    size(out, "present", span.presentPages());
    size(out, "managed", managed);
    size(out, "cma", span.cmaPages());
  }

  private static void size(StringBuilder out, String name, long value) {
    out.append("        ");
    Columns.left(out, name, 8);
    out.append(' ').append(value).append('\n');
  }

  private static void protection(StringBuilder out, long[] reserve) {
    out.append("        protection: (");
    for (int i = 0; i < reserve.length; i++) {
      out.append(i == 0 ? "" : ", ").append(reserve[i]);
    }
    out.append(")\n");
  }

  private static void counter(StringBuilder out, String name, long value) {
    out.append("      ");
    Columns.left(out, name, 12);
    out.append(' ').append(value).append('\n');
  }
}
