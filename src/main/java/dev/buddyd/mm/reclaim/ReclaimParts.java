package dev.buddyd.mm.reclaim;

import dev.buddyd.mm.trace.Trace;
import dev.buddyd.mm.zone.AllocationRequest;
import dev.buddyd.mm.zone.PhysicalMemory;
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
    this.scan = new PageScan(memory, pages, writeback, swap, processes, holders, events, clock);
    NodeScan nodes = new NodeScan(memory, pages, swap, scan, settings.multiGenerational());
    CompactionTest test = new CompactionTest(memory);
    this.direct = new DirectReclaim(memory, pages, nodes, writeback, test, events, clock);
    this.kswapd =
        new KswapdReclaim(pages, nodes, writeback, events, clock, settings.multiGenerational());
    this.compaction =
        new Compaction(memory, test, new Compactor(memory, pages, holders, events), events);
    this.oom = new OomKiller(memory, processes, swap, this, events);
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
    for (int tag = 1; tag < pages.bound(); tag++) {
      if (!pages.resident(tag)) {
        continue;
      }
      int list = pages.listOf(tag);
      boolean cache =
          (what & 1) != 0
              && LruList.isFile(list)
              && !pages.has(tag, (byte) (LruPages.DIRTY | LruPages.WRITEBACK));
      boolean slab = (what & 2) != 0 && list == LruList.SLAB;
      if ((cache || slab) && holders.leaves(tag, PageFate.DROPPED)) {
        freed += 1L << pages.orderOf(tag);
        scan.free(tag, memory.zone(pages.zoneOf(tag)), cpu, trace);
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

  // ---- OOM killer

  @Override
  public int asking(AllocationRequest request) {
    return holders.ownerAsking(request.tag());
  }

  @Override
  public long reap(int owner, int cpu, @Nullable Trace trace) {
    long freed = 0;
    long cached = 0;
    for (int tag = 1; tag < pages.bound(); tag++) {
      if (pages.resident(tag)
          && pages.ownerOf(tag) == owner
          && LruList.isAnon(pages.listOf(tag))
          && holders.leaves(tag, PageFate.KILLED)) {
        long size = 1L << pages.orderOf(tag);
        cached += pages.has(tag, LruPages.SWAPCACHE) ? size : 0;
        freed += size;
        scan.free(tag, memory.zone(pages.zoneOf(tag)), cpu, trace);
      }
    }
    holders.swapLost(owner);
    swap.release(cached + processes.swap(owner));
    return freed;
  }
}
