package dev.buddyd.diagnosis.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/** The names that clients of {@code POST /diagnoses} rely on. */
class DiagnosisJsonTest {
  private static final JsonMapper JSON =
      JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build();

  @Test
  void namesOfTheAnswer() {
    Diagnosis diagnosis =
        Diagnoser.diagnose(
            """
            x: page allocation failure: order:0, mode:0xcc0(GFP_KERNEL), nodemask=(null)
            CPU: 0 PID: 1 Comm: x Not tainted 6.12.3 #1
            Node 0 Normal free:800kB boost:0kB min:1000kB low:1kB high:1kB managed:9000kB free_cma:0kB
            lowmem_reserve[]: 0 0 0 0 0
            Node 0 Normal: 200*4kB (UME) = 800kB
            """);

    JsonNode json = JSON.valueToTree(diagnosis);

    JsonNode report = json.get("reports").get(0);
    assertThat(report.propertyNames())
        .contains(
            "line",
            "kind",
            "task",
            "order",
            "gfp_mask",
            "gfp_names",
            "gfp_flags",
            "kernel",
            "page_size_kb",
            "cause",
            "confidence",
            "sentence",
            "severity",
            "missing",
            "largest_order",
            "zones",
            "remedies");
    assertThat(report.get("kind").asString()).isEqualTo("alloc-failure");
    assertThat(report.get("cause").asString()).isEqualTo("below-watermark");
    assertThat(report.get("confidence").asString()).isEqualTo("high");
    assertThat(report.get("gfp_mask").asString()).isEqualTo("0xcc0");
    JsonNode zone = report.get("zones").get(0);
    assertThat(zone.propertyNames())
        .contains(
            "node",
            "zone",
            "eligible",
            "excluded_by",
            "free_kb",
            "usable_kb",
            "min_effective_kb",
            "reserve_kb",
            "cma_kb",
            "highatomic_kb",
            "boost_kb",
            "watermark_ok",
            "block_ok",
            "largest_order",
            "would_pass_if");
    assertThat(zone.get("would_pass_if").get(0).asString()).isEqualTo("min");
  }
}
