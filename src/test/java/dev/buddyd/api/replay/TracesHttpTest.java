package dev.buddyd.api.replay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.buddyd.api.ApiTest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.Arrays;
import java.util.Objects;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.springframework.test.web.servlet.assertj.MvcTestResult;

class TracesHttpTest extends ApiTest {

  private static byte[] sample() throws IOException {
    try (InputStream in =
        Objects.requireNonNull(TracesHttpTest.class.getResourceAsStream("/replay/sample.trace"))) {
      return in.readAllBytes();
    }
  }

  private static byte[] gzip(byte[] text) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(text);
    }
    return out.toByteArray();
  }

  private MvcTestResult replay(String query, byte[] body) {
    return mvc.post().uri(URI.create("/replays" + query)).content(body).exchange();
  }

  @Test
  void aTraceRunsPlainAndGzipOnAMachineOfItsOwn() throws IOException {
    String before = header(get("/machine"), "ETag");
    long budget = machines.budget().remainingBytes();
    for (byte[] body : new byte[][] {sample(), gzip(sample())}) {
      MvcTestResult result = replay("?machine=tiny", body);
      assertThat(result).hasStatus(201);
      assertThat(text(result, "$.kind")).isEqualTo("trace");
      assertThat(number(result, "$.trace.machine.granted")).isEqualTo(6);
      assertThat(number(result, "$.trace.events.mm_page_alloc_extfrag")).isEqualTo(1);
      String id = header(result, "Location");
      assertThat(number(get(id), "$.trace.machine.freed")).isEqualTo(3);
      assertProblem(get(id + "/recording"), "no-such-replay", 404);
    }
    assertThat(header(get("/machine"), "ETag")).isEqualTo(before);
    assertThat(machines.budget().remainingBytes()).isEqualTo(budget);
  }

  @Test
  void theMachineInServiceCanBeCopiedForIt() throws IOException {
    long budget = machines.budget().remainingBytes();
    MvcTestResult result = replay("?machine=current", sample());
    assertThat(text(result, "$.trace.machine.name")).isEqualTo("tiny");
    assertThat(machines.budget().remainingBytes()).isEqualTo(budget);
    assertThat(machines.current().liveAllocations()).isZero();
  }

  @Test
  void anotherSysctlIsComparedSideBySide() throws IOException {
    MvcTestResult result = replay("?machine=tiny&sysctl.min_free_kbytes=9000", sample());
    assertThat(result).hasStatus(201);
    assertThat(text(result, "$.trace.compared.sysctls.min_free_kbytes")).isEqualTo("9000");
    assertThat(object(result, "$.trace.machine.sysctls")).isEmpty();
  }

  @Test
  void badRequestsSayWhatIsWrong() throws IOException {
    long budget = machines.budget().remainingBytes();
    assertProblem(replay("?machine=tinny", sample()), "no-such-preset", 404);
    assertProblem(replay("?sysctl.min_free=1", sample()), "invalid-sysctl", 400);
    assertProblem(replay("?kernel=new", sample()), "invalid-request", 400);
    assertProblem(replay("?machin=tiny", sample()), "invalid-request", 400);
    assertProblem(
        replay("?machine=tiny", "{\"format\":1}".getBytes(UTF_8)), "invalid-request", 400);
    assertProblem(replay("", "hello\n".getBytes(UTF_8)), "invalid-recording", 422);
    byte[] cut = gzip(sample());
    assertProblem(replay("", Arrays.copyOf(cut, cut.length / 2)), "invalid-recording", 422);
    assertThat(machines.budget().remainingBytes()).isEqualTo(budget);
  }
}
