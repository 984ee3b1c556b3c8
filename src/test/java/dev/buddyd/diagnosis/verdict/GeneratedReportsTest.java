package dev.buddyd.diagnosis.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import dev.buddyd.diagnosis.verdict.GeneratedReport.Zone;
import java.util.List;
import java.util.Random;
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
      for (Zone zone : report.printed()) {
        ReportOracle oracle = new ReportOracle(report, zone);
        compare(soft, where, verdict, oracle);
      }
      soft.assertThat(verdict.kind()).as(where).isEqualTo(report.oom() ? "oom" : "alloc-failure");
      soft.assertThat(verdict.cause()).as(where).isIn(CauseOracle.of(report));
      soft.assertThat(verdict.largestOrder()).as(where).isEqualTo(CauseOracle.largest(report));
      remedies(soft, where, report, verdict);
    }
    soft.assertAll();
  }

  /** Without the line that names the kernel its shape must do; a verdict that is sure is right. */
  @Test
  @DisplayName("G-57.5: what the shape of a report tells of its kernel")
  void surenessWithoutVersionIsDeserved() {
    int sure = 0;
    for (int seed = 0; seed < 5 * REPORTS; seed++) {
      Random random = new Random(seed);
      GeneratedReport report = GeneratedReport.of(random);
      String text = report.text(random).replaceAll("(?m)^.*(?:CPU: 1 PID|Pid: 321).*\n", "");
      ReportVerdict verdict = Diagnoser.diagnose(text).reports().getFirst();
      if (verdict.confidence() == Confidence.HIGH) {
        sure++;
        assertThat(verdict.cause())
            .as("seed %d, %s by %s\n%s", seed, report.kernel(), verdict.rules(), text)
            .isIn(CauseOracle.of(report));
      }
    }
    assertThat(sure).isGreaterThan(REPORTS / 10);
  }

  /** A remedy that helps is a change after which the machine would serve the request. */
  private static void remedies(
      SoftAssertions soft, String where, GeneratedReport report, ReportVerdict verdict) {
    for (Remedy remedy : verdict.remedies()) {
      soft.assertThat(remedy.sentence()).as(where).isNotBlank();
      boolean smaller = remedy.change().startsWith("order=") && remedy.helps();
      if (smaller) {
        int order = Integer.parseInt(remedy.change().substring("order=".length()));
        soft.assertThat(CauseOracle.passes(report.withOrder(order))).as(where).isTrue();
      }
    }
    boolean granted = verdict.cause() == Cause.UNKNOWN;
    soft.assertThat(verdict.remedies().isEmpty() && !granted && report.order() > 0)
        .as("nothing to do, %s", where)
        .isFalse();
  }

  private static void compare(
      SoftAssertions soft, String where, ReportVerdict verdict, ReportOracle oracle) {
    Zone zone = oracle.zone();
    ZoneVerdict judged =
        verdict.zones().stream()
            .filter(z -> z.node() == zone.node() && z.zone().equals(zone.name()))
            .findFirst()
            .orElseThrow();
    String as = "Node %d %s %%s, %s".formatted(zone.node(), zone.name(), where.replace("%", "%%"));
    int kb = oracle.report().pageKb();
    soft.assertThat(judged.eligible())
        .as(as.formatted("eligible"))
        .isEqualTo(oracle.report().eligible(zone));
    if (!oracle.report().eligible(zone)) {
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
}
