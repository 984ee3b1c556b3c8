package dev.buddyd.procfs;

import dev.buddyd.mm.zone.PhysicalMemory;
import dev.buddyd.mm.zone.Zone;

/**
 * The two fragmentation indices under {@code /sys/kernel/debug/extfrag} (T-30, T-31), and the
 * indices themselves.
 */
public final class ExtfragText {

  private ExtfragText() {}

  /** {@code unusable_index} (T-30). */
  public static String unusable(PhysicalMemory memory) {
    return write(memory, false);
  }

  /** {@code extfrag_index} (T-31). */
  public static String fragmentation(PhysicalMemory memory) {
    return write(memory, true);
  }

  private static String write(PhysicalMemory memory, boolean fragmentation) {
    StringBuilder out = new StringBuilder();
    for (Zone zone : memory.zones()) {
      Columns.zone(out, zone.node(), zone.name());
      out.append(' ');
      long[] blocks = freeBlocks(zone);
      for (int order = 0; order < blocks.length; order++) {
        int index =
            fragmentation ? fragmentationIndex(blocks, order) : unusableIndex(blocks, order);
        Columns.right(out, index / 1000, fragmentation ? 2 : 0);
        out.append('.');
        int rest = index % 1000; // %03d: the sign counts as a column
        String digits = Integer.toString(Math.abs(rest));
        out.append(rest < 0 ? "-" : "");
        out.repeat('0', Math.max(0, 3 - digits.length() - (rest < 0 ? 1 : 0))).append(digits);
        out.append(' ');
      }
      out.append('\n');
    }
    return out.toString();
  }

  /** Free blocks of a zone by order, all types. */
  public static long[] freeBlocks(Zone zone) {
    long[] blocks = new long[zone.geometry().maxOrder() + 1];
    zone.lock();
    try {
      for (int order = 0; order < blocks.length; order++) {
        blocks[order] = zone.lists().count(order);
      }
    } finally {
      zone.unlock();
    }
    return blocks;
  }

  /**
   * Why a request of an order would fail, in 1/1000: -1000 it would not, 0 lack of memory,
   * towards 1000 fragmentation.
   *
   * @param blocks free blocks by order
   */
  public static int fragmentationIndex(long[] blocks, int order) {
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
  public static int unusableIndex(long[] blocks, int order) {
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
