package dev.buddyd.mm.reclaim;

import dev.buddyd.mm.trace.Trace;
import dev.buddyd.mm.zone.AllocationRequest;
import dev.buddyd.mm.zone.Node;
import dev.buddyd.mm.zone.PhysicalMemory;
import dev.buddyd.mm.zone.Zone;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What {@link MemoryReclaim} consists of once there is a machine, and what touches several of them.
 * Under its lock.
 */
final class ReclaimParts implements OomKiller.Victims {

  final PhysicalMemory memory;
  final LruPages pages;
  final VmEvents events;
  final SwapSpace swap;
  final Processes processes = new Processes();
  final Writeback writeback;
  final DirectReclaim direct;
  final KswapdReclaim kswapd;
  final Compaction compaction;
  final OomKiller oom;
  final NodeReclaim node;
  private final PageScan scan;
  private final PageHolders holders;

  ReclaimParts(
      PhysicalMemory memory, ReclaimSettings settings, VirtualClock clock, PageHolders holders) {
    this.memory = memory;
    this.holders = holders;
    this.pages = new LruPages(memory);
    this.events = new VmEvents(memory.geometry().zoneKinds().size());
    this.swap = new SwapSpace(settings.swapPages());
    this.writeback = new Writeback(pages, events);
    boolean generations = settings.multiGenerational();
    this.scan =
        new PageScan(
            memory, pages, writeback, swap, processes, holders, events, clock, generations);
    CompactionSuitability suitability = new CompactionSuitability(memory);
    NodeScan nodes = new NodeScan(memory, pages, swap, scan, suitability, events, generations);
    DiskWait disk = new DiskWait(pages, writeback, clock);
    this.direct = new DirectReclaim(memory, pages, nodes, disk, suitability, events);
    this.node = new NodeReclaim(memory, pages, nodes, events);
    this.kswapd = new KswapdReclaim(pages, nodes, disk, events, generations);
    this.compaction =
        new Compaction(memory, suitability, new Compactor(memory, pages, holders, events), events);
    this.oom = new OomKiller(memory, processes, swap, this, events);
  }

  /** Becomes a copy of another machine's reclaim of the same shape. */
  void copy(ReclaimParts origin) {
    pages.copy(origin.pages);
    events.copy(origin.events);
    swap.copy(origin.swap);
    processes.copy(origin.processes);
    writeback.copy(origin.writeback);
    compaction.copy(origin.compaction);
    oom.copy(origin.oom);
  }

  /** Pages come into memory. */
  void add(int tag, long pfn, int order, int use, int owner, boolean dirty) {
    int list =
        switch (use) {
          case AllocationRequest.SLAB -> LruList.SLAB;
          case AllocationRequest.FILE -> LruList.INACTIVE_FILE;
          default -> LruList.INACTIVE_ANON;
        };
    boolean isDirty = dirty && use == AllocationRequest.FILE;
    Zone zone = Objects.requireNonNull(memory.zoneOfFrame(pfn));
    pages.add(tag, zone, pfn, order, owner, list, isDirty ? LruPages.DIRTY : 0);
    if (isDirty) {
      events.count(VmEvent.NR_DIRTIED, 1L << order);
    }
    if (use == AllocationRequest.ANON) {
      processes.anonAdded(owner, 1L << order);
    }
  }

  /** Pages that reclaim had taken come back. */
  void faultedIn(int owner, long size, boolean fromSwap) {
    events.count(VmEvent.PGFAULT, 1);
    events.count(VmEvent.PGMAJFAULT, 1);
    if (fromSwap) {
      events.count(VmEvent.PSWPIN, size);
      swapReleased(owner, size);
    }
    events.count(
        fromSwap ? VmEvent.WORKINGSET_REFAULT_ANON : VmEvent.WORKINGSET_REFAULT_FILE, size);
  }

  /** Pages in swap are not wanted there any more. */
  void swapReleased(int owner, long slots) {
    swap.release(slots);
    processes.swapReleased(owner, slots);
  }

  /** Pages leave their list because their holder gives them back. */
  boolean forget(int tag) {
    if (!pages.resident(tag)) {
      return false;
    }
    long size = 1L << pages.orderOf(tag);
    if (LruList.isAnon(pages.listOf(tag))) {
      if (pages.has(tag, LruPages.SWAPCACHE)) {
        swap.release(size);
      }
      processes.anonRemoved(pages.ownerOf(tag), size);
    }
    pages.remove(tag);
    return true;
  }

  boolean touch(int tag, boolean write) {
    if (!pages.resident(tag)) {
      return false;
    }
    int list = pages.listOf(tag);
    long size = 1L << pages.orderOf(tag);
    if (list == LruList.INACTIVE_FILE && pages.has(tag, LruPages.REFERENCED)) {
      pages.clear(tag, LruPages.REFERENCED);
      pages.move(tag, LruList.ACTIVE_FILE, true);
      events.count(VmEvent.PGACTIVATE, size);
    } else {
      pages.set(tag, LruPages.REFERENCED);
    }
    if (write && LruList.isFile(list) && !pages.has(tag, LruPages.DIRTY)) {
      pages.set(tag, LruPages.DIRTY);
      events.count(VmEvent.NR_DIRTIED, size);
    }
    if (write && LruList.isAnon(list) && pages.has(tag, LruPages.SWAPCACHE)) {
      pages.clear(tag, (byte) (LruPages.SWAPCACHE | LruPages.WRITEBACK | LruPages.IMMEDIATE));
      swap.release(size);
    }
    return true;
  }

  long dropCaches(int what, int cpu, @Nullable Trace trace) {
    long freed = 0;
    for (Node node : memory.nodes()) {
      if ((what & 1) != 0) {
        freed += drop(node.id(), LruList.INACTIVE_FILE, cpu, trace);
        freed += drop(node.id(), LruList.ACTIVE_FILE, cpu, trace);
      }
      if ((what & 2) != 0) {
        freed += drop(node.id(), LruList.SLAB, cpu, trace);
      }
    }
    if ((what & 1) != 0) {
      events.count(VmEvent.DROP_PAGECACHE, 1);
    }
    if ((what & 2) != 0) {
      events.count(VmEvent.DROP_SLAB, 1);
    }
    return freed;
  }

  /** Pages moved. */
  long compactNode(int node, int cpu, @Nullable Trace trace) {
    long before = events.get(VmEvent.PGMIGRATE_SUCCESS);
    for (Zone zone : memory.node(node).zones()) {
      compaction.whole(zone, cpu, trace);
    }
    return events.get(VmEvent.PGMIGRATE_SUCCESS) - before;
  }

  MemoryReclaim.@Nullable PageState page(int tag) {
    return pages.resident(tag)
        ? new MemoryReclaim.PageState(
            pages.listOf(tag),
            pages.has(tag, LruPages.REFERENCED),
            pages.has(tag, LruPages.DIRTY),
            pages.has(tag, LruPages.WRITEBACK),
            pages.has(tag, LruPages.SWAPCACHE))
        : null;
  }

  ProcessState process(int owner) {
    boolean killable = processes.killable(owner);
    long badness = processes.badness(owner, oom.totalPages());
    return new ProcessState(
        processes.isProcess(owner),
        killable,
        processes.isReaped(owner),
        processes.adj(owner),
        processes.rss(owner),
        processes.swap(owner),
        killable ? OomScore.of(badness, oom.totalPages()) : 0);
  }

  /** Drops what is clean of a list, oldest first. */
  private long drop(int node, int list, int cpu, @Nullable Trace trace) {
    long freed = 0;
    int tag = pages.last(node, list);
    while (tag != 0) {
      int olderNeighbour = pages.before(tag);
      if (!pages.has(tag, (byte) (LruPages.DIRTY | LruPages.WRITEBACK))
          && holders.leaves(tag, PageFate.DROPPED)) {
        freed += 1L << pages.orderOf(tag);
        scan.free(tag, memory.zone(pages.zoneOf(tag)), cpu, trace);
      }
      tag = olderNeighbour;
    }
    return freed;
  }

  // ---- OOM killer

  @Override
  public int asking(AllocationRequest request) {
    return holders.ownerAsking(request.tag());
  }

  @Override
  public void killing(OomKill kill) {
    holders.killing(kill, ReclaimCounts.of(this));
  }

  @Override
  public boolean exits(int owner, int cpu, @Nullable Trace trace) {
    long rss = processes.rss(owner);
    for (Node node : memory.nodes()) {
      reap(owner, node.id(), LruList.INACTIVE_ANON, cpu, trace);
      reap(owner, node.id(), LruList.ACTIVE_ANON, cpu, trace);
    }
    boolean done = holders.exitGoesOn();
    long slots = processes.swap(owner);
    if (done) {
      holders.swapLost(owner);
    } else { // its pages in memory and in swap lie mixed
      slots = slots * (rss - processes.rss(owner)) / Math.max(rss, 1);
    }
    swap.release(slots);
    processes.swapReleased(owner, slots);
    return done;
  }

  /** Frees what a process has on a list, oldest first, as far as it comes. */
  private void reap(int owner, int node, int list, int cpu, @Nullable Trace trace) {
    int tag = pages.last(node, list);
    while (tag != 0 && holders.exitGoesOn()) {
      int olderNeighbour = pages.before(tag);
      if (pages.ownerOf(tag) == owner && holders.leaves(tag, PageFate.KILLED)) {
        long size = 1L << pages.orderOf(tag);
        if (pages.has(tag, LruPages.SWAPCACHE)) {
          swap.release(size);
        }
        processes.anonRemoved(owner, size);
        scan.free(tag, memory.zone(pages.zoneOf(tag)), cpu, trace);
      }
      tag = olderNeighbour;
    }
  }
}
