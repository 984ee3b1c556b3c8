package dev.buddyd.diagnosis.verdict;

import dev.buddyd.diagnosis.report.KernelReport;
import dev.buddyd.diagnosis.verdict.Case.JudgedZone;
import dev.buddyd.mm.gfp.GfpReading;
import org.jspecify.annotations.Nullable;

/** How much of a verdict rests on the report's own numbers. */
final class Certainty {

  private Certainty() {}

  static Confidence of(
      KernelReport report,
      @Nullable GfpReading reading,
      @Nullable Case judged,
      CauseFinder.Found found) {
    if (reading == null || judged == null || found.cause() == Cause.UNKNOWN) {
      return Confidence.LOW; // a race leaves no trace in the numbers
    }
    boolean guessed = reading.certainty() == GfpReading.Certainty.GUESSED;
    return guessed || found.zone() == null || gap(judged) ? Confidence.MEDIUM : Confidence.HIGH;
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
