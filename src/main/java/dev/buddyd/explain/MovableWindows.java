package dev.buddyd.explain;

import dev.buddyd.mm.frame.FrameTable;
import dev.buddyd.mm.frame.Geometry;
import dev.buddyd.mm.frame.MigrateType;
import dev.buddyd.mm.gfp.Gfp;
import dev.buddyd.mm.gfp.RequestFlags;
import dev.buddyd.mm.zone.Zone;

/**
 * Counts the places of a zone where a block of some order could be made free by moving what is
 * movable: aligned, inside RAM, nothing in it that stays where it is. What was allocated with
 * {@code __GFP_MOVABLE} or is on a reclaim list can be moved (B-44).
 */
final class MovableWindows {

  private final Zone zone;
  private final FrameTable frames;
  private final Geometry geometry;
  private final int order;
  private final int flags;

  /**
   * @param flags {@link RequestFlags}: which pageblock types count
   */
  MovableWindows(Zone zone, int order, int flags) {
    this.zone = zone;
    this.frames = zone.frames();
    this.geometry = zone.geometry();
    this.order = order;
    this.flags = flags;
  }

  long count() {
    int pages = 1 << order;
    long windows = 0;
    int first = (frames.firstIndex() + pages - 1) & -pages;
    for (long start = first; start + pages <= frames.endIndex(); start += pages) {
      windows += movable((int) start, pages) ? 1 : 0;
    }
    return windows;
  }

  private boolean movable(int start, int pages) {
    int step = Math.min(pages, geometry.pageblockPages());
    for (int i = start; i < start + pages; i += step) {
      if (!usable(frames.typeOf(i))) {
        return false;
      }
    }
    int section = start & -(1 << geometry.maxOrder());
    if (frames.isTopFree(section)) {
      return true;
    }
    if (!frames.isTouched(start)) {
      return false; // holes and reserved frames only
    }
    int at = headOf(start);
    while (at < start + pages) {
      int state = frames.stateOf(at);
      if (state == FrameTable.NONE || !movableHead(at, state)) {
        return false;
      }
      at += 1 << frames.orderOf(at);
    }
    return true;
  }

  /** The head of the block that this frame is in, or the frame itself. */
  private int headOf(int index) {
    for (int o = 0; o <= geometry.maxOrder(); o++) {
      int head = index & -(1 << o);
      if (head >= frames.firstIndex()
          && frames.stateOf(head) != FrameTable.NONE
          && frames.orderOf(head) >= o) {
        return head;
      }
    }
    return index;
  }

  private boolean movableHead(int index, int state) {
    return switch (state) {
      case FrameTable.FREE, FrameTable.PCP -> true;
      case FrameTable.ALLOCATED ->
          frames.isMovable(index) || (frames.word0(index) & Gfp.MOVABLE) != 0;
      default -> frames.isMovable(index);
    };
  }

  private boolean usable(int type) {
    if (MigrateType.ordinary(type)) {
      return true;
    }
    return type == MigrateType.HIGHATOMIC
        ? (flags & RequestFlags.HATOM) != 0
        : type == geometry.cmaType() && (flags & RequestFlags.USECMA) != 0;
  }

  /** Pages that all CPUs hold back; compaction drains them. */
  long cachedPages() {
    long pages = 0;
    for (int cpu = 0; cpu < zone.cpus(); cpu++) {
      pages += zone.set(cpu).count();
    }
    return pages;
  }
}
