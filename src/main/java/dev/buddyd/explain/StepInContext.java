package dev.buddyd.explain;

import dev.buddyd.machine.Step;
import dev.buddyd.mm.trace.Decision;
import org.jspecify.annotations.Nullable;

/**
 * Steps whose own values do not tell all. A pass of direct reclaim may win nothing and count as
 * progress of one page all the same, because compaction has what it needs. Compaction of a
 * whole zone is not after a block.
 */
final class StepInContext {

  private static final long WHOLE_ZONE = -1;

  private long won;
  private long compactionOrder;
  private boolean leftToCompaction;

  /** The step in other words where the steps before it say more. */
  ExplainedStep told(Step step, ExplainedStep explained) {
    String sentence = sentence(step);
    return sentence == null
        ? explained
        : new ExplainedStep(
            explained.rule(),
            explained.step(),
            sentence,
            explained.node(),
            explained.zone(),
            explained.values());
  }

  private @Nullable String sentence(Step step) {
    Decision decision = step.decision();
    if (decision == null) {
      won += step.watermark() == null ? 1 : 0; // steps are left out: nobody knows
      return null;
    }
    switch (decision) {
      case MM_VMSCAN_DIRECT_RECLAIM_BEGIN -> won = 0;
      case MM_VMSCAN_LRU_SHRINK_INACTIVE, MM_SHRINK_SLAB_END -> won += step.values().get(2);
      case MM_VMSCAN_DIRECT_RECLAIM_END -> {
        leftToCompaction = won == 0 && step.values().getFirst() == 1;
        if (leftToCompaction) {
          return "the pass ends: looked at %s, won nothing, but enough is free for compaction"
              .formatted(Kb.pages(step.values().get(1)));
        }
      }
      case DIRECT_RECLAIM -> {
        if (leftToCompaction) {
          return "direct reclaim leaves it to compaction, which counts as progress";
        }
      }
      case MM_COMPACTION_BEGIN -> compactionOrder = step.values().get(3);
      case MM_COMPACTION_END -> {
        if (compactionOrder == WHOLE_ZONE) {
          return "moved %s until the scanners met".formatted(Kb.pages(step.values().getFirst()));
        }
      }
      default -> {}
    }
    return null;
  }
}
