package dev.buddyd.diagnosis.verdict;

import dev.buddyd.diagnosis.report.KernelReport;
import dev.buddyd.diagnosis.report.OomFacts;
import dev.buddyd.diagnosis.rules.Waiver;
import dev.buddyd.diagnosis.rules.ZoneArithmetic;
import dev.buddyd.diagnosis.rules.ZoneState;
import dev.buddyd.diagnosis.verdict.Case.JudgedZone;
import dev.buddyd.mm.gfp.RequestFlags;
import java.util.ArrayList;
import java.util.List;

/** What would have let the same request pass against the same memory, each change tried. */
final class Remedies {

  private Remedies() {}

  static List<Remedy> of(CauseFinder.Found found, Case request) {
    List<Remedy> remedies = new ArrayList<>();
    if (request.passes()) {
      return remedies;
    }
    order(request, remedies);
    for (JudgedZone zone : request.eligible()) {
      for (Waiver waiver : zone.wouldPassIf()) {
        single(zone, waiver, request, remedies);
      }
    }
    MarksWhatIf marks = MarksWhatIf.of(request);
    if (marks != null) {
      remedies.addAll(marks.remedies());
    }
    if (found.cause() == Cause.ZONE_RESTRICTED && found.zone() != null) {
      remedies.add(
          new Remedy(
              "zone=" + found.zone().state().zone(),
              true,
              found.zone().state().title()
                  + " has room: a mask, node mask or cpuset that allows it passes."));
    }
    boolean blockless =
        found.cause() == Cause.FRAGMENTATION
            && request.eligible().stream()
                .allMatch(z -> z.base().allowedOrders() >>> request.request().order() == 0);
    if (blockless
        && remedies.stream().noneMatch(r -> r.helps() && !r.change().startsWith("order="))) {
      remedies.add(
          new Remedy(
              "none",
              false,
              "No setting helps: no such block exists. Memory would have to be compacted first."));
    }
    return remedies;
  }

  static List<Remedy> memcg(KernelReport report) {
    OomFacts oom = report.oom();
    String path = oom == null || oom.memcg() == null ? "the cgroup" : oom.memcg();
    Long limit = oom == null ? null : oom.memcgLimitKb();
    String now = limit == null ? "" : ", now " + limit + " kB";
    return List.of(
        new Remedy(
            "memory.max",
            true,
            "A higher limit of "
                + path
                + now
                + " (memory.max, or memory.limit_in_bytes in version 1; "
                + owner(path)
                + ") lets it pass; settings of the zones change nothing."));
  }

  /** Where people set the limit of a group of this name. */
  private static String owner(String path) {
    if (path.contains("kubepods")) {
      return "resources.limits.memory of the pod's container";
    }
    if (path.contains("docker")) {
      return "--memory of the container";
    }
    return path.contains(".slice") || path.contains(".scope") || path.contains(".service")
        ? "MemoryMax= of the unit"
        : "whatever made the group sets it";
  }

  private static void order(Case request, List<Remedy> remedies) {
    int asked = request.request().order();
    int best = -1;
    String where = "";
    for (JudgedZone zone : request.eligible()) {
      Integer passing = zone.largestPassing();
      if (passing != null && passing > best) {
        best = passing;
        where = zone.state().title();
      }
    }
    if (asked > 0 && best >= 0) {
      remedies.add(
          new Remedy(
              "order=" + best,
              true,
              "The largest request that passes is "
                  + Words.order(best, request.pageKb())
                  + ", in "
                  + where
                  + "."));
    } else if (asked > 0
        && !request.zones().isEmpty()
        && request.eligible().stream().allMatch(Remedies::isShown)) {
      remedies.add(new Remedy("order=0", false, "Not even a single page would have been granted."));
    }
  }

  /** Whether the text tells all that decides about a zone. */
  private static boolean isShown(JudgedZone zone) {
    ZoneArithmetic base = zone.base();
    return base.usable() != null && base.threshold() != null && base.blockOk() != null;
  }

  private static void single(JudgedZone zone, Waiver waiver, Case request, List<Remedy> remedies) {
    ZoneState state = zone.state();
    int kb = request.pageKb();
    switch (waiver) {
      case CMA ->
          remedies.add(
              new Remedy(
                  "gfp|=__GFP_MOVABLE",
                  true,
                  "A movable request may use the CMA memory of "
                      + state.title()
                      + "; so would a smaller cma= area."));
      case HIGHATOMIC ->
          remedies.add(
              new Remedy(
                  "highatomic=0",
                  true,
                  "Without the HIGHATOMIC reserve in "
                      + state.title()
                      + " it passes; the kernel gives that reserve back"
                      + " under pressure, no setting does."));
      case BOOST ->
          remedies.add(
              new Remedy(
                  "vm.watermark_boost_factor=0",
                  true,
                  "Without the boost of "
                      + Words.kb(state.boost(), kb)
                      + " kB the mark of "
                      + state.title()
                      + " lets it pass; the setting stops new boosts."));
      case RESERVE ->
          remedies.add(
              new Remedy(
                  "vm.lowmem_reserve_ratio for " + state.zone(),
                  true,
                  state.title()
                      + " serves it with a lowmem_reserve below "
                      + room(zone) * kb
                      + " kB instead of "
                      + zone.base().reserve() * kb
                      + " kB: a larger vm.lowmem_reserve_ratio for this zone, at the"
                      + " price of requests that can use nothing else."));
      case MIN, NONE -> {
        // told by MarksWhatIf, with the number
      }
    }
  }

  /** Pages between the threshold and what counts as free. */
  private static long room(JudgedZone zone) {
    Long usable = zone.base().usable();
    Long threshold = zone.base().threshold();
    return usable == null || threshold == null ? 0 : usable - threshold;
  }

  /** Whether the request may use a part of the min mark. */
  static boolean usesReserves(Case request) {
    return (request.request().flags() & RequestFlags.RESERVE) != 0;
  }
}
