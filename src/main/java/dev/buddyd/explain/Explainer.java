package dev.buddyd.explain;

import dev.buddyd.machine.Allocation;
import dev.buddyd.machine.AllocationOutcome;
import dev.buddyd.machine.SimulatedMachine;
import dev.buddyd.machine.Step;
import dev.buddyd.mm.frame.MigrateType;
import dev.buddyd.mm.gfp.Gfp;
import dev.buddyd.mm.gfp.RequestFlags;
import dev.buddyd.mm.trace.Decision;
import dev.buddyd.mm.trace.WatermarkVerdict;
import dev.buddyd.mm.zone.Node;
import dev.buddyd.mm.zone.PhysicalMemory;
import dev.buddyd.mm.zone.Zone;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** Turns the steps of a request on one machine into words and named values. */
public final class Explainer {

  /** What a refill of a per-CPU list does (P-21). */
  private static final Set<Decision> REFILLING =
      EnumSet.of(
          Decision.TAKE,
          Decision.SPLIT,
          Decision.CLAIM_BLOCK,
          Decision.CLAIM_COUNT,
          Decision.CLAIM_EDGE,
          Decision.CLAIM_TOO_SMALL,
          Decision.STEAL,
          Decision.BOOST,
          Decision.MM_PAGE_ALLOC_ZONE_LOCKED,
          Decision.MM_PAGE_ALLOC_EXTFRAG);

  private final PhysicalMemory memory;
  private final IntFunction<@Nullable String> owners;
  private final DecisionSentences sentences;
  private final WatermarkSentence watermarks;
  private final List<String> typeNames;

  /** Explains what a machine in service does, by the names of its owners. */
  public Explainer(SimulatedMachine machine) {
    this(machine.memory(), machine::ownerName);
  }

  private Explainer(PhysicalMemory memory, IntFunction<@Nullable String> owners) {
    this.memory = memory;
    this.owners = owners;
    this.typeNames = MigrateType.names(memory.geometry().cmaBuilt());
    this.sentences = new DecisionSentences(memory, owners);
    this.watermarks = new WatermarkSentence(memory.geometry());
  }

  /** How an allocation went. */
  public Explanation explain(AllocationOutcome outcome) {
    String end =
        switch (outcome) {
          case AllocationOutcome.Granted granted ->
              granted(granted.allocation()) + price(outcome.steps());
          case AllocationOutcome.Refused refused ->
              "refused: " + new RefusalSentence(memory).of(refused);
        };
    return new Explanation(steps(outcome.steps()), end);
  }

  private static String granted(Allocation made) {
    String what =
        made.pages() == 1L << made.order()
            ? "pfn %#x, order %d,".formatted(made.pfn(), made.order())
            : "%s at pfn %#x,".formatted(Kb.pages(made.pages()), made.pfn()); // B-92
    return "granted %s from node %d zone %s".formatted(what, made.node(), made.zone());
  }

  /** Who died for it. */
  private String price(List<Step> steps) {
    List<String> killed = new ArrayList<>();
    for (Step step : steps) {
      if (step.decision() == Decision.MARK_VICTIM) {
        killed.add(owners.apply(step.values().getFirst().intValue()));
      }
    }
    return killed.isEmpty() ? "" : "; killed for it: " + String.join(", ", killed);
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
    StepInContext context = new StepInContext();
    int asked = -1;
    for (int i = 0; i < steps.size(); i++) {
      Step step = steps.get(i);
      if (step.decision() == Decision.SCAN) {
        asked = step.values().getFirst().intValue() & RequestFlags.WM_MASK;
      }
      explained.add(
          beginOfRefill(steps, i, explained.size()), context.told(step, step(step, asked)));
      if (step.decision() == Decision.REQUEST) {
        explained.add(zonelist(step.values()));
      }
    }
    return explained;
  }

  /**
   * Where a step is told that ends at a place of the list: there, but for a refill (P-21), which is
   * heard of when it is done. It is told before the blocks that it took.
   */
  private static int beginOfRefill(List<Step> steps, int at, int told) {
    int begin = told;
    if (steps.get(at).decision() == Decision.PCP_REFILL) {
      int zone = steps.get(at).zone();
      for (int i = at - 1; i >= 0 && begin > 0; i--, begin--) {
        Decision before = steps.get(i).decision();
        if (before == null || steps.get(i).zone() != zone || !REFILLING.contains(before)) {
          break;
        }
      }
    }
    return begin;
  }

  /** Which zones may serve a request and in which order: the nearest node first (Z-10, Z-12). */
  private ExplainedStep zonelist(List<Long> request) {
    boolean thisNode = (request.get(0).intValue() & Gfp.THISNODE) != 0;
    Node local = memory.node(request.get(2).intValue());
    StringBuilder words = new StringBuilder();
    List<Map<String, Object>> zones = new ArrayList<>();
    int last = local.id();
    for (Zone zone : local.zonelist(request.get(4).intValue(), thisNode)) {
      int distance = local.distance(zone.node());
      Map<String, Object> place = new LinkedHashMap<>();
      place.put("node", zone.node());
      place.put("zone", zone.name());
      place.put("distance", distance);
      zones.add(place);
      if (zone.node() != last) {
        words.append(words.isEmpty() ? "" : "; ");
        words.append("node %d at distance %d: ".formatted(zone.node(), distance));
      } else if (zones.size() > 1) {
        words.append(", ");
      }
      words.append(zone.name());
      last = zone.node();
    }
    String list = words.isEmpty() ? "none" : words.toString();
    return new ExplainedStep(
        "Z-10",
        "zonelist",
        "zones of node %d in order%s: %s"
            .formatted(local.id(), thisNode ? ", no other node allowed" : "", list),
        null,
        null,
        Map.of("zones", zones));
  }

  private ExplainedStep step(Step step, int asked) {
    WatermarkVerdict verdict = step.watermark();
    if (verdict != null) {
      Zone zone = memory.zone(verdict.zone());
      return new ExplainedStep(
          verdict.rule(),
          "watermark_test",
          watermarks.of(verdict, asked),
          zone.node(),
          zone.name(),
          WatermarkSentence.values(verdict));
    }
    Decision decision = step.decision();
    if (decision == null) {
      return leftOut(step.values().getFirst());
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

  private static ExplainedStep leftOut(long steps) {
    String sentence = "here %s steps are left out".formatted(Kb.count(steps));
    return new ExplainedStep("", "left_out", sentence, null, null, Map.of("steps", steps));
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
