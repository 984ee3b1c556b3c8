package dev.buddyd.mm.reclaim;

import dev.buddyd.mm.zone.PhysicalMemory;

/**
 * Everything that reclaim counts, at one moment; all in pages. Zones are named by their ordinal.
 */
public final class ReclaimCounts {

  private final long[][] lists;
  private final long[] dirty;
  private final long[] writeback;
  private final long[] swapCached;
  private final long swapTotal;
  private final long swapFree;
  private final long[] events;
  private final long[] stalls;

  private ReclaimCounts(int zones, int zoneTypes, long swapTotal, long swapFree) {
    this.lists = new long[zones][LruList.COUNT];
    this.dirty = new long[zones];
    this.writeback = new long[zones];
    this.swapCached = new long[zones];
    this.events = new long[VmEvent.values().length];
    this.stalls = new long[zoneTypes];
    this.swapTotal = swapTotal;
    this.swapFree = swapFree;
  }

  /** Counts of a machine whose pages cannot be reclaimed: all 0. */
  public static ReclaimCounts none(PhysicalMemory memory) {
    return new ReclaimCounts(memory.zones().size(), memory.geometry().zoneKinds().size(), 0, 0);
  }

  /** Under the lock of {@link MemoryReclaim}. */
  static ReclaimCounts of(ReclaimParts parts) {
    ReclaimCounts counts =
        new ReclaimCounts(
            parts.memory.zones().size(),
            parts.events.zoneTypes(),
            parts.swap.slots(),
            parts.swap.free());
    for (int zone = 0; zone < counts.lists.length; zone++) {
      for (int list = 0; list < LruList.COUNT; list++) {
        counts.lists[zone][list] = parts.pages.pagesInZone(zone, list);
      }
      counts.dirty[zone] = parts.pages.dirtyPages(zone);
      counts.writeback[zone] = parts.pages.writebackPages(zone);
      counts.swapCached[zone] = parts.pages.swapcachePages(zone);
    }
    for (VmEvent event : VmEvent.values()) {
      counts.events[event.ordinal()] = parts.events.get(event);
    }
    for (int index = 0; index < counts.stalls.length; index++) {
      counts.stalls[index] = parts.events.allocstall(index);
    }
    return counts;
  }

  /** Pages of a zone on a list: a number of {@link LruList}. */
  public long pages(int zone, int list) {
    return lists[zone][list];
  }

  /** Pages of all zones on a list. */
  public long pages(int list) {
    long sum = 0;
    for (long[] zone : lists) {
      sum += zone[list];
    }
    return sum;
  }

  /** File pages of a zone that wait to be written. */
  public long dirty(int zone) {
    return dirty[zone];
  }

  /** Pages of a zone being written. */
  public long writeback(int zone) {
    return writeback[zone];
  }

  /** Anonymous pages of a zone that have a slot in swap. */
  public long swapCached(int zone) {
    return swapCached[zone];
  }

  public long swapTotal() {
    return swapTotal;
  }

  public long swapFree() {
    return swapFree;
  }

  /** How often an event has happened since boot. */
  public long get(VmEvent event) {
    return events[event.ordinal()];
  }

  /** {@code allocstall_*} of a zone type. */
  public long allocstall(int zoneIndex) {
    return stalls[zoneIndex];
  }
}
