package dev.buddyd.diagnosis.verdict;

import dev.buddyd.diagnosis.report.KernelReport;
import dev.buddyd.diagnosis.rules.JudgedRequest;
import dev.buddyd.diagnosis.rules.ZoneState;
import dev.buddyd.diagnosis.verdict.Case.JudgedZone;
import dev.buddyd.mm.gfp.Caller;
import dev.buddyd.mm.gfp.DecodedMask;
import dev.buddyd.mm.gfp.GfpFlag;
import dev.buddyd.mm.gfp.KernelVersion;
import dev.buddyd.procfs.parse.ProcFacts;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Puts a request to the memory that a text shows, though nobody made it: what would it get? */
public final class Questions {

  private Questions() {}

  /**
   * Asks the state that a host's /proc files show.
   *
   * @param facts buddyinfo and zoneinfo, better with pagetypeinfo
   * @param mask the mask, in the bits of that kernel
   * @param order the order, 0 to 30
   * @param version the kernel whose rules apply
   * @return the verdict, of kind {@code question}
   */
  public static ReportVerdict ask(
      ProcFacts facts, DecodedMask mask, int order, KernelVersion version) {
    ProcMemory memory = new ProcMemory(facts);
    Asked asked = new Asked(1, mask, order, version, memory.machine(), memory.pageKb());
    List<String> missing = new ArrayList<>();
    if (facts.zones().isEmpty()) {
      missing.add("zoneinfo");
    }
    if (facts.buddyinfo().isEmpty() && facts.pageTypes().isEmpty()) {
      missing.add("buddyinfo");
    }
    List<String> notes = new ArrayList<>();
    if (facts.pageTypes().isEmpty() && order > 0) {
      notes.add("Without pagetypeinfo it is not known which lists hold the blocks.");
    }
    return verdict(asked, memory.states(), false, missing, notes);
  }

  /**
   * Asks the memory that a kernel report shows: one that failed otherwise, or one by hand.
   *
   * @return as above
   */
  public static ReportVerdict ask(
      KernelReport report, DecodedMask mask, int order, KernelVersion version) {
    MachineZones machine = MachineZones.of(report, version);
    Asked asked = new Asked(report.line(), mask, order, version, machine, report.pageSize().kb());
    List<ZoneState> states = ZoneStates.of(report, machine);
    List<String> missing =
        report.missing().stream().filter(part -> part.contains(" of Node")).toList();
    List<String> notes = new ArrayList<>();
    if (report.kernel() == null) {
      notes.add("The text does not name its kernel: the rules of " + version + " were applied.");
    }
    List<String> hidden = HiddenZones.of(report, asked.judge(states), machine, version);
    if (!hidden.isEmpty()) {
      notes.add(Notes.hidden(hidden));
    }
    return verdict(asked, states, !hidden.isEmpty(), missing, notes);
  }

  /** The version that a report names; null if it names none. */
  public static @Nullable KernelVersion version(KernelReport report) {
    return MaskFinder.version(report);
  }

  /** A request and the machine that it is put to. */
  private record Asked(
      int line,
      DecodedMask mask,
      int order,
      KernelVersion version,
      MachineZones machine,
      int pageKb) {

    Case judge(List<ZoneState> states) {
      int highest = machine.highest(mask.modern().bits());
      List<@Nullable String> exclusions = new ArrayList<>();
      for (ZoneState state : states) {
        exclusions.add(state.index() < 0 || state.index() > highest ? "mask" : null); // G-22
      }
      JudgedRequest request = JudgedRequest.of(order, mask, Caller.ORDINARY, version);
      return Case.of(request, states, exclusions, highest, pageKb);
    }
  }

  private static ReportVerdict verdict(
      Asked asked,
      List<ZoneState> states,
      boolean hidden,
      List<String> missing,
      List<String> notes) {
    Case judged = asked.judge(states);
    DecodedMask mask = asked.mask();
    Special special = Special.tooLarge(asked.order(), judged);
    CauseFinder.Found found = CauseFinder.of(judged);
    boolean passes = special == null && judged.passes();
    boolean told =
        asked.order() == 0 || found.zone() == null || found.zone().base().blockOk() != null;
    boolean marks = judged.eligible().stream().allMatch(zone -> zone.base().markOk() != null);
    boolean unseen = (hidden || Certainty.leavesOpen(judged)) && !passes;
    String sentence =
        special != null
            ? special.sentence()
            : passes && told ? Sentences.served(found, judged) : Sentences.of(found, judged);
    return new ReportVerdict(
        asked.line(),
        1,
        List.of(asked.line()),
        "question",
        null,
        null,
        asked.order(),
        mask.toHex(),
        mask.print(),
        mask.flags().stream().map(GfpFlag::symbol).toList(),
        null,
        asked.version().toString(),
        null,
        asked.version().toString(),
        asked.pageKb(),
        asked.machine().nameOf(judged.highestIndex()),
        special != null ? special.cause() : found.cause(),
        unseen ? Confidence.LOW : marks && told ? Confidence.HIGH : Confidence.MEDIUM,
        sentence,
        passes && told ? "none: it would be granted" : "a question: nothing has failed",
        missing,
        notes,
        largestOrder(judged),
        ZoneAnswers.of(judged),
        special != null ? List.of() : Remedies.of(found, judged));
  }

  static @Nullable Integer largestOrder(Case judged) {
    return judged.eligible().stream()
        .map(JudgedZone::largestPassing)
        .filter(Objects::nonNull)
        .max(Integer::compare)
        .orElse(null);
  }
}
