package dev.buddyd.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.buddyd.mm.reference.RandomRecording;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.node.ObjectNode;

/**
 * Recordings that nobody made, of machines that nobody has: the reference model plays the kernel.
 * Thousands of long ones: {@code -Dbuddyd.recordings.count=5000 -Dbuddyd.recordings.operations=9000
 * -Dbuddyd.recordings.seed=1}.
 */
class RandomRecordingsTest {

  static LongStream seeds() {
    long first = Long.getLong("buddyd.recordings.seed", 1);
    return LongStream.range(first, first + Long.getLong("buddyd.recordings.count", 40));
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  @DisplayName("spec 02 to 05: replays exactly, and its question is answered with it")
  void replaysExactly(long seed) {
    int operations = Integer.getInteger("buddyd.recordings.operations", 600);
    String text = RandomRecording.of(seed, operations).toString();
    ReplayResult result = Recordings.result(Recordings.run(Recordings.bytes(text)));
    assertThat(result.firstDifference()).isNull();
    assertThat(result.violations()).isEmpty();
    assertThat(result.comparison().resultsEqual())
        .isEqualTo(result.comparison().results())
        .isPositive();
    assertThat(result.comparison().afterEqual()).isTrue();
    assertThat(result.comparison().procTextEqual()).hasSize(8).doesNotContainValue(false);

    ObjectNode recording = (ObjectNode) Recordings.JSON.readTree(text);
    String question = QuestionsTest.question(recording).toString();
    Replay answered = Recordings.run(Recordings.bytes(question));
    assertThat(Recordings.result(answered).comparison().resultsAsked()).isPositive();
    assertThat(Recordings.completed(answered)).isEqualTo(recording);
  }
}
