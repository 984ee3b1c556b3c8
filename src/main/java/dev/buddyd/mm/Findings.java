package dev.buddyd.mm;

import dev.buddyd.mm.zone.Zone;
import java.util.ArrayList;
import java.util.List;

/** Collects the violations of one check, up to a limit: a broken machine breaks everywhere. */
@SuppressWarnings("AnnotateFormatMethod") // its annotation would be a dependency of its own
final class Findings {

  private final List<Violation> violations = new ArrayList<>();
  private final int limit;

  Findings(int limit) {
    this.limit = limit;
  }

  boolean full() {
    return violations.size() >= limit;
  }

  List<Violation> violations() {
    return List.copyOf(violations);
  }

  /** Something is wrong with a frame. */
  void frame(String rule, Zone zone, int index, String sentence, Object... values) {
    add(rule, zone, zone.frames().pfn(index), sentence, values);
  }

  /** Something is wrong with a zone or one of its numbers. */
  void zone(String rule, Zone zone, String sentence, Object... values) {
    add(rule, zone, Violation.NO_PFN, sentence, values);
  }

  /** Two numbers that must be the same are not. */
  void same(String rule, Zone zone, long actual, long expected, String what, String expectedWhat) {
    if (actual != expected) {
      zone(rule, zone, "%s is %d, but %s is %d", what, actual, expectedWhat, expected);
    }
  }

  private void add(String rule, Zone zone, long pfn, String sentence, Object... values) {
    if (!full()) {
      violations.add(
          new Violation(rule, zone.node(), zone.name(), pfn, sentence.formatted(values).strip()));
    }
  }
}
