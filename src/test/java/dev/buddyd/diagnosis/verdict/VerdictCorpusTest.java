package dev.buddyd.diagnosis.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import dev.buddyd.diagnosis.Corpus;
import dev.buddyd.diagnosis.rules.Waiver;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** Verdicts on published reports against those that people derived from the numbers. */
@Tag("corpus")
class VerdictCorpusTest {

  static Stream<Corpus.Sample> reports() {
    return Corpus.samples("reports");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("reports")
  void causeAndNumbersAgreeWithTheSidecar(Corpus.Sample sample) {
    JsonNode expected = sample.sidecar();
    List<ReportVerdict> verdicts = Diagnoser.diagnose(sample.text()).reports();
    assertThat(verdicts).hasSize(1);
    ReportVerdict verdict = verdicts.getFirst();
    List<String> acceptable = new ArrayList<>();
    expected.get("acceptable_classes").forEach(value -> acceptable.add(value.asString()));
    SoftAssertions soft = new SoftAssertions();
    soft.assertThat(verdict.cause().id()).as(verdict.sentence()).isIn(acceptable);
    soft.assertThat(verdict.kind()).isEqualTo(expected.get("kind").asString());
    for (JsonNode zone : expected.get("zones")) {
      compare(soft, verdict, zone);
    }
    soft.assertAll();
  }

  private static void compare(SoftAssertions soft, ReportVerdict verdict, JsonNode expected) {
    int node = expected.get("node").asInt();
    String name = expected.get("zone").asString();
    ZoneVerdict zone =
        verdict.zones().stream()
            .filter(z -> z.node() == node && z.zone().equals(name))
            .findFirst()
            .orElseThrow();
    String as = "Node " + node + " " + name + " ";
    soft.assertThat(zone.eligible())
        .as(as + "eligible")
        .isEqualTo(expected.get("eligible").asBoolean());
    soft.assertThat(zone.usableKb()).as(as + "usable").isEqualTo(number(expected, "usable"));
    soft.assertThat(zone.minEffectiveKb())
        .as(as + "min_eff")
        .isEqualTo(number(expected, "min_eff"));
    soft.assertThat(zone.reserveKb()).as(as + "reserve").isEqualTo(number(expected, "reserve_kb"));
    soft.assertThat(zone.cmaKb()).as(as + "cma").isEqualTo(number(expected, "cma_excluded"));
    soft.assertThat(zone.highatomicKb())
        .as(as + "highatomic")
        .isEqualTo(number(expected, "highatomic_excluded"));
    soft.assertThat(zone.watermarkOk())
        .as(as + "wm_ok")
        .isEqualTo(expected.get("wm_ok").asBoolean());
    soft.assertThat(zone.blockOk())
        .as(as + "block_ok")
        .isEqualTo(expected.get("block_ok").asBoolean());
    Long largest = number(expected, "max_order_allowed");
    soft.assertThat(zone.largestOrder())
        .as(as + "largest order")
        .isEqualTo(largest == null ? null : Integer.valueOf(largest.intValue()));
    if (zone.eligible()) {
      List<String> changes = new ArrayList<>();
      if (expected.has("single_change_that_would_pass")) {
        expected.get("single_change_that_would_pass").forEach(v -> changes.add(v.asString()));
      }
      soft.assertThat(zone.wouldPassIf())
          .as(as + "would pass if")
          .extracting(Waiver::id)
          .containsExactlyInAnyOrderElementsOf(changes);
      Long passing = number(expected, "largest_order_that_would_pass");
      if (passing != null) {
        soft.assertThat(zone.largestOrderPassing())
            .as(as + "largest order passing")
            .isEqualTo(passing.intValue());
      }
    } else {
      soft.assertThat(zone.wouldServe())
          .as(as + "would serve")
          .isEqualTo(expected.get("would_satisfy_if_eligible").asBoolean());
    }
  }

  private static @Nullable Long number(JsonNode node, String key) {
    return node.has(key) && !node.get(key).isNull() ? node.get(key).asLong() : null;
  }
}
