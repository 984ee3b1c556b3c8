package dev.buddyd.diagnosis.verdict;

import dev.buddyd.diagnosis.report.KernelName;
import dev.buddyd.diagnosis.report.KernelReport;
import dev.buddyd.diagnosis.report.PageSize;
import dev.buddyd.diagnosis.report.ZoneFacts;
import dev.buddyd.diagnosis.rules.RuleProfile;
import dev.buddyd.diagnosis.verdict.Case.JudgedZone;
import dev.buddyd.mm.gfp.DecodedMask;
import dev.buddyd.mm.gfp.GfpFlag;
import dev.buddyd.mm.gfp.GfpReading;
import java.util.ArrayList;
import java.util.List;

/** What the reader of a verdict should know about its ground. */
final class Notes {

  private Notes() {}

  static List<String> of(Judgement judgement) {
    KernelReport report = judgement.report();
    GfpReading reading = judgement.reading();
    Case judged = judgement.judged();
    List<String> notes = new ArrayList<>();
    KernelName kernel = report.kernel();
    if (kernel != null && kernel.source() == KernelName.Source.PROSE) {
      notes.add("The kernel's version stands only in the text around the report.");
    }
    if (reading != null && reading.certainty() != GfpReading.Certainty.STATED) {
      notes.add(reading.sentence());
    }
    if (reading != null && reading.mask().unknownBits() != 0) {
      notes.add("The mask has bits that no flag of this kernel owns; they were ignored.");
    }
    if (report.pageSize().source() == PageSize.Source.KERNEL_NAME) {
      notes.add(
          "The page size of " + report.pageSize().kb() + " kB follows from the kernel's name.");
    }
    if (judged != null) {
      rights(judged, notes);
      hiddenHighatomic(judged, notes);
      if (reading != null && hidesNode(reading.mask(), judged)) {
        notes.add(
            "__GFP_THISNODE: only one node was asked (F-4), and the text does not say which. The"
                + " verdict weighs all nodes; read the zones of the caller's node.");
      }
    }
    if (!judgement.hidden().isEmpty()) {
      notes.add(hidden(judgement.hidden()));
    }
    if (report.overlaps()) {
      notes.add(
          "Another report was printed at the same time, and nothing but the order of the lines"
              + " tells which zones are whose.");
    }
    String contradiction = HeadCount.contradiction(report, judgement.rules());
    if (contradiction != null) {
      notes.add(contradiction);
    }
    for (ZoneFacts zone : report.zones()) {
      if (damaged(zone)) {
        notes.add(
            "The free lists of Node %d %s do not come to their total: the text was damaged on its way."
                .formatted(zone.node(), zone.zone()));
      }
      boolean absurd = zone.values().values().stream().anyMatch(value -> value.value() == null);
      if (absurd) {
        notes.add(
            "Node "
                + zone.node()
                + " "
                + zone.zone()
                + " prints a number that underflowed; it was left out.");
      }
    }
    return notes;
  }

  static String hidden(List<String> zones) {
    return "The text does not show " + String.join(", ", zones) + ": it was cut, or lost lines.";
  }

  /** Whether the request was bound to one node of several that the text shows (F-4). */
  static boolean hidesNode(DecodedMask mask, Case judged) {
    return mask.flags().contains(GfpFlag.THISNODE)
        && judged.eligible().stream().map(zone -> zone.state().node()).distinct().count() > 1;
  }

  /** Whether the lists were changed after the kernel had added them up. */
  static boolean damaged(ZoneFacts zone) {
    return zone.freeList() != null && !zone.freeList().addsUp();
  }

  private static void rights(Case judged, List<String> notes) {
    if (judged.request().rights().ignoresWatermarks()) {
      notes.add(
          "The caller works for reclaim (or may use all reserves): marks and lowmem_reserve do not"
              + " bind it (V-3).");
    }
  }

  /** 4.4 to 5.3 do not print the reserve; the lists give no more than a lower bound (V-7). */
  private static void hiddenHighatomic(Case judged, List<String> notes) {
    if (judged.request().profile().highatomic() != RuleProfile.Highatomic.RESERVED) {
      return;
    }
    for (JudgedZone zone : judged.eligible()) {
      boolean hidden = zone.state().reservedHighatomic() == null;
      boolean held = zone.state().blocks().lettersFrom(0).contains("H");
      if (hidden && held && zone.base().passes()) {
        notes.add(
            zone.state().title()
                + " holds HIGHATOMIC pageblocks, whose size this kernel does not print; with them"
                + " taken off it may have refused (highatomic-only).");
      }
    }
  }
}
