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
    if (!judgement.hidden().isEmpty() || leavesOpen(judged)) {
      return Confidence.LOW; // a zone of which the text does not tell may have had room
    }
    boolean mixed = HeadCount.contradiction(judgement.report(), judgement.rules()) != null;
    if (mixed || judgement.report().overlaps()) {
      return Confidence.LOW; // the zones may be those of another report
    }
    JudgedZone shown = judgement.found().zone();
    if (shown != null && !shown.eligible() && isOpen(shown, judged)) {
      return Confidence.LOW; // nor does it tell of a block in the zone that would have served
    }
    boolean guessed = reading.certainty() == GfpReading.Certainty.GUESSED;
    boolean damaged = judgement.report().zones().stream().anyMatch(Notes::damaged);
    boolean vague =
        shown == null
            || judgement.report().order() == null
            || gap(judged)
            || Notes.hidesNode(reading.mask(), judged);
    return guessed || vague || damaged ? Confidence.MEDIUM : Confidence.HIGH;
  }

  /** Whether the text tells enough of some zones, and not of others that may have had room. */
  static boolean leavesOpen(Case judged) {
    boolean marks = judged.zones().stream().anyMatch(Certainty::showsMarks);
    boolean open = judged.eligible().stream().anyMatch(Certainty::isOpen);
    boolean lost = judged.zones().stream().anyMatch(zone -> !showsMarks(zone));
    return marks && (open || lost);
  }

  /** Whether the text leaves open if the zone refuses. */
  private static boolean isOpen(JudgedZone zone) {
    return !zone.base().refuses() && !zone.base().passes();
  }

  /** Whether a zone that the request may not use shows no block that would have served it. */
  private static boolean isOpen(JudgedZone elsewhere, Case judged) {
    return judged.request().order() > 0 && elsewhere.base().blockOk() == null;
  }

  private static boolean showsMarks(JudgedZone zone) {
    return zone.base().usable() != null && zone.base().threshold() != null;
  }

  /** Whether a number that the decision needs is not printed. */
  private static boolean gap(Case judged) {
    for (JudgedZone zone : judged.eligible()) {
      boolean printed = zone.state().lowmemReserve() != null && zone.state().managed() != null;
      boolean marks = zone.base().markOk() != null && printed;
      if (!marks || zone.base().blockOk() == null) {
        return true;
      }
    }
    return false;
  }
}
