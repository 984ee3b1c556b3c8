package dev.buddyd.metrics;

import io.micrometer.core.instrument.Tags;
import java.util.Locale;

/** Who had to wait or was woken for memory: direct reclaim, compaction, kswapd, kcompactd. */
final class ReclaimMeters implements Subject {

  @Override
  public void bind(Meters meters, MachineReading reading) {
    for (int i = 0; i < reading.geometry().zoneKinds().size(); i++) {
      int index = i;
      meters.counter(
          "buddyd.stalls",
          "Direct reclaim runs, by the highest zone that the request may use (allocstall_* of"
              + " vmstat): the requester itself had to search for memory. Worry when it grows"
              + " steadily: kswapd does not keep up.",
          Tags.of(
              "zone", reading.geometry().zoneKinds().get(i).kernelName().toLowerCase(Locale.ROOT)),
          r -> r.counters().stalls(index));
    }
    meters.counter(
        "buddyd.compaction.stalls",
        "Direct compactions that ran (compact_stall of vmstat): the requester itself moved pages to"
            + " make a block.",
        Tags.empty(),
        r -> r.counters().compactionStalls());
    meters.counter(
        "buddyd.oom.kills",
        "Simulated processes killed for memory. Worry about each.",
        Tags.empty(),
        r -> r.counters().oomKills());
    for (int node = 0; node < reading.nodes().size(); node++) {
      kswapd(meters, node);
    }
  }

  private static void kswapd(Meters meters, int node) {
    Tags tags = Meters.tags(node);
    meters.gauge(
        "buddyd.kswapd.awake",
        null,
        "1 while the node's kswapd has been woken and has not gone back to sleep. Worry when it"
            + " stays 1: nothing it does brings the node back to its high marks.",
        tags,
        r -> r.nodes().get(node).kswapdAwake() ? 1 : 0);
    meters.gauge(
        "buddyd.kswapd.failures",
        null,
        "Runs of the node's kswapd in a row that reclaimed nothing. At 16 the kernel gives the node"
            + " up: kswapd is not woken any more until somebody else makes progress.",
        tags,
        r -> r.nodes().get(node).kswapdFailures()); // Z-52
    meters.counter(
        "buddyd.kswapd.wakes",
        "Times that the node's kswapd was woken from sleep.",
        tags,
        r -> r.counters().kswapdWakes(node));
    meters.counter(
        "buddyd.kswapd.runs",
        "Runs of the node's kswapd from wake-up to sleep (pageoutrun of vmstat).",
        tags,
        r -> r.counters().kswapdRuns(node));
    meters.counter(
        "buddyd.kcompactd.wakes",
        "Times that the node's kcompactd was woken for a block of higher order.",
        tags,
        r -> r.counters().kcompactdWakes(node));
  }
}
