package dev.buddyd.diagnosis.verdict;

import dev.buddyd.diagnosis.report.Confinement;
import dev.buddyd.diagnosis.report.KernelName;
import dev.buddyd.diagnosis.report.KernelReport;
import dev.buddyd.diagnosis.report.ReportKind;
import dev.buddyd.diagnosis.report.ReportParser;
import dev.buddyd.diagnosis.rules.JudgedRequest;
import dev.buddyd.diagnosis.rules.ZoneState;
import dev.buddyd.diagnosis.verdict.Case.JudgedZone;
import dev.buddyd.mm.gfp.DecodedMask;
import dev.buddyd.mm.gfp.GfpFlag;
import dev.buddyd.mm.gfp.GfpReading;
import dev.buddyd.mm.gfp.KernelVersion;
import dev.buddyd.mm.gfp.ZoneKind;
import dev.buddyd.procfs.parse.ProcFacts;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Diagnoses every report in a text. */
public final class Diagnoser {

  private Diagnoser() {}

  /**
   * Diagnoses the reports in {@code text}.
   *
   * @param text any text
   * @return a verdict per report, equal ones grouped; no verdicts when the text holds no report
   */
  public static Diagnosis diagnose(String text) {
    List<ReportVerdict> verdicts = new ArrayList<>();
    for (KernelReport report : ReportParser.parse(text)) {
      verdicts.add(diagnose(report));
    }
    return new Diagnosis(Grouping.group(verdicts));
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
    List<ZoneKind> kinds = question.machine().kinds();
    boolean passes = special == null && judged.passes();
    boolean marks = judged.eligible().stream().allMatch(zone -> zone.base().markOk() != null);
    String sentence =
        special != null
            ? special.sentence()
            : passes ? Sentences.served(found, judged) : Sentences.of(found, judged);
    return new ReportVerdict(
        1,
        1,
        List.of(1),
        "question",
        null,
        null,
        order,
        mask.toHex(),
        mask.flags().stream().map(GfpFlag::symbol).toList(),
        null,
        version.toString(),
        null,
        version.toString(),
        question.pageKb(),
        judged.highestIndex() < kinds.size() ? kinds.get(judged.highestIndex()).kernelName() : null,
        special != null ? special.cause() : found.cause(),
        marks ? Confidence.HIGH : Confidence.MEDIUM,
        sentence,
        passes ? "none: it would be granted" : "a question: nothing has failed",
        facts.zones().isEmpty() ? List.of("zoneinfo") : List.of(),
        facts.pageTypes().isEmpty() && order > 0
            ? List.of("Without pagetypeinfo it is not known which lists hold the blocks.")
            : List.of(),
        largestOrder(judged),
        ZoneAnswers.of(judged),
        special != null ? List.of() : Remedies.of(found, judged));
  }

  /** Diagnoses one report. */
  public static ReportVerdict diagnose(KernelReport report) {
    KernelVersion version = MaskFinder.version(report);
    GfpReading reading = MaskFinder.read(report, version);
    DecodedMask mask = reading == null ? null : reading.mask();
    KernelVersion rules = version != null ? version : mask == null ? null : mask.layout().version();
    Case judged = reading == null || rules == null ? null : judge(report, reading, rules);
    List<String> notes = Notes.of(report, reading, judged);
    Special special = Special.of(report, judged);
    CauseFinder.Found found =
        judged == null ? new CauseFinder.Found(Cause.UNKNOWN, null) : CauseFinder.of(judged);
    Cause cause = special != null ? special.cause() : found.cause();
    String sentence =
        special != null
            ? special.sentence()
            : judged == null ? "The report shows no mask." : Sentences.of(found, judged);
    return new ReportVerdict(
        report.line(),
        1,
        List.of(report.line()),
        report.kind() == ReportKind.ALLOC_FAILURE ? "alloc-failure" : "oom",
        report.task(),
        report.pid(),
        report.order(),
        mask == null ? null : mask.toHex(),
        mask == null ? List.of() : mask.flags().stream().map(GfpFlag::symbol).toList(),
        reading == null ? null : reading.sentence(),
        report.kernel() == null ? null : report.kernel().text(),
        source(report.kernel()),
        rules == null ? null : rules.toString(),
        report.pageSize().kb(),
        judged == null ? null : highestZone(report, judged, version),
        cause,
        special != null ? special.confidence() : Certainty.of(report, reading, judged, found),
        sentence,
        Severity.of(report, mask),
        report.missing(),
        notes,
        judged == null ? null : largestOrder(judged),
        judged == null || report.kind() == ReportKind.MEMCG_OOM
            ? List.of()
            : ZoneAnswers.of(judged),
        remedies(report, special, found, judged));
  }

  private static List<Remedy> remedies(
      KernelReport report,
      @Nullable Special special,
      CauseFinder.Found found,
      @Nullable Case judged) {
    if (report.kind() == ReportKind.MEMCG_OOM) {
      return Remedies.memcg(report);
    }
    return special != null || judged == null ? List.of() : Remedies.of(found, judged);
  }

  private static @Nullable String source(@Nullable KernelName kernel) {
    return kernel == null ? null : kernel.source().name().toLowerCase(Locale.ROOT);
  }

  // --- the case

  private static Case judge(KernelReport report, GfpReading reading, KernelVersion rules) {
    DecodedMask mask = reading.mask();
    MachineZones machine = MachineZones.of(report, rules);
    int order = report.order() == null ? 0 : Math.clamp(report.order(), 0, 30);
    JudgedRequest request = JudgedRequest.of(order, mask, CallerFinder.of(report), rules);
    int highest = machine.highest(mask.modern().bits());
    List<ZoneState> states = ZoneStates.of(report, machine);
    List<@Nullable String> exclusions = new ArrayList<>();
    for (ZoneState state : states) {
      exclusions.add(exclusion(state, report, mask, highest));
    }
    return Case.of(request, states, exclusions, highest, report.pageSize().kb());
  }

  private static @Nullable String exclusion(
      ZoneState zone, KernelReport report, DecodedMask mask, int highest) {
    if (zone.index() < 0 || zone.index() > highest) {
      return "mask"; // G-22
    }
    Confinement confinement = report.confinement();
    if (NodeList.excludes(confinement.nodemask(), zone.node())) {
      return "nodemask";
    }
    boolean cpusetBinds =
        !report.inInterrupt()
            && (mask.flags().contains(GfpFlag.DIRECT_RECLAIM)
                || mask.flags().contains(GfpFlag.WAIT)
                || !mask.flags().contains(GfpFlag.HIGH)); // G-35
    return cpusetBinds && NodeList.excludes(confinement.memsAllowed(), zone.node())
        ? "cpuset"
        : null;
  }

  private static @Nullable String highestZone(
      KernelReport report, Case judged, @Nullable KernelVersion version) {
    MachineZones machine = MachineZones.of(report, version);
    int index = judged.highestIndex();
    return index < machine.kinds().size() ? machine.kinds().get(index).kernelName() : null;
  }

  private static @Nullable Integer largestOrder(Case judged) {
    return judged.eligible().stream()
        .map(JudgedZone::largestPassing)
        .filter(Objects::nonNull)
        .max(Integer::compare)
        .orElse(null);
  }
}
