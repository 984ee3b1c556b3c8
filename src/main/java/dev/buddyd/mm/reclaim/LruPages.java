package dev.buddyd.mm.reclaim;

import dev.buddyd.mm.frame.SectionBudget;
import dev.buddyd.mm.zone.PhysicalMemory;
import dev.buddyd.mm.zone.Zone;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The pages that can be reclaimed, and the lists they wait on: per node inactive and active, anon
 * and file, and slab. A page is known by its holder's tag; its record is a row in primitive
 * columns, the lists are linked through them. The newest page is at the head, the next victim at
 * the tail. All under the lock of {@link MemoryReclaim}.
 *
 * <p>Copies share the columns until one of those who use them writes: a what-if that reclaims
 * nothing costs nothing, however many pages there are.
 */
final class LruPages {

  /** Referenced once since it was looked at. */
  static final byte REFERENCED = 1;

  /** File page that differs from what is on disk. */
  static final byte DIRTY = 2;

  /** Being written, to its file or to swap. */
  static final byte WRITEBACK = 4;

  /** Reclaim wants it as soon as it is written. */
  static final byte IMMEDIATE = 8;

  /** Anonymous page with a slot in swap that holds the same contents, or will when written. */
  static final byte SWAPCACHE = 16;

  /** Bytes of a row. */
  private static final long ROW_BYTES = 33;

  private final SectionBudget budget;
  private final int[] nodeOfZone;
  private final int[] indexOfZone;
  private final int[] heads;
  private final int[] tails;

  /** Pages by zone ordinal and list. */
  private final long[] pages;

  private long[] pfn = new long[64];
  private long[] writtenAt = new long[64];
  private int[] next = new int[64];
  private int[] prev = new int[64];
  private int[] owner = new int[64];
  private short[] zone = new short[64];
  private byte[] order = new byte[64];
  private byte[] list = new byte[64];
  private byte[] flags = new byte[64];

  /** How many use these columns. Nobody writes into columns that others use, too. */
  private AtomicInteger users = new AtomicInteger(1);

  /** By zone ordinal. */
  private final long[] dirtyPages;

  private final long[] writebackPages;
  private final long[] swapcachePages;
  private long paidBytes;
  private boolean released;

  LruPages(PhysicalMemory memory) {
    this.budget = memory.budget();
    this.nodeOfZone = memory.zones().stream().mapToInt(Zone::node).toArray();
    this.indexOfZone = memory.zones().stream().mapToInt(Zone::index).toArray();
    this.heads = new int[memory.nodes().size() * LruList.COUNT];
    this.tails = new int[heads.length];
    this.pages = new long[nodeOfZone.length * LruList.COUNT];
    this.dirtyPages = new long[nodeOfZone.length];
    this.writebackPages = new long[nodeOfZone.length];
    this.swapcachePages = new long[nodeOfZone.length];
  }

  /** Becomes a copy of another machine's pages of the same shape. */
  void copy(LruPages origin) {
    System.arraycopy(origin.heads, 0, heads, 0, heads.length);
    System.arraycopy(origin.tails, 0, tails, 0, tails.length);
    System.arraycopy(origin.pages, 0, pages, 0, pages.length);
    System.arraycopy(origin.dirtyPages, 0, dirtyPages, 0, dirtyPages.length);
    System.arraycopy(origin.writebackPages, 0, writebackPages, 0, writebackPages.length);
    System.arraycopy(origin.swapcachePages, 0, swapcachePages, 0, swapcachePages.length);
    users = origin.users;
    users.incrementAndGet();
    pfn = origin.pfn;
    writtenAt = origin.writtenAt;
    next = origin.next;
    prev = origin.prev;
    owner = origin.owner;
    zone = origin.zone;
    order = origin.order;
    list = origin.list;
    flags = origin.flags;
    paidBytes = origin.paidBytes;
    budget.takeBytes(paidBytes);
  }

  /** Before a write: the columns are no one else's. */
  private void own() {
    if (users.get() > 1) {
      resize(list.length);
    }
  }

  /** A copy is used no more: those who are left need not copy on its account. */
  void leave() {
    users.decrementAndGet();
    users = new AtomicInteger(2); // should it be written after all, then not into their columns
  }

  /**
   * Makes room for the record of a tag.
   *
   * @return false if the budget of the frame tables has none; nothing was changed
   */
  boolean reserve(int tag) {
    if (tag < list.length) {
      return true;
    }
    if (budget.remainingBytes() < bytesFor(tag)) {
      return false;
    }
    grow(tag + 1);
    return true;
  }

  /** Bytes that the records would take more with this tag among them. */
  private long bytesFor(int tag) {
    return (Math.max(tag + 1, list.length * 2) - (long) list.length) * ROW_BYTES;
  }

  /** Bytes that a copy takes from the budget. */
  long paidBytes() {
    return paidBytes;
  }

  /** Gives the budget back what the records took; it must not be used for long any more. */
  void release() {
    budget.takeBytes(-paidBytes);
    paidBytes = 0;
    released = true;
  }

  /** Makes a record for pages that came into memory; they go to the head of a list. */
  void add(int tag, Zone where, long firstPfn, int blockOrder, int holder, int to, byte with) {
    if (tag >= list.length) {
      grow(tag + 1);
    }
    own();
    pfn[tag] = firstPfn;
    zone[tag] = (short) where.ordinal();
    order[tag] = (byte) blockOrder;
    owner[tag] = holder;
    flags[tag] = 0;
    writtenAt[tag] = 0;
    link(tag, to, true);
    set(tag, with);
  }

  private void grow(int atLeast) {
    int size = Math.max(atLeast, list.length * 2);
    long more = released ? 0 : (size - list.length) * ROW_BYTES;
    budget.takeBytes(more);
    paidBytes += more;
    resize(size);
  }

  private void resize(int size) {
    AtomicInteger left = users;
    pfn = Arrays.copyOf(pfn, size);
    writtenAt = Arrays.copyOf(writtenAt, size);
    next = Arrays.copyOf(next, size);
    prev = Arrays.copyOf(prev, size);
    owner = Arrays.copyOf(owner, size);
    zone = Arrays.copyOf(zone, size);
    order = Arrays.copyOf(order, size);
    list = Arrays.copyOf(list, size);
    flags = Arrays.copyOf(flags, size);
    users = new AtomicInteger(1);
    left.decrementAndGet(); // not before all is copied: who is left alone may write
  }

  /** Forgets pages that left memory. */
  void remove(int tag) {
    own();
    clear(tag, flags[tag]);
    unlink(tag);
  }

  /** Moves pages to the head or the tail of a list. */
  void move(int tag, int to, boolean toHead) {
    own();
    unlink(tag);
    link(tag, to, toHead);
  }

  private void link(int tag, int to, boolean toHead) {
    int at = nodeOfZone[zone[tag]] * LruList.COUNT + to;
    if (toHead) {
      next[tag] = heads[at];
      prev[tag] = 0;
      if (heads[at] != 0) {
        prev[heads[at]] = tag;
      } else {
        tails[at] = tag;
      }
      heads[at] = tag;
    } else {
      prev[tag] = tails[at];
      next[tag] = 0;
      if (tails[at] != 0) {
        next[tails[at]] = tag;
      } else {
        heads[at] = tag;
      }
      tails[at] = tag;
    }
    list[tag] = (byte) to;
    pages[zone[tag] * LruList.COUNT + to] += 1L << order[tag];
  }

  private void unlink(int tag) {
    int from = list[tag];
    int at = nodeOfZone[zone[tag]] * LruList.COUNT + from;
    if (prev[tag] != 0) {
      next[prev[tag]] = next[tag];
    } else {
      heads[at] = next[tag];
    }
    if (next[tag] != 0) {
      prev[next[tag]] = prev[tag];
    } else {
      tails[at] = prev[tag];
    }
    list[tag] = LruList.NONE;
    pages[zone[tag] * LruList.COUNT + from] -= 1L << order[tag];
  }

  /** The pages' frames are others now, in the same zone. */
  void relocate(int tag, long firstPfn) {
    own();
    pfn[tag] = firstPfn;
  }

  void set(int tag, byte bits) {
    own();
    count(zone[tag], bits & ~flags[tag], 1L << order[tag]);
    flags[tag] |= bits;
  }

  void clear(int tag, byte bits) {
    own();
    count(zone[tag], bits & flags[tag], -(1L << order[tag]));
    flags[tag] &= (byte) ~bits;
  }

  private void count(int where, int changed, long by) {
    dirtyPages[where] += (changed & DIRTY) != 0 ? by : 0;
    writebackPages[where] += (changed & WRITEBACK) != 0 ? by : 0;
    swapcachePages[where] += (changed & SWAPCACHE) != 0 ? by : 0;
  }

  // ---- one page

  /** Whether pages with this tag are on a list. */
  boolean resident(int tag) {
    return tag > 0 && tag < list.length && list[tag] != LruList.NONE;
  }

  byte flagsOf(int tag) {
    return flags[tag];
  }

  boolean has(int tag, byte bit) {
    return (flags[tag] & bit) != 0;
  }

  int listOf(int tag) {
    return list[tag];
  }

  long pfnOf(int tag) {
    return pfn[tag];
  }

  int orderOf(int tag) {
    return order[tag];
  }

  int zoneOf(int tag) {
    return zone[tag];
  }

  int ownerOf(int tag) {
    return owner[tag];
  }

  /** When the page will be on disk, in virtual microseconds; of a page under writeback. */
  long writtenAt(int tag) {
    return writtenAt[tag];
  }

  void setWrittenAt(int tag, long micros) {
    own();
    writtenAt[tag] = micros;
  }

  // ---- lists

  int nodes() {
    return heads.length / LruList.COUNT;
  }

  /** The next victim of a node's list, or 0. */
  int last(int node, int of) {
    return tails[node * LruList.COUNT + of];
  }

  /** The page before this one in a list, which is the next victim after it, or 0. */
  int before(int tag) {
    return prev[tag];
  }

  /** Pages of a zone that reclaim may look at: those of files, and the anonymous ones. */
  long reclaimablePages(int zone, boolean withAnon) {
    long file = pagesInZone(zone, LruList.INACTIVE_FILE) + pagesInZone(zone, LruList.ACTIVE_FILE);
    long anon = pagesInZone(zone, LruList.INACTIVE_ANON) + pagesInZone(zone, LruList.ACTIVE_ANON);
    return withAnon ? file + anon : file;
  }

  /** Pages of a zone on a list. */
  long pagesInZone(int zoneOrdinal, int of) {
    return pages[zoneOrdinal * LruList.COUNT + of];
  }

  /** Pages of a node's zones up to an index on a list. */
  long pagesOfNode(int node, int highestZoneidx, int of) {
    long sum = 0;
    for (int z = 0; z < nodeOfZone.length; z++) {
      if (nodeOfZone[z] == node && indexOfZone[z] <= highestZoneidx) {
        sum += pagesInZone(z, of);
      }
    }
    return sum;
  }

  /** File pages that wait to be written. */
  long dirtyPages() {
    return sum(dirtyPages);
  }

  /** Pages being written. */
  long writebackPages() {
    return sum(writebackPages);
  }

  /** Anonymous pages in memory that have a slot in swap. */
  long swapcachePages() {
    return sum(swapcachePages);
  }

  private static long sum(long[] byZone) {
    long sum = 0;
    for (long pages : byZone) {
      sum += pages;
    }
    return sum;
  }

  /** File pages of a zone that wait to be written. */
  long dirtyPages(int zoneOrdinal) {
    return dirtyPages[zoneOrdinal];
  }

  /** Pages of a zone being written. */
  long writebackPages(int zoneOrdinal) {
    return writebackPages[zoneOrdinal];
  }

  /** Anonymous pages of a zone that have a slot in swap. */
  long swapcachePages(int zoneOrdinal) {
    return swapcachePages[zoneOrdinal];
  }
}
