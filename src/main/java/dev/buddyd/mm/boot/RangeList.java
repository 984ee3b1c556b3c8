package dev.buddyd.mm.boot;

import dev.buddyd.mm.frame.MemoryRanges;
import java.util.ArrayList;
import java.util.List;

/** Collects ascending pfn ranges; empty ones are dropped, adjacent ones joined. */
public final class RangeList {

  private final List<long[]> ranges = new ArrayList<>();

  /** Adds the frames from {@code start} up to but not including {@code end}. */
  public void add(long start, long end) {
    if (start >= end) {
      return;
    }
    long[] last = ranges.isEmpty() ? null : ranges.getLast();
    if (last != null && last[1] >= start) {
      last[1] = Math.max(last[1], end);
    } else {
      ranges.add(new long[] {start, end});
    }
  }

  public MemoryRanges build() {
    return new MemoryRanges(
        ranges.stream().mapToLong(r -> r[0]).toArray(),
        ranges.stream().mapToLong(r -> r[1]).toArray());
  }
}
