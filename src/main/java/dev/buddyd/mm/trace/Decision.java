package dev.buddyd.mm.trace;

import java.util.List;

/**
 * Everything the allocator decides, with the rule that says so and the names of the values that go
 * with it. The code that decides emits one of these to a {@link Trace}; explanations, events, the
 * kernel's trace text and counters are renderings of it.
 */
public enum Decision {
  // ---- the request's way (spec 05)
  REQUEST("F-4", "gfp", "order", "node", "cpu", "highest_zoneidx", "migratetype"),
  FAST_ATTEMPT("F-8", "flags"),
  NO_PREFERRED_ZONE("F-6", "highest_zoneidx"),
  FAST_FAILED("F-8"),
  SLOW_START("F-20", "flags"),
  SCAN("F-10", "flags"),
  NOMIX_CLEARED("F-15"),
  NOMIX_LEFT_NODE("F-11c"),
  BELOW_HIGH_SET("F-12"),
  ZONE_EXHAUSTED("F-14"),
  RESERVE_RIGHTS("F-21", "rights"),
  EARLY_COMPACTION("F-33a", "result"),
  NO_PASS("F-33b", "this_node"),
  NO_SLEEP("F-35b"),
  DIRECT_RECLAIM("F-36", "reclaimed_pages"),
  DIRECT_COMPACTION("F-37", "result"),
  RECLAIM_RETRY_ZONE(
      "F-45",
      "order",
      "reclaimable_pages",
      "available_pages",
      "mark",
      "no_progress_rounds",
      "passes"),
  RETRY_RECLAIM("F-45", "no_progress_rounds", "worth"),
  COMPACT_RETRY("F-46", "order", "priority", "result", "retries", "max_retries", "worth"),
  ONE_PASS("F-38a"),
  COSTLY_ONE_PASS("F-38b"),
  /** Which of {@link NoKill} keeps the OOM killer away. */
  NO_KILL("F-47", "reason"),
  OOM_STEP("F-47", "result"),
  NOFAIL_RESERVE("F-40"),
  REFUSED("F-41", "kernel_would", "order", "migratetype", "gfp"),
  BULK_ZONE("F-60", "wanted", "mark"),
  BULK_PAGE("F-61", "pfn", "order", "migratetype", "gfp"),
  EXACT_TRIM("B-92", "pfn", "pages"),
  SPLIT_PAGE("B-91", "pfn", "order"),

  // ---- per-CPU lists (spec 04)
  PCP_HIT("P-20", "cpu", "list", "count", "pfn"),
  PCP_REFILL("P-21", "cpu", "list", "wanted_blocks", "got_blocks", "batch", "high"),
  PCP_FREE("P-33", "cpu", "list", "count", "limit", "pfn"),
  PCP_DRAIN("P-40", "cpu", "list", "pages"),
  BELOW_HIGH_CLEARED("P-33.6"),

  // ---- buddy lists (spec 03)
  TAKE("B-10", "pfn", "order", "migratetype", "from_order"),
  SPLIT("B-11", "pfn", "from_order", "to_order"),
  CLAIM_BLOCK("B-41.2", "pfn", "order", "from_migratetype", "to_migratetype"),
  CLAIM_COUNT("B-41.7", "pfn", "order", "free_pages", "alike_pages", "needed_pages", "claimed"),
  CLAIM_EDGE("B-41.4", "pfn", "order"),
  CLAIM_TOO_SMALL("B-40.2", "order"),
  STEAL("B-50", "pfn", "order", "from_order", "migratetype"),
  BOOST("B-42", "boost"),
  HIGHATOMIC_RESERVE("B-70", "pfn", "reserved_pages"),
  HIGHATOMIC_UNRESERVE("B-71", "pfn", "reserved_pages"),
  ISOLATE("B-80", "pfn", "from_migratetype"),
  UNISOLATE("B-81", "pfn", "to_migratetype"),
  MERGE("B-20", "pfn", "buddy_pfn", "order"),
  MERGE_STOP("B-20.3", "pfn", "buddy_pfn", "order", "reason"),
  LIST_END("B-21", "pfn", "order", "migratetype", "tail"),

  // ---- background work (spec 02, section 6)
  KSWAPD_PENDING("Z-52", "node", "order", "highest_zoneidx", "woken", "gfp", "failures"),
  KCOMPACTD_WAKE("Z-54", "node", "order", "highest_zoneidx", "by_kswapd"),
  KSWAPD_RUN("R-25", "node", "reclaimed_pages", "failures"),
  TICK("P-42", "cpu"),
  /** The knob by its place among the names in alphabetical order; the first number it has now. */
  SYSCTL_WRITE("Z-24", "sysctl", "value"),
  OOM_SCORE_ADJ_UPDATE("R-51", "oom_score_adj"),

  // ---- reclaim, compaction, OOM (spec 06)
  MM_VMSCAN_DIRECT_RECLAIM_BEGIN("R-10", "order", "gfp"),
  MM_VMSCAN_DIRECT_RECLAIM_END("R-10", "reclaimed_pages", "scanned_pages"),
  MM_VMSCAN_LRU_SHRINK_INACTIVE(
      "R-1",
      "list",
      "scanned_pages",
      "reclaimed_pages",
      "dirty_pages",
      "writeback_pages",
      "priority"),
  NODE_RECLAIM("R-20", "node", "goal_pages", "reclaimed_pages"),
  RECLAIM_LEFT(
      "R-1",
      "dirty_file_pages",
      "need_io_pages",
      "need_fs_pages",
      "need_swap_pages",
      "writeback_pages",
      "gfp"),
  MM_VMSCAN_WRITE_FOLIO("R-1", "pfn", "order"),
  MM_VMSCAN_THROTTLED("R-15", "node", "micros"),
  MM_SHRINK_SLAB_END("R-10", "node", "scanned_pages", "freed_pages", "priority"),
  WRITEBACK_START("R-1", "node", "pages"),
  MM_VMSCAN_KSWAPD_WAKE("R-25", "node", "order", "highest_zoneidx"),
  MM_VMSCAN_KSWAPD_SLEEP("R-27", "node"),
  MM_COMPACTION_KCOMPACTD_WAKE("R-35", "node", "order", "highest_zoneidx"),
  MM_COMPACTION_TRY_TO_COMPACT_PAGES("R-32", "order", "gfp", "priority"),
  MM_COMPACTION_SUITABLE("R-30", "order", "verdict"),
  MM_COMPACTION_DEFERRED("R-32", "order", "failed_order", "considered", "limit", "kcompactd"),
  MM_COMPACTION_BEGIN("R-33", "zone_start_pfn", "zone_end_pfn", "sync", "order", "kcompactd"),
  MM_COMPACTION_END(
      "R-33",
      "moved_pages",
      "migrate_scanned",
      "free_scanned",
      "block_ready",
      "migrate_pfn",
      "free_pfn"),
  PAGE_MIGRATED("R-33", "from_pfn", "to_pfn", "order"),
  MARK_VICTIM(
      "R-52", "owner", "badness", "rss_pages", "swap_pages", "oom_score_adj", "total_pages"),

  // ---- tracepoints (spec 07, section 7)
  MM_PAGE_ALLOC("T-40", "pfn", "order", "migratetype", "gfp"),
  MM_PAGE_FREE("T-40", "pfn", "order"),
  MM_PAGE_ALLOC_ZONE_LOCKED("B-10.5", "pfn", "order", "migratetype", "percpu_refill"),
  MM_PAGE_PCPU_DRAIN("P-40", "pfn", "order", "migratetype"),
  MM_PAGE_ALLOC_EXTFRAG(
      "B-40",
      "pfn",
      "alloc_order",
      "fallback_order",
      "alloc_migratetype",
      "fallback_migratetype",
      "change_ownership");

  private final String rule;

  @SuppressWarnings("ImmutableEnumChecker") // made by List.of
  private final List<String> valueNames;

  Decision(String rule, String... valueNames) {
    this.rule = rule;
    this.valueNames = List.of(valueNames);
  }

  /** Id of the spec rule that decided. */
  public String rule() {
    return rule;
  }

  /** How many values go with this decision (0..6). */
  public int valueCount() {
    return valueNames.size();
  }

  /** Name of a value, in snake case. */
  public String valueName(int i) {
    return valueNames.get(i);
  }
}
