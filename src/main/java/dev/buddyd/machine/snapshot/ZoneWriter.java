package dev.buddyd.machine.snapshot;

import static dev.buddyd.mm.frame.FrameTable.NIL;

import dev.buddyd.machine.AllocationTable;
import dev.buddyd.machine.Holder;
import dev.buddyd.mm.buddy.FreeCounter;
import dev.buddyd.mm.frame.FrameTable;
import dev.buddyd.mm.frame.Geometry;
import dev.buddyd.mm.frame.MemoryRanges;
import dev.buddyd.mm.pcp.PerCpuPages;
import dev.buddyd.mm.zone.Watermarks;
import dev.buddyd.mm.zone.Zone;
import dev.buddyd.mm.zone.ZoneStatistics;

/** Writes one zone: ranges, numbers, lists in their order, sets, and who holds what. */
final class ZoneWriter {

  private final Zone zone;
  private final FrameTable frames;
  private final Geometry geometry;
  private final AllocationTable allocations;
  private final SnapshotText out;

  ZoneWriter(Zone zone, AllocationTable allocations, SnapshotText out) {
    this.zone = zone;
    this.frames = zone.frames();
    this.geometry = zone.geometry();
    this.allocations = allocations;
    this.out = out;
  }

  void write() {
    out.line().object();
    out.number("node", zone.node()).number("index", zone.index());
    out.name("name").text(zone.name());
    ranges("holes", zone.holes());
    ranges("reserved", zone.reserved());
    numbers();
    counters();
    pageblocks();
    freeLists();
    out.line().name("sets").array();
    for (int cpu = 0; cpu < zone.cpus(); cpu++) {
      set(zone.set(cpu));
    }
    out.endArray();
    inUse();
    blocks();
    exactRanges();
    out.endObject();
  }

  private void ranges(String name, MemoryRanges ranges) {
    out.line().name(name).array();
    for (int i = 0; i < ranges.count(); i++) {
      out.numbers(ranges.start(i), ranges.end(i) - ranges.start(i));
    }
    out.endArray();
  }

  private void numbers() {
    Watermarks marks = zone.watermarks();
    out.line().number("managed_pages", zone.managedPages());
    out.line()
        .name("watermarks")
        .numbers(
            marks.stored(Watermarks.MIN),
            marks.stored(Watermarks.LOW),
            marks.stored(Watermarks.HIGH),
            marks.stored(Watermarks.PROMO));
    out.line().number("boost_pages", marks.boost());
    out.line().number("flags", zone.flags().bits());
    out.line().name("lowmem_reserve").array();
    for (int i = 0; i < zone.lowmemReserves(); i++) {
      out.number(zone.lowmemReserve(i));
    }
    out.endArray();
    out.line().number("drift_mark_pages", zone.driftMark());
    out.line().number("reserved_highatomic_pages", zone.highAtomic().reservedPages());
    out.line().name("pageset").object();
    out.number("batch", zone.pagesetBatch());
    out.number("lim", zone.pagesetLim());
    out.number("cap", zone.pagesetCap());
    out.endObject();
  }

  private void counters() {
    FreeCounter counter = zone.counter();
    out.line().number("free_counter", counter.stored());
    out.line().name("remainders").array();
    for (int cpu = 0; cpu < zone.cpus(); cpu++) {
      out.number(counter.remainder(cpu));
    }
    out.endArray().line().name("thresholds").array();
    for (int cpu = 0; cpu < zone.cpus(); cpu++) {
      out.number(counter.threshold(cpu));
    }
    out.endArray();
    ZoneStatistics statistics = zone.statistics();
    out.line().name("numa_events").array();
    for (int event = 0; event < ZoneStatistics.NUMA_EVENTS; event++) {
      long counted = event == Snapshots.NUMA_FOREIGN ? zone.numaForeign() : 0;
      out.number(statistics.numaBase(event) + counted);
    }
    out.endArray().line().name("other_counters").numbers(statistics.counters());
    out.line().name("other_remainders").array();
    for (int cpu = 0; cpu < zone.cpus(); cpu++) {
      out.array();
      for (int remainder : statistics.remainders(cpu)) {
        out.number(remainder);
      }
      out.endArray();
    }
    out.endArray();
  }

  private void pageblocks() {
    int step = geometry.pageblockPages();
    out.line().name("pageblocks").array();
    for (int i = 0; i < frames.endIndex(); ) {
      int type = frames.typeOf(i);
      int blocks = 0;
      while (i < frames.endIndex() && frames.typeOf(i) == type) {
        blocks++;
        i += step;
      }
      out.numbers(type, blocks);
    }
    out.endArray();
  }

  private void freeLists() {
    out.line().name("free_lists").array();
    for (int order = 0; order <= geometry.maxOrder(); order++) {
      for (int type = 0; type < geometry.migrateTypes(); type++) {
        int left = zone.lists().count(order, type);
        if (left > 0) {
          out.line().object().number("order", order).number("type", type);
          out.name("pfns").array();
          int index = zone.lists().first(order, type);
          for (; left > 0 && index != NIL; left--) {
            out.number(frames.pfn(index));
            index = frames.nextOf(index, order);
          }
          out.endArray().endObject();
        }
      }
    }
    out.endArray();
  }

  private void set(PerCpuPages set) {
    out.line().object();
    out.number("count", set.count()).number("high", set.high());
    out.number("alloc_shift", set.allocShift()).number("free_run", set.freeRun());
    out.number("flags", set.flags()).number("expire", set.expire());
    out.number("pages_allocated", set.pagesAllocated()).number("pages_freed", set.pagesFreed());
    out.number("numa_hit", set.numaHit()).number("numa_miss", set.numaMiss());
    out.number("numa_other", set.numaOther());
    out.name("lists").array();
    for (int list = 0; list < set.lists(); list++) {
      if (set.size(list) > 0) {
        out.line().object().number("list", list).name("pfns").array();
        for (int i = 0; i < set.size(list); i++) {
          out.number(frames.pfn(set.get(list, i)));
        }
        out.endArray().endObject();
      }
    }
    out.endArray().endObject();
  }

  // ---- frames in use

  /** The first head at an index or behind it, of any state but free; the end if there is none. */
  private int nextHead(int from) {
    int section = 1 << geometry.maxOrder();
    int index = from;
    while (index < frames.endIndex()) {
      if (!frames.isTouched(index)) {
        index = (index & -section) + section;
      } else {
        int state = frames.stateOf(index);
        if (state == FrameTable.ALLOCATED || state == FrameTable.IN_USE) {
          return index;
        }
        index += state == FrameTable.NONE ? 1 : 1 << frames.orderOf(index);
      }
    }
    return frames.endIndex();
  }

  /** Frames whose blocks are not known, run-length. */
  private void inUse() {
    out.line().name("in_use").array();
    int index = nextHead(frames.firstIndex());
    while (index < frames.endIndex()) {
      if (frames.stateOf(index) == FrameTable.IN_USE) {
        int start = index;
        boolean movable = frames.isMovable(start);
        while (index < frames.endIndex()
            && frames.stateOf(index) == FrameTable.IN_USE
            && frames.isMovable(index) == movable) {
          index++;
        }
        out.line().numbers(frames.pfn(start), index - start, movable ? 1 : 0);
      } else {
        index += 1 << frames.orderOf(index);
      }
      index = nextHead(index);
    }
    out.endArray();
  }

  private void blocks() {
    out.line().name("blocks").array();
    int index = nextHead(frames.firstIndex());
    while (index < frames.endIndex()) {
      int order = frames.orderOf(index);
      if (frames.stateOf(index) == FrameTable.ALLOCATED) {
        Holder holder = holder(index);
        if (holder.pages() == 1 << order) {
          row(index, order, holder);
        }
      }
      index = nextHead(index + (1 << order));
    }
    out.endArray();
  }

  /** Allocations of frames that are blocks of their own (B-92). */
  private void exactRanges() {
    out.line().name("exact").array();
    int index = nextHead(frames.firstIndex());
    while (index < frames.endIndex()) {
      int next = index + (1 << frames.orderOf(index));
      if (frames.stateOf(index) == FrameTable.ALLOCATED) {
        Holder holder = holder(index);
        if (holder.pages() != 1 << frames.orderOf(index) && holder.pfn() == frames.pfn(index)) {
          row(index, holder.pages(), holder);
          next = index + holder.pages();
        }
      }
      index = nextHead(next);
    }
    out.endArray();
  }

  private Holder holder(int index) {
    Holder holder = allocations.holder(frames.word1(index));
    if (holder == null) {
      throw new IllegalStateException("nobody holds pfn " + frames.pfn(index));
    }
    return holder;
  }

  private void row(int index, int size, Holder holder) {
    int flags =
        (frames.isMovable(index) ? Snapshots.MOVABLE : 0)
            | (frames.isCompound(index) ? Snapshots.COMPOUND : 0)
            | allocations.movesOf(holder.slot()) << Snapshots.MOVES_SHIFT;
    out.line()
        .numbers(
            frames.pfn(index),
            size,
            frames.word0(index) & 0xffff_ffffL,
            frames.useOf(index),
            flags,
            holder.cpu(),
            holder.owner(),
            holder.sequence());
  }
}
