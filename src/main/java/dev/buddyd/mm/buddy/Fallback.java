package dev.buddyd.mm.buddy;

import static dev.buddyd.mm.frame.FrameTable.NIL;

import dev.buddyd.mm.frame.FrameTable;
import dev.buddyd.mm.frame.MigrateType;
import dev.buddyd.mm.gfp.RequestFlags;
import dev.buddyd.mm.trace.Decision;
import dev.buddyd.mm.trace.Trace;
import org.jspecify.annotations.Nullable;

/**
 * Where a block comes from when the request's own lists are empty: the mode machine, claiming a
 * whole pageblock, stealing one block (spec 03, sections 4 to 6). Runs under the zone lock; the
 * mode is shared by all blocks of one refill.
 */
public final class Fallback {

  /** Told of every attempt to claim a pageblock, before it may fail (B-41.3). */
  public interface ClaimListener {
    /**
     * A claim is about to be tried.
     *
     * @param wake whether the request may wake kswapd
     */
    void claiming(boolean wake, @Nullable Trace trace);
  }

  /** B-31: fallback types by wanted type, in order of preference. */
  private static final int[][] PREFERENCE = {
    {MigrateType.RECLAIMABLE, MigrateType.MOVABLE},
    {MigrateType.RECLAIMABLE, MigrateType.UNMOVABLE},
    {MigrateType.UNMOVABLE, MigrateType.MOVABLE},
  };

  private static final int NORMAL = 0;
  private static final int CMA = 1;
  private static final int STEAL = 2;

  private final int zone;
  private final Buddy buddy;
  private final FrameTable frames;
  private final FreeLists lists;
  private final ClaimListener listener;
  private final int maxOrder;
  private final int pageblockOrder;
  private final int cmaType;
  private int mode;
  private int run;

  public Fallback(int zone, Buddy buddy, ClaimListener listener) {
    this.zone = zone;
    this.buddy = buddy;
    this.frames = buddy.frames();
    this.lists = buddy.lists();
    this.listener = listener;
    this.maxOrder = frames.geometry().maxOrder();
    this.pageblockOrder = frames.geometry().pageblockOrder();
    this.cmaType = frames.geometry().cmaType();
  }

  /** Starts a request or a refill with a fresh mode (B-30). */
  public void begin() {
    mode = NORMAL;
  }

  /**
   * One block by the mode machine (B-30).
   *
   * @return index of the block, or NIL
   */
  public int take(
      int order, int type, int flags, int cpu, boolean grouping, @Nullable Trace trace) {
    boolean useCma = (flags & RequestFlags.USECMA) != 0 && cmaType >= 0;
    if (useCma && buddy.counter().freeCma() > buddy.counter().free() / 2) { // B-30.0
      int index = buddy.take(order, cmaType, cpu, trace);
      if (index != NIL) {
        return index;
      }
    }
    if (mode == NORMAL) { // B-30.1
      int index = buddy.take(order, type, cpu, trace);
      if (index != NIL) {
        return index;
      }
    }
    if (mode != STEAL) {
      if (useCma) { // B-30.2
        int index = buddy.take(order, cmaType, cpu, trace);
        if (index != NIL) {
          mode = CMA;
          return index;
        }
      }
      int index = claim(order, type, flags, cpu, grouping, trace); // B-30.3
      if (index != NIL) {
        mode = NORMAL;
        return index;
      }
    }
    if ((flags & RequestFlags.NOMIX) == 0) { // B-30.4
      int index = steal(order, type, cpu, trace);
      if (index != NIL) {
        mode = STEAL;
        return index;
      }
    }
    return NIL;
  }

  /**
   * Blocks by the mode machine as {@link #take} gives them one after the other, as many as lie
   * behind each other (B-30); {@link #run} tells how many.
   *
   * @param most how many to take at most
   * @return index of the first, or NIL
   */
  public int takeRun(
      int order, int type, int flags, int cpu, boolean grouping, int most, @Nullable Trace trace) {
    boolean useCma = (flags & RequestFlags.USECMA) != 0 && cmaType >= 0; // B-30.0 asks each time
    if (mode == NORMAL && !useCma) { // B-30.1
      int index = buddy.takeRun(order, type, cpu, most, trace);
      if (index != NIL) {
        run = buddy.run();
        return index;
      }
    }
    run = 1;
    return take(order, type, flags, cpu, grouping, trace);
  }

  /** How many blocks the last {@link #takeRun} took, if it took any. */
  public int run() {
    return run;
  }

  /** Takes from the HIGHATOMIC lists alone (B-60.1, B-60.3). */
  public int takeHighatomic(int order, int cpu, @Nullable Trace trace) {
    return buddy.take(order, MigrateType.HIGHATOMIC, cpu, trace);
  }

  private int fallbackType(int order, int type) {
    for (int candidate : PREFERENCE[type]) {
      if (lists.first(order, candidate) != NIL) {
        return candidate;
      }
    }
    return NIL;
  }

  /** B-32. */
  private boolean claimable(int order, int type, boolean grouping) {
    return order >= pageblockOrder / 2 || type != MigrateType.MOVABLE || !grouping;
  }

  private int claim(
      int order, int type, int flags, int cpu, boolean grouping, @Nullable Trace trace) {
    boolean nomix = (flags & RequestFlags.NOMIX) != 0;
    int lowest = nomix && order < pageblockOrder ? pageblockOrder : order; // B-40.1
    for (int c = maxOrder; c >= lowest; c--) { // B-40.2
      int from = fallbackType(c, type);
      if (from == NIL) {
        continue; // B-40.2.1
      }
      if (!claimable(c, type, grouping)) { // B-40.2.2
        if (trace != null) {
          trace.decided(Decision.CLAIM_TOO_SMALL, zone, c);
        }
        return NIL;
      }
      int candidate = lists.first(c, from); // B-40.2.3
      int index = tryClaim(candidate, c, from, order, type, flags, cpu, grouping, trace);
      if (index != NIL) { // B-40.2.4
        traceFallback(index, order, c, type, from, trace);
        return index;
      }
    }
    return NIL;
  }

  private int tryClaim(
      int candidate,
      int candidateOrder,
      int from,
      int order,
      int type,
      int flags,
      int cpu,
      boolean grouping,
      @Nullable Trace trace) {
    if (candidateOrder >= pageblockOrder) { // B-41.2
      buddy.remove(candidate, candidateOrder, from);
      buddy.account(cpu, from, -(1 << candidateOrder));
      frames.setType(candidate, candidateOrder, type);
      buddy.split(candidate, candidateOrder, order, type);
      buddy.account(cpu, type, (1 << candidateOrder) - (1 << order));
      if (trace != null) {
        trace.decided(
            Decision.CLAIM_BLOCK, zone, frames.pfn(candidate), candidateOrder, from, type);
      }
      return candidate;
    }
    listener.claiming((flags & RequestFlags.WAKE) != 0, trace); // B-41.3
    if (!frames.spansPageblock(candidate)) { // B-41.4
      if (trace != null) {
        trace.decided(Decision.CLAIM_EDGE, zone, frames.pfn(candidate), candidateOrder);
      }
      return NIL;
    }
    int pageblockPages = frames.geometry().pageblockPages();
    long counts = countPageblock(candidate & -pageblockPages, pageblockPages); // B-41.5
    int freePages = (int) (counts >>> 32);
    int movablePages = (int) counts;
    int alike = 0; // B-41.6
    if (type == MigrateType.MOVABLE) {
      alike = movablePages;
    } else if (from == MigrateType.MOVABLE) {
      alike = pageblockPages - (freePages + movablePages);
    }
    int needed = pageblockPages / 2;
    boolean claims = freePages + alike >= needed || !grouping; // B-41.7
    if (trace != null) {
      trace.decided(
          Decision.CLAIM_COUNT,
          zone,
          frames.pfn(candidate),
          candidateOrder,
          freePages,
          alike,
          needed,
          claims ? 1 : 0);
    }
    if (!claims) {
      return NIL;
    }
    buddy.movePageblock(candidate, from, type, cpu);
    return buddy.take(order, type, cpu, trace);
  }

  /** Free pages in the upper, movable pages in the lower half of the answer (B-41.5, B-44). */
  private long countPageblock(int first, int pages) {
    int free = 0;
    int movable = 0;
    for (int i = first; i < first + pages; ) {
      switch (frames.stateOf(i)) {
        case FrameTable.FREE -> {
          free += 1 << frames.orderOf(i);
          i += 1 << frames.orderOf(i);
        }
        case FrameTable.PCP -> i += 1 << frames.orderOf(i);
        case FrameTable.ALLOCATED -> {
          int blockPages = 1 << frames.orderOf(i);
          if (frames.isMovable(i)) {
            movable += frames.isCompound(i) ? blockPages : 1;
          }
          i += blockPages;
        }
        default -> {
          movable += frames.isMovable(i) ? 1 : 0;
          i++;
        }
      }
    }
    return (long) free << 32 | movable;
  }

  /** B-50: one block of another type; its pageblock keeps that type. */
  private int steal(int order, int type, int cpu, @Nullable Trace trace) {
    for (int c = order; c <= maxOrder; c++) {
      int from = fallbackType(c, type);
      if (from == NIL) {
        continue;
      }
      int index = lists.first(c, from);
      buddy.remove(index, c, from);
      buddy.split(index, c, order, from);
      buddy.account(cpu, from, -(1 << order));
      if (trace != null) {
        trace.decided(Decision.STEAL, zone, frames.pfn(index), order, c, from);
      }
      traceFallback(index, order, c, type, from, trace);
      return index;
    }
    return NIL;
  }

  private void traceFallback(
      int index, int order, int fallbackOrder, int type, int from, @Nullable Trace trace) {
    if (trace != null) {
      trace.decided(
          Decision.MM_PAGE_ALLOC_EXTFRAG,
          zone,
          frames.pfn(index),
          order,
          fallbackOrder,
          type,
          from,
          frames.typeOf(index) == type ? 1 : 0);
    }
  }
}
