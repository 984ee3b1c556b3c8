package dev.buddyd.mm.buddy;

import static dev.buddyd.mm.frame.FrameTable.NIL;

import dev.buddyd.mm.frame.FrameTable;
import dev.buddyd.mm.frame.Geometry;
import dev.buddyd.mm.frame.MigrateType;
import dev.buddyd.mm.trace.Decision;
import dev.buddyd.mm.trace.Trace;
import org.jspecify.annotations.Nullable;

/**
 * Setting a pageblock aside, so that nothing is allocated from it and what is freed in it stays,
 * and taking it back (B-80, B-81). Isolated free pages are on lists of their own and not in the
 * free counter (B-4). Zone lock.
 */
public final class Isolation {

  private final int zone;
  private final Buddy buddy;
  private final FrameTable frames;
  private final Geometry geometry;
  private final int isolateType;
  private final int pageblockOrder;

  /**
   * @param zone ordinal of the zone, for the trace
   */
  public Isolation(int zone, Buddy buddy) {
    this.zone = zone;
    this.buddy = buddy;
    this.frames = buddy.frames();
    this.geometry = frames.geometry();
    this.isolateType = geometry.isolateType();
    this.pageblockOrder = geometry.pageblockOrder();
  }

  /**
   * Isolates the pageblock of a frame (B-80).
   *
   * @return false if it is isolated already, HIGHATOMIC, or not fully inside the zone
   */
  public boolean isolate(int index, int cpu, @Nullable Trace trace) {
    int type = frames.typeOf(index);
    boolean eligible = MigrateType.ordinary(type) || type == geometry.cmaType();
    if (!eligible || !frames.spansPageblock(index)) {
      return false;
    }
    int first = index & -geometry.pageblockPages();
    retype(first, type, isolateType, cpu, trace);
    if (trace != null) {
      trace.decided(Decision.ISOLATE, zone, frames.pfn(first), type);
    }
    return true;
  }

  /**
   * Ends the isolation of the pageblock of a frame (B-81).
   *
   * @param type ordinary type or CMA that the pageblock gets
   * @return false if it is not isolated
   */
  public boolean restore(int index, int type, int cpu, @Nullable Trace trace) {
    if (frames.typeOf(index) != isolateType) {
      return false;
    }
    int first = index & -geometry.pageblockPages();
    int partner = first ^ geometry.pageblockPages();
    if (pageblockOrder < geometry.maxOrder()
        && frames.isFree(first, pageblockOrder)
        && frames.isFree(partner, pageblockOrder)
        && frames.typeOf(partner) != isolateType) {
      buddy.remove(first, pageblockOrder, isolateType);
      frames.setType(first, 0, type);
      buddy.freeOne(first, pageblockOrder, type, true, cpu, trace);
    } else {
      retype(first, isolateType, type, cpu, trace);
    }
    if (trace != null) {
      trace.decided(Decision.UNISOLATE, zone, frames.pfn(first), type);
    }
    return true;
  }

  /** Gives a pageblock another type; a larger free block that it is a part of comes apart. */
  private void retype(int first, int from, int to, int cpu, @Nullable Trace trace) {
    int whole = largerFreeBlock(first);
    if (whole == NIL) {
      buddy.movePageblock(first, from, to, cpu);
      return;
    }
    int order = frames.freeOrderAt(whole);
    buddy.remove(whole, order, from);
    buddy.account(cpu, from, -(1 << order));
    frames.setType(first, 0, to);
    int end = whole + (1 << order);
    for (int piece = whole; piece < end; piece += geometry.pageblockPages()) {
      buddy.freeOne(piece, pageblockOrder, frames.typeOf(piece), false, cpu, trace);
    }
  }

  /** Head of the free block larger than a pageblock that holds this pageblock, or NIL. */
  private int largerFreeBlock(int first) {
    for (int order = pageblockOrder + 1; order <= geometry.maxOrder(); order++) {
      int head = first & -(1 << order);
      if (frames.isFree(head, order)) {
        return head;
      }
    }
    return NIL;
  }
}
