package dev.buddyd.mm;

import dev.buddyd.mm.frame.FrameTable;
import dev.buddyd.mm.frame.Geometry;
import dev.buddyd.mm.frame.MemoryRanges;
import dev.buddyd.mm.frame.MigrateType;
import dev.buddyd.mm.zone.Zone;

/**
 * The frames of one zone, section by section: every managed frame in exactly one block, no block
 * over another, a hole or a reserved frame, no free buddies left apart.
 */
final class FrameCheck {

  private final Zone zone;
  private final FrameTable frames;
  private final Geometry geometry;
  private final FreeListCheck lists;
  private final Findings findings;
  private final MemoryRanges holes;
  private final MemoryRanges reserved;
  private final long[] freeHeads;
  private final int[][] cachedHeads;
  private final long[] pageblocksByType;
  private final boolean mayHoldUnmergedPairs;
  private long cachedPages;
  private long usedPages;

  FrameCheck(Zone zone, FreeListCheck lists, Findings findings) {
    this.zone = zone;
    this.frames = zone.frames();
    this.geometry = zone.geometry();
    this.lists = lists;
    this.findings = findings;
    this.holes = zone.holes();
    this.reserved = zone.reserved();
    this.freeHeads = new long[geometry.maxOrder() + 1];
    this.cachedHeads = new int[zone.cpus()][geometry.pcpLists()];
    this.pageblocksByType = new long[geometry.migrateTypes()];
    // B-71 retypes a free HIGHATOMIC block where it is, without merging it with its buddy
    this.mayHoldUnmergedPairs = zone.managedPages() / 100 >= geometry.pageblockPages();
  }

  void check() {
    int sectionPages = 1 << geometry.maxOrder();
    for (int start = 0; start < frames.endIndex() && !findings.full(); start += sectionPages) {
      if (frames.isTopFree(start)) {
        topBlock(start);
      } else if (frames.isTouched(start)) {
        section(start, start + sectionPages);
      } else {
        untouched(start, start + sectionPages);
      }
    }
    for (int order = 0; order <= geometry.maxOrder(); order++) {
      if (freeHeads[order] != lists.blocks(order)) {
        findings.zone(
            "B-2",
            zone,
            "%d frames are marked as free blocks of order %d, the lists hold %d",
            freeHeads[order],
            order,
            lists.blocks(order));
      }
    }
    pageblocks();
  }

  /** Pages in blocks that are marked as being on a per-CPU list. */
  long cachedPages() {
    return cachedPages;
  }

  /** Blocks that are marked as being on a list of a CPU's set. */
  int cachedHeads(int cpu, int list) {
    return cachedHeads[cpu][list];
  }

  /** Pages in blocks that somebody holds. */
  long usedPages() {
    return usedPages;
  }

  /** Pageblocks of a type, holes included. */
  long pageblocks(int type) {
    return pageblocksByType[type];
  }

  private void topBlock(int start) {
    freeHeads[geometry.maxOrder()]++;
    insideRam(start, geometry.maxOrder());
    if (frames.isTouched(start)) {
      noHeads(start, start + (1 << geometry.maxOrder()), start);
    }
  }

  /** A section that no operation ever needed: nothing but holes and reserved frames. */
  private void untouched(int start, int end) {
    long lost = 0;
    int at = Math.max(start, frames.firstIndex());
    int stop = Math.min(end, frames.endIndex());
    int first = -1;
    while (at < stop) {
      int next = afterUnusable(at);
      if (next > at) {
        at = next;
        continue;
      }
      if (first < 0) {
        first = at;
      }
      lost++;
      at++;
    }
    if (lost > 0) {
      findings.frame("Z-5", zone, first, "%d frames of this section are in no block", lost);
    }
  }

  private void section(int start, int end) {
    noHeads(start, Math.min(end, frames.firstIndex()), -1);
    int stop = Math.min(end, frames.endIndex());
    int at = Math.max(start, frames.firstIndex());
    while (at < stop && !findings.full()) {
      int state = frames.stateOf(at);
      if (state != FrameTable.NONE) {
        at = block(at, state, stop);
        continue;
      }
      int next = afterUnusable(at);
      if (next == at) {
        findings.frame("Z-5", zone, at, "frame is in no block");
        next = at + 1;
      } else {
        next = Math.min(next, stop);
        noHeads(at, next, -1);
      }
      at = next;
    }
    noHeads(Math.max(stop, start), end, -1);
  }

  /** Checks the block that starts here; says where the next one may start. */
  private int block(int index, int state, int stop) {
    int order = frames.orderOf(index);
    int end = index + (1 << order);
    if (order > geometry.maxOrder() || end > stop || (index & (1 << order) - 1) != 0) {
      findings.frame(
          "B-1", zone, index, "a block of order %d cannot start here: alignment, zone end", order);
      return index + 1;
    }
    insideRam(index, order);
    noHeads(index + 1, end, index);
    switch (state) {
      case FrameTable.FREE -> free(index, order);
      case FrameTable.PCP -> cached(index, order);
      case FrameTable.ALLOCATED, FrameTable.IN_USE -> usedPages += 1L << order;
      default -> findings.frame("B-1", zone, index, "head has the unknown state %d", state);
    }
    return end;
  }

  private void free(int index, int order) {
    if (order == geometry.maxOrder()) {
      findings.frame("B-1", zone, index, "largest free block is marked at frame level");
      return;
    }
    freeHeads[order]++;
    int buddy = index ^ 1 << order;
    if (buddy > index && frames.isFree(buddy, order) && mustMerge(index, buddy, order)) { // B-20
      findings.frame(
          "B-20",
          zone,
          index,
          "free block of order %d and its free buddy at 0x%x are not merged",
          order,
          frames.pfn(buddy));
    }
  }

  private boolean mustMerge(int index, int buddy, int order) {
    if (order < geometry.pageblockOrder()) {
      return true;
    }
    return !mayHoldUnmergedPairs
        && MigrateType.ordinary(frames.typeOf(index))
        && frames.typeOf(index) == frames.typeOf(buddy);
  }

  private void cached(int index, int order) {
    cachedPages += 1L << order;
    int cpu = frames.word0(index);
    int list = frames.word1(index);
    if (cpu < 0 || cpu >= zone.cpus() || list < 0 || list >= geometry.pcpLists()) {
      findings.frame("P-1", zone, index, "marked as on list %d of CPU %d", list, cpu);
      return;
    }
    cachedHeads[cpu][list]++;
  }

  /** Frames in between are no heads: tails, holes, reserved frames (B-1). */
  private void noHeads(int from, int to, int head) {
    for (int i = from; i < to; i++) {
      if (frames.stateOf(i) != FrameTable.NONE) {
        if (head >= 0) {
          findings.frame(
              "B-1", zone, i, "a block starts inside the block at 0x%x", frames.pfn(head));
        } else {
          findings.frame("B-1", zone, i, "a block starts at a frame that is no managed memory");
        }
        return;
      }
    }
  }

  private void insideRam(int index, int order) {
    long start = frames.pfn(index);
    long end = start + (1L << order);
    if (holes.intersects(start, end)) {
      findings.frame("B-1", zone, index, "block of order %d covers a hole", order);
    }
    if (reserved.intersects(start, end)) {
      findings.frame("B-1", zone, index, "block of order %d covers a reserved frame", order);
    }
  }

  /** First index behind the hole or reserved range that holds this frame, or the index itself. */
  private int afterUnusable(int index) {
    long pfn = frames.pfn(index);
    int range = holes.find(pfn);
    if (range >= 0) {
      return (int) Math.min(index + (holes.end(range) - pfn), frames.endIndex());
    }
    range = reserved.find(pfn);
    if (range >= 0) {
      return (int) Math.min(index + (reserved.end(range) - pfn), frames.endIndex());
    }
    return index;
  }

  private void pageblocks() {
    for (int i = 0; i < frames.endIndex() && !findings.full(); i += geometry.pageblockPages()) {
      int type = frames.typeOf(i);
      if (type < 0 || type >= pageblocksByType.length) {
        findings.frame("B-2", zone, i, "pageblock has the unknown type %d", type);
      } else {
        pageblocksByType[type]++;
      }
    }
  }
}
