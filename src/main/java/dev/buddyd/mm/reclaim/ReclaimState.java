package dev.buddyd.mm.reclaim;

import dev.buddyd.mm.zone.Zone;
import java.util.Objects;

/**
 * All there is to the reclaim of a machine, for those who write it down and load it again: lists in
 * their order, swap, pages under writeback, processes, deferrals, counts. Under the lock of {@link
 * MemoryReclaim}, or for its only user.
 */
public final class ReclaimState {

  /** Every flag of a page. */
  public static final int ALL_FLAGS =
      LruPages.REFERENCED
          | LruPages.DIRTY
          | LruPages.WRITEBACK
          | LruPages.IMMEDIATE
          | LruPages.SWAPCACHE;

  /** Flag of a file page that differs from what is on disk. */
  public static final int DIRTY_PAGE = LruPages.DIRTY;

  /** Flag of an anonymous page that has its slot in swap. */
  public static final int SWAP_CACHED = LruPages.SWAPCACHE;

  private final ReclaimParts parts;
  private final ReclaimSettings settings;

  ReclaimState(ReclaimParts parts, ReclaimSettings settings) {
    this.parts = parts;
    this.settings = settings;
  }

  /** Visits pages on a list. */
  @FunctionalInterface
  public interface PageVisitor {
    void visit(int tag, long pfn, int order, int owner, int flags, long writtenAtMicros);
  }

  public ReclaimSettings settings() {
    return settings;
  }

  // ---- pages

  /** Whether pages with this tag are on a list. */
  public boolean resident(int tag) {
    return parts.pages.resident(tag);
  }

  /** First frame of pages on a list. */
  public long pfn(int tag) {
    return parts.pages.pfnOf(tag);
  }

  /** Pages of a zone on a list, as they are counted. */
  public long pagesInZone(Zone zone, int list) {
    return parts.pages.pagesInZone(zone.ordinal(), list);
  }

  /** Pages of a zone: dirty, under writeback, in the swap cache; as they are counted. */
  public long[] flagged(Zone zone) {
    int z = zone.ordinal();
    return new long[] {
      parts.pages.dirtyPages(z), parts.pages.writebackPages(z), parts.pages.swapcachePages(z)
    };
  }

  /** 1 for each that pages on a list are: dirty, under writeback, in the swap cache. */
  public long[] flagsOf(int tag) {
    LruPages p = parts.pages;
    return new long[] {
      p.has(tag, LruPages.DIRTY) ? 1 : 0,
      p.has(tag, LruPages.WRITEBACK) ? 1 : 0,
      p.has(tag, LruPages.SWAPCACHE) ? 1 : 0
    };
  }

  /** Visits the pages of a node's list, the next victim first. */
  public void visit(int node, int list, PageVisitor visitor) {
    LruPages p = parts.pages;
    for (int tag = p.last(node, list); tag != 0; tag = p.before(tag)) {
      visitor.visit(
          tag, p.pfnOf(tag), p.orderOf(tag), p.ownerOf(tag), p.flagsOf(tag), p.writtenAt(tag));
    }
  }

  /**
   * Puts pages at the head of a list, before those placed there.
   *
   * @param zone that the pages lie in
   */
  public void place(
      Zone zone, int list, int tag, long pfn, int order, int owner, int flags, long writtenAt) {
    parts.pages.add(tag, zone, pfn, order, owner, list, (byte) flags);
    parts.pages.setWrittenAt(tag, writtenAt);
    if (LruList.isAnon(list)) {
      parts.processes.anonAdded(owner, 1L << order);
    }
    if ((flags & LruPages.SWAPCACHE) != 0) {
      parts.swap.take(1L << order);
    }
  }

  /** Tags of the pages under writeback, in the order in which the disk takes them. */
  public int[] underWay() {
    return parts.writeback.underWay();
  }

  /** Hands pages to the disk again that have their turn already. */
  public void writes(int tag) {
    parts.writeback.load(tag);
  }

  /** When pages are on disk, in virtual microseconds. */
  public long writtenAt(int tag) {
    return parts.pages.writtenAt(tag);
  }

  /** Whether pages on a list are under writeback. */
  public boolean underWriteback(int tag) {
    return parts.pages.has(tag, LruPages.WRITEBACK);
  }

  /** When the disk will have done what it was handed, in virtual microseconds. */
  public long diskIdleAt() {
    return parts.writeback.diskFreeAt();
  }

  /** When the flusher will hand the dirty pages over, or a negative number if it sleeps. */
  public long flusherAt() {
    return parts.writeback.flusherAt();
  }

  public void loadDisk(long idleAt, long flusherAt) {
    parts.writeback.loadTimes(idleAt, flusherAt);
  }

  // ---- swap and processes

  /** Slots in use. */
  public long swapUsed() {
    return parts.swap.slots() - parts.swap.free();
  }

  /** Slots that hold pages of nobody in this machine, for good. */
  public long swapForeign() {
    return parts.swap.foreign();
  }

  /**
   * Takes slots for pages of nobody in this machine, for good.
   *
   * @return false if there are not as many
   */
  public boolean loadSwapForeign(long pages) {
    return parts.swap.takeForeign(pages);
  }

  /** One past the largest number of a process. */
  public int processes() {
    return parts.processes.bound();
  }

  public boolean isProcess(int owner) {
    return parts.processes.isProcess(owner);
  }

  public int oomScoreAdj(int owner) {
    return parts.processes.adj(owner);
  }

  /** Whether the OOM killer took it, and nobody has used the name since. */
  public boolean killed(int owner) {
    return parts.processes.isReaped(owner);
  }

  /** The process that was killed and has yet to exit; below 0 for none. */
  public int dying() {
    return parts.oom.victim();
  }

  /**
   * Sets what {@link #dying} gave.
   *
   * @return false if it is no process that can have been killed
   */
  public boolean loadDying(int owner) {
    return parts.oom.load(owner);
  }

  /** Pages that a process has in memory, as they are counted. */
  public long rss(int owner) {
    return parts.processes.rss(owner);
  }

  /** Pages that a process has in swap. */
  public long inSwap(int owner) {
    return parts.processes.swap(owner);
  }

  /**
   * Makes an owner a process.
   *
   * @return false if its pages do not fit into swap
   */
  public boolean loadProcess(int owner, int oomScoreAdj, boolean killed, long inSwap) {
    if (!parts.swap.take(inSwap)) {
      return false;
    }
    parts.processes.load(owner, oomScoreAdj, killed, inSwap);
    return true;
  }

  // ---- compaction and counts

  /** Considered, shift and failed order of a zone. */
  public long[] deferral(Zone zone) {
    return parts.compaction.deferral().values(zone.ordinal());
  }

  /** Sets what {@link #deferral} gave. */
  public void loadDeferral(Zone zone, long[] values) {
    parts.compaction.deferral().load(zone.ordinal(), values);
  }

  /** When a node is looked at next for proactive compaction, in virtual microseconds. */
  public long nextProactive(int node) {
    return parts.compaction.nextProactive(node);
  }

  public void loadNextProactive(int node, long micros) {
    parts.compaction.setNextProactive(node, micros);
  }

  /** How often each {@link VmEvent} has happened. */
  public long[] events() {
    VmEvent[] all = VmEvent.values();
    long[] counts = new long[all.length];
    for (VmEvent event : all) {
      counts[event.ordinal()] = parts.events.get(event);
    }
    return counts;
  }

  public void loadEvents(long[] counts) {
    for (VmEvent event : VmEvent.values()) {
      parts.events.set(event, counts[event.ordinal()]);
    }
  }

  /** How many pages of each kind have come back so far. */
  public void loadRefaults(long anon, long file) {
    parts.events.set(VmEvent.WORKINGSET_REFAULT_ANON, anon);
    parts.events.set(VmEvent.WORKINGSET_REFAULT_FILE, file);
  }

  /** {@code allocstall_*} by zone index. */
  public long[] stalls() {
    long[] counts = new long[parts.events.zoneTypes()];
    for (int i = 0; i < counts.length; i++) {
      counts[i] = parts.events.allocstall(i);
    }
    return counts;
  }

  public void loadStalls(long[] counts) {
    for (int i = 0; i < counts.length; i++) {
      parts.events.setStalls(i, counts[i]);
    }
  }

  /** The zone of pages on a list. */
  public Zone zoneOf(int tag) {
    return Objects.requireNonNull(parts.memory.zone(parts.pages.zoneOf(tag)));
  }
}
