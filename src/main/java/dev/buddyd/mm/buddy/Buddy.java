package dev.buddyd.mm.buddy;

import static dev.buddyd.mm.frame.FrameTable.NIL;

import dev.buddyd.mm.frame.FrameTable;
import dev.buddyd.mm.frame.Geometry;
import dev.buddyd.mm.frame.MigrateType;
import dev.buddyd.mm.trace.Decision;
import dev.buddyd.mm.trace.Trace;
import org.jspecify.annotations.Nullable;

/**
 * The binary buddy system of one zone: take, split, give back, merge, and moving a pageblock's free
 * blocks to another type (spec 03, sections 1 to 3 and B-43). Everything here runs under the zone
 * lock.
 *
 * <pre>
 *   take order 0 from an order-3 block at 0x100        free 0x101 while 0x100 is free
 *     0x100 ........ order 3                             0x100 . + 0x101 . -> order 1 at 0x100
 *     0x100 .|0x101 .|0x102 ..|0x104 ....                0x102 .. free?     -> order 2 at 0x100
 *     given   upper halves, to the heads                 0x104 .... free?   -> order 3 at 0x100
 * </pre>
 */
public final class Buddy {

  // ---- why a merge stopped, as told in Decision.MERGE_STOP

  /** The buddy is not free (in use, per-CPU, reserved or no frame of this zone). */
  public static final int STOP_IN_USE = 1;

  /** The buddy is free, but split: its order is smaller. */
  public static final int STOP_ORDER = 2;

  /** The buddy is of another type and one of both does not mix (B-20.4). */
  public static final int STOP_TYPE = 3;

  private final FrameTable frames;
  private final FreeLists lists;
  private final FreeCounter counter;
  private final int zone;
  private final int maxOrder;
  private final int pageblockOrder;
  private int run;

  /**
   * @param zone ordinal of the zone, for the trace
   */
  public Buddy(int zone, FrameTable frames, FreeLists lists, FreeCounter counter) {
    this.zone = zone;
    this.frames = frames;
    this.lists = lists;
    this.counter = counter;
    this.maxOrder = frames.geometry().maxOrder();
    this.pageblockOrder = frames.geometry().pageblockOrder();
  }

  public FrameTable frames() {
    return frames;
  }

  public FreeLists lists() {
    return lists;
  }

  public FreeCounter counter() {
    return counter;
  }

  /**
   * Takes the smallest sufficient block of one type (B-10).
   *
   * @return index of the block, or NIL if the type has none
   */
  int take(int order, int type, int cpu, @Nullable Trace trace) {
    int from = sufficientOrder(order, type);
    if (from == NIL) {
      return NIL;
    }
    int index = takeFirst(from, type);
    split(index, from, order, type); // B-10.3
    counter.account(cpu, type, -(1 << order)); // B-10.4
    if (trace != null) {
      traceTake(index, order, type, from, trace);
    }
    return index;
  }

  /** Order of the smallest block that is large enough, or NIL if there is none (B-10.1). */
  private int sufficientOrder(int order, int type) {
    int orders = lists.nonEmptyOrders(type) >>> order;
    return orders == 0 ? NIL : order + Integer.numberOfTrailingZeros(orders);
  }

  private int takeFirst(int order, int type) {
    int index = lists.first(order, type); // B-10.2
    remove(index, order, type);
    return index;
  }

  private void traceTake(int index, int order, int type, int from, Trace trace) {
    long pfn = frames.pfn(index);
    trace.decided(Decision.TAKE, zone, pfn, order, type, from);
    // B-10.5
    boolean refill = frames.geometry().cachedOrder(order) && MigrateType.ordinary(type);
    trace.decided(Decision.MM_PAGE_ALLOC_ZONE_LOCKED, zone, pfn, order, type, refill ? 1 : 0);
  }

  /**
   * Takes several blocks of one type as {@link #take} would one after the other: all from the
   * smallest sufficient block, because each split leaves its upper halves for the next take. They
   * lie behind each other; {@link #run} tells how many. What is over goes to lists that are empty.
   *
   * @param most how many to take at most
   * @return index of the first, or NIL if the type has none
   */
  int takeRun(int order, int type, int cpu, int most, @Nullable Trace trace) {
    int from = sufficientOrder(order, type);
    if (from == NIL) {
      return NIL;
    }
    int index = takeFirst(from, type);
    int end = index + (1 << from);
    int count = Math.min(most, 1 << (from - order));
    int next = index + (count << order);
    counter.accountEach(cpu, type, -(1 << order), count); // B-10.4
    if (trace != null) {
      for (int i = 0; i < count; i++) {
        int part = i == 0 ? from : order + Integer.numberOfTrailingZeros(i);
        traceTake(index + (i << order), order, type, part, trace);
      }
    }
    while (next < end) { // B-10.3: the halves that no take has split further
      int left = Integer.numberOfTrailingZeros(next - index);
      lists.add(next, left, type, false);
      next += 1 << left;
    }
    run = count;
    return index;
  }

  /** How many blocks the last {@link #takeRun} took. */
  int run() {
    return run;
  }

  /** Takes a block off its list; its section is there afterwards. */
  void remove(int index, int order, int type) {
    frames.touch(index);
    lists.remove(index, order, type);
  }

  /**
   * Splits a block that is on no list: upper halves go to the heads, the lowest part stays (B-11).
   */
  void split(int index, int from, int to, int type) {
    for (int k = from - 1; k >= to; k--) {
      lists.add(index + (1 << k), k, type, false);
    }
  }

  /**
   * Takes the lowest part of one particular free block, for compaction's free scanner.
   *
   * @param index head of a free block of order {@code from}
   * @return the index
   */
  public int takeAt(int index, int from, int order, int cpu) {
    int type = frames.typeOf(index);
    remove(index, from, type);
    split(index, from, order, type);
    counter.account(cpu, type, -(1 << order));
    return index;
  }

  void account(int cpu, int type, int delta) {
    counter.account(cpu, type, delta);
  }

  /**
   * Gives a block back the direct way; one larger than a pageblock goes in pageblock-sized pieces,
   * ascending (B-22).
   *
   * @param toTail placement "tail" is wanted (B-24)
   */
  public void free(int index, int order, boolean toTail, int cpu, @Nullable Trace trace) {
    if (order <= pageblockOrder) {
      freeOne(index, order, frames.typeOf(index), toTail, cpu, trace);
      return;
    }
    frames.clearHead(index);
    for (int piece = index; piece < index + (1 << order); piece += 1 << pageblockOrder) {
      freeOne(piece, pageblockOrder, frames.typeOf(piece), toTail, cpu, trace);
    }
  }

  /** Gives a block of at most pageblock size back, merging as far as it goes (B-20). */
  public void freeOne(
      int index, int order, int type, boolean toTail, int cpu, @Nullable Trace trace) {
    counter.account(cpu, type, 1 << order); // B-20.1
    frames.touch(index);
    frames.clearHead(index);
    merge(index, order, type, toTail, trace);
  }

  /**
   * Gives blocks back that lie behind each other, as {@link #freeOne} would one by one: those that
   * fill an aligned larger block merge into it and with nothing else before it is whole, so that
   * the steps between leave no trace.
   */
  public void freeRun(int index, int order, int blocks, int cpu) {
    int end = index + (blocks << order);
    for (int next = index; next < end; ) {
      int aligned = Math.min(Integer.numberOfTrailingZeros(next), pageblockOrder);
      int whole = Math.min(aligned, 31 - Integer.numberOfLeadingZeros(end - next));
      int type = frames.typeOf(next);
      counter.accountEach(cpu, type, 1 << order, 1 << (whole - order)); // B-20.1
      frames.clearHeads(next, order, 1 << (whole - order));
      merge(next, whole, type, false, null);
      next += 1 << whole;
    }
  }

  /** B-20.2 and B-20.3 for a block that is no head any more. */
  private void merge(int index, int order, int type, boolean toTail, @Nullable Trace trace) {
    int start = index;
    int o = order;
    while (o < maxOrder) { // B-20.2
      int buddy = start ^ (1 << o);
      if (!frames.isFree(buddy, o)) { // B-20.3
        traceStop(start, buddy, o, trace);
        break;
      }
      int buddyType = type;
      if (o >= pageblockOrder) {
        buddyType = frames.typeOf(buddy);
        if (buddyType != type
            && !(MigrateType.ordinary(type) && MigrateType.ordinary(buddyType))) { // B-20.4
          if (trace != null) {
            trace.decided(
                Decision.MERGE_STOP, zone, frames.pfn(start), frames.pfn(buddy), o, STOP_TYPE);
          }
          break;
        }
      }
      lists.remove(buddy, o, buddyType); // B-20.5
      if (buddyType != type) {
        frames.setType(buddy, o, type); // B-20.6
      }
      if (trace != null) {
        trace.decided(Decision.MERGE, zone, frames.pfn(start), frames.pfn(buddy), o);
      }
      start &= buddy; // B-20.7
      o++;
    }
    boolean tail = toTail || (o < maxOrder - 1 && parentsBuddyIsFree(start, o)); // B-21
    lists.add(start, o, type, tail);
    if (trace != null) {
      trace.decided(Decision.LIST_END, zone, frames.pfn(start), o, type, tail ? 1 : 0);
    }
  }

  private boolean parentsBuddyIsFree(int index, int order) {
    int parent = index & ~(1 << order);
    return frames.isFree(parent ^ (1 << (order + 1)), order + 1);
  }

  private void traceStop(int start, int buddy, int order, @Nullable Trace trace) {
    if (trace != null) {
      int reason = frames.freeOrderAt(buddy) >= 0 ? STOP_ORDER : STOP_IN_USE;
      trace.decided(Decision.MERGE_STOP, zone, frames.pfn(start), frames.pfn(buddy), order, reason);
    }
  }

  /**
   * Moves the free blocks of a pageblock to the tails of another type's lists and retypes it
   * (B-43).
   *
   * @return pages moved
   */
  int movePageblock(int index, int from, int to, int cpu) {
    Geometry geometry = frames.geometry();
    int first = Math.max(index & -geometry.pageblockPages(), frames.firstIndex());
    int end =
        Math.min(
            (index & -geometry.pageblockPages()) + geometry.pageblockPages(), frames.endIndex());
    int moved = 0;
    for (int i = first; i < end; ) {
      int order = frames.freeOrderAt(i);
      if (order < 0) {
        i++;
        continue;
      }
      relist(i, order, from, to, cpu);
      moved += 1 << order;
      i += 1 << order;
    }
    frames.setType(index, 0, to);
    return moved;
  }

  /** Moves one free block to the tail of another type's list and retypes what it covers (B-71). */
  void moveBlock(int index, int order, int from, int to, int cpu) {
    relist(index, order, from, to, cpu);
    frames.setType(index, order, to);
  }

  private void relist(int index, int order, int from, int to, int cpu) {
    lists.remove(index, order, from);
    counter.account(cpu, from, -(1 << order));
    lists.add(index, order, to, true);
    counter.account(cpu, to, 1 << order);
  }

  /** Hands a fresh largest block over: one accounting step, no merging possible (S-12). */
  public void handOver(int index, int order, int type, boolean toTail) {
    counter.account(0, type, 1 << order);
    lists.add(index, order, type, toTail);
  }

  /** Puts a block on the tail of a list without merging or accounting: boot and restore. */
  public void place(int index, int order, int type) {
    if (order < maxOrder) {
      frames.touch(index);
    }
    lists.add(index, order, type, true);
  }
}
