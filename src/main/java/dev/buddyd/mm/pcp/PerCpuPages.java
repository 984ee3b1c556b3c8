package dev.buddyd.mm.pcp;

import dev.buddyd.mm.frame.Geometry;
import dev.buddyd.mm.frame.MigrateType;
import dev.buddyd.mm.lock.SpinParkLock;
import org.jspecify.annotations.Nullable;

/**
 * The page set of one (CPU, zone): cached blocks by order and type, and the numbers that decide how
 * many come and go at once (spec 04). The lock of the set is the object's own; everything below
 * runs with it held unless said otherwise. All quantities are pages.
 */
public final class PerCpuPages extends SpinParkLock {

  private final Geometry geometry;
  private final int batchScaleMax;
  private final PcpList[] lists;

  private int count;
  private int high;
  private int lim;
  private int cap;
  private int batch = 1;

  /** The limit, where it lies between its bounds; else 0, as the next free moves it (P-35.1). */
  private int settledHigh;

  /** The batch times its largest scale, {@code CONFIG_PCP_BATCH_SCALE_MAX}. */
  private int scaledBatch;

  private int allocShift;
  private int freeRun;
  private boolean previousFreeHighOrder;
  private boolean keepBatch;
  private int expire;
  private boolean local = true;

  /** Statistics without what the lists count: past them, and before this machine was loaded. */
  private long pagesAllocated;

  private long pagesFreed;
  private long numaMiss;
  private long numaHit;
  private long numaOther;

  /** A fresh, disabled set (P-10). */
  public PerCpuPages(Geometry geometry, int cpu) {
    this.geometry = geometry;
    this.batchScaleMax = geometry.batchScaleMax();
    this.lists = new PcpList[geometry.pcpLists()];
    this.scaledBatch = batch << batchScaleMax;
    for (int i = 0; i < lists.length; i++) {
      lists[i] = new PcpList(this, i, geometry.pcpOrderOf(i), cpu);
    }
  }

  /** An independent set in the same state. */
  public PerCpuPages(PerCpuPages origin) {
    this.geometry = origin.geometry;
    this.batchScaleMax = origin.batchScaleMax;
    this.lists = new PcpList[origin.lists.length];
    for (int i = 0; i < lists.length; i++) {
      lists[i] = new PcpList(this, origin.lists[i]);
    }
    this.count = origin.count;
    this.high = origin.high;
    this.settledHigh = origin.settledHigh;
    this.lim = origin.lim;
    this.cap = origin.cap;
    this.batch = origin.batch;
    this.scaledBatch = origin.scaledBatch;
    this.allocShift = origin.allocShift;
    this.freeRun = origin.freeRun;
    this.previousFreeHighOrder = origin.previousFreeHighOrder;
    this.keepBatch = origin.keepBatch;
    this.expire = origin.expire;
    this.local = origin.local;
    this.pagesAllocated = origin.pagesAllocated;
    this.pagesFreed = origin.pagesFreed;
    this.numaMiss = origin.numaMiss;
    this.numaHit = origin.numaHit;
    this.numaOther = origin.numaOther;
  }

  // ---- lists

  /**
   * The list that serves and takes in blocks of an order and a type; null if they go to the buddy
   * lists at once. Needs no lock.
   */
  public @Nullable PcpList listOf(int order, int type) {
    if (!geometry.cachedOrder(order) || type == geometry.isolateType()) { // B-23, P-31
      return null;
    }
    int cached = MigrateType.ordinary(type) ? type : MigrateType.MOVABLE; // P-31, B-72, B-82
    return lists[geometry.pcpListOf(order, cached)];
  }

  /** Pages on all lists (P-2). */
  public int count() {
    return count;
  }

  public int lists() {
    return lists.length;
  }

  /** One list, by its number (P-1). */
  public PcpList list(int list) {
    return lists[list];
  }

  /** Blocks on one list. */
  public int size(int list) {
    return lists[list].size();
  }

  /** The block {@code i} places behind the head of a list. */
  public int get(int list, int i) {
    return lists[list].get(i);
  }

  /** Takes the head of a list of this set that is not empty for a request (P-20.5, B-61). */
  public int pop(PcpList list) {
    count -= list.pages();
    return list.take();
  }

  /** Freed blocks go to the head (P-33.2). */
  public void push(PcpList list, int index) {
    list.addFirst(index);
    count += list.pages();
  }

  /** A block goes to the tail. */
  public void append(PcpList list, int index) {
    append(list, index, 1);
  }

  /** Refilled blocks, which lie behind each other, go to the tail one by one (P-20.3). */
  public void append(PcpList list, int index, int blocks) {
    list.addLast(index, blocks);
    count += blocks << list.order();
  }

  /** Drains take from the tail of a list that has as many blocks (P-40). */
  public void takeLast(PcpList list, int blocks) {
    count -= blocks << list.order();
    list.removeLast(blocks);
  }

  // ---- tuning

  /** An allocation is under way: the run of frees halves (P-20.2). */
  public void noteAllocation() {
    freeRun >>= 1;
  }

  /**
   * How many blocks to refill (P-21).
   *
   * @param belowHigh the zone's BELOWHIGH flag
   */
  public int refillBlocks(int order, boolean belowHigh) {
    setHigh(clamp(high, lim, cap)); // P-21.1
    if (high < batch) { // P-21.2
      return 1;
    }
    int blocks = order > 0 ? batch : batch << allocShift; // P-21.3
    if (lim != cap && !belowHigh) { // P-21.4
      setHigh(Math.min(high + blocks, cap));
    }
    if (order == 0) { // P-21.5
      int room = Math.max(high - count - batch, batch);
      if (blocks <= room && allocShift < batchScaleMax) {
        allocShift++;
      }
      blocks = Math.min(blocks, room);
    }
    if (blocks > 1) { // P-21.6
      blocks = Math.max(blocks >> order, 2);
    }
    return blocks;
  }

  /**
   * Takes a freed block in (B-26, P-33, steps 1 to 4).
   *
   * @return whether the set is to be flushed: {@link #pagesToDrain} says how far
   */
  public boolean free(PcpList list, int index) {
    list.countGiven(); // B-26
    allocShift >>= 1; // P-33.1
    push(list, index); // P-33.2
    int run = freeRun;
    freeRun = run < scaledBatch ? run + list.pages() : run; // P-33.4
    if (!list.ofMiddleOrder()) { // P-33.3
      previousFreeHighOrder = false;
      return false;
    }
    boolean flushHigh = run >= batch && previousFreeHighOrder && (!keepBatch || count >= batch);
    previousFreeHighOrder = true;
    return flushHigh;
  }

  /** Whether a free has to ask for {@link #pagesToDrain}, though nothing presses. */
  public boolean isFull() {
    return count >= settledHigh;
  }

  /**
   * How many pages a free has to drain, starting at its list; 0 for none (P-33, steps 5 and 6).
   *
   * @param belowHigh the zone's BELOWHIGH flag
   * @param reclaiming the zone's flag RECLAIMING
   */
  public int pagesToDrain(boolean flushHigh, boolean belowHigh, boolean reclaiming) {
    setHigh(clamp(high, lim, cap)); // P-35.1
    int limit = limitForFree(flushHigh, belowHigh, reclaiming); // P-33.5
    if (count < limit) { // P-33.6
      return 0;
    }
    return pagesToDrain(limit, flushHigh);
  }

  /** P-35. */
  private int limitForFree(boolean flushHigh, boolean belowHigh, boolean reclaiming) {
    int before = high;
    if (before == 0) {
      return 0;
    }
    if (flushHigh) { // P-35.2
      setHigh(Math.max(high - scaledBatch, lim));
      return 0;
    }
    if (reclaiming) { // P-35.3
      setHigh(Math.max(high - Math.max(freeRun, batch), lim));
      return Math.min(batch << 2, high);
    }
    if (lim == cap) { // P-35.4
      return before;
    }
    if (belowHigh) { // P-35.5
      setHigh(Math.max(high - Math.max(freeRun, batch), lim));
      return Math.max(count, lim);
    }
    if (count >= before) { // P-35.6: the old limit is returned
      int need = freeRun + batch;
      if (before < need) {
        setHigh(clamp(need, lim, cap));
      }
    }
    return before; // P-35.7
  }

  /** P-36. */
  private int pagesToDrain(int limit, boolean flushHigh) {
    if (flushHigh) {
      return Math.min(count, scaledBatch);
    }
    if (limit < batch) {
      return 1;
    }
    int most = limit - batch;
    if (freeRun >= most) {
      return most;
    }
    return Math.max(freeRun, batch);
  }

  /** Decay of the limit by the periodic tick (P-42.2); returns the pages above it (P-42.3). */
  public int decayHigh() {
    if (high > lim) {
      setHigh(Math.max(Math.max(count - scaledBatch, high - (high >> 3)), lim));
    }
    return count - high;
  }

  private void setHigh(int pages) {
    high = pages;
    settledHigh = pages == clamp(pages, lim, cap) ? pages : 0;
  }

  private static int clamp(int value, int low, int high) {
    return Math.min(Math.max(value, low), high);
  }

  /** Sets batch and limits; the current limit is not touched (P-8, P-9). */
  public void resize(int batch, int lim, int cap) {
    this.batch = batch;
    this.scaledBatch = batch << batchScaleMax;
    this.lim = lim;
    this.cap = cap;
    setHigh(high);
  }

  public int high() {
    return high;
  }

  public int lim() {
    return lim;
  }

  public int cap() {
    return cap;
  }

  public int batch() {
    return batch;
  }

  public int allocShift() {
    return allocShift;
  }

  public int freeRun() {
    return freeRun;
  }

  public int expire() {
    return expire;
  }

  public void setExpire(int expire) {
    this.expire = expire;
  }

  /** PREVHI in bit 0, KEEPBATCH in bit 1 (spec 00). */
  public int flags() {
    return (previousFreeHighOrder ? 1 : 0) | (keepBatch ? 2 : 0);
  }

  /** Sets the tuning state outright: boot and restore. */
  public void load(int high, int allocShift, int freeRun, int flags, int expire) {
    setHigh(high);
    this.allocShift = allocShift;
    this.freeRun = freeRun;
    this.previousFreeHighOrder = (flags & 1) != 0;
    this.keepBatch = (flags & 2) != 0;
    this.expire = expire;
  }

  // ---- statistics of this CPU in this zone

  /** Whether the CPU belongs to the zone's node. */
  public boolean isLocal() {
    return local;
  }

  public void setLocal(boolean local) {
    long other = numaOther();
    this.local = local;
    numaOther += other - numaOther();
  }

  /** Pages handed out to callers (B-61). */
  public long pagesAllocated() {
    long sum = pagesAllocated;
    for (PcpList list : lists) {
      sum += list.taken() << list.order();
    }
    return sum;
  }

  /** Pages given back by callers (B-26). */
  public long pagesFreed() {
    long sum = pagesFreed;
    for (PcpList list : lists) {
      sum += list.given() << list.order();
    }
    return sum;
  }

  /** Counts a block that a request got past the lists (B-61). */
  public void countAllocated(int pages) {
    pagesAllocated += pages;
    numaHit++;
  }

  /** The block counted last is not of the preferred node (F-16). */
  public void countMiss() {
    numaHit--;
    numaMiss++;
  }

  public void countFreed(int pages) {
    pagesFreed += pages;
  }

  /** Requests that got a page of the node they preferred: all but the missed ones (F-16). */
  public long numaHit() {
    long sum = numaHit;
    for (PcpList list : lists) {
      sum += list.taken();
    }
    return sum;
  }

  public long numaMiss() {
    return numaMiss;
  }

  /** Requests served for CPUs of other nodes: all of a set or none (F-16). */
  public long numaOther() {
    return local ? numaOther : numaOther + numaHit() + numaMiss;
  }

  /** Requests served on the CPU's own node. */
  public long numaLocal() {
    return numaHit() + numaMiss - numaOther();
  }

  /** Sets the statistics outright: restore. */
  public void loadStatistics(
      long pagesAllocated, long pagesFreed, long numaHit, long numaMiss, long numaOther) {
    this.pagesAllocated += pagesAllocated - pagesAllocated();
    this.pagesFreed += pagesFreed - pagesFreed();
    this.numaHit += numaHit - numaHit();
    this.numaMiss = numaMiss;
    this.numaOther += numaOther - numaOther();
  }
}
