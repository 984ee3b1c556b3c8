package dev.buddyd.procfs.host;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * Regions of a zone that hold free blocks and something else, as binary trees: a region of order k
 * is two of order k - 1. Regions with nothing free in them are no nodes, only a number of {@link
 * #SOLID} ones.
 */
final class RegionTree {

  /** A region without a free page. */
  static final int SOLID = -1;

  /** A region outside of the zone. */
  static final int OUTSIDE = -2;

  /** A free block is {@code FREE - type}. */
  private static final int FREE = -3;

  private int[] left = new int[64];
  private int[] right = new int[64];
  private int size;

  /** Takes a region apart, in ascending order. */
  interface Visitor {
    void free(long start, int order, int type);

    void solid(long start, int order);
  }

  static int free(int type) {
    return FREE - type;
  }

  static boolean isFree(int region) {
    return region <= FREE;
  }

  /** A region of two halves. */
  int join(int lower, int upper) {
    if (size == left.length) {
      left = Arrays.copyOf(left, 2 * size);
      right = Arrays.copyOf(right, 2 * size);
    }
    left[size] = lower;
    right[size] = upper;
    return size++;
  }

  /** A region of two halves whose order does not matter. */
  int joinAnyhow(int one, int other, RandomGenerator random) {
    return random.nextBoolean() ? join(one, other) : join(other, one);
  }

  /** Visits what lies in a region of this order at this place. */
  void visit(int region, long start, int order, Visitor visitor) {
    if (region == OUTSIDE) {
      return;
    }
    if (region == SOLID) {
      visitor.solid(start, order);
    } else if (isFree(region)) {
      visitor.free(start, order, FREE - region);
    } else {
      visit(left[region], start, order - 1, visitor);
      visit(right[region], start + (1L << (order - 1)), order - 1, visitor);
    }
  }
}
