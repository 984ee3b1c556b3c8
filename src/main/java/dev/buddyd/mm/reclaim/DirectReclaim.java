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

  /** How long somebody waits for pages under writeback, in virtual microseconds. */
  static final long WRITEBACK_WAIT_MICROS = 100_000;

  private final PhysicalMemory memory;
  private final LruPages pages;
  private final NodeScan nodes;
  private final Writeback writeback;
  private final CompactionSuitability suitability;
  private final VmEvents events;
  private final VirtualClock clock;

  DirectReclaim(
      PhysicalMemory memory,
      LruPages pages,
      NodeScan nodes,
      Writeback writeback,
      CompactionSuitability suitability,
      VmEvents events,
      VirtualClock clock) {
    this.memory = memory;
    this.pages = pages;
    this.nodes = nodes;
    this.writeback = writeback;
    this.suitability = suitability;
    this.events = events;
    this.clock = clock;
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
      long seen = tally.dirty + tally.writeback;
      long won = tally.reclaimed;
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
                  ScanBalance.GOAL_PAGES,
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
      if (tally.dirty + tally.writeback > seen && tally.reclaimed == won) {
        waitForWriteback(lastNode, trace);
      }
    }
    return tally.reclaimed;
  }

  /** Everything looked at is dirty or being written: starts the flusher and waits. */
  private void waitForWriteback(int node, @Nullable Trace trace) {
    wakeFlusher(writeback, pages, node, clock, trace);
    long now = clock.micros();
    long wait = Math.min(WRITEBACK_WAIT_MICROS, writeback.idleAt() - now);
    if (wait > 0) {
      clock.sleep(wait);
      if (trace != null) {
        trace.decided(Decision.MM_VMSCAN_THROTTLED, Trace.NO_ZONE, node, wait);
      }
    }
  }

  static void wakeFlusher(
      Writeback writeback, LruPages pages, int node, VirtualClock clock, @Nullable Trace trace) {
    if (pages.dirtyPages() > 0) {
      long started = writeback.flush(node, clock.micros());
      if (started > 0 && trace != null) {
        trace.decided(Decision.WRITEBACK_START, Trace.NO_ZONE, node, started);
      }
    }
  }
}
