package dev.buddyd.replay.reclaim;

import dev.buddyd.mm.reclaim.KswapdRun;
import dev.buddyd.mm.reclaim.MemoryReclaim;
import dev.buddyd.mm.reclaim.Reclaim;
import dev.buddyd.mm.reclaim.VmEvent;
import dev.buddyd.mm.trace.Trace;
import dev.buddyd.mm.zone.AllocationRequest;
import dev.buddyd.mm.zone.Node;
import dev.buddyd.mm.zone.Zone;
import org.jspecify.annotations.Nullable;

/**
 * The one CPU that the task and kswapd share. Who has it when is the scheduler's affair, not the
 * allocator's, and is taken from the recording: during each request an awake kswapd looks at as
 * many pages as it did there, a killed process gives back what was free at the end of it there, and
 * the request takes as long.
 */
final class OneCpu implements Reclaim {

  /** Pages that a task looks at before the other one has the CPU: a tick of 4 ms. */
  private static final long SLICE_PAGES = 4_000;

  /** Pages of a killed process in the time of one pass at least, so that the wait for it ends. */
  private static final long LEAST_EXIT = 32;

  private final MemoryReclaim reclaim;
  private final Node node;
  private final EqualMachine.Clock clock;
  private final EqualMachine machine;
  private @Nullable KswapdRun kswapd;

  /** Pages that kswapd may still look at during this request. */
  private long share;

  /** Whether the task reclaims itself, and what it has looked at in its slice. */
  private boolean reclaiming;

  private long looked;

  /** Free pages when this request ends. */
  private long freeAfter;

  /** Pages that a killed process has given back during this pass. */
  private long exited;

  /** When this request ends, unless its own work takes longer. */
  private long until;

  OneCpu(EqualMachine machine) {
    this.machine = machine;
    this.reclaim = machine.reclaim();
    this.node = machine.memory().node(0);
    this.clock = machine.clock();
    clock.whenLooked(this::looked);
  }

  /** The task makes a request, and may lose the CPU to a kswapd that an earlier one has woken. */
  void begin(RecordedTest.Turn turn) {
    share = turn.kswapdPages();
    until = clock.micros() + turn.micros();
    freeAfter = turn.freeAfter();
    giveWay(SLICE_PAGES);
  }

  /** The request has its answer. */
  void end() {
    giveWay(Long.MAX_VALUE);
    clock.sleep(Math.max(until - clock.micros(), 0));
  }

  /** kswapd has the CPU until it has looked at so many pages. */
  private void giveWay(long pages) {
    reclaim.lock();
    try {
      takeTurn(pages);
    } finally {
      reclaim.unlock();
    }
  }

  private void takeTurn(long pages) {
    long least = share - Math.min(pages, share);
    while (share > least && awake()) {
      step();
    }
  }

  /** The task that reclaims has looked at pages, and loses the CPU after its slice. */
  private void looked(long pages) {
    if (!reclaiming) {
      return;
    }
    looked += pages;
    if (looked >= SLICE_PAGES) {
      looked = 0;
      reclaiming = false;
      takeTurn(SLICE_PAGES);
      reclaiming = true;
    }
  }

  private boolean awake() {
    if (kswapd == null) {
      kswapd = reclaim.beginKswapd(node, null);
    }
    return kswapd != null;
  }

  /** kswapd has the CPU for a while, and when it sleeps kcompactd. */
  private void step() {
    long before = reclaim.events().get(VmEvent.PGSCAN_KSWAPD);
    if (kswapd != null && !kswapd.step()) {
      kswapd = null;
      reclaim.runKcompactd(node, null);
    }
    share -= reclaim.events().get(VmEvent.PGSCAN_KSWAPD) - before;
  }

  /** */
  private void waitForKswapd(AllocationRequest request) {
    reclaim.lock();
    try {
      if (reclaim.throttles(request) && awake()) {
        do {
          step();
        } while (kswapd != null && !(kswapd.betweenRounds() && !reclaim.throttles(request)));
      }
    } finally {
      reclaim.unlock();
    }
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
    reclaim.background(trace);
  }

  @Override
  public void beforeSleep(@Nullable Trace trace) {
    giveWay(SLICE_PAGES);
  }

  @Override
  public long directReclaim(AllocationRequest request, @Nullable Trace trace) {
    waitForKswapd(request);
    long target = freeAfter + (1L << request.order());
    exited = 0;
    machine.holders().letExit(() -> exited++ < LEAST_EXIT || machine.freePages() < target);
    looked = 0;
    reclaiming = true;
    try {
      return reclaim.directReclaim(request, trace);
    } finally {
      reclaiming = false;
      machine.holders().letExit(() -> true);
    }
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
