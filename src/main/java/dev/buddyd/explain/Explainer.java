package dev.buddyd.explain;

import dev.buddyd.machine.AllocationOutcome;
import dev.buddyd.machine.Step;
import dev.buddyd.mm.frame.MigrateType;
import dev.buddyd.mm.trace.Decision;
import dev.buddyd.mm.trace.WatermarkVerdict;
import dev.buddyd.mm.zone.PhysicalMemory;
import dev.buddyd.mm.zone.Zone;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Turns the steps of a request on one machine into words and named values. */
public final class Explainer {

  private final PhysicalMemory memory;
  private final DecisionSentences sentences;
  private final WatermarkSentence watermarks;
  private final List<String> typeNames;

  public Explainer(PhysicalMemory memory) {
    this.memory = memory;
    this.typeNames = MigrateType.names(memory.geometry().cmaBuilt());
    this.sentences = new DecisionSentences(memory);
    this.watermarks = new WatermarkSentence(memory.geometry());
  }

  /** How an allocation went. */
  public Explanation explain(AllocationOutcome outcome) {
    String end =
        switch (outcome) {
          case AllocationOutcome.Granted granted ->
              "granted pfn %#x, order %d, from node %d zone %s"
                  .formatted(
                      granted.allocation().pfn(),
                      granted.allocation().order(),
                      granted.allocation().node(),
                      granted.allocation().zone());
          case AllocationOutcome.Refused refused ->
              "refused: " + new RefusalSentence(memory).of(refused);
        };
    return new Explanation(steps(outcome.steps()), end);
  }

  /** How a free went. */
  public Explanation explainFree(long pfn, List<Step> steps) {
    return new Explanation(steps(steps), "pfn %#x is free".formatted(pfn));
  }

  private List<ExplainedStep> steps(List<Step> steps) {
    return steps.stream().map(this::step).toList();
  }

  private ExplainedStep step(Step step) {
    WatermarkVerdict verdict = step.watermark();
    if (verdict != null) {
      Zone zone = memory.zone(verdict.zone());
      return new ExplainedStep(
          verdict.rule(),
          "watermark_test",
          watermarks.of(verdict),
          zone.node(),
          zone.name(),
          WatermarkSentence.values(verdict));
    }
    Decision decision = step.decision();
    if (decision == null) {
      throw new IllegalArgumentException("a step is a decision or a watermark test");
    }
    Zone zone = step.zone() < 0 ? null : memory.zone(step.zone());
    return new ExplainedStep(
        decision.rule(),
        decision.name().toLowerCase(Locale.ROOT),
        sentences.of(decision, step.values()),
        zone == null ? null : zone.node(),
        zone == null ? null : zone.name(),
        values(decision, step.values()));
  }

  private Map<String, Object> values(Decision decision, List<Long> raw) {
    Map<String, Object> values = new LinkedHashMap<>();
    for (int i = 0; i < decision.valueCount(); i++) {
      String name = decision.valueName(i);
      long value = raw.get(i);
      if (name.endsWith("migratetype") && value >= 0 && value < typeNames.size()) {
        values.put(name, typeNames.get((int) value));
      } else {
        values.put(name, value);
      }
    }
    return values;
  }
}
