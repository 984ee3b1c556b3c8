package dev.buddyd.metrics;

import dev.buddyd.mm.reclaim.LruList;
import dev.buddyd.mm.reclaim.ReclaimCounts;
import dev.buddyd.mm.reclaim.VmEvent;
import dev.buddyd.procfs.ZoneReading;
import io.micrometer.core.instrument.Tags;
import java.util.List;
import java.util.Optional;

/** Who had to wait or was woken for memory: direct reclaim, compaction, kswapd, kcompactd. */
final class ReclaimMeters implements Subject {

  private static final List<String> LISTS =
      List.of("inactive_anon", "active_anon", "inactive_file", "active_file", "slab");

  @Override
  public void bind(Meters meters, MachineReading reading) {
    for (int i = 0; i < reading.geometry().zoneKinds().size(); i++) {
      int index = i;
      meters.counter(
          "buddyd.stalls",
          "Direct reclaim runs, by the highest zone that the request may use (allocstall_* of"
              + " vmstat): the requester itself had to search for memory. Worry when it grows"
              + " steadily: kswapd does not keep up.",
          Tags.of("zone", reading.geometry().zoneKinds().get(i).kernelName()),
          r -> r.reclaim().allocstall(index));
    }
    for (VmEvent event : VmEvent.values()) {
      told(event)
          .ifPresent(
              t -> meters.counter(t.name(), t.help(), t.tags(), r -> r.reclaim().get(event)));
    }
    for (boolean kswapd : new boolean[] {true, false}) {
      meters.gauge(
          "buddyd.reclaim.efficiency",
          "ratio",
          "Pages reclaimed of those looked at since boot: 1 when every page that was looked at"
              + " could be taken, near 0 when reclaim looks in vain. Worry below 0.3.",
          Tags.of("by", kswapd ? "kswapd" : "direct"),
          r -> efficiency(r.reclaim(), kswapd));
    }
    meters.gauge(
        "buddyd.swap.used",
        "pages",
        "Slots of the swap device in use. Worry when it nears buddyd_swap_size_pages: anonymous"
            + " memory cannot be reclaimed any more.",
        Tags.empty(),
        r -> r.reclaim().swapTotal() - r.reclaim().swapFree());
    meters.gauge(
        "buddyd.swap.size",
        "pages",
        "Slots of the swap device: how much anonymous memory can leave RAM at most.",
        Tags.empty(),
        r -> r.reclaim().swapTotal());
    for (ZoneReading zone : reading.zones()) {
      lists(meters, zone);
    }
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

  private static void lists(Meters meters, ZoneReading zone) {
    int ordinal = zone.ordinal();
    for (int i = 0; i < LISTS.size(); i++) {
      int list = LruList.INACTIVE_ANON + i;
      meters.gauge(
          "buddyd.reclaim.list",
          "pages",
          "Pages on the reclaim lists: inactive ones are the next to go, slab is what shrinkers can"
              + " free.",
          Meters.tags(zone).and("list", LISTS.get(i)),
          r -> r.reclaim().pages(ordinal, list));
    }
  }

  private static double efficiency(ReclaimCounts counts, boolean kswapd) {
    long scanned = counts.get(kswapd ? VmEvent.PGSCAN_KSWAPD : VmEvent.PGSCAN_DIRECT);
    long stolen = counts.get(kswapd ? VmEvent.PGSTEAL_KSWAPD : VmEvent.PGSTEAL_DIRECT);
    return scanned == 0 ? 1 : (double) stolen / scanned;
  }

  private record Told(String name, String help, Tags tags) {}

  private static Optional<Told> told(VmEvent event) {
    return Optional.ofNullable(
        switch (event) {
          case PGSCAN_KSWAPD, PGSCAN_DIRECT ->
              new Told(
                  "buddyd.reclaim.scanned.pages",
                  "Pages that reclaim has looked at (pgscan_* of vmstat). Worry when direct grows:"
                      + " requests search for memory themselves.",
                  Tags.of("by", event == VmEvent.PGSCAN_KSWAPD ? "kswapd" : "direct"));
          case PGSTEAL_KSWAPD, PGSTEAL_DIRECT ->
              new Told(
                  "buddyd.reclaim.stolen.pages",
                  "Pages that reclaim has taken (pgsteal_* of vmstat).",
                  Tags.of("by", event == VmEvent.PGSTEAL_KSWAPD ? "kswapd" : "direct"));
          case WORKINGSET_REFAULT_ANON, WORKINGSET_REFAULT_FILE ->
              new Told(
                  "buddyd.reclaim.refaulted.pages",
                  "Pages that reclaim had taken and that were asked for again"
                      + " (workingset_refault_* of vmstat). Worry when it grows as fast as"
                      + " buddyd_reclaim_stolen_pages_total: memory is too small for what is used.",
                  Tags.of("kind", event == VmEvent.WORKINGSET_REFAULT_ANON ? "anon" : "file"));
          case PSWPIN, PSWPOUT ->
              new Told(
                  "buddyd.swap.pages",
                  "Pages brought back from swap and written to it (pswpin and pswpout of vmstat)."
                      + " Worry when both grow: memory is too small for what is used.",
                  Tags.of("direction", event == VmEvent.PSWPIN ? "in" : "out"));
          case COMPACT_STALL ->
              new Told(
                  "buddyd.compaction.stalls",
                  "Direct compactions that ran (compact_stall of vmstat): the requester itself"
                      + " moved pages to make a block.",
                  Tags.empty());
          case COMPACT_SUCCESS, COMPACT_FAIL ->
              new Told(
                  "buddyd.compaction.results",
                  "Direct compactions by what came of them: a block that was taken, or none. Worry"
                      + " when fail outgrows success: high orders cannot be had.",
                  Tags.of("result", event == VmEvent.COMPACT_SUCCESS ? "success" : "fail"));
          case PGMIGRATE_SUCCESS ->
              new Told(
                  "buddyd.compaction.moved.pages",
                  "Pages that compaction has moved (pgmigrate_success of vmstat).",
                  Tags.empty());
          case OOM_KILL ->
              new Told(
                  "buddyd.oom.kills",
                  "Simulated processes killed for memory. Worry about each.",
                  Tags.empty());
          default -> null;
        });
  }
}
