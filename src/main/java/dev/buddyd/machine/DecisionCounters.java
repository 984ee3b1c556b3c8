package dev.buddyd.machine;

import dev.buddyd.mm.alloc.KernelWould;
import dev.buddyd.mm.frame.MigrateType;
import dev.buddyd.mm.trace.Decision;
import dev.buddyd.mm.zone.PhysicalMemory;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;

/**
 * How often a machine decided what, since it was taken into service: fed with every decision while
 * it is made, read at any time. Adders, so that counting never makes two CPUs wait for each other.
 */
public final class DecisionCounters {

  /** Decisions that tracepoints of {@code kmem}, vmscan, compaction and oom tell (T-40). */
  private static final Set<Decision> TRACEPOINTS =
      EnumSet.of(
          Decision.MM_PAGE_ALLOC,
          Decision.MM_PAGE_FREE,
          Decision.MM_PAGE_ALLOC_ZONE_LOCKED,
          Decision.MM_PAGE_PCPU_DRAIN,
          Decision.MM_PAGE_ALLOC_EXTFRAG,
          Decision.MM_VMSCAN_DIRECT_RECLAIM_BEGIN,
          Decision.MM_VMSCAN_DIRECT_RECLAIM_END,
          Decision.MM_VMSCAN_LRU_SHRINK_INACTIVE,
          Decision.MM_VMSCAN_KSWAPD_WAKE,
          Decision.MM_VMSCAN_KSWAPD_SLEEP,
          Decision.MM_VMSCAN_WRITE_FOLIO,
          Decision.RECLAIM_RETRY_ZONE,
          Decision.COMPACT_RETRY,
          Decision.WRITEBACK_START,
          Decision.KCOMPACTD_WAKE,
          Decision.MM_COMPACTION_KCOMPACTD_WAKE,
          Decision.MM_COMPACTION_TRY_TO_COMPACT_PAGES,
          Decision.MM_COMPACTION_SUITABLE,
          Decision.MM_COMPACTION_DEFERRED,
          Decision.MM_COMPACTION_BEGIN,
          Decision.MM_COMPACTION_END,
          Decision.MARK_VICTIM);

  private static final int RESULTS = AllocationResult.values().length;
  private static final int GFP_TYPES = GfpType.values().length;

  private final int orders;
  private final int types;
  private final LongAdder[] allocations;
  private final LongAdder[] fallbacks;
  private final LongAdder[] kswapdWakes;
  private final LongAdder[] kswapdRuns;
  private final LongAdder[] kcompactdWakes;
  private final LongAdder[] boosts;
  private final LongAdder[] highatomicReserved;
  private final LongAdder[] highatomicUnreserved;
  private final LongAdder[] refills;
  private final LongAdder[] drains;
  private final LongAdder[] tracepoints;
  private final LongAdder slowPaths = new LongAdder();

  /** Counters of a machine that has decided nothing yet. */
  public DecisionCounters(PhysicalMemory memory) {
    int zones = memory.zones().size();
    int nodes = memory.nodes().size();
    orders = memory.geometry().maxOrder() + 1;
    types = memory.geometry().migrateTypes();
    allocations = adders(RESULTS * GFP_TYPES * orders);
    fallbacks = adders(zones * MigrateType.PCP_TYPES * types * 2);
    kswapdWakes = adders(nodes);
    kswapdRuns = adders(nodes);
    kcompactdWakes = adders(nodes);
    boosts = adders(zones);
    highatomicReserved = adders(zones);
    highatomicUnreserved = adders(zones);
    refills = adders(zones);
    drains = adders(zones);
    tracepoints = adders(memory.cpus());
  }

  /** Every counter by the name of its group; the order within a group is this version's own. */
  private Map<String, LongAdder[]> groups() {
    Map<String, LongAdder[]> groups = new LinkedHashMap<>();
    groups.put("allocations", allocations);
    groups.put("fallbacks", fallbacks);
    groups.put("kswapd_wakes", kswapdWakes);
    groups.put("kswapd_runs", kswapdRuns);
    groups.put("kcompactd_wakes", kcompactdWakes);
    groups.put("boosts", boosts);
    groups.put("highatomic_reserved", highatomicReserved);
    groups.put("highatomic_unreserved", highatomicUnreserved);
    groups.put("refills", refills);
    groups.put("drains", drains);
    groups.put("tracepoints", tracepoints);
    groups.put("others", new LongAdder[] {slowPaths});
    return groups;
  }

  /** All counts by the name of their group: for a snapshot. */
  public Map<String, long[]> values() {
    Map<String, long[]> values = new LinkedHashMap<>();
    groups()
        .forEach(
            (name, adders) ->
                values.put(name, Arrays.stream(adders).mapToLong(LongAdder::sum).toArray()));
    return values;
  }

  /**
   * Goes on from counts that {@link #values} gave on a machine of the same shape.
   *
   * @throws IllegalArgumentException if they are of another shape
   */
  public void load(Map<String, long[]> values) {
    for (Map.Entry<String, LongAdder[]> group : groups().entrySet()) {
      long[] counts = values.getOrDefault(group.getKey(), new long[0]);
      LongAdder[] adders = group.getValue();
      if (counts.length != adders.length) {
        throw new IllegalArgumentException(
            "%d counts of %s, not %d".formatted(adders.length, group.getKey(), counts.length));
      }
      for (int i = 0; i < counts.length; i++) {
        adders[i].reset();
        adders[i].add(counts[i]);
      }
    }
  }

  private static LongAdder[] adders(int count) {
    LongAdder[] adders = new LongAdder[count];
    for (int i = 0; i < count; i++) {
      adders[i] = new LongAdder();
    }
    return adders;
  }

  /** A decision was made; values as {@link Decision#valueName} names them. */
  void count(
      Decision decision,
      int zone,
      int cpu,
      int highestZoneidx,
      long v0,
      long v1,
      long v2,
      long v3,
      long v4,
      long v5) {
    if (isTracepoint(decision, v0, v3)) {
      tracepoints[cpu].increment();
    }
    switch (decision) {
      case MM_PAGE_ALLOC, BULK_PAGE -> allocation(AllocationResult.GRANTED, v1, v3).increment();
      case REFUSED ->
          allocation(AllocationResult.refused(KernelWould.values()[(int) v0]), v1, v3).increment();
      case MM_PAGE_ALLOC_EXTFRAG -> fallback(zone, (int) v3, (int) v4, v5 == 1).increment();
      case SLOW_START -> slowPaths.increment();
      case KSWAPD_PENDING -> kswapdWakes[(int) v0].add(v3); // Z-52
      case KSWAPD_RUN -> kswapdRuns[(int) v0].increment();
      case KCOMPACTD_WAKE -> kcompactdWakes[(int) v0].increment();
      case BOOST -> boosts[zone].increment();
      case HIGHATOMIC_RESERVE -> highatomicReserved[zone].increment();
      case HIGHATOMIC_UNRESERVE -> highatomicUnreserved[zone].increment();
      case PCP_REFILL -> refills[zone].increment();
      case PCP_DRAIN -> drains[zone].increment();
      default -> {}
    }
  }

  private LongAdder allocation(AllocationResult result, long order, long gfp) {
    return allocations[place(result, GfpType.of((int) gfp), (int) order)];
  }

  private int place(AllocationResult result, GfpType gfp, int order) {
    return (result.ordinal() * GFP_TYPES + gfp.ordinal()) * orders + order;
  }

  private LongAdder fallback(int zone, int wanted, int from, boolean claimed) {
    return fallbacks[
        ((zone * MigrateType.PCP_TYPES + wanted) * types + from) * 2 + (claimed ? 1 : 0)];
  }

  /**
   * Whether a decision is told by a tracepoint: a refusal is where the kernel returns, as an
   * allocation without page (F-9); kswapd is told of when it wakes.
   *
   * @param v0 its first value
   * @param v3 its fourth value
   */
  public static boolean isTracepoint(Decision decision, long v0, long v3) {
    return TRACEPOINTS.contains(decision)
        || (decision == Decision.KSWAPD_PENDING && v3 == 1)
        || (decision == Decision.REFUSED && v0 == KernelWould.FAIL.ordinal());
  }

  /** Requests that ended so; a bulk request counts once per page. */
  public long allocations(AllocationResult result, GfpType gfp, int order) {
    return allocations[place(result, gfp, order)].sum();
  }

  /**
   * Blocks taken for want of the wanted type (B-40, B-50).
   *
   * @param zone ordinal of the zone
   * @param wanted migratetype of the request
   * @param from migratetype of the list that the block came from
   * @param claimed whether the pageblock now has the wanted type
   */
  public long fallbacks(int zone, int wanted, int from, boolean claimed) {
    return fallback(zone, wanted, from, claimed).sum();
  }

  /** Requests that found no zone above its low mark (F-20). */
  public long slowPaths() {
    return slowPaths.sum();
  }

  /** Times that a node's kswapd was woken from sleep (Z-52). */
  public long kswapdWakes(int node) {
    return kswapdWakes[node].sum();
  }

  /** Runs of a node's kswapd from wake-up to sleep. */
  public long kswapdRuns(int node) {
    return kswapdRuns[node].sum();
  }

  /** Wake-ups of a node's kcompactd (Z-54). */
  public long kcompactdWakes(int node) {
    return kcompactdWakes[node].sum();
  }

  /** Times that a zone's marks were boosted (B-42). */
  public long boosts(int zone) {
    return boosts[zone].sum();
  }

  /** Pageblocks that a zone reserved for atomic requests (B-70). */
  public long highatomicReserved(int zone) {
    return highatomicReserved[zone].sum();
  }

  /** Reserved pageblocks that a zone gave back to ordinary use (B-71). */
  public long highatomicUnreserved(int zone) {
    return highatomicUnreserved[zone].sum();
  }

  /** Refills of a zone's per-CPU lists (P-21). */
  public long refills(int zone) {
    return refills[zone].sum();
  }

  /** Drains of a zone's per-CPU lists (P-40). */
  public long drains(int zone) {
    return drains[zone].sum();
  }

  /** Tracepoints hit on a CPU; what the ring no longer has is lost to the trace (T-41). */
  public long tracepoints(int cpu) {
    return tracepoints[cpu].sum();
  }
}
