package dev.buddyd.replay;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** When something differs, the report says what, where, and by which rule. */
class DifferencesTest {

  private static final Path SHORT = Recordings.FOLDER.resolve("s3-mixed-short-1.json.gz");

  private static ReplayResult replay(ObjectNode recording) {
    return Recordings.result(Recordings.run(Recordings.bytes(recording.toString())));
  }

  private static FirstDifference first(ReplayResult result) {
    FirstDifference first = result.firstDifference();
    assertThat(first).isNotNull();
    return first;
  }

  @Test
  @DisplayName("another pfn: operation, both pfns, rule, decisions and the lists involved")
  void anotherPfn() {
    ObjectNode recording = Recordings.tree(SHORT);
    int index = -1;
    ArrayNode ops = (ArrayNode) recording.get("ops");
    for (int i = 0; i < ops.size() && index < 0; i++) {
      if (ops.get(i).get(0).asString().equals("A") && ops.get(i).get(6).asLong() > 0) {
        index = i;
      }
    }
    ArrayNode op = (ArrayNode) ops.get(index);
    long given = op.get(6).asLong();
    long other = given + (1L << op.get(2).asInt());
    int slot = op.get(1).asInt();
    op.set(6, Recordings.JSON.getNodeFactory().numberNode(other));
    for (int i = index + 1; i < ops.size(); i++) { // its free names what was recorded
      ArrayNode later = (ArrayNode) ops.get(i);
      if (later.get(0).asString().equals("F") && later.get(1).asInt() == slot) {
        later.set(4, Recordings.JSON.getNodeFactory().numberNode(other));
      }
    }
    ReplayResult result = replay(recording);
    assertThat(result.comparison().resultsEqual()).isEqualTo(result.comparison().results() - 1);
    assertThat(result.exact()).isFalse();
    FirstDifference first = first(result);
    assertThat(first.where()).isEqualTo("operation");
    assertThat(first.operation()).isEqualTo(index);
    assertThat(first.expected()).isEqualTo(Long.toString(other));
    assertThat(first.actual()).isEqualTo(Long.toString(given));
    assertThat(first.path()).isEqualTo("ops[" + index + "]");
    assertThat(first.rule()).matches("[PBF]-\\d+.*");
    assertThat(first.text()).startsWith("[\"A\"," + slot);
    assertThat(first.sentence()).contains("Operation " + index, "rule " + first.rule());
    assertThat(first.decisions())
        .isNotEmpty()
        .allSatisfy(d -> assertThat(d.rule()).isNotBlank())
        .anySatisfy(d -> assertThat(d.decision()).isEqualTo("WATERMARK"))
        .anySatisfy(d -> assertThat(d.values()).containsValue(given));
    assertThat(first.lists())
        .isNotEmpty()
        .anySatisfy(list -> assertThat(list.pfns()).contains(given))
        .allSatisfy(list -> assertThat(list.pfns().size()).isLessThanOrEqualTo(list.size()));
  }

  @Test
  @DisplayName("a refusal where the recording has a block")
  void refusal() {
    ObjectNode recording = Recordings.tree(Recordings.FOLDER.resolve("s4-exhaust-short-1.json.gz"));
    ArrayNode ops = (ArrayNode) recording.get("ops");
    int index = 0;
    while (!ops.get(index).get(0).asString().equals("A") || ops.get(index).get(6).asLong() != -1) {
      index++;
    }
    ((ArrayNode) ops.get(index)).set(6, Recordings.JSON.getNodeFactory().numberNode(4711));
    FirstDifference first = first(replay(recording));
    assertThat(first.operation()).isEqualTo(index);
    assertThat(first.actual()).isEqualTo("-1");
    assertThat(first.rule()).startsWith("Z-4");
    assertThat(first.sentence()).contains("a refusal (-1)");
    assertThat(first.decisions()).anySatisfy(d -> assertThat(d.decision()).isEqualTo("REFUSED"));
  }

  @Test
  @DisplayName("a probe: zone, list and the rule of the operation before it")
  void probe() {
    ObjectNode recording = Recordings.tree(SHORT);
    ObjectNode zone = (ObjectNode) recording.get("probes").get(20).get("zones").get(2);
    zone.put("nrFreePages", zone.get("nrFreePages").asLong() + 1);
    ReplayResult result = replay(recording);
    assertThat(result.comparison().probesEqual()).isEqualTo(result.comparison().probes() - 1);
    assertThat(result.comparison().resultsEqual()).isEqualTo(result.comparison().results());
    FirstDifference first = first(result);
    assertThat(first.where()).isEqualTo("probe");
    assertThat(first.path()).isEqualTo("probes[20].zones[2].nrFreePages");
    assertThat(first.operation()).isEqualTo(recording.get("probes").get(20).get("afterOp").asInt());
    assertThat(first.text()).isNotNull();
    assertThat(first.rule()).isNotNull();
    assertThat(first.decisions()).isNotEmpty();
  }

  @Test
  @DisplayName("the state after: the path into the snapshot")
  void after() {
    ObjectNode recording = Recordings.tree(SHORT);
    ObjectNode zone = (ObjectNode) recording.get("after").get("nodes").get(0).get("zones").get(1);
    ((ObjectNode) zone.get("pcp").get(0)).put("freeCount", 9999);
    ReplayResult result = replay(recording);
    assertThat(result.comparison().afterEqual()).isFalse();
    FirstDifference first = first(result);
    assertThat(first.where()).isEqualTo("after");
    assertThat(first.path()).isEqualTo("nodes[0].zones[1].pcp[0].freeCount");
    assertThat(first.expected()).isEqualTo("9999");
    assertThat(first.sentence()).contains("after.nodes[0].zones[1].pcp[0].freeCount");
  }

  @Test
  @DisplayName("T-1, T-20: a text, with its line")
  void procText() {
    ObjectNode recording = Recordings.tree(SHORT);
    ObjectNode texts = (ObjectNode) recording.get("procText");
    String name = "meminfo.after";
    texts.put(name, texts.get(name).asString().replaceFirst("MemFree: ", "MemFree:x"));
    ReplayResult result = replay(recording);
    assertThat(result.comparison().procTextEqual()).containsEntry(name, false);
    assertThat(result.comparison().procTextEqual()).containsEntry("zoneinfo.after", true);
    FirstDifference first = first(result);
    assertThat(first.where()).isEqualTo("proc_text");
    assertThat(first.path()).isEqualTo("procText.meminfo.after, line 2");
    assertThat(first.expected()).startsWith("MemFree:x");
  }

  @Test
  @DisplayName("the completed recording has this machine's results")
  void completed() {
    ObjectNode sound = Recordings.tree(SHORT);
    ObjectNode recording = sound.deepCopy();
    ObjectNode zone = (ObjectNode) recording.get("after").get("nodes").get(0).get("zones").get(1);
    ((ObjectNode) zone.get("pcp").get(0)).put("freeCount", 9999);
    ObjectNode completed =
        Recordings.completed(Recordings.run(Recordings.bytes(recording.toString())));
    assertThat(completed.get("after")).isEqualTo(sound.get("after"));
    assertThat(completed.get("ops")).isEqualTo(sound.get("ops"));
    assertThat(completed.get("probes")).isEqualTo(sound.get("probes"));
    assertThat(completed.get("machine")).isEqualTo(sound.get("machine"));
  }

  @Test
  @DisplayName("bulk: a page that differs is told with its request")
  void bulkPage() {
    ObjectNode recording = Recordings.tree(Recordings.FOLDER.resolve("s9-bulk-exact-2.json.gz"));
    ArrayNode ops = (ArrayNode) recording.get("ops");
    int index = 0;
    while (!ops.get(index).get(0).asString().equals("b")) {
      index++;
    }
    ((ArrayNode) ops.get(index + 2)).set(2, Recordings.JSON.getNodeFactory().numberNode(4711));
    FirstDifference first = first(replay(recording));
    assertThat(first.operation()).isEqualTo(index + 2);
    assertThat(first.text()).contains("[\"B\",").contains("[\"b\",");
    assertThat(first.expected()).isEqualTo("4711");
    assertThat(first.rule()).isNotNull();
  }

  @Test
  @DisplayName("a text that is equal but for the spelling of its JSON is equal")
  void spelling() {
    String pretty =
        Recordings.JSON.writerWithDefaultPrettyPrinter().writeValueAsString(Recordings.tree(SHORT));
    Replay replay = Recordings.run(pretty.getBytes(StandardCharsets.UTF_8));
    assertThat(Recordings.result(replay).exact()).isTrue();
    assertThat(Recordings.completed(replay)).isEqualTo(Recordings.tree(SHORT));
  }
}
