package dev.buddyd.mm.zone;

import dev.buddyd.mm.buddy.Buddy;
import dev.buddyd.mm.frame.FrameTable;
import dev.buddyd.mm.pcp.PcpList;
import dev.buddyd.mm.pcp.PerCpuPages;
import dev.buddyd.mm.trace.Decision;
import dev.buddyd.mm.trace.Trace;
import org.jspecify.annotations.Nullable;

/**
 * Giving blocks back: to the set of the current CPU or to the buddy lists, and draining sets (B-23,
 * P-30 to P-42). The caller owns the block that it frees.
 */
public final class FreePath {

  /** Flags of a zone that ask more of a free (P-35.3, P-35.5). */
  private static final int PRESSED = ZoneFlags.BELOW_HIGH | ZoneFlags.RECLAIMING;

  private FreePath() {}

  /** Frees a block of the given order on a CPU (B-23). */
  public static void free(Zone zone, int index, int order, int cpu, @Nullable Trace trace) {
    FrameTable frames = zone.frames();
    PcpList list = zone.list(Zone.listPlace(cpu, order), frames.typeOf(index)); // P-30
    PerCpuPages set = list == null ? zone.set(cpu) : list.set();
    set.lock();
    try {
      noteFree(zone, index, order, trace);
      if (list == null) {
        set.countFreed(1 << order); // B-26
        direct(zone, index, order, false, cpu, trace);
        return;
      }
      frames.setHeldWord(index, list.heldWord());
      int pressed = zone.flags().bits() & PRESSED;
      boolean flush = set.free(list, index);
      int drain = flush || pressed != 0 || set.isFull() ? pagesToDrain(set, flush, pressed) : 0;
      if (trace != null) {
        trace.decided(
            Decision.PCP_FREE,
            zone.ordinal(),
            cpu,
            list.number(),
            set.count(),
            set.high(),
            frames.pfn(index),
            0);
      }
      if (drain > 0) {
        drainLocked(zone, set, drain, list.number(), cpu, trace);
        zone.recheckBelowHigh(trace);
      }
    } finally {
      set.unlock();
    }
  }

  /**
   * Frees single frames past the set, to the tails: the unused end of an exact block (B-24, B-92).
   */
  public static void trim(Zone zone, int index, int pages, int cpu, @Nullable Trace trace) {
    PerCpuPages set = zone.set(cpu);
    set.lock();
    try {
      set.countFreed(pages); // B-26
      for (int i = index; i < index + pages; i++) {
        noteFree(zone, i, 0, trace);
        direct(zone, i, 0, true, cpu, trace);
      }
    } finally {
      set.unlock();
    }
  }

  /** P-33.5, P-36. */
  private static int pagesToDrain(PerCpuPages set, boolean flush, int pressed) {
    boolean belowHigh = (pressed & ZoneFlags.BELOW_HIGH) != 0;
    return set.pagesToDrain(flush, belowHigh, (pressed & ZoneFlags.RECLAIMING) != 0);
  }

  /** The block is told of; where each of its frames was a head, only the first is one still. */
  private static void noteFree(Zone zone, int index, int order, @Nullable Trace trace) {
    FrameTable frames = zone.frames();
    if (order > 0 && frames.isInUse(index)) {
      frames.clearHeads(index + 1, 0, (1 << order) - 1);
    }
    if (trace != null) {
      trace.decided(Decision.MM_PAGE_FREE, zone.ordinal(), frames.pfn(index), order);
    }
  }

  private static void direct(
      Zone zone, int index, int order, boolean toTail, int cpu, @Nullable Trace trace) {
    zone.lock();
    try {
      zone.buddy().free(index, order, toTail, cpu, trace);
    } finally {
      zone.unlock();
    }
  }

  /** Drains pages from a set whose lock is held, starting at a list (P-40). */
  static void drainLocked(
      Zone zone, PerCpuPages set, int pages, int firstList, int cpu, @Nullable Trace trace) {
    int left = Math.min(pages, set.count()); // P-40.1
    if (left <= 0) {
      return;
    }
    if (trace != null) {
      trace.decided(Decision.PCP_DRAIN, zone.ordinal(), cpu, firstList, left);
    }
    FrameTable frames = zone.frames();
    Buddy buddy = zone.buddy();
    int number = firstList;
    zone.lock();
    try {
      while (true) { // P-40.2
        while (set.size(number) == 0) {
          number = number + 1 < set.lists() ? number + 1 : 0;
        }
        PcpList list = set.list(number);
        int order = list.order();
        do {
          int index = list.last();
          int blocks = 1;
          if (trace != null) {
            int type = frames.typeOf(index);
            buddy.freeOne(index, order, type, false, cpu, trace);
            trace.decided(
                Decision.MM_PAGE_PCPU_DRAIN, zone.ordinal(), frames.pfn(index), order, type);
          } else {
            blocks = list.runAtTail((left + list.pages() - 1) >> order);
            buddy.freeRun(index, order, blocks, cpu);
          }
          set.takeLast(list, blocks);
          left -= blocks << order;
        } while (left > 0 && list.size() > 0);
        if (left <= 0) {
          return;
        }
      }
    } finally {
      zone.unlock();
    }
  }

  /** Empties a CPU's set of this zone (P-41). */
  public static void drainAll(Zone zone, int cpu, @Nullable Trace trace) {
    PerCpuPages set = zone.set(cpu);
    set.lock();
    try {
      while (set.count() > 0) {
        drainLocked(zone, set, set.batch() << zone.geometry().batchScaleMax(), 0, cpu, trace);
      }
    } finally {
      set.unlock();
    }
  }

  /** The periodic housekeeping of a CPU in this zone (P-42). */
  public static void tick(Zone zone, int cpu, @Nullable Trace trace) {
    PerCpuPages set = zone.set(cpu);
    set.lock();
    try {
      boolean numa = zone.geometry().numaBuilt();
      if (fold(zone, cpu) && numa) { // P-42.1
        set.setExpire(3);
      }
      int above = set.decayHigh(); // P-42.2
      while (above > 0) { // P-42.3
        int pages = Math.min(above, set.batch());
        drainLocked(zone, set, pages, 0, cpu, trace);
        above -= pages;
      }
      if (!numa || set.expire() == 0 || set.count() == 0) { // P-42.4
        return;
      }
      if (set.isLocal()) {
        set.setExpire(0);
        return;
      }
      set.setExpire(set.expire() - 1);
      if (set.expire() == 0) {
        drainLocked(zone, set, Math.min(set.count(), set.batch()), 0, cpu, trace);
      }
    } finally {
      set.unlock();
    }
  }

  private static boolean fold(Zone zone, int cpu) {
    zone.lock();
    try {
      boolean free = zone.counter().fold(cpu);
      return zone.statistics().foldOthers(cpu) || free;
    } finally {
      zone.unlock();
    }
  }
}
