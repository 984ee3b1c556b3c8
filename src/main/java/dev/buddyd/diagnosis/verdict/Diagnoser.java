package dev.buddyd.diagnosis.verdict;

import dev.buddyd.diagnosis.report.KernelName;
import dev.buddyd.diagnosis.report.KernelReport;
import dev.buddyd.diagnosis.report.ReportKind;
import dev.buddyd.diagnosis.report.ReportParser;
import dev.buddyd.diagnosis.verdict.Case.JudgedZone;
import dev.buddyd.mm.gfp.DecodedMask;
import dev.buddyd.mm.gfp.GfpFlag;
import dev.buddyd.mm.gfp.GfpReading;
import dev.buddyd.mm.gfp.KernelVersion;
import dev.buddyd.procfs.parse.ProcFacts;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

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

  /**
   * Puts a question to the state that a host's /proc files show.
   *
   * @param facts buddyinfo and zoneinfo, better with pagetypeinfo
   * @param mask the mask, in the bits of that kernel
   * @param order the order, 0 to 30
   * @param version the kernel whose rules apply
   * @return the verdict, of kind {@code question}
   */
  public static ReportVerdict ask(
      ProcFacts facts, DecodedMask mask, int order, KernelVersion version) {
    ProcQuestion question = new ProcQuestion(facts);
    Case judged = question.ask(mask, order, version);
    Special special = Special.tooLarge(order, judged);
    CauseFinder.Found found = CauseFinder.of(judged);
    boolean passes = special == null && judged.passes();
    boolean told = order == 0 || found.zone() == null || found.zone().base().blockOk() != null;
    boolean marks = judged.eligible().stream().allMatch(zone -> zone.base().markOk() != null);
    String sentence =
        special != null
            ? special.sentence()
            : passes && told ? Sentences.served(found, judged) : Sentences.of(found, judged);
    return new ReportVerdict(
        1,
        1,
        List.of(1),
        "question",
        null,
        null,
        order,
        mask.toHex(),
        mask.print(),
        mask.flags().stream().map(GfpFlag::symbol).toList(),
        null,
        version.toString(),
        null,
        version.toString(),
        question.pageKb(),
        question.machine().nameOf(judged.highestIndex()),
        special != null ? special.cause() : found.cause(),
        marks && told ? Confidence.HIGH : Confidence.MEDIUM,
        sentence,
        passes && told ? "none: it would be granted" : "a question: nothing has failed",
        missing(facts),
        facts.pageTypes().isEmpty() && order > 0
            ? List.of("Without pagetypeinfo it is not known which lists hold the blocks.")
            : List.of(),
        largestOrder(judged),
        ZoneAnswers.of(judged),
        special != null ? List.of() : Remedies.of(found, judged));
  }

  private static List<String> missing(ProcFacts facts) {
    List<String> missing = new ArrayList<>();
    if (facts.zones().isEmpty()) {
      missing.add("zoneinfo");
    }
    if (facts.buddyinfo().isEmpty() && facts.pageTypes().isEmpty()) {
      missing.add("buddyinfo");
    }
    return missing;
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
        report.kind() == ReportKind.ALLOC_FAILURE ? "alloc-failure" : "oom",
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
        judged == null ? null : largestOrder(judged),
        judged == null || report.kind() == ReportKind.MEMCG_OOM
            ? List.of()
            : ZoneAnswers.of(judged),
        remedies(judgement));
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

  private static @Nullable Integer largestOrder(Case judged) {
    return judged.eligible().stream()
        .map(JudgedZone::largestPassing)
        .filter(Objects::nonNull)
        .max(Integer::compare)
        .orElse(null);
  }
}
