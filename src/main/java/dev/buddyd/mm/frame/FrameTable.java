package dev.buddyd.mm.frame;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The frame table of one zone: what every page frame is (B-1).
 *
 * <p>Frames are addressed by a zone-relative <em>index</em>: {@code pfn - basePfn}, where the base
 * is the zone's start rounded down to the largest block, so that alignment of an index is alignment
 * of its pfn.
 *
 * <pre>
 *   block level, always there                 frame level, one section per largest block, made on
 *   (one entry per 2^maxOrder frames)         first touch and never given back
 *   topNext/topPrev/topFree: free blocks      heads[section][offset]  8 bits:
 *   of the largest order                        0 none  1 held  2..5 order and 1 above: free
 *   blockType: one byte per pageblock         words[section][offset]  64 bits: next and
 *                                               previous of a free head; HeldWord of a held one
 * </pre>
 *
 * <p>Only the first frame of a block carries a state; tail frames are not written. A free block of
 * the largest order lives at block level alone. That is 9 bytes for a touched frame and about 0.02
 * for an untouched one. All of a held head is in its word: a block that goes between a holder and a
 * per-CPU list and back touches one cache line here.
 *
 * <p>A fork shares sections with its origin until one of both writes (see {@link #fork()}).
 */
public final class FrameTable {

  /** "No frame": end of a list. */
  public static final int NIL = -1;

  /** Not the head of anything: a tail, a hole, a reserved frame. */
  public static final int NONE = 0;

  /** Head of a free block below the largest order, on a buddy list. */
  public static final int FREE = 1;

  /** Head of a block on a per-CPU list. */
  public static final int PCP = 2;

  /** Head of an allocated block. */
  public static final int ALLOCATED = 3;

  /** A single frame in use whose block is not known (from a recording's start state). */
  public static final int IN_USE = 4;

  private static final byte HEAD_NONE = 0;
  private static final byte HEAD_HELD = 1;

  /** Added to the order of a free head. */
  private static final int HEAD_FREE = 2;

  private final Geometry geometry;
  private final long basePfn;
  private final int firstIndex;
  private final int endIndex;
  private final int sectionShift;
  private final int sectionMask;
  private final int pageblockOrder;

  private final long[] @Nullable [] words;
  private final byte[] @Nullable [] heads;
  private final int[] topNext;
  private final int[] topPrev;
  private final boolean[] topFree;
  private final byte[] blockType;
  private final SectionBudget budget;

  /** By section: whether a fork, or the origin of this fork, looks at it too; null if none is. */
  private boolean @Nullable [] shared;

  private int takenSections;
  private int copiedSections;

  /**
   * An empty table: every frame {@link #NONE}, every pageblock UNMOVABLE.
   *
   * @param startPfn first frame of the zone
   * @param spannedPages frames from the first to the last, holes included; below 2^31 - 2^15
   */
  public FrameTable(Geometry geometry, long startPfn, long spannedPages, SectionBudget budget) {
    this.geometry = geometry;
    this.sectionShift = geometry.maxOrder();
    this.sectionMask = (1 << sectionShift) - 1;
    this.pageblockOrder = geometry.pageblockOrder();
    this.basePfn = startPfn & ~(long) sectionMask;
    this.firstIndex = (int) (startPfn - basePfn);
    this.endIndex = Math.toIntExact(firstIndex + spannedPages);
    int sections = (int) (((long) endIndex + sectionMask) >>> sectionShift);
    this.words = new long[sections][];
    this.heads = new byte[sections][];
    this.topNext = new int[sections];
    this.topPrev = new int[sections];
    this.topFree = new boolean[sections];
    this.blockType = new byte[sections << (geometry.maxOrder() - geometry.pageblockOrder())];
    this.budget = budget;
    budget.takeBytes(blockLevelBytes(geometry, spannedPages));
  }

  /** Bytes that a table takes before any section is made. */
  public static long blockLevelBytes(Geometry geometry, long spannedPages) {
    long sections = (spannedPages >>> geometry.maxOrder()) + 2;
    return sections * 17 + (sections << (geometry.maxOrder() - geometry.pageblockOrder()));
  }

  private FrameTable(FrameTable origin) {
    this.geometry = origin.geometry;
    this.sectionShift = origin.sectionShift;
    this.sectionMask = origin.sectionMask;
    this.pageblockOrder = origin.pageblockOrder;
    this.basePfn = origin.basePfn;
    this.firstIndex = origin.firstIndex;
    this.endIndex = origin.endIndex;
    this.words = origin.words.clone();
    this.heads = origin.heads.clone();
    this.topNext = origin.topNext.clone();
    this.topPrev = origin.topPrev.clone();
    this.topFree = origin.topFree.clone();
    this.blockType = origin.blockType.clone();
    this.budget = origin.budget;
    this.shared = new boolean[words.length];
    Arrays.fill(shared, true);
    budget.takeBytes(blockLevelBytes(geometry, endIndex - firstIndex));
  }

  /**
   * A table in the same state that copies a section when it first writes to it. An origin that goes
   * on changing must be told by {@link #shareSections()}. All locks of the zone must be held.
   */
  public FrameTable fork() {
    return new FrameTable(this);
  }

  /**
   * From now on this table, too, copies a section before it writes to it. All locks of the zone
   * must be held, so that every later writer sees it.
   */
  public void shareSections() {
    boolean[] all = new boolean[words.length];
    Arrays.fill(all, true);
    shared = all;
  }

  /** Nobody else looks at this table's sections any more. All locks of the zone must be held. */
  public void ownSections() {
    shared = null;
    budget.takeFrames(-((long) copiedSections << sectionShift)); // the originals are gone
    takenSections -= copiedSections;
    copiedSections = 0;
  }

  public Geometry geometry() {
    return geometry;
  }

  public long pfn(int index) {
    return basePfn + index;
  }

  /** Zone-relative index of a pfn that lies inside {@link #spans}. */
  public int index(long pfn) {
    return (int) (pfn - basePfn);
  }

  public boolean spans(long pfn) {
    return pfn >= basePfn + firstIndex && pfn < basePfn + endIndex;
  }

  public int firstIndex() {
    return firstIndex;
  }

  public int endIndex() {
    return endIndex;
  }

  /** Whether the zone spans the whole pageblock of this frame (B-41.4). */
  public boolean spansPageblock(int index) {
    int first = index & -geometry.pageblockPages();
    return first >= firstIndex && first + geometry.pageblockPages() <= endIndex;
  }

  // ---- pageblock types

  public int typeOf(int index) {
    return blockType[index >>> pageblockOrder];
  }

  /**
   * Counts the types of the pageblocks of the frames {@code from}, one pageblock further, and so on
   * up to {@code end}.
   *
   * @param counts by type; is added to
   * @return the first frame that was not looked at
   */
  public int countTypes(int from, int end, long[] counts) {
    int index = from;
    for (; index < end; index += geometry.pageblockPages()) {
      counts[blockType[index >>> pageblockOrder]]++;
    }
    return index;
  }

  /** Sets the type of every pageblock that the block covers (at least one). */
  public void setType(int index, int order, int type) {
    int first = index >>> pageblockOrder;
    int count = order <= pageblockOrder ? 1 : 1 << (order - pageblockOrder);
    Arrays.fill(blockType, first, first + count, (byte) type);
  }

  // ---- free blocks of the largest order

  public boolean isTopFree(int index) {
    return topFree[index >>> sectionShift];
  }

  public void setTopFree(int index, boolean free) {
    topFree[index >>> sectionShift] = free;
  }

  // ---- heads

  /** State of a frame: one of the constants of this class; a free largest block says NONE. */
  public int stateOf(int index) {
    int head = headAt(index);
    if (head >= HEAD_FREE) {
      return FREE;
    }
    return head == HEAD_NONE ? NONE : HeldWord.state(wordAt(index));
  }

  /** Whether a frame that is known to be the head of a held block is {@link #IN_USE}. */
  public boolean isInUse(int index) {
    return HeldWord.isInUse(wordAt(index));
  }

  /** Order of the block whose head this frame is; 0 for no head. */
  public int orderOf(int index) {
    int head = headAt(index);
    if (head >= HEAD_FREE) {
      return head - HEAD_FREE;
    }
    return head == HEAD_NONE ? 0 : HeldWord.order(wordAt(index));
  }

  /** Whether this is the head of a free block of exactly this order (B-20.2). */
  public boolean isFree(int index, int order) {
    if (order == geometry.maxOrder()) {
      return topFree[index >>> sectionShift];
    }
    byte[] section = heads[index >>> sectionShift];
    return section != null && section[index & sectionMask] == HEAD_FREE + order;
  }

  /** Order of the free block whose head this frame is, or -1 if it is none. */
  public int freeOrderAt(int index) {
    if ((index & sectionMask) == 0 && topFree[index >>> sectionShift]) {
      return geometry.maxOrder();
    }
    return Math.max(headAt(index) - HEAD_FREE, -1);
  }

  public boolean isMovable(int index) {
    return (heldWordAt(index) & HeldWord.MOVABLE) != 0;
  }

  public boolean isCompound(int index) {
    return (heldWordAt(index) & HeldWord.COMPOUND) != 0;
  }

  /** What an allocated block is used for: a small number given at allocation. */
  public int useOf(int index) {
    return HeldWord.use(heldWordAt(index));
  }

  /**
   * Marks the head of a block, its words 0 if it is a held one; the section must be there (see
   * {@link #touch}).
   */
  public void setHead(int index, int state, int order) {
    if (state == NONE || state == FREE) {
      setHeadAt(index, state == FREE ? HEAD_FREE + order : HEAD_NONE);
    } else {
      setHeld(index, HeldWord.of(state, order, 0, 0));
    }
  }

  /** Marks the head of an allocated block and stores its two words. */
  public void setAllocated(int index, int order, boolean compound, int use, int gfp, int tag) {
    setHeld(index, HeldWord.allocated(order, compound, false, use, gfp, tag));
  }

  /** The frame is no head any more. */
  public void clearHead(int index) {
    setHeadAt(index, HEAD_NONE);
  }

  /** The same for the heads of blocks behind each other, all in one section. */
  public void clearHeads(int index, int order, int blocks) {
    own(index >>> sectionShift);
    byte[] states = section(heads, index >>> sectionShift);
    int first = index & sectionMask;
    for (int i = first; i < first + (blocks << order); i += 1 << order) {
      states[i] = HEAD_NONE;
    }
  }

  /** Sets or clears "counts as movable" of a held block whose head this is (B-44). */
  public void setMovable(int index, boolean movable) {
    if (headAt(index) == HEAD_HELD) {
      long word = wordAt(index);
      setWordAt(index, movable ? word | HeldWord.MOVABLE : word & ~HeldWord.MOVABLE);
    }
  }

  // ---- blocks that are held already: only their word changes

  /** Marks the head of a held block. */
  public void setHeld(int index, long word) {
    setWordAt(index, word);
    setHeadAt(index, HEAD_HELD);
  }

  /** The same for blocks behind each other, all in one section. */
  public void setHeld(int index, int order, int blocks, long word) {
    int s = index >>> sectionShift;
    own(s);
    long[] held = section(words, s);
    byte[] states = section(heads, s);
    int first = index & sectionMask;
    for (int i = first; i < first + (blocks << order); i += 1 << order) {
      held[i] = word;
      states[i] = HEAD_HELD;
    }
  }

  /** A held block is held by somebody else from now on; see {@link HeldWord}. */
  public void setHeldWord(int index, long word) {
    setWordAt(index, word);
  }

  // ---- links of a free head, words of a held one

  /** Next free block in list order, or {@link #NIL}. */
  public int nextOf(int index, int order) {
    return order == geometry.maxOrder()
        ? topNext[index >>> sectionShift]
        : (int) (wordAt(index) >>> 32);
  }

  /** Previous free block in list order, or {@link #NIL}. */
  public int prevOf(int index, int order) {
    return order == geometry.maxOrder() ? topPrev[index >>> sectionShift] : (int) wordAt(index);
  }

  public void setLinks(int index, int order, int next, int prev) {
    if (order == geometry.maxOrder()) {
      topNext[index >>> sectionShift] = next;
      topPrev[index >>> sectionShift] = prev;
    } else {
      setWordAt(index, links(next, prev));
    }
  }

  public void setNext(int index, int order, int next) {
    if (order == geometry.maxOrder()) {
      topNext[index >>> sectionShift] = next;
    } else {
      setWordAt(index, links(next, (int) wordAt(index)));
    }
  }

  public void setPrev(int index, int order, int prev) {
    if (order == geometry.maxOrder()) {
      topPrev[index >>> sectionShift] = prev;
    } else {
      setWordAt(index, links((int) (wordAt(index) >>> 32), prev));
    }
  }

  private static long links(int next, int prev) {
    return ((long) next << 32) | (prev & 0xffff_ffffL);
  }

  /** First word of an allocated or cached head: the mask, or the CPU. */
  public int word0(int index) {
    return HeldWord.word0(wordAt(index));
  }

  /** Second word of an allocated or cached head: the holder's tag, or the list. */
  public int word1(int index) {
    return HeldWord.word1(wordAt(index));
  }

  /** Sets both words of a held head. */
  public void setWords(int index, int word0, int word1) {
    setWordAt(index, HeldWord.withWords(wordAt(index), word0, word1));
  }

  // ---- sections

  /** Makes the section of this frame, if it is not there. */
  public void touch(int index) {
    int s = index >>> sectionShift;
    if (words[s] == null) {
      makeSection(s);
    }
  }

  /** Whether this frame's section was ever made. */
  public boolean isTouched(int index) {
    return words[index >>> sectionShift] != null;
  }

  /** Sections made so far. */
  public int touchedSections() {
    return (int) Arrays.stream(words).filter(Objects::nonNull).count();
  }

  /** Gives the budget back what this table's sections took; the table must not be used again. */
  public void release() {
    budget.takeBytes(-blockLevelBytes(geometry, endIndex - firstIndex));
    budget.takeFrames(-((long) takenSections << sectionShift));
  }

  private void makeSection(int s) {
    budget.takeFrames(sectionMask + 1L);
    takenSections++;
    heads[s] = new byte[sectionMask + 1];
    words[s] = new long[sectionMask + 1];
    if (shared != null) {
      shared[s] = false;
    }
  }

  /** Comes before every write to a section. */
  private void own(int s) {
    if (shared != null) {
      copyIfShared(s);
    }
  }

  /** One among all writers copies a shared section, the others wait for it. */
  private synchronized void copyIfShared(int s) {
    boolean[] flags = shared;
    if (flags != null && flags[s]) {
      flags[s] = false;
      budget.takeFrames(sectionMask + 1L);
      takenSections++;
      copiedSections++;
      heads[s] = section(heads, s).clone();
      words[s] = section(words, s).clone();
    }
  }

  private int headAt(int index) {
    byte[] section = heads[index >>> sectionShift];
    return section == null ? HEAD_NONE : section[index & sectionMask];
  }

  private long wordAt(int index) {
    return section(words, index >>> sectionShift)[index & sectionMask];
  }

  /** The word of a held head; 0 for any other frame. */
  private long heldWordAt(int index) {
    return headAt(index) == HEAD_HELD ? wordAt(index) : 0;
  }

  private void setHeadAt(int index, int head) {
    own(index >>> sectionShift);
    section(heads, index >>> sectionShift)[index & sectionMask] = (byte) head;
  }

  private void setWordAt(int index, long word) {
    own(index >>> sectionShift);
    section(words, index >>> sectionShift)[index & sectionMask] = word;
  }

  private static long[] section(long[] @Nullable [] table, int s) {
    return Objects.requireNonNull(table[s], "a section of the frame table that nobody touched");
  }

  private static byte[] section(byte[] @Nullable [] table, int s) {
    return Objects.requireNonNull(table[s], "a section of the frame table that nobody touched");
  }
}
