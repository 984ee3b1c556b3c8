package dev.buddyd.mm.pcp;

import dev.buddyd.mm.frame.Geometry;
import dev.buddyd.mm.frame.HeldWord;

/**
 * One list of a per-CPU set: the heads of blocks of one order, as indices in a growing ring with
 * two ends (P-1, P-3).
 */
public final class PcpList {

  private final PerCpuPages set;
  private final int number;
  private final int order;
  private final long heldWord;
  private final int pages;
  private final boolean middleOrder;

  /** Its length is 0 or a power of two. */
  private int[] ring = new int[0];

  /** Place after the head; places count on and on, the ring's length is their modulus. */
  private int top;

  /** Place of the tail; equal to {@link #top} if the list is empty. */
  private int bottom;

  private long taken;
  private long given;

  PcpList(PerCpuPages set, int number, int order, int cpu) {
    this.set = set;
    this.number = number;
    this.order = order;
    this.pages = 1 << order;
    this.middleOrder = order > 0 && order <= Geometry.COSTLY_ORDER;
    this.heldWord = HeldWord.cached(order, cpu, number);
  }

  PcpList(PerCpuPages set, PcpList origin) {
    this.set = set;
    number = origin.number;
    order = origin.order;
    pages = origin.pages;
    middleOrder = origin.middleOrder;
    heldWord = origin.heldWord;
    ring = origin.isEmpty() ? new int[0] : origin.ring.clone();
    top = origin.isEmpty() ? 0 : origin.top;
    bottom = origin.isEmpty() ? 0 : origin.bottom;
    taken = origin.taken;
    given = origin.given;
  }

  /** The set that the list belongs to. */
  public PerCpuPages set() {
    return set;
  }

  /** Number of the list in its set (P-1). */
  public int number() {
    return number;
  }

  /** Order of the blocks. */
  public int order() {
    return order;
  }

  /** Pages of one block. */
  public int pages() {
    return pages;
  }

  /** Whether the order is neither 0 nor costly: frees of it may flush the set (P-33.3). */
  boolean ofMiddleOrder() {
    return middleOrder;
  }

  /** What the frame table keeps with the head of a block on this list. */
  public long heldWord() {
    return heldWord;
  }

  /** Blocks that requests took since the list was made. */
  long taken() {
    return taken;
  }

  /** Blocks that callers gave back since the list was made. */
  long given() {
    return given;
  }

  void countGiven() {
    given++;
  }

  /** Blocks on the list. */
  public int size() {
    return top - bottom;
  }

  public boolean isEmpty() {
    return top == bottom;
  }

  /** The element {@code i} places behind the head. */
  int get(int i) {
    return ring[(top - 1 - i) & (ring.length - 1)];
  }

  void addFirst(int index) {
    int[] places = ring;
    if (top - bottom == places.length) {
      places = grow(top - bottom + 1);
    }
    places[top & (places.length - 1)] = index;
    top++;
  }

  /** Blocks that lie behind each other, the first of them first. */
  void addLast(int index, int blocks) {
    if (top - bottom + blocks > ring.length) {
      grow(top - bottom + blocks);
    }
    int[] places = ring;
    int place = bottom;
    for (int i = 0; i < blocks; i++) {
      place--;
      places[place & (places.length - 1)] = index + (i << order);
    }
    bottom = place;
  }

  /** Takes the head of a list that is not empty for a request. */
  int take() {
    taken++;
    top--;
    return ring[top & (ring.length - 1)];
  }

  /** The tail of a list that is not empty. */
  public int last() {
    return ring[bottom & (ring.length - 1)];
  }

  /**
   * How many blocks from the tail on lie behind each other in memory, the tail first.
   *
   * @param most as many are looked at, at most; at least 1
   */
  public int runAtTail(int most) {
    int end = bottom + Math.min(most, top - bottom);
    int place = bottom + 1;
    int next = last() + pages;
    while (place < end && ring[place & (ring.length - 1)] == next) {
      place++;
      next += pages;
    }
    return place - bottom;
  }

  /** Takes blocks from the tail of a list that has as many. */
  void removeLast(int blocks) {
    bottom += blocks;
  }

  private int[] grow(int needed) {
    int size = size();
    int[] bigger = new int[Math.max(16, Integer.highestOneBit(needed - 1) << 1)];
    for (int i = 0; i < size; i++) {
      bigger[size - 1 - i] = get(i);
    }
    ring = bigger;
    top = size;
    bottom = 0;
    return bigger;
  }
}
