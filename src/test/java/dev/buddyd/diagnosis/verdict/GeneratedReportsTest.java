package dev.buddyd.diagnosis.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import dev.buddyd.diagnosis.verdict.GeneratedReport.Kernel;
import dev.buddyd.diagnosis.verdict.GeneratedReport.Letter;
import dev.buddyd.diagnosis.verdict.GeneratedReport.Mask;
import dev.buddyd.diagnosis.verdict.GeneratedReport.Zone;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Reports of made-up machines, written as the kernels of fifteen years write them, against an
 * oracle that knows the machine and the rules of spec 09, and none of the service's code. {@code
 * -Dreports=N} makes N of them.
 */
class GeneratedReportsTest {

  private static final int REPORTS = Integer.getInteger("reports", 200);

  @Test
  @DisplayName("V-2, V-5, V-6, V-7, V-10, V-11, V-12, V-14: every zone's arithmetic")
  void zonesAreJudgedByTheRulesOfTheirKernel() {
    SoftAssertions soft = new SoftAssertions();
    for (int seed = 0; seed < REPORTS; seed++) {
      Random random = new Random(seed);
      GeneratedReport report = GeneratedReport.of(random);
      String text = report.text(random);
      List<ReportVerdict> verdicts = Diagnoser.diagnose(text).reports();
      assertThat(verdicts).as("seed %d\n%s", seed, text).hasSize(1);
      ReportVerdict verdict = verdicts.getFirst();
      String where = "seed %d, %s\n%s".formatted(seed, report.kernel().release(), text);
      assertThat(verdict.zones()).as(where).hasSameSizeAs(report.printed());
      boolean passes = false;
      for (Zone zone : report.printed()) {
        Oracle oracle = new Oracle(report, zone);
        compare(soft, where, verdict, oracle);
        passes |= report.eligible(zone) && oracle.above() && oracle.block();
      }
      soft.assertThat(verdict.cause() == Cause.UNKNOWN)
          .as("cause %s, %s", verdict.cause(), where)
          .isEqualTo(passes);
    }
    soft.assertAll();
  }

  private static void compare(
      SoftAssertions soft, String where, ReportVerdict verdict, Oracle oracle) {
    Zone zone = oracle.zone;
    ZoneVerdict judged =
        verdict.zones().stream()
            .filter(z -> z.node() == zone.node() && z.zone().equals(zone.name()))
            .findFirst()
            .orElseThrow();
    String as = "Node %d %s %%s, %s".formatted(zone.node(), zone.name(), where.replace("%", "%%"));
    int kb = oracle.report.pageKb();
    soft.assertThat(judged.eligible())
        .as(as.formatted("eligible"))
        .isEqualTo(oracle.report.eligible(zone));
    if (!oracle.report.eligible(zone)) {
      return;
    }
    soft.assertThat(judged.usableKb()).as(as.formatted("usable")).isEqualTo(oracle.usable() * kb);
    soft.assertThat(judged.minEffectivePages())
        .as(as.formatted("min"))
        .isEqualTo(oracle.threshold());
    soft.assertThat(judged.reserveKb())
        .as(as.formatted("reserve"))
        .isEqualTo(oracle.reserve() * kb);
    soft.assertThat(judged.watermarkOk()).as(as.formatted("above")).isEqualTo(oracle.above());
    soft.assertThat(judged.blockOk()).as(as.formatted("block")).isEqualTo(oracle.block());
  }

  /** Spec 09, from the machine. */
  private record Oracle(GeneratedReport report, Zone zone) {

    private Kernel kernel() {
      return report.kernel();
    }

    private boolean atomic() {
      return report.mask() == Mask.GFP_ATOMIC;
    }

    private boolean movable() {
      return report.mask() == Mask.GFP_HIGHUSER_MOVABLE;
    }

    long usable() {
      long cma = movable() ? 0 : zone.pages(Letter.C); // V-6
      return zone.pages() - cma - highatomic() - ((1L << report.order()) - 1); // V-5
    }

    /** V-7. Of these masks only GFP_ATOMIC keeps the pages, in every kernel. */
    private long highatomic() {
      boolean zeroKeeps = !kernel().from(5, 9) && kernel().from(4, 7) && report.order() == 0;
      if (!kernel().from(4, 4) || atomic() || zeroKeeps) {
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

    long threshold() {
      boolean boosted = !(atomic() && report.order() == 0); // V-14: ATOMIC (5.9), HI (6.3)
      long min = (long) zone.min() + (boosted ? zone.boost() : 0);
      if (!atomic()) {
        return min;
      }
      long half = min - min / 2; // V-2
      return half - half / 4;
    }

    /** V-11. */
    long reserve() {
      return zone.reserve().get(report.highest());
    }

    /** V-10. */
    boolean above() {
      return usable() > threshold() + reserve();
    }

    /** V-12, V-13. */
    boolean block() {
      boolean listed =
          IntStream.range(report.order(), GeneratedReport.ORDERS)
              .anyMatch(order -> zone.free().keySet().stream().anyMatch(l -> takes(l, order)));
      return listed && (kernel().from(4, 4) || report.order() == 0 || passesLoop());
    }

    private boolean takes(Letter letter, int order) {
      boolean anything =
          kernel().from(4, 4) && !kernel().from(4, 15) && atomic() && report.order() > 0;
      return zone.has(letter, order)
          && switch (letter) {
            case U, M, E -> true;
            case C -> movable() || anything;
            case H -> atomic() && report.order() > 0;
          };
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
  }
}
