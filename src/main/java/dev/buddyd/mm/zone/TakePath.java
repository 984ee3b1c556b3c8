package dev.buddyd.mm.zone;

import static dev.buddyd.mm.frame.FrameTable.NIL;

import dev.buddyd.mm.buddy.Fallback;
import dev.buddyd.mm.frame.FrameTable;
import dev.buddyd.mm.gfp.RequestFlags;
import dev.buddyd.mm.pcp.PcpList;
import dev.buddyd.mm.pcp.PerCpuPages;
import dev.buddyd.mm.trace.Decision;
import dev.buddyd.mm.trace.Trace;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Taking a block from a zone that passed its watermark: per-CPU set first, then the buddy lists
 * (F-14). The set's lock is held throughout, the zone lock while buddy lists change.
 */
public final class TakePath {

  /** No block. */
  public static final long NONE = -1;

  private TakePath() {}

  /**
   * Takes a block and marks it allocated.
   *
   * @param preferred first zone of the request's list, for the NUMA counts (F-16)
   * @return pfn of the block, or {@link #NONE} if the zone has none for this request
   */
  public static long take(
      Zone zone,
      AllocationRequest request,
      int type,
      int flags,
      Zone preferred,
      @Nullable Trace trace) {
    PcpList list = zone.list(request.listPlace(), type);
    PerCpuPages set = list == null ? zone.set(request.cpu()) : list.set();
    set.lock();
    try {
      if (list != null) {
        set.noteAllocation(); // P-20.2
        if (!list.isEmpty()) {
          return pop(zone, set, list, request, type, preferred, Decision.MM_PAGE_ALLOC, trace);
        }
      }
      return takeNew(zone, set, list, request, type, flags, preferred, trace);
    } finally {
      set.unlock();
    }
  }

  /**
   * Takes up to {@code wanted} single frames through the set for a bulk request (F-61).
   *
   * @param pfns receives the pfns from element 0 on
   * @return how many were taken
   */
  public static int takeBulk(
      Zone zone,
      AllocationRequest request,
      int type,
      int flags,
      Zone preferred,
      long[] pfns,
      int wanted,
      @Nullable Trace trace) {
    PcpList list = Objects.requireNonNull(zone.list(request.listPlace(), type));
    PerCpuPages set = list.set();
    set.lock();
    try {
      for (int taken = 0; taken < wanted; taken++) {
        if (list.isEmpty() && !refill(zone, list, type, flags, request.cpu(), trace)) {
          return taken;
        }
        pfns[taken] = pop(zone, set, list, request, type, preferred, Decision.BULK_PAGE, trace);
      }
      return wanted;
    } finally {
      set.unlock();
    }
  }

  /** What no list of the set had at hand: it is refilled (P-20.3), or the buddy lists serve. */
  private static long takeNew(
      Zone zone,
      PerCpuPages set,
      @Nullable PcpList list,
      AllocationRequest request,
      int type,
      int flags,
      Zone preferred,
      @Nullable Trace trace) {
    if (list != null && refill(zone, list, type, flags, request.cpu(), trace)) {
      return pop(zone, set, list, request, type, preferred, Decision.MM_PAGE_ALLOC, trace);
    }
    int index = fromLists(zone, request, type, flags, trace); // P-20.4
    if (index == NIL) {
      return NONE;
    }
    set.countAllocated(1 << request.order()); // B-61
    return grant(zone, set, index, request, type, preferred, Decision.MM_PAGE_ALLOC, trace);
  }

  /** P-20.5. */
  private static long pop(
      Zone zone,
      PerCpuPages set,
      PcpList list,
      AllocationRequest request,
      int type,
      Zone preferred,
      Decision event,
      @Nullable Trace trace) {
    int index = set.pop(list);
    if (trace != null) {
      trace.decided(
          Decision.PCP_HIT,
          zone.ordinal(),
          request.cpu(),
          list.number(),
          set.count(),
          zone.frames().pfn(index),
          0,
          0);
    }
    return grant(zone, set, index, request, type, preferred, event, trace);
  }

  private static boolean refill(
      Zone zone, PcpList list, int type, int flags, int cpu, @Nullable Trace trace) {
    PerCpuPages set = list.set();
    int order = list.order();
    int wanted = set.refillBlocks(order, zone.flags().has(ZoneFlags.BELOW_HIGH));
    int got = 0;
    FrameTable frames = zone.frames();
    Fallback fallback = zone.fallback();
    boolean grouping = zone.grouping();
    zone.lock();
    try {
      fallback.begin();
      while (got < wanted) {
        int index = fallback.takeRun(order, type, flags, cpu, grouping, wanted - got, trace);
        if (index == NIL) {
          break;
        }
        int run = fallback.run();
        frames.setHeld(index, order, run, list.heldWord());
        set.append(list, index, run);
        got += run;
      }
    } finally {
      zone.unlock();
    }
    if (trace != null) {
      trace.decided(
          Decision.PCP_REFILL,
          zone.ordinal(),
          cpu,
          list.number(),
          wanted,
          got,
          set.batch(),
          set.high());
    }
    return got > 0;
  }

  /** B-60. */
  private static int fromLists(
      Zone zone, AllocationRequest request, int type, int flags, @Nullable Trace trace) {
    Fallback fallback = zone.fallback();
    int order = request.order();
    int cpu = request.cpu();
    zone.lock();
    try {
      int index = NIL;
      if ((flags & RequestFlags.HATOM) != 0) { // B-60.1
        index = fallback.takeHighatomic(order, cpu, trace);
      }
      if (index == NIL) { // B-60.2
        fallback.begin();
        index = fallback.take(order, type, flags, cpu, zone.grouping(), trace);
      }
      if (index == NIL && (flags & (RequestFlags.VICTIM | RequestFlags.NONBLOCK)) != 0) { // B-60.3
        index = fallback.takeHighatomic(order, cpu, trace);
      }
      if (index != NIL) {
        zone.frames().setHead(index, FrameTable.ALLOCATED, order);
      }
      return index;
    } finally {
      zone.unlock();
    }
  }

  /** The block belongs to the request from now on; returns its pfn. */
  private static long grant(
      Zone zone,
      PerCpuPages set,
      int index,
      AllocationRequest request,
      int type,
      Zone preferred,
      Decision event,
      @Nullable Trace trace) {
    FrameTable frames = zone.frames();
    frames.setHeldWord(index, request.heldWord());
    long pfn = frames.pfn(index);
    if (zone != preferred && zone.node() != preferred.node()) { // F-16
      set.countMiss();
      preferred.countForeign();
    }
    if (trace != null) {
      trace.decided(event, zone.ordinal(), pfn, request.order(), type, request.gfp());
    }
    return pfn;
  }
}
