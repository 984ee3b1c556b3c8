package dev.buddyd.mm.frame;

import dev.buddyd.mm.gfp.Gfp;

/**
 * What the frame table keeps with the head of a held block, allocated or cached, in 64 bits:
 *
 * <pre>
 *   0..27  word1: the holder's tag, or the list      28..52  word0: the mask, or the CPU
 *   53..55 state   56..59 order   60 movable   61 compound   62..63 use
 * </pre>
 */
public final class HeldWord {

  /** Bits of the first word: all that a mask may carry (G-2). */
  private static final int WORD0_BITS = Gfp.BITS;

  /** Bits of the second word. */
  private static final int WORD1_BITS = 28;

  /** Largest second word: largest tag. */
  public static final int MAX_WORD1 = (1 << WORD1_BITS) - 1;

  static final long MOVABLE = 1L << 60;
  static final long COMPOUND = 1L << 61;

  private static final int STATE_SHIFT = WORD0_BITS + WORD1_BITS;
  private static final int ORDER_SHIFT = STATE_SHIFT + 3;
  private static final int USE_SHIFT = 62;
  private static final long WORD0_MASK = (1L << WORD0_BITS) - 1;
  private static final long WORD1_MASK = (1L << WORD1_BITS) - 1;

  private HeldWord() {}

  static long of(int state, int order, int word0, int word1) {
    return ((long) state << STATE_SHIFT) | ((long) order << ORDER_SHIFT) | words(word0, word1);
  }

  /** Word of the head of a block on a list of a CPU's set. */
  public static long cached(int order, int cpu, int list) {
    return of(FrameTable.PCP, order, cpu, list);
  }

  /** Word of the head of an allocated block. */
  public static long allocated(
      int order, boolean compound, boolean movable, int use, int gfp, int tag) {
    return of(FrameTable.ALLOCATED, order, gfp, tag)
        | (movable ? MOVABLE : 0)
        | (compound ? COMPOUND : 0)
        | ((long) use << USE_SHIFT);
  }

  static long withWords(long held, int word0, int word1) {
    return (held & (-1L << STATE_SHIFT)) | words(word0, word1);
  }

  private static long words(int word0, int word1) {
    return (word0 & WORD0_MASK) << WORD1_BITS | (word1 & WORD1_MASK);
  }

  static int state(long held) {
    return (int) ((held >>> STATE_SHIFT) & 0x7);
  }

  /** Whether the state is {@link FrameTable#IN_USE}: the only one with this bit. */
  static boolean isInUse(long held) {
    return (held & ((long) FrameTable.IN_USE << STATE_SHIFT)) != 0;
  }

  static int order(long held) {
    return (int) ((held >>> ORDER_SHIFT) & 0xf);
  }

  static int use(long held) {
    return (int) (held >>> USE_SHIFT);
  }

  static int word0(long held) {
    return (int) ((held >>> WORD1_BITS) & WORD0_MASK);
  }

  static int word1(long held) {
    return (int) (held & WORD1_MASK);
  }
}
