package dev.buddyd.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.buddyd.replay.json.RecordingException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Recordings of memory running out among the other replays. */
class ReclaimReplayTest {

  private static byte[] recording() {
    try (InputStream in = ReclaimReplayTest.class.getResourceAsStream("/reclaim/anon.json.gz")) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  @DisplayName("taken by its format, answered test by test; its text is given back")
  void table() {
    Replay replay = Recordings.run(recording());
    ReplayResult result = Recordings.result(replay);
    assertThat(result.kind()).isEqualTo(ReplayResult.Kind.RECLAIM);
    assertThat(result.name()).isEqualTo("r3-anon");
    assertThat(result.tests()).hasSize(8);
    assertThat(result.operations()).isEqualTo(8);
    assertThat(result.comparison().resultsEqual())
        .isEqualTo(result.comparison().results())
        .isPositive();
    assertThat(result.compares()).isTrue();
    assertThat(result.exact()).isTrue();
    assertThat(Recordings.completed(replay).path("format").asString("")).isEqualTo("pgreclaim/1");
  }

  @Test
  @DisplayName("broken: refused with line and field")
  void broken() {
    String text =
        "{\"format\":\"pgreclaim/1\",\"name\":\"x\",\n"
            + "\"machine\":{\"multiGenLru\":true},\n\"tests\":[{\"asked\":-1}]}";
    Replay replay = Recordings.run(Recordings.bytes(text));
    assertThat(replay.failure())
        .isInstanceOfSatisfying(
            RecordingException.class,
            e -> {
              assertThat(e.field()).isEqualTo("tests[0].asked");
              assertThat(e.line()).isEqualTo(3);
            });
  }

  @Test
  @DisplayName("no test in it: nothing is compared, and nothing is called exact")
  void nothing() {
    String text =
        "{\"format\":\"pgreclaim/1\",\"name\":\"x\",\"machine\":{\"multiGenLru\":true},\"tests\":[]}";
    ReplayResult result = Recordings.result(Recordings.run(Recordings.bytes(text)));
    assertThat(result.tests()).isEmpty();
    assertThat(result.compares()).isFalse();
  }

  @Test
  @DisplayName("without tests: refused")
  void missing() {
    Replay replay = Recordings.run(Recordings.bytes("{\"format\":\"pgreclaim/1\",\"name\":\"x\"}"));
    assertThat(replay.failure()).isInstanceOf(RecordingException.class);
  }
}
