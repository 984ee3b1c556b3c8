package dev.buddyd.metrics;

import dev.buddyd.metrics.Families.FamilyType;
import dev.buddyd.procfs.ZoneReading;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.List;

/**
 * What node_exporter would show if it ran on the simulated machine, with its names, labels, types
 * and help texts: the collectors buddyinfo, zoneinfo, vmstat (with all fields) and meminfo. So
 * existing dashboards and alerts work unchanged.
 */
final class NodeExporterTwin implements MultiCollector {

  private static final long BYTES_PER_KB = 1024;

  private final Readings readings;

  NodeExporterTwin(Readings readings) {
    this.readings = readings;
  }

  @Override
  public MetricSnapshots collect() {
    MachineReading reading = readings.current();
    Families families = new Families();
    buddyinfo(reading, families);
    ZoneinfoFamilies.add(reading, families);
    reading.vmstat().forEach((name, value) -> vmstat(name, value, families));
    reading.meminfo().lines().forEach(line -> meminfo(line, families));
    return families.build();
  }

  private static void buddyinfo(MachineReading reading, Families families) {
    for (ZoneReading zone : reading.zones()) {
      for (int order = 0; order <= zone.geometry().maxOrder(); order++) {
        families.add(
            FamilyType.GAUGE,
            "node_buddyinfo_blocks",
            "Count of free blocks according to size.",
            Labels.of(
                "node",
                Integer.toString(zone.node()),
                "size",
                Integer.toString(order),
                "zone",
                zone.name()),
            zone.blocks(order));
      }
    }
  }

  private static void vmstat(String name, long value, Families families) {
    families.add(
        FamilyType.UNTYPED,
        "node_vmstat_" + name,
        "/proc/vmstat information field " + name + ".",
        Labels.EMPTY,
        value);
  }

  /** {@code Active(anon): 4 kB} is {@code node_memory_Active_anon_bytes 4096}. */
  private static void meminfo(String line, Families families) {
    List<String> words = List.of(line.strip().split("\\s+", -1));
    String name = words.getFirst().replaceAll("\\((.*)\\)", "_$1").replace(":", "");
    boolean kilobytes = words.size() == 3;
    name += kilobytes ? "_bytes" : "";
    families.add(
        FamilyType.GAUGE,
        "node_memory_" + name,
        "Memory information field " + name + ".",
        Labels.EMPTY,
        Long.parseLong(words.get(1)) * (kilobytes ? BYTES_PER_KB : 1));
  }
}
