package dev.buddyd.diagnosis.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import dev.buddyd.diagnosis.Corpus;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Reports that lost a line, or everything behind one, on their way: the answer may know less, but
 * it is never sure of something else than the whole report says.
 */
class LostLinesTest {

  static Stream<Corpus.Sample> published() {
    return Corpus.samples("reports");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("published")
  @Tag("corpus")
  void publishedReportsAreNeverMistakenWithConfidence(Corpus.Sample sample) {
    List<String> acceptable = new ArrayList<>();
    sample.sidecar().get("acceptable_classes").forEach(v -> acceptable.add(v.asString()));
    assertThat(mistaken(sample.text(), acceptable)).isEmpty();
  }

  @Test
  void generatedReportsAreNeverMistakenWithConfidence() {
    List<String> all = new ArrayList<>();
    for (int seed = 0; seed < 40; seed++) {
      Random random = new Random(seed);
      GeneratedReport report = GeneratedReport.of(random);
      List<String> whole = CauseOracle.of(report).stream().map(Cause::id).toList();
      for (String mistake : mistaken(report.text(random), whole)) {
        all.add("seed " + seed + ": " + whole + " " + mistake);
      }
    }
    assertThat(all).isEmpty();
  }

  private static List<String> mistaken(String text, List<String> acceptable) {
    List<String> lines = text.lines().toList();
    List<String> mistaken = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      List<String> without = new ArrayList<>(lines);
      String lost = without.remove(i);
      check("without " + lost, without, acceptable, mistaken);
      check("up to " + lost, lines.subList(0, i + 1), acceptable, mistaken);
      check("from " + lost, lines.subList(i, lines.size()), acceptable, mistaken);
    }
    return mistaken;
  }

  private static void check(
      String how, List<String> lines, List<String> acceptable, List<String> mistaken) {
    for (ReportVerdict verdict : Diagnoser.diagnose(String.join("\n", lines)).reports()) {
      boolean sure = verdict.confidence() != Confidence.LOW;
      if (sure && !acceptable.contains(verdict.cause().id())) {
        mistaken.add(verdict.cause().id() + " " + verdict.confidence() + " " + how);
      }
    }
  }
}
