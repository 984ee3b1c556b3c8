package dev.buddyd.mm.pcp;

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

  /** Its length is 0 or a power of two. */
  private int[] ring = new int[0];

  /** Place after the head; places count on and on, the ring's length is their modulus. */
  private int top;

  /** Place of the tail; equal to {@link #top} if the list is empty. */
  private int bottom;

  PcpList(PerCpuPages set, int number, int order, int cpu) {
    this.set = set;
    this.number = number;
    this.order = order;
    this.pages = 1 << order;
    this.heldWord = HeldWord.cached(order, cpu, number);
  }

  PcpList(PerCpuPages set, PcpList origin) {
    this.set = set;
    number = origin.number;
    order = origin.order;
    pages = origin.pages;
    heldWord = origin.heldWord;
    ring = origin.isEmpty() ? new int[0] : origin.ring.clone();
    top = origin.isEmpty() ? 0 : origin.top;
    bottom = origin.isEmpty() ? 0 : origin.bottom;
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

  /** What the frame table keeps with the head of a block on this list. */
  public long heldWord() {
    return heldWord;
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
    if (top - bottom == ring.length) {
      grow();
    }
    ring[top & (ring.length - 1)] = index;
    top++;
  }

  void addLast(int index) {
    if (top - bottom == ring.length) {
      grow();
    }
    bottom--;
    ring[bottom & (ring.length - 1)] = index;
  }

  /** Takes the head of a list that is not empty. */
  int removeFirst() {
    top--;
    return ring[top & (ring.length - 1)];
  }

  /** Takes the tail of a list that is not empty. */
  int removeLast() {
    int index = ring[bottom & (ring.length - 1)];
    bottom++;
    return index;
  }

  private void grow() {
    int size = size();
    int[] bigger = new int[Math.max(16, size * 2)];
    for (int i = 0; i < size; i++) {
      bigger[size - 1 - i] = get(i);
    }
    ring = bigger;
    top = size;
    bottom = 0;
  }
}
