package dev.buddyd.mm.buddy;

import static dev.buddyd.mm.frame.FrameTable.NIL;

import dev.buddyd.mm.frame.FrameTable;
import dev.buddyd.mm.frame.MigrateType;
import dev.buddyd.mm.trace.Decision;
import dev.buddyd.mm.trace.Trace;
import org.jspecify.annotations.Nullable;

/** The zone's reserve of pageblocks for atomic requests of higher order (B-70, B-71). Zone lock. */
public final class HighAtomic {

  private final int zone;
  private final Buddy buddy;
  private final FrameTable frames;
  private final int pageblockPages;
  private long reservedPages;

  public HighAtomic(int zone, Buddy buddy) {
    this.zone = zone;
    this.buddy = buddy;
    this.frames = buddy.frames();
    this.pageblockPages = frames.geometry().pageblockPages();
  }

  /** Pages in HIGHATOMIC pageblocks. */
  public long reservedPages() {
    return reservedPages;
  }

  public void load(long reservedPages) {
    this.reservedPages = reservedPages;
  }

  /** Reserves the pageblock of a block just allocated, if the zone may have one more (B-70). */
  public void reserve(int index, int order, long managedPages, int cpu, @Nullable Trace trace) {
    long hundredth = managedPages / 100;
    if (hundredth < pageblockPages) {
      return;
    }
    long limit = (hundredth + pageblockPages - 1) / pageblockPages * pageblockPages;
    int type = frames.typeOf(index);
    if (reservedPages >= limit || !MigrateType.ordinary(type)) {
      return;
    }
    if (order < frames.geometry().pageblockOrder()) {
      if (!frames.spansPageblock(index)) {
        return;
      }
      buddy.movePageblock(index, type, MigrateType.HIGHATOMIC, cpu);
      reservedPages += pageblockPages;
    } else {
      frames.setType(index, order, MigrateType.HIGHATOMIC);
      reservedPages += 1L << order;
    }
    if (trace != null) {
      trace.decided(Decision.HIGHATOMIC_RESERVE, zone, frames.pfn(index), reservedPages);
    }
  }

  /**
   * Gives one reserved pageblock that has free pages to another type (B-71).
   *
   * @param force also if it is the last one
   * @return whether pages were moved
   */
  public boolean unreserve(int toType, boolean force, int cpu, @Nullable Trace trace) {
    if (!force && reservedPages <= pageblockPages) {
      return false;
    }
    int maxOrder = frames.geometry().maxOrder();
    for (int order = 0; order <= maxOrder; order++) {
      int index = buddy.lists().first(order, MigrateType.HIGHATOMIC);
      if (index == NIL) {
        continue;
      }
      reservedPages -= Math.min(Math.max(pageblockPages, 1L << order), reservedPages);
      int moved;
      if (order < frames.geometry().pageblockOrder()) {
        moved = buddy.movePageblock(index, MigrateType.HIGHATOMIC, toType, cpu);
      } else {
        buddy.moveBlock(index, order, MigrateType.HIGHATOMIC, toType, cpu);
        moved = 1 << order;
      }
      if (moved > 0) {
        if (trace != null) {
          trace.decided(Decision.HIGHATOMIC_UNRESERVE, zone, frames.pfn(index), reservedPages);
        }
        return true;
      }
    }
    return false;
  }
}
