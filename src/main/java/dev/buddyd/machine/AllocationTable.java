package dev.buddyd.machine;

import dev.buddyd.mm.frame.HeldWord;
import dev.buddyd.mm.frame.SectionBudget;
import dev.buddyd.mm.lock.SpinParkLock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who holds what: a record per live allocation, found through the tag that the frame table keeps
 * with the block. Records are primitive, made in chunks that are paid from the budget of the frame
 * tables; slot 0 means "no record". A record is claimed by exactly one of several callers that want
 * to free the same block.
 *
 * <p>An allocation whose pages reclaim took away keeps its record until its holder gives it back,
 * or, if nothing of it is left, until too many newer ones are gone, too:
 *
 * <pre>
 *   RESERVED -> LIVE -> SWAPPED, DROPPED, SHRUNK -> FAULTING -> LIVE
 *                    \-> KILLED <- SWAPPED, FAULTING (then DOOMED first)
 * </pre>
 */
public final class AllocationTable {

  private static final byte FREE = 0;
  private static final byte RESERVED = 1;
  private static final byte LIVE = 2;
  private static final byte CLAIMED = 3;

  /** In swap; its owner was not killed yet. */
  private static final byte SWAPPED = 4;

  /** Page cache whose frames were taken. */
  private static final byte DROPPED = 5;

  /** A slab object that a shrinker freed. */
  private static final byte SHRUNK = 6;

  /** Lost with the process that held it. */
  private static final byte KILLED = 7;

  /** A fault is bringing it back. */
  private static final byte FAULTING = 8;

  /** A fault is bringing it back, and its process was killed meanwhile. */
  private static final byte DOOMED = 9;

  /** Added to LIVE and CLAIMED: it is not where it was allocated. */
  private static final byte MOVED = 16;

  /** Added to LIVE and CLAIMED: compaction has moved it since it came into memory. */
  private static final byte MIGRATED = 32;

  private static final byte STATE = 15;

  /** In memory by pfn, then the others by sequence. */
  private static final Comparator<Entry> FIRST =
      Comparator.comparing((Entry e) -> !e.resident())
          .thenComparingLong(e -> e.resident() ? e.holder().pfn() : e.holder().sequence())
          .thenComparing(Entry::state)
          .thenComparing(Entry::use);

  private static final int CHUNK_SHIFT = 12;
  private static final int CHUNK = 1 << CHUNK_SHIFT;
  private static final int CHUNK_MASK = CHUNK - 1;
  private static final long CHUNK_BYTES = 27L * CHUNK;

  /** The records of some slots, in columns. */
  private static final class Chunk {
    final long[] sequence = new long[CHUNK];

    /** First frame; the mask of pages that are not in memory. */
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
  private int gone;
  private int goneKept = MachineOptions.defaults().goneKept();
  private boolean released;

  /**
   * An empty table.
   *
   * @param budget what its records are paid from
   */
  public AllocationTable(SectionBudget budget) {
    this.budget = budget;
  }

  /** How many records of allocations that were dropped or killed are kept. */
  void keepGone(int most) {
    lock.lock();
    try {
      goneKept = most;
      forgetOldest();
    } finally {
      lock.unlock();
    }
  }

  private Chunk chunk(int slot) {
    Chunk chunk = chunks[slot >>> CHUNK_SHIFT];
    if (chunk == null) {
      throw new IllegalStateException("slot " + slot + " was never made");
    }
    return chunk;
  }

  private byte state(int slot) {
    return (byte) (chunk(slot).state[slot & CHUNK_MASK] & STATE);
  }

  private void setState(int slot, byte state) {
    gone += (isGone(state) ? 1 : 0) - (isGone(state(slot)) ? 1 : 0);
    chunk(slot).state[slot & CHUNK_MASK] = state;
  }

  /** Whether nothing but the record is left of an allocation. */
  private static boolean isGone(byte state) {
    return state == DROPPED || state == SHRUNK || state == KILLED;
  }

  /**
   * Forgets the oldest records whose pages are gone, down to three quarters of what is kept, if
   * there are more than that: a holder may never ask for them, nor give them back.
   */
  private void forgetOldest() {
    if (gone <= goneKept) {
      return;
    }
    long[] sequences = new long[gone];
    int n = 0;
    for (int slot = 1; slot < used; slot++) {
      if (isGone(state(slot))) {
        sequences[n++] = chunk(slot).sequence[slot & CHUNK_MASK];
      }
    }
    Arrays.sort(sequences);
    long newest = sequences[gone - (int) (goneKept * 3L / 4) - 1];
    for (int slot = 1; slot < used; slot++) {
      if (isGone(state(slot)) && chunk(slot).sequence[slot & CHUNK_MASK] <= newest) {
        setFree(slot);
      }
    }
  }

  private void setFree(int slot) {
    setState(slot, FREE);
    chunk(slot).owner[slot & CHUNK_MASK] = firstFree;
    firstFree = slot;
  }

  /**
   * A slot for an allocation about to be made.
   *
   * @param owner number of who asks
   * @throws MachineException if the budget has no room for its record
   */
  int reserve(int owner) {
    lock.lock();
    try {
      int slot = firstFree;
      if (slot > 0) {
        firstFree = chunk(slot).owner[slot & CHUNK_MASK];
      } else {
        if (used == chunkCount << CHUNK_SHIFT || chunkCount == 0) {
          grow();
        }
        if (used > HeldWord.MAX_WORD1) {
          throw exhausted(budget);
        }
        slot = used++;
      }
      Chunk chunk = chunk(slot);
      chunk.state[slot & CHUNK_MASK] = RESERVED;
      chunk.owner[slot & CHUNK_MASK] = owner;
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
    int slot = reserve(owner);
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
      if (state(holder.slot()) != LIVE
          || chunk.pfn[at] != holder.pfn()
          || chunk.sequence[at] != holder.sequence()) {
        return false;
      }
      chunk.state[at] = (byte) (chunk.state[at] + CLAIMED - LIVE);
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
      Chunk chunk = chunk(holder.slot());
      int at = holder.slot() & CHUNK_MASK;
      chunk.state[at] = (byte) (chunk.state[at] + LIVE - CLAIMED);
      live++;
    } finally {
      lock.unlock();
    }
  }

  /** The slot is free again: its allocation was refused, or its block was freed. */
  void release(int slot) {
    lock.lock();
    try {
      setFree(slot);
    } finally {
      lock.unlock();
    }
  }

  /** The record of a live allocation, or null. */
  public @Nullable Holder holder(int slot) {
    lock.lock();
    try {
      int at = slot & CHUNK_MASK;
      if (slot <= 0 || slot >= used || state(slot) != LIVE) {
        return null;
      }
      return holder(chunk(slot), slot, at);
    } finally {
      lock.unlock();
    }
  }

  private static Holder holder(Chunk chunk, int slot, int at) {
    return new Holder(
        slot, chunk.sequence[at], chunk.pfn[at], chunk.pages[at], chunk.owner[at], chunk.cpu[at]);
  }

  /** What an owner has: allocations in memory ascending by pfn, then the others. */
  List<Entry> entriesOf(int ownerIndex) {
    List<Entry> found = new ArrayList<>();
    lock.lock();
    try {
      for (int slot = 1; slot < used; slot++) {
        if (chunk(slot).owner[slot & CHUNK_MASK] == ownerIndex && told(slot)) {
          found.add(entry(slot));
        }
      }
    } finally {
      lock.unlock();
    }
    found.sort(FIRST);
    return found;
  }

  // ---- pages that come and go while they are held

  /**
   * The allocation of a sequence number, or null if nobody holds it any more. After a split several
   * have the same: the first in memory.
   */
  @Nullable Entry find(long sequence) {
    int chunksNow;
    lock.lock();
    try {
      chunksNow = sequence > 0 ? chunkCount : 0;
    } finally {
      lock.unlock();
    }
    Entry best = null;
    for (int c = 0; c < chunksNow; c++) { // one lock per chunk, so that nobody waits for long
      lock.lock();
      try {
        int first = c << CHUNK_SHIFT;
        for (int slot = Math.max(first, 1); slot < Math.min(first + CHUNK, used); slot++) {
          if (chunk(slot).sequence[slot & CHUNK_MASK] == sequence && told(slot)) {
            Entry entry = entry(slot);
            best = best == null || FIRST.compare(entry, best) < 0 ? entry : best;
          }
        }
      } finally {
        lock.unlock();
      }
    }
    return best;
  }

  /** The allocation in a slot, or null if nobody holds it. */
  @Nullable Entry entryAt(int slot) {
    lock.lock();
    try {
      return slot > 0 && slot < used && told(slot) ? entry(slot) : null;
    } finally {
      lock.unlock();
    }
  }

  /** Kinds of allocations that are not in memory, for {@link #addAway}. */
  public static final int AWAY_KINDS = KILLED - SWAPPED + 1;

  /** Visits allocations that are not in memory. */
  @FunctionalInterface
  public interface AwayVisitor {
    void visit(long sequence, int kind, int gfp, int pages, int owner, int cpu);
  }

  /** Visits the allocations that are not in memory, ascending by sequence. */
  public void forEachAway(AwayVisitor visitor) {
    long[][] found = new long[16][];
    int n = 0;
    lock.lock();
    try {
      for (int slot = 1; slot < used; slot++) {
        byte state = state(slot);
        if (state >= SWAPPED && state <= KILLED) {
          if (n == found.length) {
            found = Arrays.copyOf(found, 2 * n);
          }
          Holder h = holder(chunk(slot), slot, slot & CHUNK_MASK);
          found[n++] =
              new long[] {h.sequence(), state - SWAPPED, h.pfn(), h.pages(), h.owner(), h.cpu()};
        }
      }
    } finally {
      lock.unlock();
    }
    Arrays.sort(
        found, 0, n, Comparator.comparingLong((long[] r) -> r[0]).thenComparingLong(r -> r[1]));
    for (int i = 0; i < n; i++) {
      long[] r = found[i];
      visitor.visit(r[0], (int) r[1], (int) r[2], (int) r[3], (int) r[4], (int) r[5]);
    }
  }

  private boolean told(int slot) {
    byte state = state(slot);
    return state == LIVE || state >= SWAPPED;
  }

  private Entry entry(int slot) {
    Chunk chunk = chunk(slot);
    int at = slot & CHUNK_MASK;
    AllocationState state =
        switch (state(slot)) {
          case LIVE ->
              (chunk.state[at] & MIGRATED) != 0
                  ? AllocationState.MIGRATED
                  : AllocationState.RESIDENT;
          case SWAPPED, FAULTING -> AllocationState.SWAPPED;
          case DROPPED, SHRUNK -> AllocationState.DROPPED;
          default -> AllocationState.KILLED;
        };
    PageUse use = switch (state(slot)) { // of pages in memory the frame knows
          case DROPPED -> PageUse.FILE;
          case SHRUNK -> PageUse.SLAB;
          default -> PageUse.ANON;
        };
    return new Entry(holder(chunk, slot, at), state, use);
  }

  /**
   * Adds the record of an allocation that is not in memory: restore.
   *
   * @param kind as {@link #forEachAway} gave it
   * @throws MachineException if the budget has no room for it
   */
  public void addAway(int kind, long sequence, int gfp, int pages, int owner, int cpu) {
    int slot = add(sequence, gfp & 0xffff_ffffL, pages, owner, cpu);
    lock.lock();
    try {
      setState(slot, (byte) (SWAPPED + kind));
      live--;
    } finally {
      lock.unlock();
    }
  }

  private static byte awayState(AllocationState state, PageUse use) {
    return switch (state) {
      case SWAPPED -> SWAPPED;
      case DROPPED -> use == PageUse.FILE ? DROPPED : SHRUNK;
      case KILLED -> KILLED;
      default -> throw new IllegalArgumentException(state.name());
    };
  }

  /**
   * Notes of an allocation in memory what has become of its place: restore.
   *
   * @param moves what {@link #movesOf} said
   */
  public void setMoves(int slot, int moves) {
    lock.lock();
    try {
      setState(slot, (byte) (LIVE | moves << 4));
    } finally {
      lock.unlock();
    }
  }

  /** Bit 0: an allocation is not where it was made; bit 1: compaction has moved it. */
  public int movesOf(int slot) {
    lock.lock();
    try {
      return chunk(slot).state[slot & CHUNK_MASK] >> 4;
    } finally {
      lock.unlock();
    }
  }

  /** Whether a slot still has the allocation of this sequence, in memory and not being freed. */
  boolean holds(int slot, long sequence) {
    lock.lock();
    try {
      return state(slot) == LIVE && chunk(slot).sequence[slot & CHUNK_MASK] == sequence;
    } finally {
      lock.unlock();
    }
  }

  /** First frame of a live allocation, or -1. */
  long pfnOf(int slot) {
    lock.lock();
    try {
      return state(slot) == LIVE ? chunk(slot).pfn[slot & CHUNK_MASK] : -1;
    } finally {
      lock.unlock();
    }
  }

  /** Owner of an allocation that is held or being made. */
  int ownerOf(int slot) {
    lock.lock();
    try {
      return slot <= 0 || slot >= used || state(slot) == FREE
          ? 0
          : chunk(slot).owner[slot & CHUNK_MASK];
    } finally {
      lock.unlock();
    }
  }

  /**
   * The pages of an allocation leave memory.
   *
   * @param gfp its mask, which the frames do not keep
   * @return false if it is being given back
   */
  boolean leaves(int slot, AllocationState state, PageUse use, int gfp) {
    lock.lock();
    try {
      if (state(slot) != LIVE) {
        return false;
      }
      setState(slot, awayState(state, use));
      chunk(slot).pfn[slot & CHUNK_MASK] = gfp & 0xffff_ffffL;
      live--;
      forgetOldest();
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** The pages of an allocation move; false if it is being given back. */
  boolean moves(int slot, long pfn) {
    lock.lock();
    try {
      if (state(slot) != LIVE) {
        return false;
      }
      setState(slot, (byte) (LIVE | MOVED | MIGRATED));
      chunk(slot).pfn[slot & CHUNK_MASK] = pfn;
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** A process was killed: what it has in swap, or on the way from there, is lost. */
  void swapLost(int owner) {
    lock.lock();
    try {
      for (int slot = 1; slot < used; slot++) {
        if (chunk(slot).owner[slot & CHUNK_MASK] == owner) {
          if (state(slot) == SWAPPED) {
            setState(slot, KILLED);
          } else if (state(slot) == FAULTING) {
            setState(slot, DOOMED);
          }
        }
      }
      forgetOldest();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes the right to free an allocation that is not in memory; its slot may be released then.
   *
   * @return whether it is still the same, and nobody else has taken it
   */
  boolean claimAway(Entry entry) {
    int slot = entry.holder().slot();
    lock.lock();
    try {
      byte state = state(slot);
      if (chunk(slot).sequence[slot & CHUNK_MASK] != entry.holder().sequence()
          || state != awayStateOf(entry)) {
        return false;
      }
      setState(slot, CLAIMED);
      return true;
    } finally {
      lock.unlock();
    }
  }

  private static byte awayStateOf(Entry entry) {
    return entry.resident() ? FREE : awayState(entry.state(), entry.use());
  }

  /** A fault begins to bring an allocation back; false if it is not away any more. */
  boolean beginFault(Entry entry) {
    int slot = entry.holder().slot();
    lock.lock();
    try {
      if (chunk(slot).sequence[slot & CHUNK_MASK] != entry.holder().sequence()
          || state(slot) != awayStateOf(entry)) {
        return false;
      }
      setState(slot, FAULTING);
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** A fault got no page. */
  void endFault(Entry entry) {
    int slot = entry.holder().slot();
    lock.lock();
    try {
      setState(slot, state(slot) == DOOMED ? KILLED : awayStateOf(entry));
      forgetOldest();
    } finally {
      lock.unlock();
    }
  }

  /**
   * A fault got its page.
   *
   * @return false if the process was killed meanwhile: the page is not wanted any more
   */
  boolean endFault(Entry entry, long pfn, int cpu) {
    int slot = entry.holder().slot();
    lock.lock();
    try {
      if (state(slot) == DOOMED) {
        setState(slot, KILLED);
        forgetOldest();
        return false;
      }
      Chunk chunk = chunk(slot);
      chunk.pfn[slot & CHUNK_MASK] = pfn;
      chunk.cpu[slot & CHUNK_MASK] = (short) cpu;
      setState(slot, (byte) (LIVE | MOVED));
      live++;
      return true;
    } finally {
      lock.unlock();
    }
  }

  /**
   * An allocation that somebody holds, in memory or not.
   *
   * @param holder its record; its pfn is the mask if it is not in memory
   * @param use what it is used for, if it is not in memory
   */
  record Entry(Holder holder, AllocationState state, PageUse use) {
    boolean resident() {
      return state.resident();
    }

    /** Mask of the request, if it is not in memory. */
    int gfp() {
      return (int) holder.pfn();
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
          if ((twin.state[at] & STATE) == CLAIMED) {
            twin.state[at] = (byte) (twin.state[at] + LIVE - CLAIMED);
            copy.live++;
          }
        }
        copy.chunks[i] = twin;
      }
      copy.chunkCount = chunkCount;
      copy.firstFree = firstFree;
      copy.used = used;
      copy.live += live;
      copy.gone = gone;
      copy.goneKept = goneKept;
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
