package dev.buddyd.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.buddyd.replay.json.RecordingException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Watermark tables: compared, asked for, and wrong. */
class TablesTest {

  private static final Path WIDE = Recordings.FOLDER.resolve("watermark-table.json.gz");
  private static final Path NARROW = Recordings.FOLDER.resolve("i386/watermark-table.json.gz");
  private static final List<String> VALUES =
      List.of(
          "watermark",
          "lowmemReserve",
          "percpuDriftMark",
          "pagesetHighMin",
          "pagesetHighMax",
          "pagesetBatch",
          "statThreshold");

  static Stream<Path> tables() {
    return Stream.of(WIDE, NARROW);
  }

  /** Every computed value of a state null. */
  private static void ask(JsonNode state) {
    for (JsonNode zone : state.get("zones")) {
      VALUES.forEach(((ObjectNode) zone)::putNull);
    }
    ((ObjectNode) state.get("global")).putNull("minFreeKbytes").putNull("totalreservePages");
    for (JsonNode node : state.get("nodes")) {
      ((ObjectNode) node).putNull("totalreserve");
    }
  }

  private static Replay run(ObjectNode table) {
    return Recordings.run(Recordings.bytes(table.toString()));
  }

  @ParameterizedTest
  @MethodSource("tables")
  @DisplayName("Z-22, Z-31, Z-33, P-5 to P-7: every step of a table is computed from its boot")
  void stepsAreAnswered(Path file) {
    ObjectNode table = Recordings.tree(file);
    ObjectNode question = table.deepCopy();
    for (JsonNode row : question.get("rows")) {
      row.get("steps").forEach(TablesTest::ask);
    }
    Replay replay = run(question);
    ReplayResult result = Recordings.result(replay);
    assertThat(result.kind()).isEqualTo(ReplayResult.Kind.TABLE_QUESTION);
    assertThat(result.comparison().resultsAsked()).isGreaterThan(1000);
    assertThat(result.exact()).isTrue();
    assertThat(Recordings.completed(replay)).isEqualTo(table);
  }

  @ParameterizedTest
  @MethodSource("tables")
  @DisplayName("Z-20, Z-21, Z-24, Z-61, Z-63: a boot is computed from its memory layout")
  void bootsAreAnswered(Path file) {
    ObjectNode table = Recordings.tree(file);
    ObjectNode question = table.deepCopy();
    for (JsonNode row : question.get("rows")) {
      ask(row.get("boot"));
      row.get("steps").forEach(TablesTest::ask);
    }
    assertThat(Recordings.completed(run(question))).isEqualTo(table);
  }

  @Test
  @DisplayName("steps may be nothing but their sysctl")
  void bareSteps() {
    ObjectNode table = Recordings.tree(WIDE);
    ObjectNode question = table.deepCopy();
    for (JsonNode row : question.get("rows")) {
      for (JsonNode step : row.get("steps")) {
        ((ObjectNode) step).remove(List.of("global", "nodes", "zones"));
      }
    }
    ObjectNode answer = Recordings.completed(run(question));
    for (int r = 0; r < table.get("rows").size(); r++) {
      JsonNode steps = table.get("rows").get(r).get("steps");
      for (int s = 0; s < steps.size(); s++) {
        JsonNode answered = answer.get("rows").get(r).get("steps").get(s);
        assertThat(answered.get("zones")).isEqualTo(steps.get(s).get("zones"));
      }
    }
  }

  @Test
  @DisplayName("values that differ are told with row, step and rule")
  void differences() {
    ObjectNode table = Recordings.tree(WIDE);
    JsonNode zone = table.get("rows").get(3).get("steps").get(5).get("zones").get(1);
    ObjectNode marks = (ObjectNode) zone.get("watermark");
    int low = marks.get("low").asInt();
    marks.put("low", low + 1);
    ReplayResult result = Recordings.result(run(table));
    assertThat(result.comparison().resultsEqual()).isEqualTo(result.comparison().results() - 1);
    FirstDifference first = result.firstDifference();
    assertThat(first).isNotNull();
    assertThat(first.where()).isEqualTo("table");
    assertThat(first.path()).isEqualTo("rows[3].steps[5].zones[1].watermark.low");
    assertThat(first.expected()).isEqualTo(Integer.toString(low + 1));
    assertThat(first.actual()).isEqualTo(Integer.toString(low));
    assertThat(first.rule()).isEqualTo("Z-22");
    assertThat(first.text()).isEqualTo("watermark_scale_factor=10");
    assertThat(first.sentence()).contains("Row 3", "watermark_scale_factor=10", "Z-22");
  }

  @Test
  @DisplayName("each computed value has its rule")
  void rules() {
    for (String value : VALUES.subList(1, VALUES.size())) {
      ObjectNode table = Recordings.tree(NARROW);
      JsonNode steps = table.get("rows").get(0).get("steps");
      ObjectNode zone = (ObjectNode) steps.get(steps.size() - 1).get("zones").get(0);
      JsonNode old = zone.get(value);
      if (old.isArray()) {
        ((ArrayNode) old).set(3, Recordings.JSON.getNodeFactory().numberNode(123_456));
      } else {
        zone.put(value, old.asInt() + 1);
      }
      FirstDifference first = Recordings.result(run(table)).firstDifference();
      assertThat(first).isNotNull();
      assertThat(first.path()).contains(value);
      assertThat(first.rule())
          .isEqualTo(
              switch (value) {
                case "lowmemReserve" -> "Z-31";
                case "percpuDriftMark" -> "Z-63";
                case "pagesetHighMin" -> "P-6";
                case "pagesetHighMax" -> "P-7";
                case "pagesetBatch" -> "P-5";
                default -> "Z-61";
              });
    }
  }

  @Test
  @DisplayName("a table that cannot be computed is refused with line and field")
  void broken() {
    ObjectNode sysctl = Recordings.tree(NARROW);
    ((ObjectNode) sysctl.get("rows").get(2).get("steps").get(1)).put("sysctl", "swap=7");
    refused(sysctl, "rows[2].steps[1].sysctl", "there is no sysctl vm.swap");
    ObjectNode verb = Recordings.tree(NARROW);
    ((ObjectNode) verb.get("rows").get(2).get("steps").get(1)).put("sysctl", "echo");
    refused(verb, "rows[2].steps[1].sysctl", "must be \"NAME=VALUE\"");
    ObjectNode value = Recordings.tree(NARROW);
    ((ObjectNode) value.get("rows").get(0).get("steps").get(1))
        .put("sysctl", "watermark_scale_factor=3001");
    refused(value, "rows[0].steps[1].sysctl", "1..3000");
    ObjectNode name = Recordings.tree(NARROW);
    ((ObjectNode) name.get("rows").get(0).get("boot").get("zones").get(1)).put("name", "Low");
    refused(name, "rows[0].boot.zones[1].name", "no known machine");
    ObjectNode managed = Recordings.tree(NARROW);
    ((ObjectNode) managed.get("rows").get(0).get("boot").get("zones").get(1))
        .put("managed", 99_999_999);
    refused(managed, "rows[0].boot.zones[1].managed", "must be 0 to");
    ObjectNode twice = Recordings.tree(NARROW);
    ((ObjectNode) twice.get("rows").get(0).get("boot").get("zones").get(1))
        .put("index", 0)
        .put("name", "DMA");
    refused(twice, "rows[0].boot.zones", "appears twice");
    ObjectNode cpus = Recordings.tree(NARROW);
    ((ObjectNode) cpus.get("rows").get(0).get("boot").get("nodes").get(0)).putArray("cpus");
    refused(cpus, "rows[0].boot.nodes", "1 to 512 CPUs");
    refused(Recordings.tree(NARROW).without("rows"), "", "no rows");
    ObjectNode boot = Recordings.tree(NARROW);
    ((ObjectNode) boot.get("rows").get(1)).remove("boot");
    refused(boot, "rows[1].boot", "is missing");
  }

  private static void refused(ObjectNode table, String field, String sentence) {
    RuntimeException failure = run(table).failure();
    assertThat(failure).isInstanceOf(RecordingException.class);
    RecordingException refusal = (RecordingException) failure;
    assertThat(refusal.field()).isEqualTo(field);
    assertThat(refusal.sentence()).contains(sentence);
    assertThat(refusal.line()).isPositive();
  }
}
