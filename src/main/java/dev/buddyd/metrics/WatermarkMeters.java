package dev.buddyd.metrics;

import dev.buddyd.mm.zone.Watermarks;
import dev.buddyd.procfs.ZoneReading;
import io.micrometer.core.instrument.Tags;
import java.util.List;

/** Where a zone's free pages stand against its marks, boost included (Z-22, Z-23). */
final class WatermarkMeters implements Subject {

  private static final List<String> MARKS = List.of("min", "low", "high", "promo");

  @Override
  public void bind(Meters meters, MachineReading reading) {
    reading.zones().forEach(zone -> bind(meters, zone));
  }

  private static void bind(Meters meters, ZoneReading zone) {
    int ordinal = zone.ordinal();
    for (int m = Watermarks.MIN; m <= Watermarks.PROMO; m++) {
      int mark = m;
      Tags tags = Meters.tags(zone).and("mark", MARKS.get(m));
      meters.gauge(
          "buddyd.watermark",
          "pages",
          "The mark in force, in pages: the stored mark plus the boost.",
          tags,
          r -> r.zone(ordinal).mark(mark)); // Z-23
      meters.gauge(
          "buddyd.watermark.distance",
          "pages",
          "Free pages less the mark in force; an order-0 request needs more than 0, and more than"
              + " the zone's lowmem_reserve where the zone is only a fallback for it. Worry when"
              + " low goes below 0 (kswapd is awake), and at once when min does (requests that may"
              + " sleep stall, others fail).",
          tags,
          r -> r.zone(ordinal).freePages() - r.zone(ordinal).mark(mark));
      meters.gauge(
          "buddyd.watermark.crossed",
          null,
          "1 while the zone's free pages are not above the mark in force, else 0. high is harmless,"
              + " low means that kswapd has work, min that direct reclaim has.",
          tags,
          r -> r.zone(ordinal).freePages() <= r.zone(ordinal).mark(mark) ? 1 : 0); // Z-41.3
    }
    meters.gauge(
        "buddyd.watermark.boost",
        "pages",
        "What is added to all marks of the zone after a pageblock was claimed for another type, in"
            + " pages; a kswapd run takes it away. Worry when it stays: kswapd does not run, or the"
            + " zone fragments faster than kswapd works.",
        Meters.tags(zone),
        r -> r.zone(ordinal).boostPages()); // B-42
    meters.counter(
        "buddyd.watermark.boosts",
        "Times that the zone's marks were boosted (vm.watermark_boost_factor).",
        Meters.tags(zone),
        r -> r.counters().boosts(ordinal));
  }
}
