package dev.buddyd.diagnosis.verdict;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Puts equal reports together: the same request refused for the same reason by the same zones. */
final class Grouping {

  private record Key(
      String kind,
      @Nullable String task,
      @Nullable Integer order,
      @Nullable String gfpMask,
      @Nullable String kernel,
      Cause cause,
      List<String> zones) {}

  private Grouping() {}

  static List<ReportVerdict> group(List<ReportVerdict> verdicts) {
    Map<Key, List<Integer>> lines = new LinkedHashMap<>();
    Map<Key, ReportVerdict> firsts = new LinkedHashMap<>();
    for (ReportVerdict verdict : verdicts) {
      Key key = key(verdict);
      firsts.putIfAbsent(key, verdict);
      lines.computeIfAbsent(key, k -> new ArrayList<>()).add(verdict.line());
    }
    List<ReportVerdict> groups = new ArrayList<>();
    firsts.forEach(
        (key, first) -> groups.add(first.standingFor(lines.getOrDefault(key, List.of()))));
    return groups;
  }

  private static Key key(ReportVerdict verdict) {
    return new Key(
        verdict.kind(),
        verdict.task(),
        verdict.order(),
        verdict.gfpMask(),
        verdict.kernel(),
        verdict.cause(),
        verdict.zones().stream()
            .map(zone -> zone.node() + zone.zone() + zone.watermarkOk() + zone.blockOk())
            .toList());
  }
}
