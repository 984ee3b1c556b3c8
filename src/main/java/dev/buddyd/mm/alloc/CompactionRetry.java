package dev.buddyd.mm.alloc;

import dev.buddyd.mm.frame.Geometry;
import dev.buddyd.mm.reclaim.Reclaim;
import dev.buddyd.mm.reclaim.Reclaim.Compaction;
import dev.buddyd.mm.reclaim.Reclaim.CompactionPriority;
import dev.buddyd.mm.trace.Decision;
import dev.buddyd.mm.trace.Trace;
import dev.buddyd.mm.zone.AllocationRequest;
import org.jspecify.annotations.Nullable;

/** How hard a request compacts, and whether it is worth another try (F-46). For one request. */
final class CompactionRetry {

  private static final int MAX_RETRIES = 16;
  private static final int MAX_RETRIES_COSTLY = 4;

  private final Reclaim reclaim;
  private final AllocationRequest request;
  private final boolean costly;
  private CompactionPriority priority = CompactionPriority.SYNC_LIGHT;
  private int retries;

  CompactionRetry(Reclaim reclaim, AllocationRequest request) {
    this.reclaim = reclaim;
    this.request = request;
    this.costly = request.order() > Geometry.COSTLY_ORDER;
  }

  /** How hard the next compaction tries. */
  CompactionPriority priority() {
    return priority;
  }

  /** F-33b: the request shall not wait. */
  void stayAsync() {
    priority = CompactionPriority.ASYNC;
  }

  /** Whether compaction that came to this is worth another try, perhaps a harder one. */
  boolean worth(Compaction last, @Nullable Trace trace) {
    CompactionPriority tried = priority;
    int before = retries;
    int most = costly && last == Compaction.SUCCESS ? MAX_RETRIES_COSTLY : MAX_RETRIES;
    boolean worth =
        switch (last) {
          case SKIPPED -> reclaim.compactionMayHelp(request);
          case SUCCESS -> ++retries <= most;
          case DEFERRED, FAILED -> harder();
        };
    if (trace != null) {
      trace.decided(
          Decision.COMPACT_RETRY,
          Trace.NO_ZONE,
          request.order(),
          tried.number(),
          last.ordinal(),
          before,
          most,
          worth ? 1 : 0);
    }
    return worth;
  }

  private boolean harder() {
    CompactionPriority hardest =
        costly ? CompactionPriority.SYNC_LIGHT : CompactionPriority.SYNC_FULL;
    if (priority.compareTo(hardest) >= 0) {
      return false;
    }
    priority = priority.harder();
    retries = 0;
    return true;
  }
}
