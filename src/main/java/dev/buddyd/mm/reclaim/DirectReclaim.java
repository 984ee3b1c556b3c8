package dev.buddyd.mm.reclaim;

import dev.buddyd.mm.frame.Geometry;
import dev.buddyd.mm.gfp.Gfp;
import dev.buddyd.mm.gfp.ZoneKind;
import dev.buddyd.mm.trace.Decision;
import dev.buddyd.mm.trace.Trace;
import dev.buddyd.mm.zone.AllocationRequest;
import dev.buddyd.mm.zone.Node;
import dev.buddyd.mm.zone.PhysicalMemory;
import dev.buddyd.mm.zone.Watermarks;
import dev.buddyd.mm.zone.Zone;
import org.jspecify.annotations.Nullable;

/**
 * A pass of direct reclaim: the request itself looks for pages. Under the lock of
 * {@link MemoryReclaim}.
 */
final class DirectReclaim {

  private final PhysicalMemory memory;
  private final LruPages pages;
  private final NodeScan nodes;
  private final DiskWait disk;
  private final CompactionSuitability suitability;
  private final VmEvents events;

  DirectReclaim(
      PhysicalMemory memory,
      LruPages pages,
      NodeScan nodes,
      DiskWait disk,
      CompactionSuitability suitability,
      VmEvents events) {
    this.memory = memory;
    this.pages = pages;
    this.nodes = nodes;
    this.disk = disk;
    this.suitability = suitability;
    this.events = events;
  }

  /** Pages reclaimed; 1 also stands for "compaction can do it now"; 0 for no progress. */
  long pass(AllocationRequest request, @Nullable Trace trace) {
    int gfp = request.gfp();
    if (trace != null) {
      trace.decided(Decision.MM_VMSCAN_DIRECT_RECLAIM_BEGIN, Trace.NO_ZONE, request.order(), gfp);
    }
    int hz = memory.highestZoneidx(gfp);
    ScanTally tally = new ScanTally(false, (gfp & Gfp.IO) != 0, (gfp & Gfp.FS) != 0, hz);
    tally.order = (gfp & Gfp.IO) != 0 ? request.order() : 0;
    Zone[] zones = memory.node(request.node()).zonelist(hz, (gfp & Gfp.THISNODE) != 0);
    long dirty = pages.dirtyPages();
    long progress = ladder(zones, request, tally, trace);
    if (progress == 0) { // once more, with protections dropped: a second stall
      progress = ladder(zones, request, tally, trace);
    }
    if (trace != null) {
      tellLeft(zones, tally, dirty, gfp, trace);
      trace.decided(Decision.MM_VMSCAN_DIRECT_RECLAIM_END, Trace.NO_ZONE, progress, tally.scanned);
    }
    return progress;
  }

  /**
   * Whether a task has to wait for kswapd before it may make a pass: the reserves of the zones up
   * to Normal that have anything to reclaim are half used up.
   */
  boolean throttled(Node node) {
    int normal = memory.geometry().zoneIndexOf(ZoneKind.NORMAL);
    long free = 0;
    long reserves = 0;
    for (Zone zone : node.zones()) {
      if (zone.index() <= normal && pages.reclaimablePages(zone.ordinal(), true) > 0) {
        free += zone.counter().exact();
        reserves += zone.watermarks().effective(Watermarks.MIN);
      }
    }
    return reserves > 0 && free <= reserves / 2;
  }

  /** What was there and could not be had, in whole numbers: not what was looked at of it. */
  private void tellLeft(Zone[] zones, ScanTally tally, long dirty, int gfp, Trace trace) {
    long anon = nodes.anonymous(zones);
    long needSwap = nodes.swapIsFull() ? anon : Math.min(tally.needSwap, anon);
    long needIo = tally.needIo > 0 ? nodes.notInSwap(zones) : 0;
    if (tally.dirty + needIo + tally.needFs + needSwap > 0) {
      trace.decided(
          Decision.RECLAIM_LEFT,
          Trace.NO_ZONE,
          tally.dirty > 0 ? dirty : 0,
          needIo,
          tally.needFs,
          needSwap,
          pages.writebackPages(),
          gfp);
    }
  }

  /** Priorities from 12 to 0. */
  private long ladder(
      Zone[] zones, AllocationRequest request, ScanTally tally, @Nullable Trace trace) {
    events.countStall(tally.highestZoneidx);
    boolean costly = request.order() > Geometry.COSTLY_ORDER;
    boolean mayCompact = (request.gfp() & Gfp.IO) != 0;
    for (int priority = ScanBalance.FIRST_PRIORITY; priority >= 0; priority--) {
      tally.beginRound();
      int lastNode = -1;
      boolean ready = false;
      for (Zone zone : zones) {
        if (costly
            && mayCompact
            && suitability.ready(zone, request.order(), tally.highestZoneidx)) {
          ready = true;
          continue;
        }
        if (zone.node() != lastNode) {
          lastNode = zone.node();
          nodes
              .begin(
                  lastNode,
                  priority,
                  ScanBalance.FIRST_PRIORITY,
                  nodes.enough(tally.order),
                  tally,
                  request.cpu(),
                  trace)
              .finish();
        }
      }
      if (tally.reclaimed >= ScanBalance.GOAL_PAGES) {
        return tally.reclaimed;
      }
      if (ready) {
        return Math.max(tally.reclaimed, 1);
      }
      boolean last = priority == 0 && tally.reclaimed == 0;
      if (disk.afterRound(tally, last, lastNode, trace)) {
        priority++;
      }
    }
    return tally.reclaimed;
  }
}
