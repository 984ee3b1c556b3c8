package dev.buddyd.diagnosis.verdict;

import dev.buddyd.diagnosis.report.KernelName;
import dev.buddyd.diagnosis.report.KernelReport;
import dev.buddyd.diagnosis.report.ReportKind;
import dev.buddyd.diagnosis.report.ReportParser;
import dev.buddyd.mm.gfp.DecodedMask;
import dev.buddyd.mm.gfp.GfpFlag;
import dev.buddyd.mm.gfp.GfpReading;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.IntConsumer;

/** Diagnoses every report in a text. */
public final class Diagnoser {

  private static final int WORK_PER_ZONE = 1024;

  private Diagnoser() {}

  /** Diagnoses the reports in {@code text}, whatever the work. */
  public static Diagnosis diagnose(String text) {
    return diagnose(text, work -> {});
  }

  /**
   * Diagnoses the reports in {@code text}.
   *
   * @param text any text
   * @param work is told of the work as it is done, in characters and the like; may throw to end it
   * @return a verdict per report, equal ones grouped; no verdicts when the text holds no report
   */
  public static Diagnosis diagnose(String text, IntConsumer work) {
    MaskFinder masks = new MaskFinder();
    List<Judgement> judgements = new ArrayList<>();
    for (KernelReport report : ReportParser.parse(text, work)) {
      work.accept(WORK_PER_ZONE * (1 + report.zones().size()));
      judgements.add(Judgement.of(report, masks));
    }
    List<ReportVerdict> verdicts = new ArrayList<>();
    for (List<Judgement> group : Grouping.group(judgements)) {
      work.accept(WORK_PER_ZONE * (1 + group.getFirst().report().zones().size()));
      verdicts.add(
          verdict(group.getFirst(), group.stream().map(each -> each.report().line()).toList()));
    }
    return new Diagnosis(verdicts);
  }

  private static ReportVerdict verdict(Judgement judgement, List<Integer> lines) {
    KernelReport report = judgement.report();
    DecodedMask mask = judgement.mask();
    Case judged = judgement.judged();
    GfpReading reading = judgement.reading();
    KernelName kernel = report.kernel();
    return new ReportVerdict(
        report.line(),
        lines.size(),
        lines,
        report.kind().id(),
        report.task(),
        report.pid(),
        report.order(),
        mask == null ? null : mask.toHex(),
        mask == null ? null : mask.print(),
        mask == null ? List.of() : mask.flags().stream().map(GfpFlag::symbol).toList(),
        reading == null ? null : reading.sentence(),
        kernel == null ? null : kernel.text(),
        kernel == null ? null : kernel.source().name().toLowerCase(Locale.ROOT),
        judgement.rules() == null ? null : judgement.rules().toString(),
        report.pageSize().kb(),
        judgement.highestZone(),
        judgement.cause(),
        Certainty.of(judgement),
        sentence(judgement),
        Severity.of(report, mask),
        report.missing(),
        Notes.of(judgement),
        judged == null ? null : Questions.largestOrder(judged),
        zones(judgement),
        remedies(judgement));
  }

  private static List<ZoneVerdict> zones(Judgement judgement) {
    if (judgement.report().kind() == ReportKind.MEMCG_OOM) {
      return List.of(); // nobody asked them
    }
    Case judged = judgement.judged();
    return judged == null ? MemoryState.zones(judgement.report()) : ZoneAnswers.of(judged);
  }

  private static String sentence(Judgement judgement) {
    Special special = judgement.special();
    if (special != null) {
      return special.sentence();
    }
    Case judged = judgement.judged();
    return judged == null ? "The report shows no mask." : Sentences.of(judgement.found(), judged);
  }

  private static List<Remedy> remedies(Judgement judgement) {
    if (judgement.report().kind() == ReportKind.MEMCG_OOM) {
      return Remedies.memcg(judgement.report());
    }
    Case judged = judgement.judged();
    return judgement.special() != null || judged == null
        ? List.of()
        : Remedies.of(judgement.found(), judged);
  }
}
