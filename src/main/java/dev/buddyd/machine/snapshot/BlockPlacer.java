package dev.buddyd.machine.snapshot;

import dev.buddyd.mm.frame.FrameTable;
import dev.buddyd.mm.frame.Geometry;
import dev.buddyd.mm.frame.SectionBudget;
import dev.buddyd.mm.pcp.PerCpuPages;
import dev.buddyd.mm.zone.Zone;
import java.util.function.LongConsumer;

/**
 * Puts the blocks of a snapshot where they say they are: aligned, in the zone's RAM, on pageblocks
 * of their list's type, and nowhere else than on frames that no other block covers.
 */
final class BlockPlacer {

  private final SnapshotParser in;
  private final Zone zone;
  private final FrameTable frames;
  private final Geometry geometry;
  private final LongConsumer pay;

  /**
   * @param pay asked before a section of the frame table is made, with its bytes
   */
  BlockPlacer(SnapshotParser in, Zone zone, LongConsumer pay) {
    this.in = in;
    this.zone = zone;
    this.frames = zone.frames();
    this.geometry = zone.geometry();
    this.pay = pay;
  }

  /** A free block, behind those placed before on its list. */
  void free(long pfn, int order, int type) {
    int index = vacant(pfn, order);
    int step = Math.min(1 << order, geometry.pageblockPages());
    for (int i = index; i < index + (1 << order); i += step) {
      if (frames.typeOf(i) != type) { // B-2
        throw in.wrong(
            "pfn %d is on a list of type %d, but its pageblock is of type %d"
                .formatted(frames.pfn(i), type, frames.typeOf(i)));
      }
    }
    if (order < geometry.maxOrder()) {
      touch(index);
    }
    zone.buddy().place(index, order, type);
  }

  /** A block on a list of a CPU's set, behind those placed before. */
  void cached(long pfn, int order, int cpu, int list) {
    int index = vacant(pfn, order);
    touch(index);
    PerCpuPages set = zone.set(cpu);
    frames.setHeld(index, set.list(list).heldWord());
    set.append(set.list(list), index);
  }

  /** A frame in use whose block is not known. */
  void inUse(long pfn, boolean movable) {
    int index = vacant(pfn, 0);
    touch(index);
    frames.setHead(index, FrameTable.IN_USE, 0);
    frames.setMovable(index, movable);
  }

  /**
   * One allocation: a block, or {@code count} frames that are blocks of their own.
   *
   * @param flags of its first frame
   */
  void held(long pfn, int order, int count, int gfp, int use, int flags, int slot) {
    boolean compound = (flags & Snapshots.COMPOUND) != 0;
    if (compound && order == 0) {
      throw in.wrong("a single page is no compound block");
    }
    for (int i = 0; i < count; i++) {
      int index = vacant(pfn + i, order);
      touch(index);
      frames.setAllocated(index, order, compound, use, gfp, slot);
      if (i == 0 && (flags & Snapshots.MOVABLE) != 0) {
        frames.setMovable(index, true);
      }
    }
  }

  private void touch(int index) {
    if (!frames.isTouched(index)) {
      pay.accept((long) SectionBudget.BYTES_PER_FRAME << geometry.maxOrder());
      frames.touch(index);
    }
  }

  /** Index of a block's head; refuses one that cannot be there. */
  private int vacant(long pfn, int order) {
    long end = pfn + (1L << order);
    if (pfn < zone.span().startPfn() || end > zone.span().endPfn()) {
      throw in.wrong("pfn %d of order %d lies outside of the zone".formatted(pfn, order));
    }
    if ((pfn & ((1L << order) - 1)) != 0) { // B-1
      throw in.wrong("pfn %d is not aligned to order %d".formatted(pfn, order));
    }
    if (zone.holes().intersects(pfn, end)) {
      throw in.wrong("pfn %d of order %d covers a hole".formatted(pfn, order));
    }
    if (zone.reserved().intersects(pfn, end)) {
      throw in.wrong("pfn %d of order %d covers a reserved frame".formatted(pfn, order));
    }
    int index = frames.index(pfn);
    int other = overlapping(index, order);
    if (other >= 0) {
      throw in.wrong(
          "pfn %d of order %d overlaps the block at pfn %d"
              .formatted(pfn, order, frames.pfn(other)));
    }
    return index;
  }

  /** Head of a block placed before that shares a frame with this one, or -1. */
  private int overlapping(int index, int order) {
    for (int o = 0; o <= geometry.maxOrder(); o++) {
      int head = index & -(1 << o);
      if (head < frames.firstIndex()) {
        break;
      }
      if (o == geometry.maxOrder() && frames.isTopFree(head)) {
        return head;
      }
      if (frames.stateOf(head) != FrameTable.NONE && frames.orderOf(head) >= o) {
        return head;
      }
    }
    if (frames.isTouched(index)) {
      for (int i = index + 1; i < index + (1 << order); i++) {
        if (frames.stateOf(i) != FrameTable.NONE) {
          return i;
        }
      }
    }
    return -1;
  }
}
