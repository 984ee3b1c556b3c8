package dev.buddyd.procfs.host;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.random.RandomGenerator;

/**
 * All regions of one order: so many solid ones, and those that hold something free. Joining them
 * pairwise gives the regions of the next order. A free block never gets a free one of its own order
 * as its buddy, for the two would have been merged (B-20).
 */
final class Regions {

  private final RegionTree tree;
  private final RandomGenerator random;
  private final Deque<Integer> mixed = new ArrayDeque<>();
  private long solid;

  Regions(RegionTree tree, RandomGenerator random, long solid) {
    this.tree = tree;
    this.random = random;
    this.solid = solid;
  }

  long solid() {
    return solid;
  }

  Deque<Integer> mixed() {
    return mixed;
  }

  void add(int region) {
    mixed.add(region);
  }

  void addSolid(long regions) {
    solid += regions;
  }

  /** Any region that is no free block; there must be one. */
  int take() {
    boolean solidOne = mixed.isEmpty() || (solid > 0 && random.nextInt(4) == 0);
    if (solidOne) {
      solid--;
      return RegionTree.SOLID;
    }
    return mixed.removeFirst();
  }

  /**
   * The regions of the next order.
   *
   * @param free free blocks of this order that are left, at most as many as there are regions
   */
  Regions join(Deque<Integer> free) {
    Regions next = new Regions(tree, random, 0);
    while (!free.isEmpty()) {
      next.add(tree.joinAnyhow(free.removeFirst(), take(), random));
    }
    while (mixed.size() > 1) {
      next.add(tree.joinAnyhow(mixed.removeFirst(), mixed.removeFirst(), random));
    }
    if (!mixed.isEmpty()) {
      solid--;
      next.add(tree.joinAnyhow(mixed.removeFirst(), RegionTree.SOLID, random));
    }
    next.addSolid(solid / 2);
    return next;
  }
}
