package dev.buddyd.api.page;

import dev.buddyd.api.problem.ProblemException;
import dev.buddyd.api.problem.ProblemType;
import dev.buddyd.explain.Explainer;
import dev.buddyd.explain.NearMissReport;
import dev.buddyd.explain.RefusalSentence;
import dev.buddyd.machine.AllocationOutcome.Refused;
import dev.buddyd.machine.PageRequest;
import dev.buddyd.machine.SimulatedMachine;
import dev.buddyd.mm.gfp.GfpMask;
import dev.buddyd.mm.trace.WatermarkVerdict;
import dev.buddyd.mm.zone.PhysicalMemory;
import dev.buddyd.mm.zone.Zone;
import dev.buddyd.procfs.FailureReport;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A refusal of the machine as the problem {@code page-allocation-failure}. */
public final class Refusals {

  private static final List<String> MARKS = List.of("min", "low", "high", "promo");

  private Refusals() {}

  /**
   * One watermark test.
   *
   * @param node the zone's node
   * @param zone the zone
   * @param rule the rule that decided
   * @param verdict {@code pass} or {@code fail}
   * @param left pages that count as free
   * @param right what they must exceed
   * @param terms what both sides are made of
   */
  public record Verdict(
      int node,
      String zone,
      String rule,
      String verdict,
      long left,
      long right,
      Map<String, Object> terms) {}

  /** The problem; {@code report} is null where a kernel would print nothing. */
  public static ProblemException problem(
      SimulatedMachine machine, PageRequest request, Refused refused) {
    Map<String, Object> members = members(machine, refused);
    ProblemException problem =
        new ProblemException(
            ProblemType.PAGE_ALLOCATION_FAILURE,
            "page allocation failure: order:%d, mode:%s. %s"
                .formatted(
                    refused.order(),
                    new GfpMask(refused.gfp()).printReport(),
                    members.get("sentence")));
    members.forEach(problem::with);
    return problem.with("report", FailureReport.of(machine, request, refused));
  }

  /** What there is to say about a refusal, without the kernel's report. */
  public static Map<String, Object> members(SimulatedMachine machine, Refused refused) {
    GfpMask mask = new GfpMask(refused.gfp());
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("order", refused.order());
    members.put("gfp", mask.toString());
    members.put("gfp_mask", mask.toHex());
    members.put("sentence", new RefusalSentence(machine.memory()).of(refused));
    members.put("kernel_would", refused.kernelWould().apiName());
    members.put(
        "verdicts", refused.verdicts().stream().map(v -> verdict(machine.memory(), v)).toList());
    return members;
  }

  /** The problem with its explanation and what would have worked instead. */
  static ProblemException explained(
      SimulatedMachine machine, PageRequest request, Refused refused, NearMissReport nearMisses) {
    return problem(machine, request, refused)
        .with("explanation", new Explainer(machine).explain(refused))
        .with("near_misses", nearMisses.nearMisses())
        .with("near_misses_tried", nearMisses.tried())
        .with("near_misses_truncated", nearMisses.truncated())
        .with("largest_order", nearMisses.largestOrder());
  }

  private static Verdict verdict(PhysicalMemory memory, WatermarkVerdict v) {
    Zone zone = memory.zone(v.zone());
    Map<String, Object> terms = new LinkedHashMap<>();
    terms.put("watermark", MARKS.get(v.wm()));
    terms.put("free_pages", v.freePages());
    terms.put("block_pages", v.blockPages());
    terms.put("highatomic_pages", v.highatomicPages());
    terms.put("cma_pages", v.cmaPages());
    terms.put("mark_pages", v.markPages());
    terms.put("boost_pages", v.boostPages());
    terms.put("threshold_pages", v.thresholdPages());
    terms.put("lowmem_reserve_pages", v.lowmemReservePages());
    terms.put("watermark_ok", v.watermarkOk());
    terms.put("block_ok", v.blockOk());
    return new Verdict(
        zone.node(), zone.name(), v.rule(), v.pass() ? "pass" : "fail", v.left(), v.right(), terms);
  }
}
