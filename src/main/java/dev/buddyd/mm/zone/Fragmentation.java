package dev.buddyd.mm.zone;

/** How scattered free memory is: the two indices of the kernel, in 1/1000. */
public final class Fragmentation {

  private Fragmentation() {}

  /** Free blocks of a zone by order, all types. */
  public static long[] freeBlocks(Zone zone) {
    zone.lock();
    try {
      return counted(zone);
    } finally {
      zone.unlock();
    }
  }

  /**
   * As {@link #freeBlocks}, without the zone's lock: while they change some may be a moment old.
   */
  public static long[] counted(Zone zone) {
    long[] blocks = new long[zone.geometry().maxOrder() + 1];
    for (int order = 0; order < blocks.length; order++) {
      blocks[order] = zone.lists().count(order);
    }
    return blocks;
  }

  /**
   * Why a request of an order would fail, in 1/1000: -1000 it would not, 0 lack of memory,
   * towards 1000 fragmentation.
   *
   * @param blocks free blocks by order
   */
  public static int index(long[] blocks, int order) {
    long all = 0;
    long free = 0;
    for (int o = 0; o < blocks.length; o++) {
      all += blocks[o];
      free += blocks[o] << o;
    }
    if (all == 0) {
      return 0;
    }
    if (suitable(blocks, order) > 0) {
      return -1000;
    }
    return (int) (1000 - (1000 + free * 1000 / (1L << order)) / all);
  }

  /** Part of the free memory that a request of an order cannot use, in 1/1000. */
  public static int unusable(long[] blocks, int order) {
    long free = 0;
    for (int o = 0; o < blocks.length; o++) {
      free += blocks[o] << o;
    }
    return free == 0 ? 1000 : (int) ((free - (suitable(blocks, order) << order)) * 1000 / free);
  }

  /** Blocks of an order that the free blocks hold. */
  private static long suitable(long[] blocks, int order) {
    long suitable = 0;
    for (int o = order; o < blocks.length; o++) {
      suitable += blocks[o] << (o - order);
    }
    return suitable;
  }
}
