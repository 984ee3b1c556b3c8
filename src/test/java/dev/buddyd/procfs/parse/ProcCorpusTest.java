package dev.buddyd.procfs.parse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.buddyd.diagnosis.Corpus;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Published /proc dumps: every line that names a zone is understood, and the numbers fit together.
 */
@Tag("corpus")
class ProcCorpusTest {

  static Stream<Corpus.Sample> dumps() {
    return Corpus.samples("proc");
  }

  private static long lines(String text, String start) {
    return text.lines().filter(line -> line.strip().startsWith(start)).count();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("dumps")
  void everyZoneIsRead(Corpus.Sample sample) {
    ProcFacts facts = ProcReader.read(sample.text());
    switch (sample.sidecar().get("kind").asString()) {
      case "buddyinfo" -> {
        assertThat(facts.buddyinfo()).hasSize((int) lines(sample.text(), "Node"));
        assertThat(facts.buddyinfo())
            .extracting(row -> row.free().size())
            .allMatch(size -> size >= 11);
      }
      case "zoneinfo" -> checkZoneinfo(sample.text(), facts.zones());
      case "pagetypeinfo" -> {
        assertThat(facts.pageTypes().size() + facts.pageBlocks().size())
            .isEqualTo((int) lines(sample.text(), "Node"));
        assertThat(facts.pageBlocks()).isNotEmpty();
        assertThat(facts.pageBlockOrder()).isBetween(9, 10);
      }
      default -> assertThat(facts.isEmpty()).isTrue();
    }
  }

  private static void checkZoneinfo(String text, List<ZoneRow> zones) {
    assertThat(zones).hasSize((int) lines(text, "Node"));
    assertThat(zones.stream().mapToLong(zone -> zone.pagesets().size()).sum())
        .isEqualTo(lines(text, "cpu:"));
    for (ZoneRow zone : zones) {
      assertThat(zone.page("free")).isNotNull();
      assertThat(zone.page("min")).isLessThanOrEqualTo(zone.page("low"));
      assertThat(zone.page("low")).isLessThanOrEqualTo(zone.page("high"));
      assertThat(zone.managed()).isLessThanOrEqualTo(zone.page("spanned"));
      assertThat(zone.protection().size()).isGreaterThanOrEqualTo(3);
      Long counted = zone.counters().get("nr_free_pages");
      assertThat(counted == null ? zone.page("free") : counted).isEqualTo(zone.page("free"));
    }
  }
}
