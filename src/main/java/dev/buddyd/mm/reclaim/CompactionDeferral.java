package dev.buddyd.mm.reclaim;

import dev.buddyd.mm.trace.Decision;
import dev.buddyd.mm.trace.Trace;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Zones in which compaction failed are left alone for a while, by zone ordinal. */
final class CompactionDeferral {

  /** Largest shift: at most 64 requests are turned away. */
  static final int MAX_SHIFT = 6;

  private final int[] considered;
  private final int[] shift;
  private final int[] failedOrder;

  CompactionDeferral(int zones, int maxOrder) {
    considered = new int[zones];
    shift = new int[zones];
    failedOrder = new int[zones];
    Arrays.fill(failedOrder, maxOrder + 1);
  }

  void copy(CompactionDeferral origin) {
    System.arraycopy(origin.considered, 0, considered, 0, considered.length);
    System.arraycopy(origin.shift, 0, shift, 0, shift.length);
    System.arraycopy(origin.failedOrder, 0, failedOrder, 0, failedOrder.length);
  }

  /** Considered, shift and failed order of a zone: for a snapshot. */
  long[] values(int zone) {
    return new long[] {considered[zone], shift[zone], failedOrder[zone]};
  }

  /** Goes on from what {@link #values} gave. */
  void load(int zone, long[] values) {
    considered[zone] = (int) values[0];
    shift[zone] = (int) values[1];
    failedOrder[zone] = (int) values[2];
  }

  /**
   * Whether this zone is to be passed over now; each question counts.
   *
   * @param daemon whether kcompactd asks
   */
  boolean deferred(int zone, int order, boolean daemon, @Nullable Trace trace) {
    if (order < failedOrder[zone]) {
      return false;
    }
    int limit = 1 << shift[zone];
    considered[zone] = Math.min(considered[zone] + 1, limit);
    if (considered[zone] >= limit) {
      return false;
    }
    if (trace != null) {
      trace.decided(
          Decision.MM_COMPACTION_DEFERRED,
          zone,
          order,
          failedOrder[zone],
          considered[zone],
          limit,
          daemon ? 1 : 0);
    }
    return true;
  }

  /** Compaction in earnest made no block. */
  void failed(int zone, int order) {
    considered[zone] = 0;
    shift[zone] = Math.min(shift[zone] + 1, MAX_SHIFT);
    failedOrder[zone] = Math.min(failedOrder[zone], order);
  }

  /** A request of this order was served. */
  void allocated(int zone, int order) {
    considered[zone] = 0;
    shift[zone] = 0;
    failedOrder[zone] = Math.max(failedOrder[zone], order + 1);
  }

  int shift(int zone) {
    return shift[zone];
  }
}
