package dev.buddyd.mm.reclaim;

import dev.buddyd.mm.trace.Decision;
import dev.buddyd.mm.trace.Trace;
import dev.buddyd.mm.zone.Kswapd;
import dev.buddyd.mm.zone.Node;
import dev.buddyd.mm.zone.PhysicalMemory;
import dev.buddyd.mm.zone.Watermarks;
import dev.buddyd.mm.zone.Zone;
import dev.buddyd.mm.zone.ZoneFlags;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One run of a woken kswapd from wake-up to sleep (R-25 to R-27, Z-50), step by step. */
public final class KswapdRun {

  private final Kswapd kswapd;
  private final Node node;
  private final int order;
  private final int highest;
  private final List<Zone> zones;
  private final long[] boosts;
  private final boolean balanced;
  private final @Nullable Trace trace;
  private final KswapdReclaim.@Nullable Balancing work;

  private KswapdRun(Node node, @Nullable KswapdReclaim reclaim, @Nullable Trace trace) {
    this.node = node;
    this.trace = trace;
    kswapd = node.kswapd();
    highest = Math.min(kswapd.pendingHighestZoneidx(), node.noZoneIndex() - 1);
    order = kswapd.pendingOrder();
    zones = node.zones().stream().filter(z -> z.index() <= highest).toList();
    boosts = zones.stream().mapToLong(z -> z.watermarks().boost()).toArray();
    balanced = node.balanced(order, highest);
    long boost = boost();
    work =
        reclaim != null && (!balanced || boost > 0) && reclaim.hasWork(node, highest)
            ? reclaim.begin(node, zones, order, highest, balanced ? boost : 0, trace)
            : null;
    if (work != null) { // P-35.3
      zones.forEach(zone -> zone.flags().set(ZoneFlags.RECLAIMING));
    }
  }

  /** A run of a node's kswapd; null if it sleeps. */
  static @Nullable KswapdRun of(Node node, @Nullable KswapdReclaim reclaim, @Nullable Trace trace) {
    return node.kswapd().sleeping() ? null : new KswapdRun(node, reclaim, trace);
  }

  /** Runs every kswapd that is awake; says whether there was one. */
  static boolean runAwake(
      PhysicalMemory memory, @Nullable KswapdReclaim reclaim, @Nullable Trace trace) {
    boolean any = false;
    for (Node node : memory.nodes()) {
      KswapdRun run = of(node, reclaim, trace);
      while (run != null && run.step()) {}
      any |= run != null;
    }
    return any;
  }

  /** Goes on; false once this kswapd has done what it was woken for. */
  public boolean step() {
    if (work != null && work.step()) {
      return true;
    }
    end(work == null ? 0 : work.reclaimed());
    return false;
  }

  /** Whether it is between two rounds over the lists. */
  public boolean betweenRounds() {
    return work == null || work.betweenRounds();
  }

  private long boost() {
    long sum = 0;
    for (long b : boosts) {
      sum += b;
    }
    return sum;
  }

  private void end(long reclaimed) {
    zones.forEach(zone -> zone.flags().clear(ZoneFlags.RECLAIMING));
    int failures = kswapd.failures();
    if (reclaimed > 0) { // any page resets
      failures = 0;
    } else if (!balanced || work != null) {
      failures++;
    }
    for (int i = 0; i < boosts.length; i++) { // Z-50
      Zone zone = zones.get(i);
      zone.lock();
      try {
        zone.watermarks().lower(boosts[i]);
      } finally {
        zone.unlock();
      }
    }
    kswapd.sleep(Math.min(failures, Kswapd.HOPELESS_FAILURES));
    if (work != null && reclaimed > 0) { // R-27, Z-50
      int block = zones.isEmpty() ? 0 : zones.getFirst().geometry().pageblockOrder();
      int wanted = boost() > 0 ? Math.max(order, block) : order;
      kswapd.wakeKcompactd(wanted, highest);
      if (trace != null && wanted > 0) {
        trace.decided(Decision.KCOMPACTD_WAKE, Trace.NO_ZONE, node.id(), wanted, highest, 1);
      }
    }
    if (trace != null && work != null) {
      trace.decided(Decision.MM_VMSCAN_KSWAPD_SLEEP, Trace.NO_ZONE, node.id());
    }
    if (trace != null) {
      trace.decided(Decision.KSWAPD_RUN, Trace.NO_ZONE, node.id(), reclaimed, kswapd.failures());
    }
  }

  /**
   * What a round wants: the sum of the high marks, without boost, of the zones it serves.
   */
  static long goal(List<Zone> zones) {
    long goal = 0;
    for (Zone zone : zones) {
      if (zone.managedPages() > 0) {
        goal += Math.max(zone.watermarks().stored(Watermarks.HIGH), ScanBalance.GOAL_PAGES);
      }
    }
    return goal;
  }
}
