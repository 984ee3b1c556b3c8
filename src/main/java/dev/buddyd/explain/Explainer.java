package dev.buddyd.explain;

import dev.buddyd.machine.AllocationOutcome;
import dev.buddyd.machine.SimulatedMachine;
import dev.buddyd.machine.Step;
import dev.buddyd.mm.frame.MigrateType;
import dev.buddyd.mm.gfp.Gfp;
import dev.buddyd.mm.trace.Decision;
import dev.buddyd.mm.trace.WatermarkVerdict;
import dev.buddyd.mm.zone.Node;
import dev.buddyd.mm.zone.PhysicalMemory;
import dev.buddyd.mm.zone.Zone;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** Turns the steps of a request on one machine into words and named values. */
public final class Explainer {

  private final PhysicalMemory memory;
  private final DecisionSentences sentences;
  private final WatermarkSentence watermarks;
  private final List<String> typeNames;

  /** Explains what a machine in service does, by the names of its owners. */
  public Explainer(SimulatedMachine machine) {
    this(machine.memory(), machine::ownerName);
  }

  private Explainer(PhysicalMemory memory, IntFunction<@Nullable String> owners) {
    this.memory = memory;
    this.typeNames = MigrateType.names(memory.geometry().cmaBuilt());
    this.sentences = new DecisionSentences(memory, owners);
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

  /** How something else went. */
  public Explanation explain(List<Step> steps, String outcome) {
    return new Explanation(steps(steps), outcome);
  }

  /**
   * How a free went.
   *
   * @param beside free blocks that now lie beside it without being one with it
   */
  public Explanation explainFree(long pfn, List<Step> steps, List<ExplainedStep> beside) {
    List<ExplainedStep> all = new ArrayList<>(steps(steps));
    all.addAll(beside);
    return new Explanation(all, "pfn %#x is free".formatted(pfn));
  }

  private List<ExplainedStep> steps(List<Step> steps) {
    List<ExplainedStep> explained = new ArrayList<>();
    for (Step step : steps) {
      explained.add(step(step));
      if (step.decision() == Decision.REQUEST) {
        explained.add(zonelist(step.values()));
      }
    }
    return explained;
  }

  /** Which zones may serve a request and in which order: the nearest node first (Z-10, Z-12). */
  private ExplainedStep zonelist(List<Long> request) {
    boolean thisNode = (request.get(0).intValue() & Gfp.THISNODE) != 0;
    Node local = memory.node(request.get(2).intValue());
    List<String> words = new ArrayList<>();
    List<Map<String, Object>> zones = new ArrayList<>();
    int last = local.id();
    for (Zone zone : local.zonelist(request.get(4).intValue(), thisNode)) {
      int distance = local.distance(zone.node());
      Map<String, Object> place = new LinkedHashMap<>();
      place.put("node", zone.node());
      place.put("zone", zone.name());
      place.put("distance", distance);
      zones.add(place);
      words.add(
          zone.node() == last
              ? zone.name()
              : "node %d at distance %d: %s".formatted(zone.node(), distance, zone.name()));
      last = zone.node();
    }
    String list = words.isEmpty() ? "no zone" : String.join(", ", words);
    return new ExplainedStep(
        "Z-10",
        "zonelist",
        "zones of node %d in order%s: %s"
            .formatted(local.id(), thisNode ? ", no other node allowed" : "", list),
        null,
        null,
        Map.of("zones", zones));
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
