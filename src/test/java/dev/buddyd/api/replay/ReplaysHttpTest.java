package dev.buddyd.api.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.buddyd.api.ApiTest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.springframework.test.web.servlet.assertj.MvcTestResult;

class ReplaysHttpTest extends ApiTest {

  private static byte[] recording() throws IOException {
    try (InputStream in =
        ReplaysHttpTest.class.getResourceAsStream("/recordings/s1-order0-short-1.json.gz")) {
      return in.readAllBytes();
    }
  }

  private MvcTestResult send(byte[] body) {
    return mvc.post().uri("/replays").content(body).exchange();
  }

  @Test
  void aRecordingReplaysExactly() throws IOException {
    long before = machines.current().events().lastSequence();
    MvcTestResult done = send(recording());
    assertThat(done).hasStatus(201);
    assertThat(done).bodyJson().extractingPath("$.exact").isEqualTo(true);
    assertThat(done).bodyJson().extractingPath("$.results_equal").isEqualTo(35);
    assertThat(done).bodyJson().extractingPath("$.after_equal").isEqualTo(true);
    String location = done.getResponse().getHeader("Location");
    assertThat(get(location)).bodyJson().extractingPath("$.state").isEqualTo("done");
    assertThat(delete(location)).hasStatus(204);
    assertProblem(get(location), "no-such-replay", 404);
    assertThat(machines.current().events().lastSequence()).isEqualTo(before);
  }

  @Test
  void aBrokenRecordingIsAProblemThatNamesThePlace() throws IOException {
    byte[] whole = recording();
    assertProblem(send(Arrays.copyOf(whole, whole.length / 2)), "invalid-recording", 422);
    MvcTestResult noRecording = send("{\"format\":\"something\"}".getBytes(StandardCharsets.UTF_8));
    assertProblem(noRecording, "invalid-recording", 422);
    assertThat(noRecording).bodyJson().extractingPath("$.line").isEqualTo(1);
  }
}
