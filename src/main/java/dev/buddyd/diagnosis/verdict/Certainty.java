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
    boolean guessed = reading.certainty() == GfpReading.Certainty.GUESSED;
    boolean open =
        judgement.found().zone() == null || gap(judged) || Notes.hidesNode(reading.mask(), judged);
    return guessed || open ? Confidence.MEDIUM : Confidence.HIGH;
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
