package dev.buddyd.metrics;

import dev.buddyd.mm.frame.MigrateType;
import dev.buddyd.procfs.ZoneReading;
import java.util.List;

/** Pageblocks by type: the second table of {@code /proc/pagetypeinfo} (T-5). */
final class PageblockMeters implements Subject {

  @Override
  public void bind(Meters meters, MachineReading reading) {
    List<String> types = MigrateType.names(reading.geometry().cmaBuilt());
    for (ZoneReading zone : reading.zones()) {
      int ordinal = zone.ordinal();
      for (int t = 0; t < types.size(); t++) {
        int type = t;
        meters.gauge(
            "buddyd.pageblocks",
            null,
            "Pageblocks (2 MiB with pages of 4 KiB) of the zone by migratetype. Worry when"
                + " UNMOVABLE only grows: kernel memory spreads over blocks that can then never be"
                + " compacted into huge pages.",
            Meters.tags(zone).and("migratetype", types.get(t)),
            r -> r.pageblocks().get(ordinal)[type]);
      }
    }
  }
}
