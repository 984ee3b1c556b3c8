package dev.buddyd.machine;

import dev.buddyd.mm.gfp.RequestFlags;
import dev.buddyd.mm.trace.Decision;
import dev.buddyd.mm.trace.Trace;
import dev.buddyd.mm.trace.WatermarkVerdict;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Hears what the allocator decides for one request: puts events into the ring, keeps the watermark
 * verdicts of the last walk for a refusal, and the steps if an explanation was asked for. Serves
 * one request after the other, for one thread.
 */
final class RequestTrace implements Trace {

  /** Decisions that are events of their own; the others only explain. */
  private static final Set<Decision> EVENTS =
      EnumSet.of(
          Decision.MM_PAGE_ALLOC,
          Decision.BULK_PAGE,
          Decision.SPLIT_PAGE,
          Decision.MM_PAGE_FREE,
          Decision.MM_PAGE_ALLOC_ZONE_LOCKED,
          Decision.MM_PAGE_PCPU_DRAIN,
          Decision.MM_PAGE_ALLOC_EXTFRAG,
          Decision.BELOW_HIGH_SET,
          Decision.BELOW_HIGH_CLEARED,
          Decision.BOOST,
          Decision.CLAIM_BLOCK,
          Decision.HIGHATOMIC_RESERVE,
          Decision.HIGHATOMIC_UNRESERVE,
          Decision.KSWAPD_PENDING,
          Decision.KCOMPACTD_WAKE,
          Decision.KSWAPD_RUN,
          Decision.RECLAIM_RETRY_ZONE,
          Decision.COMPACT_RETRY,
          Decision.MM_VMSCAN_DIRECT_RECLAIM_BEGIN,
          Decision.MM_VMSCAN_DIRECT_RECLAIM_END,
          Decision.MM_VMSCAN_LRU_SHRINK_INACTIVE,
          Decision.MM_VMSCAN_WRITE_FOLIO,
          Decision.MM_VMSCAN_THROTTLED,
          Decision.MM_SHRINK_SLAB_END,
          Decision.WRITEBACK_START,
          Decision.MM_VMSCAN_KSWAPD_WAKE,
          Decision.MM_VMSCAN_KSWAPD_SLEEP,
          Decision.MM_COMPACTION_KCOMPACTD_WAKE,
          Decision.MM_COMPACTION_TRY_TO_COMPACT_PAGES,
          Decision.MM_COMPACTION_SUITABLE,
          Decision.MM_COMPACTION_DEFERRED,
          Decision.MM_COMPACTION_BEGIN,
          Decision.MM_COMPACTION_END,
          Decision.PAGE_MIGRATED,
          Decision.MARK_VICTIM,
          Decision.REFUSED,
          Decision.TICK,
          Decision.SYSCTL_WRITE,
          Decision.OOM_SCORE_ADJ_UPDATE);

  /** Decisions that give a block to a holder. */
  private static final Set<Decision> GRANTS =
      EnumSet.of(Decision.MM_PAGE_ALLOC, Decision.BULK_PAGE, Decision.SPLIT_PAGE);

  /** Told of each block granted or split, with the lock held that makes it visible. */
  interface Grants {
    void granted(Decision decision, long sequence, int zone, long pfn);
  }

  private static final Grants NOBODY = (decision, sequence, zone, pfn) -> {};

  private final @Nullable SimulatedMachine machine;
  private final Grants grants;
  private final @Nullable StepLog steps;
  private final List<WatermarkVerdict> verdicts = new ArrayList<>();
  private int cpu;
  private int owner;
  private int highestZoneidx;

  /** Whether this is the look at high that the OOM killer takes before it kills. */
  private boolean forOomKiller;

  /**
   * A trace of requests whose grants nobody else writes down.
   *
   * @param machine whose events these are, or null for a what-if that leaves none
   */
  RequestTrace(@Nullable SimulatedMachine machine, boolean explain) {
    this(machine, NOBODY, explain);
  }

  /**
   * A trace of one client's requests.
   *
   * @param machine whose events these are, or null for a what-if that leaves none
   */
  RequestTrace(@Nullable SimulatedMachine machine, Grants grants, boolean explain) {
    this.machine = machine;
    this.grants = grants;
    this.steps = explain ? new StepLog() : null;
  }

  /** Whether steps are kept. */
  boolean explains() {
    return steps != null;
  }

  /** The next request begins. */
  void begin(int cpu, int owner) {
    this.cpu = cpu;
    this.owner = owner;
    verdicts.clear();
    forOomKiller = false;
    if (steps != null) {
      steps.clear();
    }
  }

  @Override
  public void decided(
      Decision decision, int zone, long v0, long v1, long v2, long v3, long v4, long v5) {
    if (decision == Decision.SCAN) {
      forOomKiller = ((int) v0 & RequestFlags.WM_MASK) == RequestFlags.WM_HIGH; // F-47
      if (!forOomKiller) {
        verdicts.clear();
      }
    }
    if (decision == Decision.REQUEST) {
      highestZoneidx = (int) v4;
    }
    if (machine != null) {
      machine.counters().count(decision, zone, cpu, highestZoneidx, v0, v1, v2, v3, v4, v5);
    }
    if (machine != null && EVENTS.contains(decision)) {
      long sequence = machine.event(decision, zone, cpu, owner, v0, v1, v2, v3, v4, v5);
      if (GRANTS.contains(decision)) {
        grants.granted(decision, sequence, zone, v0);
      }
    }
    // page by page it says less than the scan that did it
    if (steps != null && decision != Decision.MM_VMSCAN_WRITE_FOLIO) {
      steps.keep(new Step(decision, zone, List.of(v0, v1, v2, v3, v4, v5), null));
    }
  }

  @Override
  public void watermark(WatermarkVerdict verdict) {
    if (!forOomKiller) {
      verdicts.add(verdict);
    }
    if (steps != null) {
      steps.keep(new Step(null, verdict.zone(), List.of(), verdict));
    }
  }

  @Override
  public boolean wantsWatermarks() {
    return true;
  }

  /** Verdicts of the last walk down the zonelist that decided: the OOM killer's own does not. */
  List<WatermarkVerdict> verdicts() {
    return List.copyOf(verdicts);
  }

  /** What {@link StepLog} keeps, or an empty list if no explanation was asked for. */
  List<Step> steps() {
    return steps == null ? List.of() : steps.steps();
  }
}
