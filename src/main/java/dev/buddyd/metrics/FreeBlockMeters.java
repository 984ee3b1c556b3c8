package dev.buddyd.metrics;

import dev.buddyd.mm.frame.MigrateType;
import dev.buddyd.procfs.ZoneReading;
import java.util.List;

/** Free blocks by order and migratetype: {@code /proc/pagetypeinfo} as metrics (T-5). */
final class FreeBlockMeters implements Subject {

  private static final String HELP =
      "Free blocks of 2^order pages on the buddy lists of a zone and migratetype; blocks on per-CPU"
          + " lists do not count. node_buddyinfo_blocks is the sum over the types. Worry when the"
          + " orders and types that a workload needs go to 0: requests then fall back, compact or"
          + " fail.";

  @Override
  public void bind(Meters meters, MachineReading reading) {
    List<String> types = MigrateType.names(reading.geometry().cmaBuilt());
    for (ZoneReading zone : reading.zones()) {
      int ordinal = zone.ordinal();
      for (int o = 0; o <= reading.geometry().maxOrder(); o++) {
        for (int t = 0; t < types.size(); t++) {
          int order = o;
          int type = t;
          meters.gauge(
              "buddyd.free.blocks",
              "blocks",
              HELP,
              Meters.tags(zone).and("order", Integer.toString(o), "migratetype", types.get(t)),
              r -> r.zone(ordinal).blocks(order, type));
        }
      }
    }
  }
}
