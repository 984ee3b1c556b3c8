package dev.buddyd.machine;

import dev.buddyd.mm.frame.HeldWord;
import dev.buddyd.mm.frame.SectionBudget;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Records of allocations in columns, found by slot. Made in chunks that are paid from the budget of
 * the frame tables; a slot that is given back is the next to be taken. Slot 0 stands for "no
 * record". What a state means is the {@link AllocationTable}'s business, whose lock guards the
 * slots, too; here 0 is free.
 */
final class RecordSlots {

  /** A record that is given back has this state. */
  static final byte FREE = 0;

  private static final int CHUNK_SHIFT = 12;

  /** Records of a chunk. */
  static final int CHUNK = 1 << CHUNK_SHIFT;

  private static final int CHUNK_MASK = CHUNK - 1;
  private static final long CHUNK_BYTES = 27L * CHUNK;

  /** The columns of some slots. */
  private static final class Chunk {
    final long[] sequence = new long[CHUNK];

    /** First frame; the mask of pages that are not in memory. */
    final long[] pfn = new long[CHUNK];

    final int[] pages = new int[CHUNK];

    /** Owner of a record; the next free slot of a free one. */
    final int[] owner = new int[CHUNK];

    final short[] cpu = new short[CHUNK];
    final byte[] state = new byte[CHUNK];

    Chunk copy() {
      Chunk copy = new Chunk();
      System.arraycopy(sequence, 0, copy.sequence, 0, CHUNK);
      System.arraycopy(pfn, 0, copy.pfn, 0, CHUNK);
      System.arraycopy(pages, 0, copy.pages, 0, CHUNK);
      System.arraycopy(owner, 0, copy.owner, 0, CHUNK);
      System.arraycopy(cpu, 0, copy.cpu, 0, CHUNK);
      System.arraycopy(state, 0, copy.state, 0, CHUNK);
      return copy;
    }
  }

  private final SectionBudget budget;
  private @Nullable Chunk[] chunks = new Chunk[16];
  private int chunkCount;
  private int firstFree;
  private int end = 1;
  private boolean released;

  /**
   * No records yet.
   *
   * @param budget what they are paid from
   */
  RecordSlots(SectionBudget budget) {
    this.budget = budget;
  }

  /** One more than the largest slot that was ever taken; slots begin with 1. */
  int end() {
    return end;
  }

  /** Whether this is the number of a slot that was ever taken. */
  boolean has(int slot) {
    return slot > 0 && slot < end;
  }

  // ---- taking and giving back

  /**
   * A slot for a record.
   *
   * @throws MachineException if the budget has no room for it
   */
  int take(int owner, byte state) {
    int slot = firstFree;
    if (slot > 0) {
      firstFree = owner(slot);
    } else {
      if (end >= chunkCount << CHUNK_SHIFT) {
        grow();
      }
      if (end > HeldWord.MAX_WORD1) {
        throw MachineException.frameTablesFull(budget);
      }
      slot = end++;
    }
    Chunk chunk = chunk(slot);
    chunk.state[slot & CHUNK_MASK] = state;
    chunk.owner[slot & CHUNK_MASK] = owner;
    return slot;
  }

  private void grow() {
    if (budget.remainingBytes() < CHUNK_BYTES) {
      throw MachineException.frameTablesFull(budget);
    }
    if (chunkCount == chunks.length) {
      chunks = Arrays.copyOf(chunks, 2 * chunkCount);
    }
    chunks[chunkCount++] = new Chunk();
    if (!released) {
      budget.takeBytes(CHUNK_BYTES);
    }
  }

  /** The slot is free again; returns the state that its record had. */
  byte giveBack(int slot) {
    Chunk chunk = chunk(slot);
    int at = slot & CHUNK_MASK;
    byte state = chunk.state[at];
    chunk.state[at] = FREE;
    chunk.owner[at] = firstFree;
    firstFree = slot;
    return state;
  }

  // ---- one record

  private Chunk chunk(int slot) {
    return Objects.requireNonNull(chunks[slot >>> CHUNK_SHIFT]);
  }

  void write(int slot, long sequence, long pfn, int pages, int owner, int cpu, byte state) {
    Chunk chunk = chunk(slot);
    int at = slot & CHUNK_MASK;
    chunk.sequence[at] = sequence;
    chunk.pfn[at] = pfn;
    chunk.pages[at] = pages;
    chunk.owner[at] = owner;
    chunk.cpu[at] = (short) cpu;
    chunk.state[at] = state;
  }

  Holder read(int slot) {
    Chunk chunk = chunk(slot);
    int at = slot & CHUNK_MASK;
    return new Holder(
        slot, chunk.sequence[at], chunk.pfn[at], chunk.pages[at], chunk.owner[at], chunk.cpu[at]);
  }

  /** Whether a record still tells of the same allocation at the same place. */
  boolean tells(int slot, long sequence, long pfn) {
    Chunk chunk = chunk(slot);
    int at = slot & CHUNK_MASK;
    return chunk.sequence[at] == sequence && chunk.pfn[at] == pfn;
  }

  long sequence(int slot) {
    return chunk(slot).sequence[slot & CHUNK_MASK];
  }

  long pfn(int slot) {
    return chunk(slot).pfn[slot & CHUNK_MASK];
  }

  int owner(int slot) {
    return chunk(slot).owner[slot & CHUNK_MASK];
  }

  byte state(int slot) {
    return chunk(slot).state[slot & CHUNK_MASK];
  }

  void setPfn(int slot, long pfn) {
    chunk(slot).pfn[slot & CHUNK_MASK] = pfn;
  }

  void setCpu(int slot, int cpu) {
    chunk(slot).cpu[slot & CHUNK_MASK] = (short) cpu;
  }

  void setState(int slot, byte state) {
    chunk(slot).state[slot & CHUNK_MASK] = state;
  }

  // ---- all of them

  /**
   * The same records again, paid from the same budget.
   *
   * @throws MachineException if the budget has no room for them
   */
  RecordSlots copy() {
    long bytes = chunkCount * CHUNK_BYTES;
    if (budget.remainingBytes() < bytes) {
      throw MachineException.frameTablesFull(budget);
    }
    RecordSlots copy = new RecordSlots(budget);
    copy.chunks = new Chunk[Math.max(chunkCount, 1)];
    for (int i = 0; i < chunkCount; i++) {
      copy.chunks[i] = chunk(i << CHUNK_SHIFT).copy();
    }
    copy.chunkCount = chunkCount;
    copy.firstFree = firstFree;
    copy.end = end;
    budget.takeBytes(bytes);
    return copy;
  }

  /** Gives the budget back what the records took; they must not be used for long any more. */
  void release() {
    if (!released) {
      released = true;
      budget.takeBytes(-chunkCount * CHUNK_BYTES);
    }
  }
}
