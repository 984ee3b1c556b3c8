package dev.buddyd.mm.buddy;

import static dev.buddyd.mm.frame.FrameTable.NIL;

/**
 * The block freed last, marked free but not linked into its list yet. Frames that are given back in
 * ascending order merge pairwise: most blocks would be on a list only until the next free takes
 * them off again. A block that is added to an end and removed before anything else is added leaves
 * no trace, so the lists become the same. Under the zone lock; empty whenever it is released.
 */
final class PendingBlock {

  private final FreeLists lists;
  private int index = NIL;
  private int order;
  private int type;
  private boolean atTail;

  PendingBlock(FreeLists lists) {
    this.lists = lists;
  }

  /** Takes the block back if it is this one: it is not free any more. */
  boolean takeBack(int index, int order) {
    if (index != this.index || order != this.order) {
      return false;
    }
    lists.unmark(index, order);
    this.index = NIL;
    return true;
  }

  /** The block is free from now on; the one before gets its place on its list. */
  void put(int index, int order, int type, boolean atTail) {
    flush();
    lists.mark(index, order);
    this.index = index;
    this.order = order;
    this.type = type;
    this.atTail = atTail;
  }

  /** Gives the block, if there is one, its place on its list. */
  void flush() {
    if (index != NIL) {
      lists.link(index, order, type, atTail);
      index = NIL;
    }
  }
}
