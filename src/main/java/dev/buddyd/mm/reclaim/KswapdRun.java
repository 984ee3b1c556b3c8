package dev.buddyd.mm.reclaim;

import dev.buddyd.mm.trace.Decision;
import dev.buddyd.mm.trace.Trace;
import dev.buddyd.mm.zone.Kswapd;
import dev.buddyd.mm.zone.Node;
import dev.buddyd.mm.zone.PhysicalMemory;
import dev.buddyd.mm.zone.Zone;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One run of a woken kswapd from wake-up to sleep (R-25 to R-27, Z-50). */
public final class KswapdRun {

  private KswapdRun() {}

  /** Runs every kswapd that is awake; says whether there was one. */
  public static boolean runAwake(PhysicalMemory memory, @Nullable Trace trace) {
    boolean any = false;
    for (Node node : memory.nodes()) {
      if (!node.kswapd().sleeping()) {
        run(node, trace);
        any = true;
      }
    }
    return any;
  }

  /** A run without anything to reclaim: it fails unless the node was balanced all along. */
  private static void run(Node node, @Nullable Trace trace) {
    Kswapd kswapd = node.kswapd();
    int highest = Math.min(kswapd.pendingHighestZoneidx(), node.noZoneIndex() - 1);
    List<Zone> zones = node.zones().stream().filter(z -> z.index() <= highest).toList();
    long[] boosts = zones.stream().mapToLong(z -> z.watermarks().boost()).toArray();
    boolean balanced = node.balanced(kswapd.pendingOrder(), highest);
    int failures = balanced ? kswapd.failures() : kswapd.failures() + 1;
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
    if (trace != null) {
      trace.decided(Decision.KSWAPD_RUN, Trace.NO_ZONE, node.id(), 0, kswapd.failures());
    }
  }
}
