package dev.buddyd.api.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.buddyd.api.LiveTest;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.test.context.TestPropertySource;

/** {@code buddyd.read-only=true}: nothing that would change the machine is done. */
@TestPropertySource(properties = "buddyd.read-only=true")
class ReadOnlyTest extends LiveTest {

  private HttpResponse<byte[]> send(String method, String path, String body) {
    return send(
        request(path)
            .header("Content-Type", "application/json")
            .method(method, BodyPublishers.ofString(body)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "POST;/pages;{\"gfp\":\"GFP_KERNEL\"}",
        "POST;/pages?explain=true;{\"gfp\":\"GFP_KERNEL\"}",
        "POST;/pages?dry_run=false;{\"gfp\":\"GFP_KERNEL\"}",
        "POST;/pages?dry_run=true&dry_run=false;{\"gfp\":\"GFP_KERNEL\"}",
        "DELETE;/pages/6144;''",
        "DELETE;/pages?owner=x;''",
        "POST;/operations;{\"op\":\"tick\"}",
        "POST;/ticks;{}",
        "PUT;/machine;{\"preset\":\"tiny\"}",
        "PUT;/machine/snapshot;{}",
        "PUT;/proc/sys/vm/min_free_kbytes;2000",
        "POST;/reclaims;{}",
        "POST;/compactions;{}"
      })
  void changesAreRefused(String method, String path, String body) {
    long epoch = machines.current().epoch();

    HttpResponse<byte[]> answer = send(method, path, body);

    if (path.contains("dry_run=true&")) { // contradicts itself: whatever is said, nothing is done
      assertThat(answer.statusCode()).isIn(200, 400, 403);
    } else {
      assertProblem(answer, "read-only", 403);
    }
    assertThat(machines.current().epoch()).isEqualTo(epoch);
    assertThat(machines.current().events().lastSequence()).isZero();
    assertThat(machines.current().timeMicros()).isZero();
  }

  @Test
  void aQueryThatIsEncodedWronglyIsNoDryRun() throws IOException {
    try (Socket client = connect()) {
      client
          .getOutputStream()
          .write("POST /pages?dry_run=%ff HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      String answer = new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(answer).startsWith("HTTP/1.1 400").contains("/problems/invalid-request");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/pages", "/zones", "/machine/snapshot", "/proc/zoneinfo", "/invariants"})
  void everythingCanBeRead(String path) {
    assertThat(send(request(path)).statusCode()).isEqualTo(200);
  }

  @Test
  void questionsAreAnswered() {
    assertThat(send("POST", "/pages?dry_run=true", "{\"gfp\":\"GFP_KERNEL\"}").statusCode())
        .isEqualTo(200);
    assertProblem(send("POST", "/diagnoses", "hello"), "no-report-found", 422);
    assertProblem(send("POST", "/replays", "{\"format\":\"?\"}"), "invalid-recording", 422);
    assertThat(machines.current().events().lastSequence()).isZero();
  }
}
