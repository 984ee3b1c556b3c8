package dev.buddyd.replay.reclaim;

import dev.buddyd.mm.reclaim.MemoryReclaim;
import dev.buddyd.mm.reclaim.Reclaim;
import dev.buddyd.mm.trace.Trace;
import dev.buddyd.mm.zone.AllocationRequest;
import dev.buddyd.mm.zone.Zone;
import org.jspecify.annotations.Nullable;

/**
 * The one CPU that the task and kswapd share: a woken kswapd has it as soon as the task may sleep,
 * and again when the task has used up its slice. Takes the time that the recordings show.
 */
final class OneCpu implements Reclaim {

  /** Virtual time of a request without reclaim. */
  private static final long REQUEST_MICROS = 1;

  /** Virtual time of a pass over 64 clean pages: 120 to 250 were seen. */
  private static final long PASS_MICROS = 150;

  /** What the task may use of the CPU while kswapd waits. */
  private static final long SLICE_MICROS = 3000;

  private final MemoryReclaim reclaim;
  private final EqualMachine.Clock clock;
  private long kswapdRanAt = -SLICE_MICROS;

  OneCpu(MemoryReclaim reclaim, EqualMachine.Clock clock) {
    this.reclaim = reclaim;
    this.clock = clock;
  }

  /** The task may give the CPU up. */
  void mayYield() {
    if (clock.micros() - kswapdRanAt >= SLICE_MICROS && reclaim.runKswapd(null)) {
      kswapdRanAt = clock.micros();
    }
  }

  /** A request was made. */
  void requested() {
    clock.sleep(REQUEST_MICROS);
  }

  @Override
  public void beforeSleep(@Nullable Trace trace) {
    mayYield();
  }

  @Override
  public long directReclaim(AllocationRequest request, @Nullable Trace trace) {
    clock.sleep(PASS_MICROS);
    return reclaim.directReclaim(request, trace);
  }

  @Override
  public Compaction compact(
      AllocationRequest request, CompactionPriority priority, @Nullable Trace trace) {
    return reclaim.compact(request, priority, trace);
  }

  @Override
  public void compacted(AllocationRequest request, long pfn) {
    reclaim.compacted(request, pfn);
  }

  @Override
  public boolean compactionMayHelp(AllocationRequest request) {
    return reclaim.compactionMayHelp(request);
  }

  @Override
  public long reclaimablePages(Zone zone) {
    return reclaim.reclaimablePages(zone);
  }

  @Override
  public Oom outOfMemory(AllocationRequest request, @Nullable Trace trace) {
    return reclaim.outOfMemory(request, trace);
  }

  @Override
  public void background(@Nullable Trace trace) {
    reclaim.background(trace);
  }
}
