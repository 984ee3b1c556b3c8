package dev.buddyd.diagnosis.verdict;

import dev.buddyd.diagnosis.report.KernelName;
import dev.buddyd.diagnosis.report.MaskText;
import dev.buddyd.diagnosis.report.ReportKind;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Puts equal reports together: the same request refused for the same reason by the same zones. */
final class Grouping {

  private record Key(
      ReportKind kind,
      @Nullable String task,
      @Nullable Integer order,
      @Nullable MaskText mask,
      @Nullable KernelName kernel,
      Cause cause,
      List<String> zones) {}

  private Grouping() {}

  /** The groups in order of their first report, each in order of the text. */
  static Collection<List<Judgement>> group(List<Judgement> judgements) {
    Map<Key, List<Judgement>> groups = new LinkedHashMap<>();
    for (Judgement judgement : judgements) {
      groups.computeIfAbsent(key(judgement), key -> new ArrayList<>()).add(judgement);
    }
    return groups.values();
  }

  private static Key key(Judgement judgement) {
    Case judged = judgement.judged();
    List<String> zones =
        judged == null
            ? judgement.report().zones().stream()
                .map(zone -> zone.node() + zone.zone() + zone.freeKb())
                .toList()
            : judged.zones().stream()
                .map(z -> z.state().title() + z.base().markOk() + z.base().blockOk())
                .toList();
    return new Key(
        judgement.report().kind(),
        judgement.report().task(),
        judgement.report().order(),
        judgement.report().mask(),
        judgement.report().kernel(),
        judgement.cause(),
        zones);
  }
}
