package dev.buddyd.mm;

import static dev.buddyd.mm.frame.FrameTable.NIL;

import dev.buddyd.mm.frame.FrameTable;
import dev.buddyd.mm.frame.Geometry;
import dev.buddyd.mm.frame.MigrateType;
import dev.buddyd.mm.zone.Zone;

/** The free lists of one zone: links, counts, order, type and place of every block on them. */
final class FreeListCheck {

  private final Zone zone;
  private final FrameTable frames;
  private final Geometry geometry;
  private final Findings findings;
  private final long[] pagesByType;
  private final long[] blocksByOrder;

  FreeListCheck(Zone zone, Findings findings) {
    this.zone = zone;
    this.frames = zone.frames();
    this.geometry = zone.geometry();
    this.findings = findings;
    this.pagesByType = new long[geometry.migrateTypes()];
    this.blocksByOrder = new long[geometry.maxOrder() + 1];
  }

  void check() {
    for (int type = 0; type < geometry.migrateTypes(); type++) {
      for (int order = 0; order <= geometry.maxOrder(); order++) {
        list(order, type);
      }
    }
    int ordinary = 0;
    for (int type = 0; type < MigrateType.HIGHATOMIC; type++) {
      ordinary |= zone.lists().nonEmptyOrders(type);
    }
    if (zone.lists().ordinaryOrders() != ordinary) {
      findings.zone(
          "B-3",
          zone,
          "orders with blocks of ordinary types are %#x, but marked %#x",
          ordinary,
          zone.lists().ordinaryOrders());
    }
  }

  /** Pages found on the lists of a type. */
  long pages(int type) {
    return pagesByType[type];
  }

  /** Blocks found on the lists of an order. */
  long blocks(int order) {
    return blocksByOrder[order];
  }

  /** Pages found on all lists, isolated ones too. */
  long pages() {
    long sum = 0;
    for (long pages : pagesByType) {
      sum += pages;
    }
    return sum;
  }

  private void list(int order, int type) {
    int expected = zone.lists().count(order, type);
    int found = 0;
    int previous = NIL;
    int index = zone.lists().first(order, type);
    while (index != NIL && found < expected && !findings.full()) {
      if (!block(index, order, type)) {
        return; // its links mean nothing
      }
      if (frames.prevOf(index, order) != previous) {
        findings.frame(
            "B-2", zone, index, "%s: link back is not its predecessor", name(order, type));
      }
      found++;
      pagesByType[type] += 1L << order;
      blocksByOrder[order]++;
      previous = index;
      index = frames.nextOf(index, order);
    }
    if (index != NIL) {
      findings.zone(
          "B-3",
          zone,
          "%s: goes on behind its count of %d: a wrong count or a circle",
          name(order, type),
          expected);
    } else {
      if (found != expected) {
        findings.zone(
            "B-3", zone, "%s: holds %d blocks, counted %d", name(order, type), found, expected);
      }
      if (zone.lists().last(order, type) != previous) {
        findings.zone("B-2", zone, "%s: its tail is not its last block", name(order, type));
      }
    }
    boolean marked = (zone.lists().nonEmptyOrders(type) & 1 << order) != 0;
    if (marked != (expected > 0)) {
      findings.zone(
          "B-3", zone, "%s: marked %s", name(order, type), marked ? "non-empty" : "empty");
    }
  }

  /** Whether a block may be on this list; false if nothing behind it can be followed. */
  private boolean block(int index, int order, int type) {
    if (index < frames.firstIndex() || index + (1L << order) > frames.endIndex()) {
      findings.zone("B-1", zone, "%s: index %d lies outside of the zone", name(order, type), index);
      return false;
    }
    if (order < geometry.maxOrder() && !frames.isTouched(index)) {
      findings.frame("B-1", zone, index, "%s: frame was never touched", name(order, type));
      return false;
    }
    if ((index & (1 << order) - 1) != 0) {
      findings.frame("B-1", zone, index, "%s: block is not aligned", name(order, type));
      return false;
    }
    if (!frames.isFree(index, order)) {
      findings.frame(
          "B-1", zone, index, "%s: frame is not marked free of this order", name(order, type));
    }
    for (int i = index; i < index + (1 << order); i += geometry.pageblockPages()) {
      if (frames.typeOf(i) != type) { // B-2
        findings.frame(
            "B-2",
            zone,
            i,
            "%s: its pageblock is %s",
            name(order, type),
            typeName(frames.typeOf(i)));
        break;
      }
    }
    return true;
  }

  private String name(int order, int type) {
    return "list of order %d, %s".formatted(order, typeName(type));
  }

  private String typeName(int type) {
    return type < geometry.migrateTypes()
        ? MigrateType.names(geometry.cmaBuilt()).get(type)
        : "of no type";
  }
}
