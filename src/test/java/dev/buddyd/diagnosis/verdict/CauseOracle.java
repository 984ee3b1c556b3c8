package dev.buddyd.diagnosis.verdict;

import dev.buddyd.diagnosis.verdict.GeneratedReport.Letter;
import dev.buddyd.diagnosis.verdict.GeneratedReport.Zone;
import dev.buddyd.diagnosis.verdict.ReportOracle.Term;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The causes that a made-up report may be given, by the classes' order of precedence. */
final class CauseOracle {

  private CauseOracle() {}

  /** Whether some zone that the mask allows serves the request. */
  static boolean passes(GeneratedReport report) {
    return eligible(report).stream().anyMatch(ReportOracle::passes);
  }

  /** The largest order, up to the one asked for, that would have been served; null if none. */
  static @Nullable Integer largest(GeneratedReport report) {
    return IntStream.rangeClosed(0, report.order())
        .filter(order -> passes(report.withOrder(order)))
        .boxed()
        .max(Comparator.naturalOrder())
        .orElse(null);
  }

  static Set<Cause> of(GeneratedReport report) {
    if (passes(report)) {
      return Set.of(Cause.UNKNOWN);
    }
    Set<Cause> blockless = EnumSet.noneOf(Cause.class);
    eligible(report).stream().filter(ReportOracle::above).forEach(z -> blockless.addAll(lists(z)));
    if (!blockless.isEmpty()) {
      return blockless;
    }
    ReportOracle largest =
        eligible(report).stream()
            .max(Comparator.comparingInt(oracle -> oracle.zone().managed()))
            .orElseThrow();
    Cause cause = numbers(largest);
    boolean elsewhere =
        report.printed().stream()
            .filter(zone -> !report.eligible(zone))
            .anyMatch(zone -> new ReportOracle(report, zone).passes());
    return Set.of(elsewhere && cause != Cause.CMA_ONLY ? Cause.ZONE_RESTRICTED : cause);
  }

  private static List<ReportOracle> eligible(GeneratedReport report) {
    return report.printed().stream()
        .filter(report::eligible)
        .map(zone -> new ReportOracle(report, zone))
        .toList();
  }

  /** A zone with enough memory: which lists hold the blocks. */
  private static Set<Cause> lists(ReportOracle oracle) {
    Set<Cause> causes = EnumSet.noneOf(Cause.class);
    if (holds(oracle, Letter.C) && oracle.sparing(Term.CMA).block()) {
      causes.add(Cause.CMA_ONLY);
    }
    if (holds(oracle, Letter.H) && oracle.sparing(Term.HIGHATOMIC).block()) {
      causes.add(Cause.HIGHATOMIC_ONLY);
    }
    return causes.isEmpty() ? Set.of(Cause.FRAGMENTATION) : causes;
  }

  private static boolean holds(ReportOracle oracle, Letter letter) {
    Zone zone = oracle.zone();
    return IntStream.range(oracle.report().order(), GeneratedReport.ORDERS)
        .anyMatch(order -> zone.has(letter, order));
  }

  /** A zone without enough memory: what kept it. */
  private static Cause numbers(ReportOracle oracle) {
    if (oracle.sparing(Term.CMA).passes()) {
      return Cause.CMA_ONLY;
    }
    if (oracle.sparing(Term.HIGHATOMIC).passes()) {
      return Cause.HIGHATOMIC_ONLY;
    }
    return oracle.sparing(Term.RESERVE).passes() ? Cause.LOWMEM_RESERVE : Cause.BELOW_WATERMARK;
  }
}
