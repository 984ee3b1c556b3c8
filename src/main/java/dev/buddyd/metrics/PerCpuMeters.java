package dev.buddyd.metrics;

import dev.buddyd.procfs.ZoneReading;
import io.micrometer.core.instrument.Tags;
import java.util.stream.IntStream;

/** The per-CPU page lists of a zone: how full, and how often they are refilled and drained. */
final class PerCpuMeters implements Subject {

  @Override
  public void bind(Meters meters, MachineReading reading) {
    for (ZoneReading zone : reading.zones()) {
      int ordinal = zone.ordinal();
      Tags tags = Meters.tags(zone);
      meters.gauge(
          "buddyd.pcp",
          "pages",
          "Free pages on the lists of all CPUs together, in pages; they are not among the free"
              + " pages of the zone. Worry when it is a large part of what is free while requests"
              + " of higher order fail: a drain gives them back.",
          tags,
          r -> r.zone(ordinal).cachedPages());
      meters.gauge(
          "buddyd.pcp.max",
          "pages",
          "Free pages on the lists of the fullest CPU, in pages. Far above the average means that"
              + " one CPU frees what others allocate.",
          tags,
          r -> fullest(r.zone(ordinal)));
      meters.counter(
          "buddyd.pcp.refills",
          "Times that a CPU's list was refilled from the buddy lists (P-21), each under the zone"
              + " lock. Worry when it comes close to the rate of requests: the lists are too small"
              + " to help.",
          tags,
          r -> r.counters().refills(ordinal));
      meters.counter(
          "buddyd.pcp.drains",
          "Times that pages went back from a CPU's lists to the buddy lists (P-40), each under the"
              + " zone lock.",
          tags,
          r -> r.counters().drains(ordinal));
    }
  }

  private static int fullest(ZoneReading zone) {
    return IntStream.range(0, zone.cpus()).map(zone::cachedPages).max().orElse(0);
  }
}
