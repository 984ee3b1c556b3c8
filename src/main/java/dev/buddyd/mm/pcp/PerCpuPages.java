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

  /** The batch times its largest scale, {@code CONFIG_PCP_BATCH_SCALE_MAX}. */
  private int scaledBatch;

  private int allocShift;
  private int freeRun;
  private boolean previousFreeHighOrder;
  private boolean keepBatch;
  private int expire;
  private boolean local = true;

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
    pagesAllocated += list.pages();
    return list.removeFirst();
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
    high = clamp(high, lim, cap); // P-21.1
    if (high < batch) { // P-21.2
      return 1;
    }
    int blocks = order > 0 ? batch : batch << allocShift; // P-21.3
    if (lim != cap && !belowHigh) { // P-21.4
      high = Math.min(high + blocks, cap);
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
   * Takes a freed block in (B-26, P-33, steps 1 to 5).
   *
   * @return how many pages the caller has to drain now, starting at this list; 0 for none (P-36)
   */
  public int free(PcpList list, int index, boolean belowHigh, boolean reclaiming) {
    int order = list.order();
    countFreed(list.pages()); // B-26
    allocShift >>= 1; // P-33.1
    push(list, index); // P-33.2
    boolean flushHigh = false;
    if (order > 0 && order <= Geometry.COSTLY_ORDER) { // P-33.3
      flushHigh = freeRun >= batch && previousFreeHighOrder && (!keepBatch || count >= batch);
      previousFreeHighOrder = true;
    } else {
      previousFreeHighOrder = false;
    }
    if (freeRun < scaledBatch) { // P-33.4
      freeRun += list.pages();
    }
    high = clamp(high, lim, cap); // P-35.1
    if (count < high && !flushHigh && !belowHigh && !reclaiming) { // P-35.4, P-35.7: mostly
      return 0; // P-33.6
    }
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
      high = Math.max(high - scaledBatch, lim);
      return 0;
    }
    if (reclaiming) { // P-35.3
      high = Math.max(high - Math.max(freeRun, batch), lim);
      return Math.min(batch << 2, high);
    }
    if (lim == cap) { // P-35.4
      return before;
    }
    if (belowHigh) { // P-35.5
      high = Math.max(high - Math.max(freeRun, batch), lim);
      return Math.max(count, lim);
    }
    if (count >= before) { // P-35.6: the old limit is returned
      int need = freeRun + batch;
      if (before < need) {
        high = clamp(need, lim, cap);
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
      high = Math.max(Math.max(count - scaledBatch, high - (high >> 3)), lim);
    }
    return count - high;
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
    this.high = high;
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
    this.local = local;
  }

  /** Pages handed out to callers (B-61). */
  public long pagesAllocated() {
    return pagesAllocated;
  }

  /** Pages given back by callers (B-26). */
  public long pagesFreed() {
    return pagesFreed;
  }

  /** Counts pages that a request got past the lists (B-61). */
  public void countAllocated(int pages) {
    pagesAllocated += pages;
  }

  /**
   * Counts a successful request for the zone of its page (F-16).
   *
   * @param hit whether the zone's node was the preferred one
   */
  public void countPlace(boolean hit) {
    if (hit) {
      numaHit++;
    } else {
      numaMiss++;
    }
    if (!local) {
      numaOther++;
    }
  }

  public void countFreed(int pages) {
    pagesFreed += pages;
  }

  public long numaHit() {
    return numaHit;
  }

  public long numaMiss() {
    return numaMiss;
  }

  public long numaOther() {
    return numaOther;
  }

  /** Requests served on the CPU's own node. */
  public long numaLocal() {
    return numaHit + numaMiss - numaOther;
  }

  /** Sets the statistics outright: restore. */
  public void loadStatistics(
      long pagesAllocated, long pagesFreed, long numaHit, long numaMiss, long numaOther) {
    this.pagesAllocated = pagesAllocated;
    this.pagesFreed = pagesFreed;
    this.numaHit = numaHit;
    this.numaMiss = numaMiss;
    this.numaOther = numaOther;
  }
}
