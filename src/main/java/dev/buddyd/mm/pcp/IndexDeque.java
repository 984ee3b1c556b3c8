package dev.buddyd.mm.pcp;

/** A growing ring of frame indices with two ends: one list of a per-CPU set. */
final class IndexDeque {

  private int[] ring = new int[0];
  private int head;
  private int size;

  IndexDeque() {}

  IndexDeque(IndexDeque origin) {
    ring = origin.size == 0 ? new int[0] : origin.ring.clone();
    head = origin.size == 0 ? 0 : origin.head;
    size = origin.size;
  }

  int size() {
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

  int removeFirst() {
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
