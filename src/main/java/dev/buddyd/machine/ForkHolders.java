package dev.buddyd.machine;

import dev.buddyd.mm.reclaim.PageFate;
import dev.buddyd.mm.reclaim.PageHolders;

/**
 * Holders of a copy of a machine: nobody reads what became of their pages there.
 *
 * @param asking owner who makes the requests
 */
record ForkHolders(int asking) implements PageHolders {

  @Override
  public boolean leaves(int tag, PageFate fate) {
    return true;
  }

  @Override
  public boolean moves(int tag, long pfn) {
    return true;
  }

  @Override
  public int ownerAsking(int tag) {
    return asking;
  }

  @Override
  public void swapLost(int owner) {
    // what the killed process had in swap is no concern of a copy
  }
}
