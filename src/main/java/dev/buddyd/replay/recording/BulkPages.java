package dev.buddyd.replay.recording;

import dev.buddyd.replay.json.LimitException;
import java.util.Arrays;

/** The pfns that all bulk requests of a replay got, one after the other. */
public final class BulkPages {

  private static final int MAX_PAGES = 16 << 20;

  private long[] pfns = new long[64];
  private int size;

  /** Appends the first {@code count} pfns; returns where they start. */
  int add(long[] got, int count) {
    if (size + count > MAX_PAGES) {
      throw new LimitException("recording_bulk_pages", MAX_PAGES);
    }
    if (size + count > pfns.length) {
      pfns = Arrays.copyOf(pfns, Math.max(2 * pfns.length, size + count));
    }
    System.arraycopy(got, 0, pfns, size, count);
    size += count;
    return size - count;
  }

  /** The pfn at an offset. */
  public long pfn(int offset) {
    return pfns[offset];
  }
}
