package dev.buddyd.mm.buddy;

import static dev.buddyd.mm.frame.FrameTable.NIL;

import dev.buddyd.mm.frame.FrameTable;
import dev.buddyd.mm.frame.Geometry;
import dev.buddyd.mm.frame.MigrateType;
import java.util.Arrays;

/**
 * The zone's lists of free blocks by order and migratetype (B-2), intrusive in the frame table. The
 * head is the next block to be taken. Moving a block between lists changes no counter.
 */
public final class FreeLists {

  private final FrameTable frames;
  private final int types;
  private final int orders;
  private final int[] head;
  private final int[] tail;
  private final int[] count;

  /** By type: bit {@code o} is set while the list of order {@code o} holds a block. */
  private final int[] nonEmptyOrders;

  /** As {@link #nonEmptyOrders}, for the ordinary types together. */
  private int ordinaryOrders;

  public FreeLists(FrameTable frames) {
    Geometry geometry = frames.geometry();
    this.frames = frames;
    this.types = geometry.migrateTypes();
    this.orders = geometry.maxOrder() + 1;
    this.head = new int[orders * types];
    this.tail = new int[orders * types];
    this.count = new int[orders * types];
    this.nonEmptyOrders = new int[types];
    Arrays.fill(head, NIL);
    Arrays.fill(tail, NIL);
  }

  /** The same lists over a fork of the frame table. */
  public FreeLists(FreeLists origin, FrameTable frames) {
    this.frames = frames;
    this.types = origin.types;
    this.orders = origin.orders;
    this.head = origin.head.clone();
    this.tail = origin.tail.clone();
    this.count = origin.count.clone();
    this.nonEmptyOrders = origin.nonEmptyOrders.clone();
    this.ordinaryOrders = origin.ordinaryOrders;
  }

  /** First block of a list, or {@link FrameTable#NIL}. */
  public int first(int order, int type) {
    return head[order * types + type];
  }

  /** Last block of a list, or {@link FrameTable#NIL}. */
  public int last(int order, int type) {
    return tail[order * types + type];
  }

  /** Blocks of an order and type. */
  public int count(int order, int type) {
    return count[order * types + type];
  }

  /** Blocks of an order over all types: /proc/buddyinfo (B-3). */
  public int count(int order) {
    int sum = 0;
    for (int t = 0; t < types; t++) {
      sum += count[order * types + t];
    }
    return sum;
  }

  /** Bit {@code o} is set while the list of order {@code o} and this type is not empty. */
  public int nonEmptyOrders(int type) {
    return nonEmptyOrders[type];
  }

  /** Bit {@code o} is set while some list of order {@code o} and an ordinary type is not empty. */
  public int ordinaryOrders() {
    return ordinaryOrders;
  }

  /** Puts a block on its list and marks it free; its section must be there. */
  void add(int index, int order, int type, boolean atTail) {
    if (order == orders - 1) {
      frames.setTopFree(index, true);
    } else {
      frames.setHead(index, FrameTable.FREE, order);
    }
    int list = order * types + type;
    if (atTail) {
      int last = tail[list];
      frames.setLinks(index, order, NIL, last);
      tail[list] = index;
      if (last == NIL) {
        head[list] = index;
      } else {
        frames.setNext(last, order, index);
      }
    } else {
      int first = head[list];
      frames.setLinks(index, order, first, NIL);
      head[list] = index;
      if (first == NIL) {
        tail[list] = index;
      } else {
        frames.setPrev(first, order, index);
      }
    }
    count[list]++;
    nonEmptyOrders[type] |= 1 << order;
    if (MigrateType.ordinary(type)) {
      ordinaryOrders |= 1 << order;
    }
  }

  /** Takes a free block off its list and unmarks it. */
  void remove(int index, int order, int type) {
    int list = order * types + type;
    int next = frames.nextOf(index, order);
    int prev = frames.prevOf(index, order);
    if (prev == NIL) {
      head[list] = next;
    } else {
      frames.setNext(prev, order, next);
    }
    if (next == NIL) {
      tail[list] = prev;
    } else {
      frames.setPrev(next, order, prev);
    }
    if (order == orders - 1) {
      frames.setTopFree(index, false);
    } else {
      frames.clearHead(index);
    }
    if (--count[list] == 0) {
      nonEmptyOrders[type] &= ~(1 << order);
      ordinaryOrders =
          nonEmptyOrders[MigrateType.UNMOVABLE]
              | nonEmptyOrders[MigrateType.MOVABLE]
              | nonEmptyOrders[MigrateType.RECLAIMABLE];
    }
  }
}
