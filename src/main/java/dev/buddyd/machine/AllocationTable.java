package dev.buddyd.machine;

import dev.buddyd.mm.frame.SectionBudget;
import dev.buddyd.mm.lock.SpinParkLock;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who holds what: a record per live allocation, found through the tag that the frame table keeps
 * with the block. Records are primitive, made in chunks that are paid from the budget of the frame
 * tables; slot 0 means "no record". A record is claimed by exactly one of several callers that want
 * to free the same block.
 */
public final class AllocationTable {

  private static final byte FREE = 0;
  private static final byte RESERVED = 1;
  private static final byte LIVE = 2;
  private static final byte CLAIMED = 3;

  private static final int CHUNK_SHIFT = 12;
  private static final int CHUNK = 1 << CHUNK_SHIFT;
  private static final int CHUNK_MASK = CHUNK - 1;
  private static final long CHUNK_BYTES = 27L * CHUNK;

  /** The records of some slots, in columns. */
  private static final class Chunk {
    final long[] sequence = new long[CHUNK];
    final long[] pfn = new long[CHUNK];
    final int[] pages = new int[CHUNK];

    /** Owner of a record; the next free slot of a free one. */
    final int[] owner = new int[CHUNK];

    final short[] cpu = new short[CHUNK];
    final byte[] state = new byte[CHUNK];

    void copyFrom(Chunk origin) {
      System.arraycopy(origin.sequence, 0, sequence, 0, CHUNK);
      System.arraycopy(origin.pfn, 0, pfn, 0, CHUNK);
      System.arraycopy(origin.pages, 0, pages, 0, CHUNK);
      System.arraycopy(origin.owner, 0, owner, 0, CHUNK);
      System.arraycopy(origin.cpu, 0, cpu, 0, CHUNK);
      System.arraycopy(origin.state, 0, state, 0, CHUNK);
    }
  }

  private final SpinParkLock lock = new SpinParkLock();
  private final SectionBudget budget;
  private @Nullable Chunk[] chunks = new Chunk[16];
  private int chunkCount;
  private int firstFree;
  private int used = 1;
  private long live;
  private boolean released;

  /**
   * An empty table.
   *
   * @param budget what its records are paid from
   */
  public AllocationTable(SectionBudget budget) {
    this.budget = budget;
  }

  private Chunk chunk(int slot) {
    Chunk chunk = chunks[slot >>> CHUNK_SHIFT];
    if (chunk == null) {
      throw new IllegalStateException("slot " + slot + " was never made");
    }
    return chunk;
  }

  /**
   * A slot for an allocation about to be made.
   *
   * @throws MachineException if the budget has no room for its record
   */
  int reserve() {
    lock.lock();
    try {
      int slot = firstFree;
      if (slot > 0) {
        firstFree = chunk(slot).owner[slot & CHUNK_MASK];
      } else {
        if (used == chunkCount << CHUNK_SHIFT || chunkCount == 0) {
          grow();
        }
        slot = used++;
      }
      chunk(slot).state[slot & CHUNK_MASK] = RESERVED;
      return slot;
    } finally {
      lock.unlock();
    }
  }

  private void grow() {
    if (budget.remainingBytes() < CHUNK_BYTES) {
      throw exhausted(budget);
    }
    if (chunkCount == chunks.length) {
      chunks = Arrays.copyOf(chunks, 2 * chunkCount);
    }
    chunks[chunkCount++] = new Chunk();
    if (!released) {
      budget.takeBytes(CHUNK_BYTES);
    }
  }

  /** The refusal of a call for which the frame tables of all machines have no room. */
  static MachineException exhausted(SectionBudget budget) {
    return new MachineException(
        MachineException.Kind.FRAME_TABLE_EXHAUSTED,
        "the frame tables of all machines may take " + budget.limitBytes() + " bytes together",
        Map.of("limit_bytes", budget.limitBytes()));
  }

  /** The allocation was made: its record is live from now on. */
  void fill(int slot, long sequence, long pfn, int pages, int owner, int cpu) {
    lock.lock();
    try {
      Chunk chunk = chunk(slot);
      int at = slot & CHUNK_MASK;
      chunk.sequence[at] = sequence;
      chunk.pfn[at] = pfn;
      chunk.pages[at] = pages;
      chunk.owner[at] = owner;
      chunk.cpu[at] = (short) cpu;
      chunk.state[at] = LIVE;
      live++;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Adds the record of an allocation made elsewhere: restore.
   *
   * @return its slot, the tag of its frames
   * @throws MachineException if the budget has no room for it
   */
  public int add(long sequence, long pfn, int pages, int owner, int cpu) {
    int slot = reserve();
    fill(slot, sequence, pfn, pages, owner, cpu);
    return slot;
  }

  /**
   * Takes the right to free or split a block.
   *
   * @param holder what {@link #holder} said
   * @return whether it is still the same allocation, and nobody else has claimed it
   */
  boolean claim(Holder holder) {
    lock.lock();
    try {
      Chunk chunk = chunk(holder.slot());
      int at = holder.slot() & CHUNK_MASK;
      if (chunk.state[at] != LIVE
          || chunk.pfn[at] != holder.pfn()
          || chunk.sequence[at] != holder.sequence()) {
        return false;
      }
      chunk.state[at] = CLAIMED;
      live--;
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Gives a claim back unused. */
  void unclaim(Holder holder) {
    lock.lock();
    try {
      chunk(holder.slot()).state[holder.slot() & CHUNK_MASK] = LIVE;
      live++;
    } finally {
      lock.unlock();
    }
  }

  /** The slot is free again: its allocation was refused, or its block was freed. */
  void release(int slot) {
    lock.lock();
    try {
      Chunk chunk = chunk(slot);
      chunk.state[slot & CHUNK_MASK] = FREE;
      chunk.owner[slot & CHUNK_MASK] = firstFree;
      firstFree = slot;
    } finally {
      lock.unlock();
    }
  }

  /** The record of a live allocation, or null. */
  public @Nullable Holder holder(int slot) {
    lock.lock();
    try {
      int at = slot & CHUNK_MASK;
      if (slot <= 0 || slot >= used || chunk(slot).state[at] != LIVE) {
        return null;
      }
      Chunk chunk = chunk(slot);
      return new Holder(
          slot, chunk.sequence[at], chunk.pfn[at], chunk.pages[at], chunk.owner[at], chunk.cpu[at]);
    } finally {
      lock.unlock();
    }
  }

  /** Pfns of the live allocations of an owner, ascending. */
  long[] pfnsOf(int ownerIndex) {
    lock.lock();
    try {
      long[] found = new long[16];
      int n = 0;
      for (int slot = 1; slot < used; slot++) {
        Chunk chunk = chunk(slot);
        int at = slot & CHUNK_MASK;
        if (chunk.state[at] == LIVE && chunk.owner[at] == ownerIndex) {
          if (n == found.length) {
            found = Arrays.copyOf(found, n * 2);
          }
          found[n++] = chunk.pfn[at];
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
  public long live() {
    lock.lock();
    try {
      return live;
    } finally {
      lock.unlock();
    }
  }

  /**
   * A table with the same records; one that is claimed is live in the copy, for its block is not
   * freed yet. The machine must be quiesced.
   *
   * @throws MachineException if the budget has no room for it
   */
  AllocationTable copy() {
    lock.lock();
    try {
      if (budget.remainingBytes() < chunkCount * CHUNK_BYTES) {
        throw exhausted(budget);
      }
      AllocationTable copy = new AllocationTable(budget);
      copy.chunks = new Chunk[Math.max(chunkCount, 1)];
      for (int i = 0; i < chunkCount; i++) {
        Chunk twin = new Chunk();
        twin.copyFrom(chunk(i << CHUNK_SHIFT));
        for (int at = 0; at < CHUNK; at++) {
          if (twin.state[at] == CLAIMED) {
            twin.state[at] = LIVE;
            copy.live++;
          }
        }
        copy.chunks[i] = twin;
      }
      copy.chunkCount = chunkCount;
      copy.firstFree = firstFree;
      copy.used = used;
      copy.live += live;
      budget.takeBytes(chunkCount * CHUNK_BYTES);
      return copy;
    } finally {
      lock.unlock();
    }
  }

  /** Gives the budget back what the records took; the table must not be used for long any more. */
  public void release() {
    lock.lock();
    try {
      if (!released) {
        released = true;
        budget.takeBytes(-chunkCount * CHUNK_BYTES);
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * A live allocation.
   *
   * @param slot of its record
   * @param sequence of its allocation
   * @param pfn first frame
   * @param pages frames it covers
   * @param owner index of its owner
   * @param cpu simulated CPU that asked
   */
  public record Holder(int slot, long sequence, long pfn, int pages, int owner, int cpu) {}
}
