package dev.buddyd.mm.alloc;

import dev.buddyd.mm.gfp.RequestFlags;
import dev.buddyd.mm.reclaim.Reclaim;
import dev.buddyd.mm.trace.Decision;
import dev.buddyd.mm.trace.Trace;
import dev.buddyd.mm.zone.AllocationRequest;
import dev.buddyd.mm.zone.PhysicalMemory;
import dev.buddyd.mm.zone.Sysctls.Knob;
import dev.buddyd.mm.zone.TakePath;
import dev.buddyd.mm.zone.Watermarks;
import dev.buddyd.mm.zone.Zone;
import dev.buddyd.mm.zone.ZoneFlags;
import org.jspecify.annotations.Nullable;

/**
 * One walk down a zonelist: the first zone with its watermark and a block serves (F-10 to F-15).
 */
final class ZonelistScan {

  /** No zone served. */
  static final long NONE = TakePath.NONE;

  /** Nodes farther away than this are not reclaimed from (F-13). */
  private static final int RECLAIM_DISTANCE = 30;

  private final Route[] routes;
  private final PhysicalMemory memory;
  private final Reclaim reclaim;
  private final boolean severalNodes;

  ZonelistScan(PhysicalMemory memory, Reclaim reclaim) {
    this.routes = Route.all(memory);
    this.memory = memory;
    this.reclaim = reclaim;
    this.severalNodes = memory.nodes().size() > 1;
  }

  /** Where requests with this number go: {@link AllocationRequest#route}. */
  Route route(int number) {
    return routes[number];
  }

  /**
   * Walks the list (F-10).
   *
   * @return pfn of the block, or {@link #NONE}
   */
  long scan(Route route, AllocationRequest request, int requestFlags, @Nullable Trace trace) {
    Zone[] zones = route.zones;
    int flags = requestFlags;
    if (trace != null) {
      trace.decided(Decision.SCAN, Trace.NO_ZONE, flags);
    }
    if (zones.length == 0) { // F-6
      return NONE;
    }
    Zone preferred = zones[0];
    int i = 0;
    while (i < zones.length) {
      Zone zone = zones[i];
      if (i > 0
          && severalNodes
          && (flags & RequestFlags.NOMIX) != 0
          && zone.node() != preferred.node()) { // F-11c
        if (trace != null) {
          trace.decided(Decision.NOMIX_LEFT_NODE, zone.ordinal());
        }
        flags &= ~RequestFlags.NOMIX;
        i = 0;
        continue;
      }
      if ((trace == null && zone.isAmple(request.order()))
          || admits(zone, request.order(), route.highestZoneidx, flags, trace)
          || admitsAfterReclaim(zone, route, request, flags, trace)) {
        long pfn = takeFrom(zone, preferred, request, route.type, flags, trace);
        if (pfn != NONE) {
          return pfn;
        }
      }
      i++;
      if (i == zones.length && (flags & RequestFlags.NOMIX) != 0) { // F-15
        if (trace != null) {
          trace.decided(Decision.NOMIX_CLEARED, Trace.NO_ZONE);
        }
        flags &= ~RequestFlags.NOMIX;
        i = 0;
      }
    }
    return NONE;
  }

  /** F-12, F-13. */
  private static boolean admits(
      Zone zone, int order, int highestZoneidx, int flags, @Nullable Trace trace) {
    if (!zone.flags().has(ZoneFlags.BELOW_HIGH)) { // F-12
      if (zone.passesFast(order, Watermarks.HIGH, highestZoneidx, flags, trace)) {
        return true;
      }
      if (zone.flags().set(ZoneFlags.BELOW_HIGH) && trace != null) {
        trace.decided(Decision.BELOW_HIGH_SET, zone.ordinal());
      }
    }
    boolean ignoresMarks = (flags & RequestFlags.NOWM) != 0;
    int wm = ignoresMarks ? Watermarks.MIN : flags & RequestFlags.WM_MASK;
    return zone.passesFast(order, wm, highestZoneidx, flags, trace) || ignoresMarks; // F-13
  }

  /** F-13: with {@code vm.zone_reclaim_mode} a near node first gives pages of its own. */
  private boolean admitsAfterReclaim(
      Zone zone, Route route, AllocationRequest request, int flags, @Nullable Trace trace) {
    return memory.tunables().get(Knob.ZONE_RECLAIM_MODE) != 0
        && memory.node(route.zones[0].node()).distance(zone.node()) <= RECLAIM_DISTANCE
        && reclaim.nodeReclaim(zone.node(), request, trace)
        && zone.passesMark(
            request.order(), flags & RequestFlags.WM_MASK, route.highestZoneidx, flags, trace);
  }

  /** F-14. */
  private long takeFrom(
      Zone zone,
      Zone preferred,
      AllocationRequest request,
      int type,
      int flags,
      @Nullable Trace trace) {
    long pfn = TakePath.take(zone, request, type, flags, preferred, trace);
    if (zone.flags().has(ZoneFlags.BOOSTED)
        && (flags & RequestFlags.WAKE) != 0
        && zone.flags().clear(ZoneFlags.BOOSTED)) { // Z-51
      memory.node(zone.node()).wakeKswapd(zone, 0, 0, zone.index(), trace);
    }
    if (pfn == NONE) {
      if (trace != null) {
        trace.decided(Decision.ZONE_EXHAUSTED, zone.ordinal());
      }
      return NONE;
    }
    if ((flags & RequestFlags.HATOM) != 0) {
      int index = zone.frames().index(pfn);
      zone.lock();
      try {
        zone.highAtomic()
            .reserve(index, request.order(), zone.managedPages(), request.cpu(), trace); // B-70
      } finally {
        zone.unlock();
      }
    }
    return pfn;
  }
}
