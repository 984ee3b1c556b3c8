package dev.buddyd.mm.reclaim;

import dev.buddyd.mm.trace.Trace;
import dev.buddyd.mm.zone.AllocationRequest;
import dev.buddyd.mm.zone.Zone;
import org.jspecify.annotations.Nullable;

/** Reclaim of a machine that has no reclaimable pages and no processes of its own. */
final class NothingToReclaim implements Reclaim {

  @Override
  public long directReclaim(AllocationRequest request, @Nullable Trace trace) {
    return 0;
  }

  @Override
  public Compaction compact(
      AllocationRequest request, CompactionPriority priority, @Nullable Trace trace) {
    return Compaction.SKIPPED;
  }

  @Override
  public long reclaimablePages(Zone zone) {
    return 0;
  }

  @Override
  public Oom outOfMemory(AllocationRequest request, @Nullable Trace trace) {
    return Oom.INVOKED;
  }
}
