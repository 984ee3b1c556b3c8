package dev.buddyd.replay;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Operations on blocks that were allocated before a recording's start (FORMAT: their pfn is given).
 * In s1-order0-short-1 pfn 256 to 287 are in use then.
 */
class EarlierBlocksTest {

  private static JsonNode after(String... operations) {
    ObjectNode question =
        QuestionsTest.question(
            Recordings.tree(Recordings.FOLDER.resolve("s1-order0-short-1.json.gz")));
    ArrayNode ops = question.putArray("ops");
    for (String operation : operations) {
      ops.add(Recordings.JSON.readTree(operation));
    }
    question.putArray("probes");
    Replay replay = Recordings.run(Recordings.bytes(question.toString()));
    assertThat(replay.failure()).isNull();
    return Recordings.completed(replay).get("after");
  }

  @Test
  @DisplayName("FORMAT, B-92: an exact block is freed page by page")
  void exact() {
    assertThat(after("[\"Y\",9,3,0,256]"))
        .isEqualTo(after("[\"F\",9,0,0,256]", "[\"F\",10,0,0,257]", "[\"F\",11,0,0,258]"));
  }

  @Test
  @DisplayName("FORMAT, B-91: a block is split, and its pages are freed one by one")
  void split() {
    assertThat(after("[\"S\",9,20,1,0,256]", "[\"F\",21,0,0,null]", "[\"F\",20,0,0,null]"))
        .isEqualTo(after("[\"F\",9,0,0,257]", "[\"F\",10,0,0,256]"));
  }
}
