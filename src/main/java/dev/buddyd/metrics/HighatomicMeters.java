package dev.buddyd.metrics;

import dev.buddyd.procfs.ZoneReading;
import io.micrometer.core.instrument.Tags;

/** The reserve of pageblocks for atomic requests of higher order (B-70, B-71). */
final class HighatomicMeters implements Subject {

  @Override
  public void bind(Meters meters, MachineReading reading) {
    for (ZoneReading zone : reading.zones()) {
      int ordinal = zone.ordinal();
      Tags tags = Meters.tags(zone);
      meters.gauge(
          "buddyd.highatomic.reserved",
          "pages",
          "Pages in HIGHATOMIC pageblocks, free or not: set aside for atomic requests of higher"
              + " order, at most about 1 % of the zone.",
          tags,
          r -> r.zone(ordinal).reservedHighatomicPages());
      meters.gauge(
          "buddyd.highatomic.free",
          "pages",
          "Free pages in HIGHATOMIC pageblocks. Worry when pages are reserved and none is free:"
              + " the next high-order atomic request (network drivers) has no reserve left.",
          tags,
          r -> r.zone(ordinal).freeHighatomicPages());
      meters.counter(
          "buddyd.highatomic.reserves",
          "Pageblocks that became HIGHATOMIC, each after an atomic request of higher order.",
          tags,
          r -> r.counters().highatomicReserved(ordinal));
      meters.counter(
          "buddyd.highatomic.unreserves",
          "HIGHATOMIC pageblocks given back because other requests were about to fail. Worry when"
              + " it grows together with reserves: the reserve is fought over.",
          tags,
          r -> r.counters().highatomicUnreserved(ordinal));
    }
  }
}
