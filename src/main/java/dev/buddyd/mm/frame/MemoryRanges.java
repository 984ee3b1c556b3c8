package dev.buddyd.mm.frame;

import java.util.Arrays;

/** An immutable, ascending set of pfn ranges: where a zone has holes, or reserved frames. */
public final class MemoryRanges {

  /** No range at all. */
  public static final MemoryRanges NONE = new MemoryRanges(new long[0], new long[0]);

  private final long[] starts;
  private final long[] ends;

  /**
   * @param starts first pfn of each range, ascending
   * @param ends pfn after the last of each range; ranges must not touch or overlap
   * @throws IllegalArgumentException if they do
   */
  public MemoryRanges(long[] starts, long[] ends) {
    for (int i = 0; i < starts.length; i++) {
      if (starts[i] >= ends[i] || (i > 0 && starts[i] < ends[i - 1])) {
        throw new IllegalArgumentException(
            "ranges overlap or are empty at [" + starts[i] + ", " + ends[i] + ")");
      }
    }
    this.starts = starts.clone();
    this.ends = ends.clone();
  }

  public int count() {
    return starts.length;
  }

  /** First pfn of a range. */
  public long start(int i) {
    return starts[i];
  }

  /** Pfn after the last of a range. */
  public long end(int i) {
    return ends[i];
  }

  public boolean contains(long pfn) {
    return find(pfn) >= 0;
  }

  /** Number of the range that holds this pfn, or -1. */
  public int find(long pfn) {
    int at = Arrays.binarySearch(starts, pfn);
    int range = at >= 0 ? at : -at - 2;
    return range >= 0 && pfn < ends[range] ? range : -1;
  }

  /** Whether some range has a frame in {@code [start, end)}. */
  public boolean intersects(long start, long end) {
    int at = Arrays.binarySearch(starts, end);
    int before = at >= 0 ? at - 1 : -at - 2;
    return before >= 0 && ends[before] > start;
  }

  /** Frames in all ranges together. */
  public long pages() {
    long sum = 0;
    for (int i = 0; i < starts.length; i++) {
      sum += ends[i] - starts[i];
    }
    return sum;
  }
}
