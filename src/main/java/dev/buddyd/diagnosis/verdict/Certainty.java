package dev.buddyd.diagnosis.verdict;

import dev.buddyd.diagnosis.verdict.Case.JudgedZone;
import dev.buddyd.mm.gfp.GfpReading;

/** How much of a verdict rests on the report's own numbers. */
final class Certainty {

  private Certainty() {}

  static Confidence of(Judgement judgement) {
    if (judgement.special() != null) {
      return judgement.special().confidence();
    }
    GfpReading reading = judgement.reading();
    Case judged = judgement.judged();
    if (reading == null || judged == null || judgement.found().cause() == Cause.UNKNOWN) {
      return Confidence.LOW; // a race leaves no trace in the numbers
    }
    JudgedZone shown = judgement.found().zone();
    if (shown != null && lostItsMarks(shown, judged)) {
      return Confidence.LOW; // that it lacks a block need not be why it refused
    }
    boolean guessed = reading.certainty() == GfpReading.Certainty.GUESSED;
    boolean damaged = judgement.report().zones().stream().anyMatch(Notes::damaged);
    boolean open = shown == null || gap(judged) || Notes.hidesNode(reading.mask(), judged);
    return guessed || open || damaged ? Confidence.MEDIUM : Confidence.HIGH;
  }

  /** Whether other zones show their marks, and this one's line is missing among them. */
  private static boolean lostItsMarks(JudgedZone zone, Case judged) {
    return zone.base().markOk() == null
        && judged.eligible().stream().anyMatch(other -> other.base().markOk() != null);
  }

  /** Whether a number that the decision needs is not printed. */
  private static boolean gap(Case judged) {
    for (JudgedZone zone : judged.eligible()) {
      boolean marks = zone.base().markOk() != null && zone.base().reserveKnown();
      if (!marks || zone.base().blockOk() == null) {
        return true;
      }
    }
    return false;
  }
}
