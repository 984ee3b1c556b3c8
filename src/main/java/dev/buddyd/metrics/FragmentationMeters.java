package dev.buddyd.metrics;

import dev.buddyd.mm.zone.Fragmentation;
import dev.buddyd.procfs.ZoneReading;
import io.micrometer.core.instrument.Tags;

/** The two fragmentation indices per order. */
final class FragmentationMeters implements Subject {

  private static final double THOUSAND = 1000;

  @Override
  public void bind(Meters meters, MachineReading reading) {
    for (ZoneReading zone : reading.zones()) {
      int ordinal = zone.ordinal();
      for (int o = 0; o <= reading.geometry().maxOrder(); o++) {
        int order = o;
        Tags tags = Meters.tags(zone).and("order", Integer.toString(o));
        meters.gauge(
            "buddyd.fragmentation.index",
            null,
            "Why a request of this order would fail (the kernel's extfrag_index, -1 to 1): -1 it"
                + " would not; towards 0 for lack of memory; towards 1 because free memory lies in"
                + " too small pieces. Worry above 0.5: that is where the kernel starts to compact.",
            tags,
            r -> Fragmentation.index(blocks(r.zone(ordinal)), order) / THOUSAND);
        meters.gauge(
            "buddyd.unusable.index",
            null,
            "Part of the zone's free memory that a request of this order cannot use because the"
                + " pieces are too small (the kernel's unusable_index, 0 to 1). Worry when it rises"
                + " for days: memory fragments.",
            tags,
            r -> Fragmentation.unusable(blocks(r.zone(ordinal)), order) / THOUSAND);
      }
    }
  }

  private static long[] blocks(ZoneReading zone) {
    long[] blocks = new long[zone.geometry().maxOrder() + 1];
    for (int order = 0; order < blocks.length; order++) {
      blocks[order] = zone.blocks(order);
    }
    return blocks;
  }
}
