package dev.buddyd.mm.frame;

import java.util.Arrays;
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
 *   topNext/topPrev/topFree: free blocks      links[section][offset]  64 bits: list links of a free
 *   of the largest order                        head, or two words of an allocated or cached head
 *   blockType: one byte per pageblock         meta[section][offset]   16 bits:
 *                                               0..2 state  3..6 order  7 movable  8 compound
 *                                               9..10 use
 * </pre>
 *
 * <p>Only the first frame of a block carries a state; tail frames are not written. A free block of
 * the largest order lives at block level alone. That is 10 bytes for a touched frame and about 0.02
 * for an untouched one.
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

  private static final int STATE_MASK = 0x7;
  private static final int ORDER_SHIFT = 3;
  private static final int ORDER_MASK = 0xf;
  private static final int MOVABLE = 1 << 7;
  private static final int COMPOUND = 1 << 8;
  private static final int USE_SHIFT = 9;
  private static final int USE_MASK = 0x3;

  private final Geometry geometry;
  private final long basePfn;
  private final int firstIndex;
  private final int endIndex;
  private final int sectionShift;
  private final int sectionMask;

  private final long[] @Nullable [] links;
  private final short[] @Nullable [] meta;
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
    this.basePfn = startPfn & ~(long) sectionMask;
    this.firstIndex = (int) (startPfn - basePfn);
    this.endIndex = Math.toIntExact(firstIndex + spannedPages);
    int sections = (int) (((long) endIndex + sectionMask) >>> sectionShift);
    this.links = new long[sections][];
    this.meta = new short[sections][];
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
    this.basePfn = origin.basePfn;
    this.firstIndex = origin.firstIndex;
    this.endIndex = origin.endIndex;
    this.links = origin.links.clone();
    this.meta = origin.meta.clone();
    this.topNext = origin.topNext.clone();
    this.topPrev = origin.topPrev.clone();
    this.topFree = origin.topFree.clone();
    this.blockType = origin.blockType.clone();
    this.budget = origin.budget;
    this.shared = new boolean[links.length];
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
    boolean[] all = new boolean[links.length];
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
    return blockType[index >>> geometry.pageblockOrder()];
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
      counts[blockType[index >>> geometry.pageblockOrder()]]++;
    }
    return index;
  }

  /** Sets the type of every pageblock that the block covers (at least one). */
  public void setType(int index, int order, int type) {
    int first = index >>> geometry.pageblockOrder();
    int count = order <= geometry.pageblockOrder() ? 1 : 1 << (order - geometry.pageblockOrder());
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
    return metaOf(index) & STATE_MASK;
  }

  /** Order of the block whose head this frame is. */
  public int orderOf(int index) {
    return (metaOf(index) >>> ORDER_SHIFT) & ORDER_MASK;
  }

  /** Whether this is the head of a free block of exactly this order (B-20.2). */
  public boolean isFree(int index, int order) {
    if (order == geometry.maxOrder()) {
      return topFree[index >>> sectionShift];
    }
    short[] section = meta[index >>> sectionShift];
    return section != null
        && (section[index & sectionMask] & (STATE_MASK | ORDER_MASK << ORDER_SHIFT))
            == (FREE | order << ORDER_SHIFT);
  }

  /** Order of the free block whose head this frame is, or -1 if it is none. */
  public int freeOrderAt(int index) {
    if ((index & sectionMask) == 0 && topFree[index >>> sectionShift]) {
      return geometry.maxOrder();
    }
    int m = metaOf(index);
    return (m & STATE_MASK) == FREE ? (m >>> ORDER_SHIFT) & ORDER_MASK : -1;
  }

  public boolean isMovable(int index) {
    return (metaOf(index) & MOVABLE) != 0;
  }

  public boolean isCompound(int index) {
    return (metaOf(index) & COMPOUND) != 0;
  }

  /** What an allocated block is used for: a small number given at allocation. */
  public int useOf(int index) {
    return (metaOf(index) >>> USE_SHIFT) & USE_MASK;
  }

  /** Marks the head of a block; the section must be there (see {@link #touch}). */
  public void setHead(int index, int state, int order) {
    setMeta(index, state | order << ORDER_SHIFT);
  }

  /** Marks the head of an allocated block and stores its two words. */
  public void setAllocated(int index, int order, boolean compound, int use, int gfp, int tag) {
    setMeta(index, ALLOCATED | order << ORDER_SHIFT | (compound ? COMPOUND : 0) | use << USE_SHIFT);
    setWords(index, gfp, tag);
  }

  /** The frame is no head any more. */
  public void clearHead(int index) {
    setMeta(index, NONE);
  }

  /** Sets or clears "counts as movable" of the block whose head this is (B-44). */
  public void setMovable(int index, boolean movable) {
    int m = metaOf(index);
    setMeta(index, movable ? m | MOVABLE : m & ~MOVABLE);
  }

  // ---- the 64 bits beside a head: links of a free one, two words of any other

  /** Next free block in list order, or {@link #NIL}. */
  public int nextOf(int index, int order) {
    return order == geometry.maxOrder()
        ? topNext[index >>> sectionShift]
        : (int) (linkOf(index) >>> 32);
  }

  /** Previous free block in list order, or {@link #NIL}. */
  public int prevOf(int index, int order) {
    return order == geometry.maxOrder() ? topPrev[index >>> sectionShift] : (int) linkOf(index);
  }

  public void setLinks(int index, int order, int next, int prev) {
    if (order == geometry.maxOrder()) {
      topNext[index >>> sectionShift] = next;
      topPrev[index >>> sectionShift] = prev;
    } else {
      setWords(index, next, prev);
    }
  }

  public void setNext(int index, int order, int next) {
    if (order == geometry.maxOrder()) {
      topNext[index >>> sectionShift] = next;
    } else {
      setWords(index, next, (int) linkOf(index));
    }
  }

  public void setPrev(int index, int order, int prev) {
    if (order == geometry.maxOrder()) {
      topPrev[index >>> sectionShift] = prev;
    } else {
      setWords(index, (int) (linkOf(index) >>> 32), prev);
    }
  }

  /** First word of an allocated or cached head (the mask, or the CPU). */
  public int word0(int index) {
    return (int) (linkOf(index) >>> 32);
  }

  /** Second word of an allocated or cached head (the holder's tag, or the list). */
  public int word1(int index) {
    return (int) linkOf(index);
  }

  public void setWords(int index, int word0, int word1) {
    long words = (long) word0 << 32 | (word1 & 0xffff_ffffL);
    if (shared == null) {
      section(links, index >>> sectionShift)[index & sectionMask] = words;
    } else {
      setWordsShared(index, words);
    }
  }

  /** While sections are shared, copying one and writing to it is one step among all writers. */
  private synchronized void setWordsShared(int index, long words) {
    int s = index >>> sectionShift;
    unshare(s);
    section(links, s)[index & sectionMask] = words;
  }

  // ---- sections

  /** Makes the section of this frame, if it is not there. */
  public void touch(int index) {
    int s = index >>> sectionShift;
    if (links[s] == null) {
      makeSection(s);
    }
  }

  /** Whether this frame's section was ever made. */
  public boolean isTouched(int index) {
    return links[index >>> sectionShift] != null;
  }

  /** Sections made so far. */
  public int touchedSections() {
    int n = 0;
    for (long[] section : links) {
      n += section != null ? 1 : 0;
    }
    return n;
  }

  /** Gives the budget back what this table's sections took; the table must not be used again. */
  public void release() {
    budget.takeBytes(-blockLevelBytes(geometry, endIndex - firstIndex));
    budget.takeFrames(-((long) takenSections << sectionShift));
  }

  private void makeSection(int s) {
    budget.takeFrames(sectionMask + 1L);
    takenSections++;
    meta[s] = new short[sectionMask + 1];
    links[s] = new long[sectionMask + 1];
    if (shared != null) {
      shared[s] = false;
    }
  }

  private void unshare(int s) {
    boolean[] flags = shared;
    if (flags != null && flags[s]) {
      flags[s] = false;
      budget.takeFrames(sectionMask + 1L);
      takenSections++;
      copiedSections++;
      meta[s] = section(meta, s).clone();
      links[s] = section(links, s).clone();
    }
  }

  private int metaOf(int index) {
    short[] section = meta[index >>> sectionShift];
    return section == null ? NONE : section[index & sectionMask];
  }

  private void setMeta(int index, int value) {
    if (shared == null) {
      section(meta, index >>> sectionShift)[index & sectionMask] = (short) value;
    } else {
      setMetaShared(index, value);
    }
  }

  private synchronized void setMetaShared(int index, int value) {
    int s = index >>> sectionShift;
    unshare(s);
    section(meta, s)[index & sectionMask] = (short) value;
  }

  private long linkOf(int index) {
    return section(links, index >>> sectionShift)[index & sectionMask];
  }

  private static long[] section(long[] @Nullable [] table, int s) {
    long[] section = table[s];
    if (section == null) {
      throw new IllegalStateException("frame table section " + s + " was never touched");
    }
    return section;
  }

  private static short[] section(short[] @Nullable [] table, int s) {
    short[] section = table[s];
    if (section == null) {
      throw new IllegalStateException("frame table section " + s + " was never touched");
    }
    return section;
  }
}
