package dev.buddyd.explain;

import dev.buddyd.mm.gfp.Gfp;
import dev.buddyd.mm.gfp.GfpMask;
import dev.buddyd.mm.reclaim.OomScore;
import dev.buddyd.mm.trace.Decision;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** Sentences for reclaim, compaction and the OOM killer. */
final class ReclaimSentences {

  private ReclaimSentences() {}

  /**
   * @param owners name of an owner number
   */
  static String of(Decision decision, List<Long> v, IntFunction<@Nullable String> owners) {
    return switch (decision) {
      case MM_VMSCAN_DIRECT_RECLAIM_BEGIN ->
          "direct reclaim: the request looks for pages itself, as %s allows"
              .formatted(new GfpMask((int) at(v, 1)));
      case MM_VMSCAN_DIRECT_RECLAIM_END ->
          at(v, 0) == 0
              ? "the pass ends without progress: looked at %s".formatted(Kb.pages(at(v, 1)))
              : "the pass ends: looked at %s, won %s"
                  .formatted(Kb.pages(at(v, 1)), Kb.pages(at(v, 0)));
      case MM_VMSCAN_WRITE_FOLIO -> "writes pfn %#x to swap".formatted(at(v, 0));
      case MM_VMSCAN_LRU_SHRINK_INACTIVE -> looked(v, at(v, 5), at(v, 5));
      case NODE_RECLAIM ->
          "zone_reclaim_mode: before another node is asked, node %d is to give %s, and gives %s"
              .formatted(at(v, 0), Kb.pages(at(v, 1)), Kb.pages(at(v, 2)));
      case RECLAIM_LEFT -> left(v);
      case MM_VMSCAN_THROTTLED -> "waits %.1f ms for the disk".formatted(at(v, 1) / 1000.0);
      case MM_SHRINK_SLAB_END ->
          "shrinkers looked at %s of slab and freed %s"
              .formatted(Kb.pages(at(v, 1)), Kb.pages(at(v, 2)));
      case WRITEBACK_START ->
          "the flusher is woken: it has %s to write".formatted(Kb.pages(at(v, 1)));
      case MM_VMSCAN_KSWAPD_WAKE ->
          "kswapd of node %d gets to work for order %d".formatted(at(v, 0), at(v, 1));
      case MM_VMSCAN_KSWAPD_SLEEP -> "kswapd of node %d goes to sleep".formatted(at(v, 0));
      case RECLAIM_RETRY_ZONE ->
          "would reclaim help? %s make %s; with the min mark of %s %s"
              .formatted(
                  at(v, 2) == 2 * at(v, 1)
                      ? Kb.pages(at(v, 1)) + " free, which count twice where nothing is to be had,"
                      : Kb.pages(at(v, 1)) + " to be had and what is free",
                  Kb.count(at(v, 2)),
                  Kb.count(at(v, 3)),
                  at(v, 5) == 1
                      ? "that is enough for order " + at(v, 0)
                      : "there would still be no block of order " + at(v, 0));
      case COMPACT_RETRY -> compactRetry(v);
      case MM_COMPACTION_KCOMPACTD_WAKE ->
          "kcompactd of node %d gets to work for order %d".formatted(at(v, 0), at(v, 1));
      case MM_COMPACTION_TRY_TO_COMPACT_PAGES ->
          "compaction for order %d, %s"
              .formatted(
                  at(v, 0),
                  switch ((int) at(v, 2)) {
                    case 2 -> "without waiting";
                    case 1 -> "waiting a little";
                    default -> "with all it can";
                  });
      case MM_COMPACTION_SUITABLE ->
          switch ((int) at(v, 1)) {
            case 0 -> "no compaction needed: a block of order %d is there".formatted(at(v, 0));
            case 1 -> "compaction would not help: too little is free, or it is not fragmented";
            default -> "compaction may help to make a block of order %d".formatted(at(v, 0));
          };
      case MM_COMPACTION_DEFERRED ->
          "compaction put off after earlier failures: turned away %d of %d"
              .formatted(at(v, 2), at(v, 3));
      case MM_COMPACTION_BEGIN ->
          "the migrate scanner starts at pfn %#x, the free scanner at %#x"
              .formatted(at(v, 0), at(v, 1));
      case MM_COMPACTION_END ->
          "moved %s: %s"
              .formatted(
                  Kb.pages(at(v, 0)),
                  at(v, 3) == 1 ? "a block is ready" : "the scanners met and no block came of it");
      case PAGE_MIGRATED -> "moves pfn %#x to %#x".formatted(at(v, 0), at(v, 1));
      case MARK_VICTIM ->
          ("the OOM killer takes process %s (owner %d), oom_score %d:"
                  + " badness %d = %s in memory + %s in swap, adjusted by %d")
              .formatted(
                  owners.apply((int) at(v, 0)),
                  at(v, 0),
                  OomScore.of(at(v, 1), at(v, 5)),
                  at(v, 1),
                  Kb.pages(at(v, 2)),
                  Kb.pages(at(v, 3)),
                  at(v, 4));
      default -> throw new IllegalArgumentException(decision.name());
    };
  }

  private static String compactRetry(List<Long> v) {
    String last =
        switch ((int) at(v, 2)) {
          case 0 -> "was skipped";
          case 1 -> "was put off";
          case 2 -> "made no block";
          default -> "made a block that somebody else has taken";
        };
    return "compaction for order %d %s: %s"
        .formatted(
            at(v, 0), last, at(v, 5) == 1 ? "tries again" : "not worth another try after reclaim");
  }

  /**
   * Looks at pages of a list.
   *
   * @param v as the decision has them: list, pages looked at, won, dirty, being written
   */
  static String looked(List<Long> v, long firstPriority, long lastPriority) {
    List<String> parts = new ArrayList<>();
    parts.add("%s won".formatted(Kb.count(at(v, 2))));
    if (at(v, 3) > 0) {
      parts.add("%s dirty, left for the flusher".formatted(Kb.count(at(v, 3))));
    }
    if (at(v, 4) > 0) {
      parts.add("%s being written".formatted(Kb.count(at(v, 4))));
    }
    return "looks at %s %s pages of node %d at %s: %s"
        .formatted(
            Kb.count(at(v, 1)),
            at(v, 0) % 2 == 1 ? "file" : "anonymous",
            at(v, 0) / 2,
            firstPriority == lastPriority
                ? "priority " + firstPriority
                : "priorities %d to %d".formatted(firstPriority, lastPriority),
            String.join(", ", parts));
  }

  /** What the pass could not touch, and why. */
  private static String left(List<Long> v) {
    List<String> parts = new ArrayList<>();
    boolean mayEnterFs = (at(v, 5) & Gfp.FS) != 0;
    if (at(v, 0) > 0) {
      parts.add(
          mayEnterFs
              ? "%,d dirty file pages wait for the flusher".formatted(at(v, 0))
              : "%,d dirty file pages need __GFP_FS".formatted(at(v, 0)));
    }
    if (at(v, 1) > 0) {
      parts.add("%,d anonymous pages need __GFP_IO to go to swap".formatted(at(v, 1)));
    }
    if (at(v, 2) > 0) {
      parts.add("%,d slab pages need __GFP_FS".formatted(at(v, 2)));
    }
    if (at(v, 3) > 0) {
      parts.add("%,d anonymous pages need a free slot in swap".formatted(at(v, 3)));
    }
    if (at(v, 4) > 0) {
      parts.add("%,d pages are being written".formatted(at(v, 4)));
    }
    return "left behind: " + String.join("; ", parts);
  }

  private static long at(List<Long> values, int i) {
    return values.get(i);
  }
}
