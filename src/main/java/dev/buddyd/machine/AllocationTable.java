package dev.buddyd.machine;

import dev.buddyd.mm.lock.SpinParkLock;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Who holds what: a record per live allocation, found through the tag that the frame table keeps
 * with the block. Records are primitive; slot 0 means "no record". A record is claimed by exactly
 * one of several callers that want to free the same block.
 */
final class AllocationTable {

  private static final byte FREE = 0;
  private static final byte RESERVED = 1;
  private static final byte LIVE = 2;
  private static final byte CLAIMED = 3;

  private final SpinParkLock lock = new SpinParkLock();
  private long[] sequence = new long[64];
  private long[] pfn = new long[64];
  private int[] pages = new int[64];
  private int[] owner = new int[64];
  private short[] cpu = new short[64];
  private byte[] state = new byte[64];
  private int[] freeSlots = new int[64];
  private int free;
  private int used = 1;
  private long live;

  /** What {@link #claim} found. */
  enum Claim {
    CLAIMED,
    NOT_LIVE,
    STALE
  }

  /** A slot for an allocation about to be made. */
  int reserve() {
    lock.lock();
    try {
      int slot;
      if (free > 0) {
        slot = freeSlots[--free];
      } else {
        if (used == state.length) {
          grow();
        }
        slot = used++;
      }
      state[slot] = RESERVED;
      return slot;
    } finally {
      lock.unlock();
    }
  }

  private void grow() {
    int size = used * 2;
    sequence = Arrays.copyOf(sequence, size);
    pfn = Arrays.copyOf(pfn, size);
    pages = Arrays.copyOf(pages, size);
    owner = Arrays.copyOf(owner, size);
    cpu = Arrays.copyOf(cpu, size);
    state = Arrays.copyOf(state, size);
    freeSlots = Arrays.copyOf(freeSlots, size);
  }

  /** The allocation was made: its record is live from now on. */
  void fill(int slot, long sequence, long pfn, int pages, int owner, int cpu) {
    lock.lock();
    try {
      this.sequence[slot] = sequence;
      this.pfn[slot] = pfn;
      this.pages[slot] = pages;
      this.owner[slot] = owner;
      this.cpu[slot] = (short) cpu;
      state[slot] = LIVE;
      live++;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes the right to free a block.
   *
   * @param pfn first frame of the block
   * @param expectedSequence sequence of the allocation, or -1 for any
   */
  Claim claim(int slot, long pfn, long expectedSequence) {
    lock.lock();
    try {
      if (slot <= 0 || slot >= used || state[slot] != LIVE || this.pfn[slot] != pfn) {
        return Claim.NOT_LIVE;
      }
      if (expectedSequence >= 0 && sequence[slot] != expectedSequence) {
        return Claim.STALE;
      }
      state[slot] = CLAIMED;
      live--;
      return Claim.CLAIMED;
    } finally {
      lock.unlock();
    }
  }

  /** Gives a claim back unused. */
  void unclaim(int slot) {
    lock.lock();
    try {
      state[slot] = LIVE;
      live++;
    } finally {
      lock.unlock();
    }
  }

  /** The slot is free again: its allocation was refused, or its block was freed. */
  void release(int slot) {
    lock.lock();
    try {
      state[slot] = FREE;
      freeSlots[free++] = slot;
    } finally {
      lock.unlock();
    }
  }

  /** The record of a live allocation, or null. */
  @Nullable Holder holder(int slot) {
    lock.lock();
    try {
      if (slot <= 0 || slot >= used || state[slot] != LIVE) {
        return null;
      }
      return new Holder(sequence[slot], pfn[slot], pages[slot], owner[slot], cpu[slot]);
    } finally {
      lock.unlock();
    }
  }

  /** Pfns of the live allocations of an owner. */
  long[] pfnsOf(int ownerIndex) {
    lock.lock();
    try {
      long[] found = new long[16];
      int n = 0;
      for (int slot = 1; slot < used; slot++) {
        if (state[slot] == LIVE && owner[slot] == ownerIndex) {
          if (n == found.length) {
            found = Arrays.copyOf(found, n * 2);
          }
          found[n++] = pfn[slot];
        }
      }
      found = Arrays.copyOf(found, n);
      Arrays.sort(found);
      return found;
    } finally {
      lock.unlock();
    }
  }

  /** Number of live allocations. */
  long live() {
    lock.lock();
    try {
      return live;
    } finally {
      lock.unlock();
    }
  }

  /**
   * A live allocation.
   *
   * @param sequence of its allocation
   * @param pfn first frame
   * @param pages frames it covers
   * @param owner index of its owner
   * @param cpu simulated CPU that asked
   */
  record Holder(long sequence, long pfn, int pages, int owner, int cpu) {}
}
