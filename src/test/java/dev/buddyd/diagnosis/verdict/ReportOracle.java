package dev.buddyd.diagnosis.verdict;

import dev.buddyd.diagnosis.verdict.GeneratedReport.Kernel;
import dev.buddyd.diagnosis.verdict.GeneratedReport.Letter;
import dev.buddyd.diagnosis.verdict.GeneratedReport.Mask;
import dev.buddyd.diagnosis.verdict.GeneratedReport.Zone;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Spec 09 for one zone, from the machine.
 *
 * @param spared what the test leaves out for once, to see what would have helped
 */
record ReportOracle(GeneratedReport report, Zone zone, Set<Term> spared) {

  /** What can be left out of the test. */
  enum Term {
    CMA,
    HIGHATOMIC,
    RESERVE
  }

  ReportOracle(GeneratedReport report, Zone zone) {
    this(report, zone, Set.of());
  }

  ReportOracle sparing(Term term) {
    return new ReportOracle(report, zone, Set.of(term));
  }

  private Kernel kernel() {
    return report.kernel();
  }

  private boolean movable() {
    return report.mask() == Mask.GFP_HIGHUSER_MOVABLE;
  }

  // --- V-1

  private boolean nomemalloc() {
    return report.mask() == Mask.ATOMIC_NOMEMALLOC;
  }

  private boolean atomic() {
    return report.mask().atomic();
  }

  private boolean high() {
    return atomic() || report.mask() == Mask.KERNEL_HIGH;
  }

  private boolean nowait() {
    return report.mask() == Mask.NOWAIT;
  }

  private boolean harder() {
    if (!kernel().from(4, 4)) {
      return (atomic() || nowait()) && !(nomemalloc() && kernel().from(3, 0));
    }
    return atomic() && !nomemalloc();
  }

  /** V-3: MEMALLOC means nothing before 3.6 (G-54 c). */
  private boolean unbound() {
    boolean asked = report.mask() == Mask.ATOMIC_MEMALLOC && kernel().from(3, 6);
    return asked || (report.reclaims() && !nomemalloc());
  }

  // --- V-5 to V-7

  long usable() {
    boolean counts = movable() || spared.contains(Term.CMA);
    long cma = counts ? 0 : zone.pages(Letter.C); // V-6
    return zone.pages() - cma - highatomic() - ((1L << report.order()) - 1); // V-5
  }

  /** V-7. */
  private long highatomic() {
    boolean zeroKeeps = !kernel().from(5, 9) && kernel().from(4, 7) && report.order() == 0;
    boolean keeps = kernel().from(6, 3) ? high() || nowait() : harder();
    if (!kernel().from(4, 4) || keeps || spared.contains(Term.HIGHATOMIC)) {
      return 0;
    }
    if (zeroKeeps && !high()) {
      return 0;
    }
    if (kernel().from(6, 13)) {
      return zone.pages(Letter.H);
    }
    return kernel().from(5, 4) ? zone.reservedHighatomic() : pagesCertainlyHighatomic();
  }

  /** The report does not count them before 5.4: those whose list is not shared are. */
  private long pagesCertainlyHighatomic() {
    return IntStream.range(0, GeneratedReport.ORDERS)
        .filter(order -> zone.has(Letter.H, order))
        .filter(order -> zone.free().get(Letter.H)[order] == zone.blocks(order))
        .mapToLong(order -> zone.blocks(order) << order)
        .sum();
  }

  // --- V-2, V-10, V-11, V-14

  /** The printed min, without the boost where it does not bind (V-14). */
  private long min() {
    boolean ignores = kernel().from(6, 3) ? high() : atomic();
    return (long) zone.min() + (ignores && report.order() == 0 ? 0 : zone.boost());
  }

  long threshold() {
    if (unbound()) {
      return 0;
    }
    long left = high() ? min() - min() / 2 : min();
    return harder() ? left - left / 4 : left;
  }

  /** V-11. */
  long reserve() {
    boolean spares = unbound() || spared.contains(Term.RESERVE);
    return spares ? 0 : zone.reserve().get(report.highest());
  }

  /**
   * V-10; 4.7 to 5.8 try order 0 against the whole min and with the HIGHATOMIC pages first (V-7).
   */
  boolean above() {
    boolean shortcut =
        report.order() == 0
            && kernel().from(4, 7)
            && !kernel().from(5, 9)
            && usable() + highatomic() > (unbound() ? 0 : min()) + reserve();
    return shortcut || usable() > threshold() + reserve();
  }

  // --- V-12, V-13

  boolean block() {
    boolean listed =
        IntStream.range(report.order(), GeneratedReport.ORDERS)
            .anyMatch(order -> zone.free().keySet().stream().anyMatch(l -> takes(l, order)));
    return listed && (kernel().from(4, 4) || report.order() == 0 || passesLoop());
  }

  private boolean takes(Letter letter, int order) {
    boolean anything =
        kernel().from(4, 4) && !kernel().from(4, 15) && harder() && report.order() > 0;
    boolean highatomic = (harder() && report.order() > 0) || takesHighatomicLast();
    return zone.has(letter, order)
        && switch (letter) {
          case U, M, E -> true;
          case C -> movable() || anything || spared.contains(Term.CMA);
          case H -> highatomic || spared.contains(Term.HIGHATOMIC);
        };
  }

  /** V-13: in 6.12.117, and so in all of 6.12; not in the attempt without marks (F-34). */
  private boolean takesHighatomicLast() {
    boolean nonblock = nowait() || (atomic() && !nomemalloc());
    return report.order() == 0 && kernel().from(6, 12) && nonblock && !unbound();
  }

  private boolean passesLoop() {
    long free = zone.pages() - ((1L << report.order()) - 1);
    long min = threshold();
    for (int order = 0; order < report.order(); order++) {
      free -= zone.blocks(order) << order;
      min /= 2;
      if (free <= min) {
        return false;
      }
    }
    return true;
  }

  boolean passes() {
    return above() && block();
  }
}
