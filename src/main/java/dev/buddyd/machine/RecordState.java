package dev.buddyd.machine;

/**
 * Where the record of an allocation is in its life, as the byte in its slot.
 *
 * <pre>
 *   FREE -> RESERVED -> LIVE -> CLAIMED -> FREE
 *
 *   LIVE -> SWAPPED, DROPPED, SHRUNK -> FAULTING -> LIVE
 *       \-> KILLED <- SWAPPED, FAULTING (then DOOMED first)
 *
 *   SWAPPED, DROPPED, SHRUNK, KILLED -> CLAIMED -> FREE
 * </pre>
 */
final class RecordState {

  static final byte FREE = RecordSlots.FREE;

  /** Of a request under way, which may be refused. */
  static final byte RESERVED = 1;

  /** In memory. */
  static final byte LIVE = 2;

  /** In memory, and about to be freed or split. */
  static final byte CLAIMED = 3;

  /** In swap; its owner was not killed yet. */
  static final byte SWAPPED = 4;

  /** Page cache whose frames were taken. */
  static final byte DROPPED = 5;

  /** A slab object that a shrinker freed. */
  static final byte SHRUNK = 6;

  /** Lost with the process that held it. */
  static final byte KILLED = 7;

  /** A fault is bringing it back. */
  static final byte FAULTING = 8;

  /** A fault is bringing it back, and its process was killed meanwhile. */
  static final byte DOOMED = 9;

  /** Added to LIVE and CLAIMED: it is not where it was allocated. */
  static final byte MOVED = 16;

  /** Added to LIVE and CLAIMED: compaction has moved it since it came into memory. */
  static final byte MIGRATED = 32;

  private static final byte STATE = 15;
  private static final int MOVES_SHIFT = 4;

  private RecordState() {}

  /** Without what was added to it. */
  static byte of(byte state) {
    return (byte) (state & STATE);
  }

  /** What was added: bit 0 moved, bit 1 migrated. */
  static int moves(byte state) {
    return state >> MOVES_SHIFT;
  }

  /** In memory, with what was added. */
  static byte live(int moves) {
    return (byte) (LIVE | moves << MOVES_SHIFT);
  }

  /** Live to claimed, with what was added. */
  static byte claimed(byte live) {
    return (byte) (live + CLAIMED - LIVE);
  }

  /** Claimed to live, with what was added. */
  static byte unclaimed(byte claimed) {
    return (byte) (claimed + LIVE - CLAIMED);
  }

  /** Whether somebody holds the allocation and nobody is giving it back. */
  static boolean isHeld(byte state) {
    return of(state) == LIVE || of(state) >= SWAPPED;
  }

  /** Whether it is held, not in memory, and not on its way there. */
  static boolean isAway(byte state) {
    return of(state) >= SWAPPED && of(state) <= KILLED;
  }

  /** Whether nothing but the record is left of an allocation. */
  static boolean isGone(byte state) {
    return of(state) >= DROPPED && of(state) <= KILLED;
  }

  /** The state of pages that left memory, from outside. */
  static byte away(AllocationState state, PageUse use) {
    return switch (state) {
      case SWAPPED -> SWAPPED;
      case DROPPED -> use == PageUse.FILE ? DROPPED : SHRUNK;
      case KILLED -> KILLED;
      default -> throw new IllegalArgumentException(state.name());
    };
  }

  /** Where the pages of an allocation are that is held, as told outside. */
  static AllocationState told(byte state) {
    return switch (of(state)) {
      case LIVE -> (state & MIGRATED) != 0 ? AllocationState.MIGRATED : AllocationState.RESIDENT;
      case SWAPPED, FAULTING -> AllocationState.SWAPPED;
      case DROPPED, SHRUNK -> AllocationState.DROPPED;
      default -> AllocationState.KILLED;
    };
  }

  /** What pages were used for that are not in memory; of the others the frame knows. */
  static PageUse use(byte state) {
    return switch (of(state)) {
      case DROPPED -> PageUse.FILE;
      case SHRUNK -> PageUse.SLAB;
      default -> PageUse.ANON;
    };
  }
}
