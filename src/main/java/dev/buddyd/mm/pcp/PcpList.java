package dev.buddyd.mm.pcp;

import static dev.buddyd.mm.frame.FrameTable.NIL;

import dev.buddyd.mm.frame.HeldWord;

/**
 * One list of a per-CPU set: the heads of blocks of one order, as indices in a growing ring with
 * two ends (P-1, P-3).
 */
public final class PcpList {

  private final int number;
  private final int order;
  private final long heldWord;
  private int[] ring = new int[0];
  private int head;
  private int size;

  PcpList(int number, int order, int cpu) {
    this.number = number;
    this.order = order;
    this.heldWord = HeldWord.cached(order, cpu, number);
  }

  PcpList(PcpList origin) {
    number = origin.number;
    order = origin.order;
    heldWord = origin.heldWord;
    ring = origin.size == 0 ? new int[0] : origin.ring.clone();
    head = origin.size == 0 ? 0 : origin.head;
    size = origin.size;
  }

  /** Number of the list in its set (P-1). */
  public int number() {
    return number;
  }

  /** Order of the blocks. */
  public int order() {
    return order;
  }

  /** What the frame table keeps with the head of a block on this list. */
  public long heldWord() {
    return heldWord;
  }

  /** Blocks on the list. */
  public int size() {
    return size;
  }

  /** The element {@code i} places behind the head. */
  int get(int i) {
    return ring[(head + i) & (ring.length - 1)];
  }

  void addFirst(int index) {
    if (size == ring.length) {
      grow();
    }
    head = (head - 1) & (ring.length - 1);
    ring[head] = index;
    size++;
  }

  void addLast(int index) {
    if (size == ring.length) {
      grow();
    }
    ring[(head + size) & (ring.length - 1)] = index;
    size++;
  }

  /** The head, or NIL if the list is empty. */
  int removeFirst() {
    if (size == 0) {
      return NIL;
    }
    int index = ring[head];
    head = (head + 1) & (ring.length - 1);
    size--;
    return index;
  }

  int removeLast() {
    size--;
    return ring[(head + size) & (ring.length - 1)];
  }

  private void grow() {
    int[] bigger = new int[Math.max(16, ring.length * 2)];
    for (int i = 0; i < size; i++) {
      bigger[i] = get(i);
    }
    ring = bigger;
    head = 0;
  }
}
