package dev.buddyd.replay;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A recording without its answers is answered with what the kernel answered. */
class QuestionsTest {

  static Stream<Path> recordings() {
    return RecordingsTest.recordings().filter(file -> !Recordings.isTable(file));
  }

  @ParameterizedTest
  @MethodSource("recordings")
  @DisplayName("T-50: the answer to a question is the recording that it was made of")
  void answersAreTheKernels(Path file) {
    ObjectNode recording = Recordings.tree(file);
    withoutUserTexts(recording);
    boolean ticks = false;
    for (JsonNode op : recording.get("ops")) {
      ticks |= op.get(0).asString().equals("V");
    }
    Replay replay = Recordings.run(Recordings.bytes(question(recording).toString()));
    ReplayResult result = Recordings.result(replay);
    assertThat(result.kind()).isEqualTo(ReplayResult.Kind.QUESTION);
    assertThat(result.comparison().resultsAsked()).isPositive();
    assertThat(result.comparison().afterEqual()).isNull();
    ObjectNode answer = Recordings.completed(replay);
    ObjectNode texts = (ObjectNode) recording.get("procText");
    for (String name : List.copyOf(texts.propertyNames())) {
      String answered = answer.get("procText").get(name).asString();
      if (ticks && (name.equals("zoneinfo.after") || name.equals("meminfo.after"))) {
        assertThat(answered).isNotEmpty(); // T-51: counters that nobody can know
        texts.put(name, answered);
      } else {
        assertThat(answered.stripTrailing()).isEqualTo(texts.get(name).asString().stripTrailing());
        texts.put(name, answered);
      }
    }
    assertThat(answer).isEqualTo(recording);
  }

  private static void withoutUserTexts(ObjectNode recording) {
    ObjectNode texts = (ObjectNode) recording.get("procText");
    List.copyOf(texts.propertyNames()).stream()
        .filter(name -> name.startsWith("user."))
        .forEach(texts::remove);
  }

  /** The recording with everything blank that FORMAT's "A question" has blank. */
  static ObjectNode question(ObjectNode recording) {
    ObjectNode question = recording.deepCopy();
    question.remove("after");
    ArrayNode ops = question.putArray("ops");
    Set<Integer> filled = new HashSet<>();
    for (JsonNode op : recording.get("ops")) {
      ArrayNode asked = (ArrayNode) op.deepCopy();
      int slot = op.get(1).asInt();
      switch (op.get(0).asString()) {
        case "A", "X", "B" -> {
          filled.add(slot);
          asked.setNull(6);
        }
        case "b" -> {
          filled.add(slot);
          continue;
        }
        case "U" -> asked.setNull(5);
        case "S" -> {
          if (filled.contains(slot)) {
            asked.setNull(5);
          }
          for (int i = 0; i < 1 << op.get(3).asInt(); i++) {
            filled.add(op.get(2).asInt() + i);
          }
        }
        case "F", "Y" -> {
          if (filled.contains(slot)) {
            asked.setNull(4);
          }
        }
        default -> {}
      }
      ops.add(asked);
    }
    ArrayNode probes = question.putArray("probes");
    for (JsonNode probe : recording.get("probes")) {
      probes.addObject().set("afterOp", probe.get("afterOp"));
    }
    ObjectNode texts = (ObjectNode) question.get("procText");
    for (String name : List.copyOf(texts.propertyNames())) {
      if (name.endsWith(".after")) {
        texts.put(name, "");
      }
    }
    return question;
  }
}
