package dev.buddyd.procfs.host;

import dev.buddyd.mm.frame.Geometry;
import java.util.Arrays;

/**
 * How many pageblocks of each type a zone has, and which of them lie at its ends, so that the free
 * blocks of each type fit into them. Pages and frames are counted from an aligned place at or
 * before the zone's start.
 */
final class BlockPlan {

  private final Geometry geometry;
  private final long first;
  private final long end;
  private final long[][] blocks;
  private final long[] small;
  private final long[] large;
  private int lowOwner = -1;
  private int highOwner = -1;
  private long spare;

  /**
   * @param blocks free blocks by order and type
   * @param pageblocks wanted pageblocks by type; -1 where nothing says how many
   */
  BlockPlan(Geometry geometry, long first, long end, long[][] blocks, long[] pageblocks) {
    this.geometry = geometry;
    this.first = first;
    this.end = end;
    this.blocks = blocks;
    int types = geometry.migrateTypes();
    this.small = new long[types];
    this.large = new long[types];
    int pbo = geometry.pageblockOrder();
    for (int type = 0; type < types; type++) {
      for (int order = pbo; order <= geometry.maxOrder(); order++) {
        large[type] += blocks[order][type] << (order - pbo);
      }
      small[type] = Math.max(0, pageblocks[type] - large[type]);
    }
  }

  /** Pageblocks that are not made of large free blocks. */
  long small(int type) {
    return small[type];
  }

  /** Pageblocks that nothing needs. */
  long spare() {
    return spare;
  }

  /** Gives spare pageblocks to a type. */
  void grant(int type, long pageblocks) {
    small[type] += pageblocks;
    spare -= pageblocks;
  }

  /**
   * Makes the plan.
   *
   * @return null, or why the blocks cannot lie in this zone
   */
  @org.jspecify.annotations.Nullable
  String make() {
    int pbo = geometry.pageblockOrder();
    long all = ((end - 1) >> pbo) - (first >> pbo) + 1;
    long taken = Arrays.stream(large).sum();
    if (taken > all) {
      return "the free blocks of order %d and up need %d pageblocks, the zone has %d"
          .formatted(pbo, taken, all);
    }
    spare = all - taken - Arrays.stream(small).sum();
    owners();
    for (int type = 0; type < small.length; type++) {
      while (!fits(type, small[type])) {
        small[type]++;
        spare--;
        if (small[type] > all) {
          return "its free blocks cannot lie apart in %d pageblocks".formatted(all);
        }
      }
    }
    for (int type = 0; spare < 0 && type < small.length; type++) { // more than there is room for
      while (spare < 0
          && small[type] > 0
          && owned(type) < small[type]
          && fits(type, small[type] - 1)) {
        small[type]--;
        spare++;
      }
    }
    return spare < 0
        ? "its free blocks need %d pageblocks, the zone has %d".formatted(all - spare, all)
        : null;
  }

  /** The ends belong to the types with the most pageblocks; to Movable if nothing claims them. */
  private void owners() {
    int pbo = geometry.pageblockOrder();
    boolean low = (first & ((1L << pbo) - 1)) != 0;
    boolean high = (end & ((1L << pbo) - 1)) != 0;
    if (low) {
      lowOwner = owner();
    }
    if (high) {
      highOwner = low && Border.oneRegion(first, end, pbo) ? lowOwner : owner();
    }
  }

  private int owner() {
    int best = -1;
    for (int type = 0; type < small.length; type++) {
      long left = small[type] - owned(type);
      if (left > 0 && (best < 0 || left > small[best] - owned(best))) {
        best = type;
      }
    }
    if (best < 0) {
      best = dev.buddyd.mm.frame.MigrateType.MOVABLE;
      small[best]++;
      spare--;
    }
    return best;
  }

  private long owned(int type) {
    boolean same = lowOwner == highOwner && Border.oneRegion(first, end, geometry.pageblockOrder());
    return (lowOwner == type ? 1L : 0) + (highOwner == type && !same ? 1 : 0);
  }

  Border border(RegionTree tree, int type) {
    return new Border(tree, first, end, lowOwner == type, highOwner == type);
  }

  /** Pages of a type's small pageblocks that are inside the zone and not free. */
  long solidPages(int type, long pageblocks) {
    int pbo = geometry.pageblockOrder();
    long pages = pageblocks << pbo;
    if (lowOwner == type) {
      pages -= first & ((1L << pbo) - 1);
    }
    if (highOwner == type) {
      pages -= -end & ((1L << pbo) - 1);
    }
    for (int order = 0; order < pbo; order++) {
      pages -= blocks[order][type] << order;
    }
    return pages;
  }

  /** Whether every free block finds a buddy that is not free (B-20). */
  private boolean fits(int type, long pageblocks) {
    Border border = border(new RegionTree(), type);
    long others = solidPages(type, pageblocks);
    if (others < 0) {
      return false;
    }
    for (int order = 0; order < geometry.pageblockOrder(); order++) {
      long free = blocks[order][type];
      long wanted = border.wanted(order);
      long fromFree = Math.min(free, wanted);
      free -= fromFree;
      others -= wanted - fromFree;
      if (free > others) {
        return false;
      }
      others = free + (others - free) / 2;
    }
    return true;
  }
}
