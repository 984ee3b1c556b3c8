package dev.buddyd.mm.reclaim;

import java.util.Arrays;

/**
 * Pages being written, in the order in which they were handed to the disk, which takes one after
 * the other. A page is on disk when virtual time has reached its turn. Dirty page cache is handed
 * over by the flusher, some time after it was woken. Under the lock of {@link MemoryReclaim}.
 */
final class Writeback {

  /** Time to write one page: about 1.6 GB/s, what the recordings show. */
  static final long MICROS_PER_PAGE = 3;

  /**
   * Time that the flusher needs to get going. In the recordings the others look at 35,600 dirty
   * pages and more before the first one is clean.
   */
  static final long FLUSHER_MICROS = 30_000;

  private static final long ASLEEP = -1;

  private final LruPages pages;
  private final VmEvents events;
  private int[] queue = new int[64];
  private long[] due = new long[64];
  private int first;
  private int count;

  /** Pages handed to the disk so far. */
  private long handed;

  private long diskFreeAt;

  /** When the flusher hands the dirty pages over; {@link #ASLEEP} if nobody has woken it. */
  private long flusherAt = ASLEEP;

  Writeback(LruPages pages, VmEvents events) {
    this.pages = pages;
    this.events = events;
  }

  void copy(Writeback origin) {
    queue = origin.queue.clone();
    due = origin.due.clone();
    first = origin.first;
    count = origin.count;
    handed = origin.handed;
    diskFreeAt = origin.diskFreeAt;
    flusherAt = origin.flusherAt;
  }

  /** Pages under way by their tag, in order; those that left memory are not among them. */
  int[] underWay() {
    int[] tags = new int[count];
    int n = 0;
    for (int i = 0; i < count; i++) {
      int at = (first + i) % queue.length;
      if (waits(queue[at], due[at])) {
        tags[n++] = queue[at];
      }
    }
    return Arrays.copyOf(tags, n);
  }

  private boolean waits(int tag, long written) {
    return pages.resident(tag)
        && pages.has(tag, LruPages.WRITEBACK)
        && pages.writtenAt(tag) == written;
  }

  /** Appends a page that is under way already: restore. */
  void load(int tag) {
    append(tag, pages.writtenAt(tag));
  }

  /** When the disk has done what it was handed so far. */
  long diskFreeAt() {
    return diskFreeAt;
  }

  /** When the flusher will begin, or a negative number if nobody has woken it. */
  long flusherAt() {
    return flusherAt;
  }

  /** Sets both: restore. */
  void loadTimes(long diskFree, long flusher) {
    diskFreeAt = diskFree;
    flusherAt = Math.max(flusher, ASLEEP);
  }

  /** Hands a page to the disk. */
  void write(int tag, long now) {
    diskFreeAt = Math.max(diskFreeAt, now) + (MICROS_PER_PAGE << pages.orderOf(tag));
    pages.set(tag, LruPages.WRITEBACK);
    pages.clear(tag, LruPages.DIRTY);
    pages.setWrittenAt(tag, diskFreeAt);
    append(tag, diskFreeAt);
  }

  private void append(int tag, long written) {
    if (count == queue.length) {
      grow();
    }
    int at = (first + count++) % queue.length;
    queue[at] = tag;
    due[at] = written;
    handed++;
  }

  private void grow() {
    int[] tags = new int[queue.length * 2];
    long[] times = Arrays.copyOf(due, tags.length);
    for (int i = 0; i < count; i++) {
      tags[i] = queue[(first + i) % queue.length];
      times[i] = due[(first + i) % queue.length];
    }
    queue = tags;
    due = times;
    first = 0;
  }

  /** Wakes the flusher if it sleeps and has anything to write; says whether it did. */
  boolean wakeFlusher(long now) {
    boolean wakes = flusherAt == ASLEEP && pages.dirtyPages() > 0;
    if (wakes) {
      flusherAt = now + FLUSHER_MICROS;
    }
    return wakes;
  }

  /** The flusher hands all dirty pages to the disk, those that reclaim comes to next first. */
  private void flush(long now) {
    flusherAt = ASLEEP;
    for (int node = 0; node < pages.nodes(); node++) {
      for (int list = LruList.INACTIVE_FILE; list <= LruList.ACTIVE_FILE; list++) {
        for (int tag = pages.last(node, list); tag != 0; tag = pages.before(tag)) {
          if (pages.has(tag, LruPages.DIRTY)) {
            write(tag, now);
          }
        }
      }
    }
  }

  /** How many pages were handed to the disk until now. */
  long handed() {
    return handed;
  }

  /** Completes what is on disk by now; pages that reclaim waits for become its next victims. */
  void settle(long now) {
    settle(now, handed);
  }

  /** As {@link #settle(long)}, of the first pages only that were {@link #handed} to the disk. */
  void settle(long now, long pagesHanded) {
    if (flusherAt != ASLEEP && flusherAt <= now) {
      flush(flusherAt);
    }
    while (count > 0 && handed - count < pagesHanded && due[first] <= now) {
      int tag = queue[first];
      long written = due[first];
      first = (first + 1) % queue.length;
      count--;
      if (!waits(tag, written)) {
        continue; // left memory meanwhile
      }
      pages.clear(tag, LruPages.WRITEBACK);
      events.count(VmEvent.NR_WRITTEN, 1L << pages.orderOf(tag));
      if (pages.has(tag, LruPages.IMMEDIATE)) {
        pages.clear(tag, LruPages.IMMEDIATE);
        pages.move(tag, LruList.inactive(LruList.isFile(pages.listOf(tag))), false);
      }
    }
  }

  /** When the last page will be on disk, those included that the flusher is woken for. */
  long idleAt() {
    return flusherAt == ASLEEP
        ? diskFreeAt
        : Math.max(diskFreeAt, flusherAt) + pages.dirtyPages() * MICROS_PER_PAGE;
  }
}
