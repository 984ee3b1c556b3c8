package dev.buddyd.metrics;

import dev.buddyd.metrics.Families.FamilyType;
import dev.buddyd.metrics.MachineReading.NodeReading;
import dev.buddyd.mm.gfp.ZoneKind;
import dev.buddyd.mm.zone.Watermarks;
import dev.buddyd.mm.zone.ZoneSpan;
import dev.buddyd.procfs.CarriedCounters;
import dev.buddyd.procfs.ZoneReading;
import io.prometheus.metrics.model.snapshots.Labels;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code node_zoneinfo_*} as node_exporter makes it from {@code /proc/zoneinfo}: sizes and marks of
 * every zone type, free pages and NUMA events of populated zones, and the counters of a node under
 * the name of its first populated zone.
 */
final class ZoneinfoFamilies {

  /** All four marks of a HighMem or Movable zone without pages (Z-22). */
  private static final int EMPTY_MARK = 32;

  private record Name(String name, String help) {}

  /** By name in zoneinfo; node_exporter knows no others. */
  private static final Map<String, Name> NODE_COUNTERS = new LinkedHashMap<>();

  static {
    node("nr_active_anon", "nr_active_anon_pages", "Number of anonymous pages recently more used");
    node(
        "nr_inactive_anon",
        "nr_inactive_anon_pages",
        "Number of anonymous pages recently less used");
    node("nr_isolated_anon", "nr_isolated_anon_pages", "Temporary isolated pages from anon lru");
    node(
        "nr_anon_pages", "nr_anon_pages", "Number of anonymous pages currently used by the system");
    node(
        "nr_anon_transparent_hugepages",
        "nr_anon_transparent_hugepages",
        "Number of anonymous transparent huge pages currently used by the system");
    node("nr_active_file", "nr_active_file_pages", "Number of active pages with file-backing");
    node(
        "nr_inactive_file", "nr_inactive_file_pages", "Number of inactive pages with file-backing");
    node("nr_isolated_file", "nr_isolated_file_pages", "Temporary isolated pages from file lru");
    node("nr_file_pages", "nr_file_pages", "Number of file pages");
    node("nr_slab_reclaimable", "nr_slab_reclaimable_pages", "Number of reclaimable slab pages");
    node(
        "nr_slab_unreclaimable",
        "nr_slab_unreclaimable_pages",
        "Number of unreclaimable slab pages");
    node("nr_kernel_stack", "nr_kernel_stacks", "Number of kernel stacks");
    node("nr_mapped", "nr_mapped_pages", "Number of mapped pages");
    node("nr_dirty", "nr_dirty_pages", "Number of dirty pages");
    node("nr_writeback", "nr_writeback_pages", "Number of writeback pages");
    node("nr_unevictable", "nr_unevictable_pages", "Number of unevictable pages");
    node("nr_shmem", "nr_shmem_pages", "Number of shmem pages (included tmpfs/GEM pages)");
    node("nr_dirtied", "nr_dirtied_total", "Page dirtyings since bootup");
    node("nr_written", "nr_written_total", "Page writings since bootup");
  }

  private static final List<Name> NUMA_EVENTS =
      List.of(
          new Name("numa_hit_total", "Allocated in intended node"),
          new Name("numa_miss_total", "Allocated in non intended node"),
          new Name("numa_foreign_total", "Was intended here, hit elsewhere"),
          new Name("numa_interleave_total", "Interleaver preferred this zone"),
          new Name("numa_local_total", "Allocation from local node"),
          new Name("numa_other_total", "Allocation from other node"));

  private final MachineReading reading;
  private final Families families;

  private ZoneinfoFamilies(MachineReading reading, Families families) {
    this.reading = reading;
    this.families = families;
  }

  private static void node(String inZoneinfo, String exported, String help) {
    NODE_COUNTERS.put(inZoneinfo, new Name(exported, help));
  }

  static void add(MachineReading reading, Families families) {
    new ZoneinfoFamilies(reading, families).add();
  }

  private void add() {
    for (int id = 0; id < reading.nodes().size(); id++) {
      NodeReading node = reading.nodes().get(id);
      boolean first = true;
      for (ZoneSpan span : node.spans()) {
        Labels labels = Labels.of("node", Integer.toString(id), "zone", span.name());
        int ordinal = node.ordinals()[span.index()];
        ZoneReading populated = ordinal < 0 ? null : reading.zone(ordinal);
        sizes(span, node.spans().size(), populated, labels);
        if (populated != null) {
          counters(populated, labels);
          if (first) {
            nodeCounters(id, labels);
            first = false;
          }
        }
      }
    }
  }

  private void sizes(ZoneSpan span, int kinds, @Nullable ZoneReading zone, Labels labels) {
    gauge("min_pages", "Zone watermark pages_min", labels, mark(span, zone, Watermarks.MIN));
    gauge("low_pages", "Zone watermark pages_low", labels, mark(span, zone, Watermarks.LOW));
    gauge("high_pages", "Zone watermark pages_high", labels, mark(span, zone, Watermarks.HIGH));
    gauge(
        "spanned_pages",
        "Total pages spanned by the zone, including holes",
        labels,
        span.spannedPages());
    gauge("present_pages", "Physical pages existing within the zone", labels, span.presentPages());
    gauge(
        "managed_pages",
        "Present pages managed by the buddy system",
        labels,
        zone == null ? 0 : zone.managedPages());
    for (int i = 0; i < kinds; i++) {
      gauge(
          "protection_" + i,
          "Protection array " + i + ". field",
          labels,
          zone == null ? 0 : zone.lowmemReserve(i));
    }
  }

  private static long mark(ZoneSpan span, @Nullable ZoneReading zone, int mark) {
    if (zone != null) {
      return zone.mark(mark);
    }
    return span.kind() == ZoneKind.HIGHMEM || span.kind() == ZoneKind.MOVABLE ? EMPTY_MARK : 0;
  }

  private void counters(ZoneReading zone, Labels labels) {
    gauge("nr_free_pages", "Total number of free pages in the zone", labels, zone.freePages());
    if (zone.geometry().numaBuilt()) {
      for (int event = 0; event < NUMA_EVENTS.size(); event++) {
        Name name = NUMA_EVENTS.get(event);
        families.add(
            FamilyType.COUNTER,
            "node_zoneinfo_" + name.name(),
            name.help(),
            labels,
            zone.numaEvents(event));
      }
    }
  }

  private void nodeCounters(int node, Labels labels) {
    for (CarriedCounters.Counter counter : reading.carried().node(node)) {
      Name name = NODE_COUNTERS.get(counter.name());
      if (name != null) {
        families.add(
            name.name().endsWith("_total") ? FamilyType.COUNTER : FamilyType.GAUGE,
            "node_zoneinfo_" + name.name(),
            name.help(),
            labels,
            counter.value());
      }
    }
  }

  private void gauge(String name, String help, Labels labels, long value) {
    families.add(FamilyType.GAUGE, "node_zoneinfo_" + name, help, labels, value);
  }
}
