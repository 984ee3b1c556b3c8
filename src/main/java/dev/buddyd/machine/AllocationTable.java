package dev.buddyd.machine;

import static dev.buddyd.machine.RecordState.CLAIMED;
import static dev.buddyd.machine.RecordState.DOOMED;
import static dev.buddyd.machine.RecordState.FAULTING;
import static dev.buddyd.machine.RecordState.FREE;
import static dev.buddyd.machine.RecordState.KILLED;
import static dev.buddyd.machine.RecordState.LIVE;
import static dev.buddyd.machine.RecordState.MIGRATED;
import static dev.buddyd.machine.RecordState.MOVED;
import static dev.buddyd.machine.RecordState.RESERVED;
import static dev.buddyd.machine.RecordState.SWAPPED;

import dev.buddyd.mm.frame.SectionBudget;
import dev.buddyd.mm.lock.SpinParkLock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who holds what: a record per allocation from the request to the free, found through the tag that
 * the frame table keeps with the block. A record is claimed by exactly one of several callers that
 * want to free the same block.
 *
 * <p>An allocation whose pages reclaim took away keeps its record until its holder gives it back,
 * or, if nothing of it is left, until too many newer ones are gone, too. {@link RecordState} draws
 * the ways.
 */
public final class AllocationTable {

  private final SpinParkLock lock = new SpinParkLock();
  private final RecordSlots slots;
  private long live;
  private int gone;
  private int goneKept = MachineOptions.defaults().goneKept();

  /**
   * An empty table.
   *
   * @param budget what its records are paid from
   */
  public AllocationTable(SectionBudget budget) {
    this(new RecordSlots(budget));
  }

  private AllocationTable(RecordSlots slots) {
    this.slots = slots;
  }

  private boolean is(int slot, byte state) {
    return RecordState.of(slots.state(slot)) == state;
  }

  private boolean is(int slot, byte state, long sequence) {
    return is(slot, state) && slots.sequence(slot) == sequence;
  }

  private void become(int slot, byte state) {
    gone += (RecordState.isGone(state) ? 1 : 0) - (RecordState.isGone(slots.state(slot)) ? 1 : 0);
    slots.setState(slot, state);
  }

  private void giveBack(int slot) {
    if (RecordState.isGone(slots.giveBack(slot))) {
      gone--;
    }
  }

  // ---- allocated, given back

  /**
   * A slot for an allocation about to be made.
   *
   * @param owner number of who asks
   * @throws MachineException if the budget has no room for its record
   */
  int reserve(int owner) {
    lock.lock();
    try {
      return slots.take(owner, RESERVED);
    } finally {
      lock.unlock();
    }
  }

  /** The allocation was made: its record is live from now on. */
  void fill(int slot, long sequence, long pfn, int pages, int owner, int cpu) {
    lock.lock();
    try {
      slots.write(slot, sequence, pfn, pages, owner, cpu, LIVE);
      live++;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes the right to free or split a block.
   *
   * @param holder what {@link #holder} said
   * @return whether it is still the same allocation, and nobody else has claimed it
   */
  boolean claim(Holder holder) {
    int slot = holder.slot();
    lock.lock();
    try {
      byte state = slots.state(slot);
      if (RecordState.of(state) != LIVE || !slots.tells(slot, holder.sequence(), holder.pfn())) {
        return false;
      }
      slots.setState(slot, RecordState.claimed(state));
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
      slots.setState(holder.slot(), RecordState.unclaimed(slots.state(holder.slot())));
      live++;
    } finally {
      lock.unlock();
    }
  }

  /** The slot is free again: its allocation was refused, or its block was freed. */
  void release(int slot) {
    lock.lock();
    try {
      giveBack(slot);
    } finally {
      lock.unlock();
    }
  }

  // ---- looked up

  /** Number of live allocations. */
  public long live() {
    lock.lock();
    try {
      return live;
    } finally {
      lock.unlock();
    }
  }

  /** The record of a live allocation, or null. */
  public @Nullable Holder holder(int slot) {
    lock.lock();
    try {
      return slots.has(slot) && is(slot, LIVE) ? slots.read(slot) : null;
    } finally {
      lock.unlock();
    }
  }

  /** Whether a slot still has the allocation of this sequence, in memory and not being freed. */
  boolean holds(int slot, long sequence) {
    lock.lock();
    try {
      return is(slot, LIVE, sequence);
    } finally {
      lock.unlock();
    }
  }

  /** First frame of a live allocation, or -1. */
  long pfnOf(int slot) {
    lock.lock();
    try {
      return is(slot, LIVE) ? slots.pfn(slot) : -1;
    } finally {
      lock.unlock();
    }
  }

  /** Owner of an allocation that is held or being made. */
  int ownerOf(int slot) {
    lock.lock();
    try {
      return slots.has(slot) && !is(slot, FREE) ? slots.owner(slot) : 0;
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

    /** In memory by pfn, then the others by sequence. */
    private static final Comparator<Entry> FIRST =
        Comparator.comparing((Entry e) -> !e.resident())
            .thenComparingLong(e -> e.resident() ? e.holder().pfn() : e.holder().sequence())
            .thenComparing(Entry::state)
            .thenComparing(Entry::use);

    boolean resident() {
      return state.resident();
    }

    /** Mask of the request, if it is not in memory. */
    int gfp() {
      return (int) holder.pfn();
    }
  }

  private Entry entry(int slot) {
    byte state = slots.state(slot);
    return new Entry(slots.read(slot), RecordState.told(state), RecordState.use(state));
  }

  /** The allocation in a slot, or null if nobody holds it. */
  @Nullable Entry entryAt(int slot) {
    lock.lock();
    try {
      return slots.has(slot) && RecordState.isHeld(slots.state(slot)) ? entry(slot) : null;
    } finally {
      lock.unlock();
    }
  }

  /**
   * The allocation of a sequence number, or null if nobody holds it any more. After a split several
   * have the same: the first in memory.
   */
  @Nullable Entry find(long sequence) {
    Entry best = null;
    int from = 1;
    boolean more = sequence > 0;
    while (more) { // one lock for some slots, so that nobody waits for long
      lock.lock();
      try {
        int to = Math.min(from + RecordSlots.CHUNK, slots.end());
        for (int slot = from; slot < to; slot++) {
          if (slots.sequence(slot) == sequence && RecordState.isHeld(slots.state(slot))) {
            Entry entry = entry(slot);
            best = best == null || Entry.FIRST.compare(entry, best) < 0 ? entry : best;
          }
        }
        more = to < slots.end();
        from = to;
      } finally {
        lock.unlock();
      }
    }
    return best;
  }

  /** What an owner has: allocations in memory ascending by pfn, then the others. */
  List<Entry> entriesOf(int owner) {
    List<Entry> found = new ArrayList<>();
    lock.lock();
    try {
      for (int slot = 1; slot < slots.end(); slot++) {
        if (slots.owner(slot) == owner && RecordState.isHeld(slots.state(slot))) {
          found.add(entry(slot));
        }
      }
    } finally {
      lock.unlock();
    }
    found.sort(Entry.FIRST);
    return found;
  }

  // ---- moved, swapped, dropped, killed

  /** The pages of an allocation move; false if it is being given back. */
  boolean moves(int slot, long pfn) {
    lock.lock();
    try {
      if (!is(slot, LIVE)) {
        return false;
      }
      become(slot, (byte) (LIVE | MOVED | MIGRATED));
      slots.setPfn(slot, pfn);
      return true;
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
      if (!is(slot, LIVE)) {
        return false;
      }
      become(slot, RecordState.away(state, use));
      slots.setPfn(slot, Integer.toUnsignedLong(gfp));
      live--;
      forgetOldest();
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** A process was killed: what it has in swap, or on the way from there, is lost. */
  void swapLost(int owner) {
    lock.lock();
    try {
      for (int slot = 1; slot < slots.end(); slot++) {
        if (slots.owner(slot) == owner) {
          if (is(slot, SWAPPED)) {
            become(slot, KILLED);
          } else if (is(slot, FAULTING)) {
            become(slot, DOOMED);
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
    return leaveAway(entry, CLAIMED);
  }

  /** A fault begins to bring an allocation back; false if it is not away any more. */
  boolean beginFault(Entry entry) {
    return leaveAway(entry, FAULTING);
  }

  private boolean leaveAway(Entry entry, byte next) {
    int slot = entry.holder().slot();
    lock.lock();
    try {
      if (entry.resident() || !is(slot, awayState(entry), entry.holder().sequence())) {
        return false;
      }
      become(slot, next);
      return true;
    } finally {
      lock.unlock();
    }
  }

  private static byte awayState(Entry entry) {
    return RecordState.away(entry.state(), entry.use());
  }

  /** A fault got no page. */
  void endFault(Entry entry) {
    int slot = entry.holder().slot();
    lock.lock();
    try {
      become(slot, is(slot, DOOMED) ? KILLED : awayState(entry));
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
      if (is(slot, DOOMED)) {
        become(slot, KILLED);
        forgetOldest();
        return false;
      }
      slots.setPfn(slot, pfn);
      slots.setCpu(slot, cpu);
      become(slot, (byte) (LIVE | MOVED));
      live++;
      return true;
    } finally {
      lock.unlock();
    }
  }

  // ---- gone, and remembered for a while

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
    for (int slot = 1; slot < slots.end(); slot++) {
      if (RecordState.isGone(slots.state(slot))) {
        sequences[n++] = slots.sequence(slot);
      }
    }
    Arrays.sort(sequences);
    long newest = sequences[gone - (int) (goneKept * 3L / 4) - 1];
    for (int slot = 1; slot < slots.end(); slot++) {
      if (RecordState.isGone(slots.state(slot)) && slots.sequence(slot) <= newest) {
        giveBack(slot);
      }
    }
  }

  // ---- copied, written down, read

  /**
   * A table with the same records; one that is claimed is live in the copy, for its block is not
   * freed yet. The machine must be quiesced.
   *
   * @throws MachineException if the budget has no room for it
   */
  AllocationTable copy() {
    lock.lock();
    try {
      AllocationTable copy = new AllocationTable(slots.copy());
      copy.live = live;
      copy.gone = gone;
      copy.goneKept = goneKept;
      for (int slot = 1; slot < slots.end(); slot++) {
        if (is(slot, CLAIMED)) {
          copy.slots.setState(slot, RecordState.unclaimed(slots.state(slot)));
          copy.live++;
        }
      }
      return copy;
    } finally {
      lock.unlock();
    }
  }

  /** Gives the budget back what the records took; the table must not be used for long any more. */
  public void release() {
    lock.lock();
    try {
      slots.release();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Adds the record of an allocation made elsewhere.
   *
   * @return its slot, the tag of its frames
   * @throws MachineException if the budget has no room for it
   */
  public int add(long sequence, long pfn, int pages, int owner, int cpu) {
    int slot = reserve(owner);
    fill(slot, sequence, pfn, pages, owner, cpu);
    return slot;
  }

  /** Bit 0: an allocation is not where it was made; bit 1: compaction has moved it. */
  public int movesOf(int slot) {
    lock.lock();
    try {
      return RecordState.moves(slots.state(slot));
    } finally {
      lock.unlock();
    }
  }

  /**
   * Notes of an allocation in memory what has become of its place.
   *
   * @param moves what {@link #movesOf} said
   */
  public void setMoves(int slot, int moves) {
    lock.lock();
    try {
      become(slot, RecordState.live(moves));
    } finally {
      lock.unlock();
    }
  }

  /**
   * An allocation that is not in memory.
   *
   * @param kind 0 swapped, 1 page cache that was dropped, 2 slab that was shrunk, 3 killed
   * @param gfp mask of the request
   * @param owner number of its owner
   */
  public record Away(long sequence, int kind, int gfp, int pages, int owner, int cpu) {

    /** How many kinds there are. */
    public static final int KINDS = KILLED - SWAPPED + 1;
  }

  /** The allocations that are not in memory, ascending by sequence. */
  public List<Away> away() {
    List<Away> found = new ArrayList<>();
    lock.lock();
    try {
      for (int slot = 1; slot < slots.end(); slot++) {
        byte state = slots.state(slot);
        if (RecordState.isAway(state)) {
          Holder h = slots.read(slot);
          int gfp = (int) h.pfn();
          found.add(new Away(h.sequence(), state - SWAPPED, gfp, h.pages(), h.owner(), h.cpu()));
        }
      }
    } finally {
      lock.unlock();
    }
    found.sort(Comparator.comparingLong(Away::sequence).thenComparingInt(Away::kind));
    return found;
  }

  /**
   * Adds the record of an allocation that is not in memory.
   *
   * @throws MachineException if the budget has no room for it
   */
  public void addAway(Away away) {
    lock.lock();
    try {
      int slot = slots.take(away.owner(), RESERVED);
      long gfp = Integer.toUnsignedLong(away.gfp());
      slots.write(slot, away.sequence(), gfp, away.pages(), away.owner(), away.cpu(), RESERVED);
      become(slot, (byte) (SWAPPED + away.kind()));
    } finally {
      lock.unlock();
    }
  }
}
