package dev.buddyd.diagnosis.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.buddyd.diagnosis.Corpus;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** The facts of published reports against what people read in them. */
@Tag("corpus")
class ReportCorpusTest {

  static Stream<Corpus.Sample> reports() {
    return Corpus.samples("reports");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("reports")
  void factsAgreeWithTheSidecar(Corpus.Sample sample) {
    JsonNode expected = sample.sidecar();
    List<KernelReport> reports = ReportParser.parse(sample.text());
    assertThat(reports).isNotEmpty();
    KernelReport report = reports.getFirst();
    SoftAssertions soft = new SoftAssertions();
    boolean oom = expected.get("kind").asString().equals("oom");
    soft.assertThat(report.kind() != ReportKind.ALLOC_FAILURE).as("oom").isEqualTo(oom);
    soft.assertThat(report.order() == null ? null : report.order().toString())
        .as("order")
        .isEqualTo(text(expected.get("order")));
    soft.assertThat(report.mask() == null ? null : report.mask().printed())
        .as("mask")
        .isEqualTo(text(expected.get("gfp_mask")));
    soft.assertThat(report.pageSize().kb())
        .as("page size")
        .isEqualTo(expected.get("page_kb").asInt());
    String kernel = expected.get("kernel").asString();
    soft.assertThat(report.kernel() == null ? null : report.kernel().text())
        .as("kernel")
        .isEqualTo(kernel.contains("(") ? null : kernel);
    for (JsonNode zone : expected.get("zones")) {
      compareZone(soft, report, zone);
    }
    if (expected.get("complete").asBoolean() && !expected.get("zones").isEmpty()) {
      soft.assertThat(report.missing()).as("missing").isEmpty();
      for (ZoneFacts zone : report.zones()) {
        FreeList list = zone.freeList();
        soft.assertThat(list != null && list.complete() && list.addsUp())
            .as("the free lists of %s add up", zone.zone())
            .isTrue();
      }
    }
    soft.assertAll();
  }

  private static void compareZone(SoftAssertions soft, KernelReport report, JsonNode expected) {
    int node = expected.get("node").asInt();
    String name = expected.get("zone").asString();
    ZoneFacts zone =
        report.zones().stream()
            .filter(z -> z.node() == node && z.zone().equals(name))
            .findFirst()
            .orElse(null);
    String as = "Node " + node + " " + name + " ";
    soft.assertThat(zone).as(as).isNotNull();
    if (zone == null) {
      return;
    }
    soft.assertThat(zone.freeKb()).as(as + "free").isEqualTo(number(expected, "free_kb"));
    soft.assertThat(zone.minKb()).as(as + "min").isEqualTo(number(expected, "min_kb"));
    soft.assertThat(zone.lowKb()).as(as + "low").isEqualTo(number(expected, "low_kb"));
    soft.assertThat(zone.highKb()).as(as + "high").isEqualTo(number(expected, "high_kb"));
    soft.assertThat(zone.boostKb()).as(as + "boost").isEqualTo(number(expected, "boost_kb"));
    Long managed = zone.managedKb() != null ? zone.managedKb() : zone.presentKb();
    soft.assertThat(managed).as(as + "managed").isEqualTo(number(expected, "managed_kb"));
    List<Long> reserve = new ArrayList<>();
    expected.get("lowmem_reserve_pages").forEach(value -> reserve.add(value.asLong()));
    soft.assertThat(zone.lowmemReserve()).as(as + "lowmem_reserve").isEqualTo(reserve);
  }

  private static @Nullable Long number(JsonNode node, String key) {
    return node.has(key) && !node.get(key).isNull() ? node.get(key).asLong() : null;
  }

  private static @Nullable String text(@Nullable JsonNode node) {
    return node == null || node.isNull() ? null : node.asString();
  }
}
