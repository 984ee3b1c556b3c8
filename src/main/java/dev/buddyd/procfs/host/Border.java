package dev.buddyd.procfs.host;

/**
 * The regions at a zone's ends that lie partly outside of it, order by order. All others can lie
 * anywhere; these have their place, and each takes in a region from inside where its other half
 * lies inside.
 */
final class Border {

  /** There is no region at this end: it is aligned. */
  static final int ABSENT = Integer.MIN_VALUE;

  /** Gives a region from inside the zone. */
  interface Inside {
    int take();
  }

  private final RegionTree tree;
  private final long first;
  private final long end;
  private final boolean ownsLow;
  private final boolean ownsHigh;
  private int low = ABSENT;
  private int high = ABSENT;

  /**
   * @param first first frame of the zone, counted from an aligned place
   * @param end frame behind its last
   * @param ownsLow whether the first end is looked after here
   * @param ownsHigh whether the last end is
   */
  Border(RegionTree tree, long first, long end, boolean ownsLow, boolean ownsHigh) {
    this.tree = tree;
    this.first = first;
    this.end = end;
    this.ownsLow = ownsLow;
    this.ownsHigh = ownsHigh;
  }

  int low() {
    return low;
  }

  int high() {
    return high;
  }

  /** Goes on with what others made of the ends. */
  void load(int lowRegion, int highRegion) {
    low = lowRegion;
    high = highRegion;
  }

  /** Whether both ends lie in the same region of this order. */
  static boolean oneRegion(long first, long end, int order) {
    return first >> order == (end - 1) >> order;
  }

  /** Regions of order {@code o} that the step to the next order takes in. */
  int wanted(int o) {
    int[] taken = {0};
    build(
        o,
        () -> {
          taken[0]++;
          return RegionTree.SOLID;
        },
        false);
    return taken[0];
  }

  /** Goes from order {@code o} to the next one. */
  void step(int o, Inside inside) {
    build(o, inside, true);
  }

  private void build(int o, Inside inside, boolean keep) {
    boolean buildLow = ownsLow && unaligned(first, o + 1);
    boolean shared = oneRegion(first, end, o + 1);
    boolean buildHigh = ownsHigh && unaligned(end, o + 1) && !(shared && buildLow);
    int nextLow = buildLow ? region(first >> (o + 1), o, inside, keep) : ABSENT;
    int nextHigh = buildHigh ? region((end - 1) >> (o + 1), o, inside, keep) : ABSENT;
    if (keep) {
      low = nextLow;
      high = nextHigh;
    }
  }

  private int region(long place, int o, Inside inside, boolean keep) {
    int lower = half(2 * place, o, inside);
    int upper = half(2 * place + 1, o, inside);
    return keep ? tree.join(lower, upper) : RegionTree.SOLID;
  }

  private int half(long place, int o, Inside inside) {
    long start = first >> o;
    long last = (end - 1) >> o;
    if (place < start || place > last) {
      return RegionTree.OUTSIDE;
    }
    if (place == start && unaligned(first, o)) {
      return low;
    }
    if (place == last && unaligned(end, o)) {
      return high == ABSENT ? low : high;
    }
    return inside.take();
  }

  private static boolean unaligned(long frame, int order) {
    return (frame & ((1L << order) - 1)) != 0;
  }
}
