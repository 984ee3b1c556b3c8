package dev.buddyd.mm.reclaim;

import dev.buddyd.mm.trace.Decision;
import dev.buddyd.mm.trace.Trace;
import dev.buddyd.mm.zone.FreePath;
import dev.buddyd.mm.zone.PhysicalMemory;
import dev.buddyd.mm.zone.Zone;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the oldest pages of an inactive list and decides on each: give it back, write it, put it
 * aside, keep it. Under the lock of {@link MemoryReclaim}.
 */
final class PageScan {

  private final PhysicalMemory memory;
  private final LruPages pages;
  private final Writeback writeback;
  private final SwapSpace swap;
  private final Processes processes;
  private final PageHolders holders;
  private final VmEvents events;
  private final VirtualClock clock;
  private final boolean generations;

  PageScan(
      PhysicalMemory memory,
      LruPages pages,
      Writeback writeback,
      SwapSpace swap,
      Processes processes,
      PageHolders holders,
      VmEvents events,
      VirtualClock clock,
      boolean generations) {
    this.memory = memory;
    this.pages = pages;
    this.writeback = writeback;
    this.swap = swap;
    this.processes = processes;
    this.holders = holders;
    this.events = events;
    this.clock = clock;
    this.generations = generations;
  }

  /** What is written from now on comes back when this is called again. */
  void holdWrites(ScanTally tally) {
    tally.mayComeBack = writeback.handed();
  }

  /**
   * Scans up to a number of pages from the tail of a node's inactive list.
   *
   * @return pages scanned; 0 if the list has none that count for the request
   */
  long shrink(
      int node,
      boolean file,
      long want,
      int priority,
      ScanTally tally,
      int cpu,
      @Nullable Trace t) {
    writeback.settle(clock.micros(), tally.mayComeBack);
    long scannedBefore = tally.scanned;
    long reclaimedBefore = tally.reclaimed;
    long dirtyBefore = tally.dirty;
    long writebackBefore = tally.writeback;
    long swappedBefore = tally.swappedOut;
    int list = LruList.inactive(file);
    // pages put back to the head are not met again in this round
    long most = Math.min(want, pages.pagesOfNode(node, tally.highestZoneidx, list));
    int tag = pages.last(node, list);
    while (tag != 0 && tally.scanned - scannedBefore < most) {
      int olderNeighbour = pages.before(tag);
      Zone zone = memory.zone(pages.zoneOf(tag));
      if (zone.index() <= tally.highestZoneidx) {
        tally.scanned += 1L << pages.orderOf(tag);
        judge(tag, zone, file, tally, cpu, t);
      }
      tag = olderNeighbour;
    }
    long scanned = tally.scanned - scannedBefore;
    long reclaimed = tally.reclaimed - reclaimedBefore;
    if (scanned > 0) {
      events.count(tally.kswapd ? VmEvent.PGSCAN_KSWAPD : VmEvent.PGSCAN_DIRECT, scanned);
      events.count(file ? VmEvent.PGSCAN_FILE : VmEvent.PGSCAN_ANON, scanned);
      events.count(tally.kswapd ? VmEvent.PGSTEAL_KSWAPD : VmEvent.PGSTEAL_DIRECT, reclaimed);
      events.count(file ? VmEvent.PGSTEAL_FILE : VmEvent.PGSTEAL_ANON, reclaimed);
      if (t != null) {
        t.decided(
            Decision.MM_VMSCAN_LRU_SHRINK_INACTIVE,
            Trace.NO_ZONE,
            node * 2L + (file ? 1 : 0),
            scanned,
            reclaimed,
            tally.dirty - dirtyBefore,
            tally.writeback - writebackBefore,
            priority);
      }
      clock.wrote(tally.swappedOut - swappedBefore);
      clock.looked(scanned);
    }
    return scanned;
  }

  private void judge(
      int tag, Zone zone, boolean file, ScanTally tally, int cpu, @Nullable Trace trace) {
    long size = 1L << pages.orderOf(tag);
    if (pages.has(tag, LruPages.WRITEBACK)) { // is not waited for here
      pages.set(tag, LruPages.IMMEDIATE);
      tally.writeback += size;
      setAside(tag, file);
    } else if (!file && pages.has(tag, LruPages.REFERENCED)) {
      pages.clear(tag, LruPages.REFERENCED);
      activate(tag, false);
    } else if (pages.has(tag, LruPages.DIRTY)) { // left for the flusher
      pages.set(tag, LruPages.IMMEDIATE);
      tally.dirty += size;
      events.count(VmEvent.NR_VMSCAN_IMMEDIATE_RECLAIM, size);
      activate(tag, true);
    } else if (!file && !pages.has(tag, LruPages.SWAPCACHE)) {
      swapOut(tag, zone, size, tally, trace);
    } else {
      giveBack(tag, zone, file, size, tally, cpu, trace);
    }
  }

  private void activate(int tag, boolean file) {
    pages.move(tag, LruList.active(file), true);
    events.count(VmEvent.PGACTIVATE, 1L << pages.orderOf(tag));
  }

  /** being written, a page is not looked at again soon; generations count it as young. */
  private void setAside(int tag, boolean file) {
    pages.move(tag, generations ? LruList.active(file) : LruList.inactive(file), true);
  }

  /** an anonymous page that is not in swap yet. */
  private void swapOut(int tag, Zone zone, long size, ScanTally tally, @Nullable Trace trace) {
    if (!tally.mayDoIo) {
      tally.needIo += size;
    } else if (!swap.take(size)) {
      tally.needSwap += size;
    } else {
      pages.set(tag, LruPages.SWAPCACHE);
      pages.set(tag, LruPages.IMMEDIATE);
      writeback.write(tag, clock.micros());
      tally.swappedOut += size;
      tally.writeback += size;
      events.count(VmEvent.PSWPOUT, size);
      events.count(VmEvent.NR_VMSCAN_WRITE, size);
      if (trace != null) {
        trace.decided(
            Decision.MM_VMSCAN_WRITE_FOLIO, zone.ordinal(), pages.pfnOf(tag), pages.orderOf(tag));
      }
      setAside(tag, false);
      return;
    }
    pages.move(tag, LruList.INACTIVE_ANON, true);
  }

  private void giveBack(
      int tag,
      Zone zone,
      boolean file,
      long size,
      ScanTally tally,
      int cpu,
      @Nullable Trace trace) {
    if (!holders.leaves(tag, file ? PageFate.DROPPED : PageFate.SWAPPED)) {
      return; // its holder is giving it back right now
    }
    if (!file) {
      processes.swappedOut(pages.ownerOf(tag), size);
    }
    tally.reclaimed += size;
    free(tag, zone, cpu, trace);
  }

  /** Takes pages off their list and gives their frames to the allocator. */
  void free(int tag, Zone zone, int cpu, @Nullable Trace trace) {
    long pfn = pages.pfnOf(tag);
    int order = pages.orderOf(tag);
    pages.remove(tag);
    FreePath.free(zone, zone.frames().index(pfn), order, cpu, trace);
  }

  /** Moves the oldest active pages to the inactive list where that is too short. */
  void age(int node, boolean file, int highestZoneidx, long want) {
    int active = LruList.active(file);
    int inactive = LruList.inactive(file);
    if (!ScanBalance.inactiveIsLow(
        pages.pagesOfNode(node, highestZoneidx, inactive),
        pages.pagesOfNode(node, highestZoneidx, active),
        memory.geometry().pageShift())) {
      return;
    }
    long moved = 0;
    int tag = pages.last(node, active);
    while (tag != 0 && moved < want) {
      int olderNeighbour = pages.before(tag);
      if (memory.zone(pages.zoneOf(tag)).index() <= highestZoneidx) {
        moved += 1L << pages.orderOf(tag);
        if (pages.has(tag, LruPages.REFERENCED)) {
          pages.clear(tag, LruPages.REFERENCED);
          pages.move(tag, active, true);
        } else {
          pages.move(tag, inactive, true);
          events.count(VmEvent.PGDEACTIVATE, 1L << pages.orderOf(tag));
        }
      }
      tag = olderNeighbour;
    }
  }

  /**
   * Shrinkers: frees a share of the slab pages of a node's zones, oldest first.
   *
   * @return pages freed
   */
  long shrinkSlab(int node, int priority, ScanTally tally, int cpu, @Nullable Trace trace) {
    long all = pages.pagesOfNode(node, tally.highestZoneidx, LruList.SLAB);
    if (all == 0) {
      return 0;
    }
    if (!tally.mayEnterFs) { // they skip themselves
      tally.needFs = all;
      return 0;
    }
    long want = Math.max(ScanBalance.share(all, priority), 1);
    long seen = 0;
    long freed = 0;
    int tag = pages.last(node, LruList.SLAB);
    while (tag != 0 && seen < want) {
      int olderNeighbour = pages.before(tag);
      Zone zone = memory.zone(pages.zoneOf(tag));
      if (zone.index() <= tally.highestZoneidx) {
        long size = 1L << pages.orderOf(tag);
        seen += size;
        if (pages.has(tag, LruPages.REFERENCED)) {
          pages.clear(tag, LruPages.REFERENCED);
          pages.move(tag, LruList.SLAB, true);
        } else if (holders.leaves(tag, PageFate.DROPPED)) {
          freed += size;
          free(tag, zone, cpu, trace);
        }
      }
      tag = olderNeighbour;
    }
    events.count(VmEvent.SLABS_SCANNED, seen);
    tally.reclaimed += freed;
    if (trace != null) {
      trace.decided(Decision.MM_SHRINK_SLAB_END, Trace.NO_ZONE, node, seen, freed, priority);
    }
    return freed;
  }
}
