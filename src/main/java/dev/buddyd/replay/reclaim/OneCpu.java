package dev.buddyd.replay.reclaim;

import dev.buddyd.mm.reclaim.KswapdRun;
import dev.buddyd.mm.reclaim.MemoryReclaim;
import dev.buddyd.mm.reclaim.Reclaim;
import dev.buddyd.mm.reclaim.VirtualClock;
import dev.buddyd.mm.trace.Trace;
import dev.buddyd.mm.zone.AllocationRequest;
import dev.buddyd.mm.zone.Node;
import dev.buddyd.mm.zone.Zone;
import org.jspecify.annotations.Nullable;

/**
 * The one CPU that the task and kswapd share: a woken kswapd has it as soon as the task may sleep
 * or at the next tick, and from then on who has it loses it at a tick if the other one wants it.
 * Takes the time that the recordings show.
 */
final class OneCpu implements Reclaim {

  /** HZ is 250. */
  static final long TICK_MICROS = 4000;

  /** Time of a request without reclaim. */
  private static final long REQUEST_NANOS = 1000;

  /** What there is to a pass besides looking at pages. */
  private static final long PASS_NANOS = 50_000;

  /** 64 pages in 95 us, 4 in 25. */
  private static final long SCAN_NANOS = 20_000;

  private static final long SCANNED_NANOS = 1200;

  private static final long SWAPPED_OUT_NANOS = 8000;

  /** 5 to 15 ms for a pageblock. */
  private static final long MIGRATED_NANOS = 20_000;

  private final MemoryReclaim reclaim;
  private final Node node;
  private final EqualMachine.Clock clock;

  /** Less than a microsecond that the clock has not been told yet. */
  private long nanos;

  private @Nullable KswapdRun kswapd;
  private boolean daemonsRun;
  private long tickOfTask;
  private final boolean atOnce;

  /**
   * @param atOnce whether a woken kswapd has the CPU as soon as the task may sleep; otherwise only
   *     at the next tick, as one that had more than its share
   */
  OneCpu(MemoryReclaim reclaim, Node node, EqualMachine.Clock clock, boolean atOnce) {
    this.atOnce = atOnce;
    this.reclaim = reclaim;
    this.node = node;
    this.clock = clock;
    clock.drive(this);
    tickOfTask = atOnce ? -1 : tick();
  }

  /** The task may give the CPU up. */
  void mayYield() {
    reclaim.lock();
    try {
      share();
    } finally {
      reclaim.unlock();
    }
  }

  /** A request was made. */
  void requested() {
    pass(REQUEST_NANOS);
  }

  /** Somebody has worked on pages, and may lose the CPU now. */
  void worked(VirtualClock.Work work, long pages) {
    pass(
        switch (work) {
          case SCANNED -> SCAN_NANOS + pages * SCANNED_NANOS;
          case SWAPPED_OUT -> pages * SWAPPED_OUT_NANOS;
          case MIGRATED -> pages * MIGRATED_NANOS;
        });
    if (!daemonsRun) {
      share();
    }
  }

  private void pass(long length) {
    nanos += length;
    clock.sleep(nanos / 1000);
    nanos %= 1000;
  }

  private long tick() {
    return clock.micros() / TICK_MICROS;
  }

  private void share() {
    if (tick() == tickOfTask && (kswapd != null || !atOnce)) {
      return;
    }
    begin();
    for (long tick = tick(); kswapd != null && tick() == tick; ) {
      step();
    }
    tickOfTask = tick();
  }

  /** kswapd, if it is awake, has something to do from now on. */
  private void begin() {
    if (kswapd == null) {
      kswapd = reclaim.beginKswapd(node, null);
    }
  }

  /** */
  private void waitForKswapd(AllocationRequest request) {
    reclaim.lock();
    try {
      if (reclaim.throttles(request)) {
        begin();
        do {
          step();
        } while (kswapd != null && !(kswapd.betweenRounds() && !reclaim.throttles(request)));
      }
    } finally {
      reclaim.unlock();
    }
  }

  /** kswapd has the CPU for a while, and when it sleeps kcompactd. */
  private void step() {
    daemonsRun = true;
    if (kswapd != null && !kswapd.step()) {
      kswapd = null;
      reclaim.runKcompactd(node, null);
    }
    daemonsRun = false;
  }

  /** The task makes no more requests: the daemons have the CPU until they sleep. */
  void idle(@Nullable Trace trace) {
    reclaim.lock();
    try {
      while (kswapd != null) {
        step();
      }
    } finally {
      reclaim.unlock();
    }
    daemonsRun = true;
    reclaim.background(trace);
    daemonsRun = false;
  }

  @Override
  public void beforeSleep(@Nullable Trace trace) {
    mayYield();
  }

  @Override
  public long directReclaim(AllocationRequest request, @Nullable Trace trace) {
    waitForKswapd(request);
    pass(PASS_NANOS);
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
