package dev.buddyd.replay.recording;

import dev.buddyd.replay.json.LimitException;

/** What is in the slots of a recording: an open hash table of primitives, 17 bytes per entry. */
final class SlotTable {

  /** Never filled. */
  static final int UNKNOWN = 0;

  /** Holds a block, or stands for a refused request (pfn -1). */
  static final int HOLDS = 1;

  /** Its block was given back. */
  static final int FREED = 2;

  private static final int EXACT = 4;
  private static final int MAX_SLOTS = 16 << 20;

  private int[] key = new int[1024];
  private long[] pfn = new long[1024];
  private int[] size = new int[1024];
  private byte[] state = new byte[1024];
  private int used;

  int state(int slot) {
    int at = find(slot);
    int s = state[at] & 3;
    return s == HOLDS && pfn[at] < 0 ? REFUSED : s;
  }

  /** Its request was refused. */
  static final int REFUSED = 3;

  long pfn(int slot) {
    return pfn[find(slot)];
  }

  /** Order of the block, or pages of an exact one. */
  int size(int slot) {
    return size[find(slot)];
  }

  boolean exact(int slot) {
    return (state[find(slot)] & EXACT) != 0;
  }

  void put(int slot, long pfn, int order) {
    set(slot, pfn, order, HOLDS);
  }

  void putExact(int slot, long pfn, int pages) {
    set(slot, pfn, pages, HOLDS | EXACT);
  }

  void clear(int slot) {
    state[find(slot)] = FREED;
  }

  private void set(int slot, long newPfn, int newSize, int newState) {
    int at = find(slot);
    if (state[at] == UNKNOWN) {
      if (used == MAX_SLOTS) {
        throw new LimitException("recording_slots", MAX_SLOTS);
      }
      if (2 * ++used > key.length) {
        grow();
        at = find(slot);
      }
    }
    key[at] = slot;
    pfn[at] = newPfn;
    size[at] = newSize;
    state[at] = (byte) newState;
  }

  private int find(int slot) {
    int mask = key.length - 1;
    int at = ((slot * 0x9e3779b9) >>> 7) & mask;
    while (state[at] != UNKNOWN && key[at] != slot) {
      at = (at + 1) & mask;
    }
    return at;
  }

  private void grow() {
    int[] oldKey = key;
    long[] oldPfn = pfn;
    int[] oldSize = size;
    byte[] oldState = state;
    int capacity = 2 * oldKey.length;
    key = new int[capacity];
    pfn = new long[capacity];
    size = new int[capacity];
    state = new byte[capacity];
    for (int i = 0; i < oldKey.length; i++) {
      if (oldState[i] != UNKNOWN) {
        int at = find(oldKey[i]);
        key[at] = oldKey[i];
        pfn[at] = oldPfn[i];
        size[at] = oldSize[i];
        state[at] = oldState[i];
      }
    }
  }
}
