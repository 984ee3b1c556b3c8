package dev.buddyd.mm.reclaim;

import dev.buddyd.mm.trace.Decision;
import dev.buddyd.mm.trace.Trace;
import org.jspecify.annotations.Nullable;

/**
 * What follows from a round over the lists that has won nothing because the disk must have the
 * pages first. Under the lock of {@link MemoryReclaim}.
 */
final class DiskWait {

  /** The longest wait for the disk, in virtual microseconds. */
  private static final long MOST_MICROS = 100_000;

  private final LruPages pages;
  private final Writeback writeback;
  private final VirtualClock clock;

  DiskWait(LruPages pages, Writeback writeback, VirtualClock clock) {
    this.pages = pages;
    this.writeback = writeback;
    this.clock = clock;
  }

  /**
   * Pages that are being written are waited for. Dirty ones only wake the flusher: behind them may
   * lie others, and whoever looks goes on at the next priority at once. Only after the last one it
   * waits for the flusher.
   *
   * @param last whether there is no more urgent priority, and nothing has been won at any
   * @return whether the last round is worth another try
   */
  boolean afterRound(ScanTally tally, boolean last, int node, @Nullable Trace trace) {
    if (tally.wonInRound() > 0) {
      return false;
    }
    if (tally.metDirty()) {
      wakeFlusher(node, trace);
    }
    boolean waits = tally.metWriteback() || (last && tally.metDirty());
    return waits && sleep(node, trace) && last;
  }

  private void wakeFlusher(int node, @Nullable Trace trace) {
    if (writeback.wakeFlusher(clock.micros()) && trace != null) {
      trace.decided(Decision.WRITEBACK_START, Trace.NO_ZONE, node, pages.dirtyPages());
    }
  }

  private boolean sleep(int node, @Nullable Trace trace) {
    long wait = Math.min(MOST_MICROS, writeback.idleAt() - clock.micros());
    if (wait <= 0) {
      return false;
    }
    clock.sleep(wait);
    if (trace != null) {
      trace.decided(Decision.MM_VMSCAN_THROTTLED, Trace.NO_ZONE, node, wait);
    }
    return true;
  }
}
