package dev.buddyd.api.operation;

import static org.assertj.core.api.Assertions.assertThat;

import com.jayway.jsonpath.JsonPath;
import dev.buddyd.api.LiveTest;
import dev.buddyd.machine.PressureDesk;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** How {@code POST /operations} streams over a real connection. */
class OperationsLiveTest extends LiveTest {

  private static final String TICK = "{\"op\":\"tick\"}\n";

  private static String alloc(String id) {
    return "{\"op\":\"alloc\",\"id\":\"%s\",\"gfp\":\"GFP_KERNEL\"}\n".formatted(id);
  }

  private List<String> post(String query, byte[] body, String... headers) {
    var request =
        request("/operations" + query)
            .header("Content-Type", "application/x-ndjson")
            .POST(body(body));
    HttpResponse<byte[]> response = send(headers.length == 0 ? request : request.headers(headers));
    assertThat(response.statusCode()).as(text(response)).isEqualTo(200);
    assertThat(header(response, "Content-Type")).isEqualTo("application/x-ndjson");
    return text(response).lines().toList();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] head(String... lines) {
    return bytes(String.join("\r\n", lines) + "\r\n\r\n");
  }

  private static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    }
    return out.toByteArray();
  }

  /** A client that sends its body in chunks and reads in between. */
  private final class Dialogue implements AutoCloseable {

    private final Socket socket = connect();
    private final OutputStream out = socket.getOutputStream();
    private final BufferedReader in =
        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));

    Dialogue() throws IOException {
      socket.setSoTimeout(10_000);
      out.write(
          head(
              "POST /operations HTTP/1.1",
              "Host: x",
              "Transfer-Encoding: chunked",
              "Content-Type: application/x-ndjson"));
    }

    void send(String text) throws IOException {
      out.write(bytes(Integer.toHexString(bytes(text).length) + "\r\n" + text + "\r\n"));
      out.flush();
    }

    void end() throws IOException {
      out.write(bytes("0\r\n\r\n"));
      out.flush();
    }

    /** The next line of JSON, wherever chunks begin and end. */
    String answer() throws IOException {
      while (true) {
        String line = in.readLine();
        assertThat(line).as("the answer goes on").isNotNull();
        if (line.startsWith("{")) {
          return line;
        }
      }
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  @Test
  void operationsAreAnsweredWhileTheRequestIsStillBeingSent() throws IOException {
    try (Dialogue dialogue = new Dialogue()) {
      for (int i = 1; i <= 5; i++) {
        dialogue.send(alloc("a" + i));
        assertThat(dialogue.answer()).startsWith("{\"line\":" + i + ",\"op\":\"alloc\"");
      }
      dialogue.send("{\"op\":\"free\",\"i");
      dialogue.send("d\":\"a3\"}\n" + TICK);
      assertThat(dialogue.answer()).startsWith("{\"line\":6,\"op\":\"free\",\"id\":\"a3\"");
      assertThat(dialogue.answer()).startsWith("{\"line\":7,\"op\":\"tick\"");
      dialogue.end();
      assertThat(dialogue.answer()).contains("\"done\":7", "\"live_ids\":4");
    }
  }

  @Test
  void operationsEndWhenAnotherMachineIsBooted() throws IOException {
    try (Dialogue dialogue = new Dialogue()) {
      dialogue.send(alloc("a"));
      dialogue.answer();
      machines.boot(presets.get("tiny"));
      dialogue.send(alloc("b") + TICK);
      assertThat(dialogue.answer()).contains("\"line\":2", "/problems/stale-state");
      assertThat(dialogue.answer()).contains("\"lines\":2,\"done\":1,\"refused\":0,\"errors\":1");
    }
    assertThat(machines.current().liveAllocations()).isZero();
    assertThat(machines.current().timeMicros()).isZero();
  }

  @Test
  @DisplayName("R-33, B-91 a block that compaction moved is split and freed by its id")
  void anIdFindsItsBlockWhereItIsNow() throws IOException {
    machines.boot(presets.get("tiny"));
    try (Dialogue dialogue = new Dialogue()) {
      long[] madeAt = new long[600];
      for (int i = 0; i < madeAt.length; i++) {
        dialogue.send(
            ("{\"op\":\"alloc\",\"id\":\"%d\",\"gfp\":\"GFP_HIGHUSER_MOVABLE\",\"order\":1,"
                    + "\"use\":\"anon\"}\n")
                .formatted(i));
        madeAt[i] = JsonPath.<Number>read(dialogue.answer(), "$.pfn").longValue();
      }
      for (int i = 0; i < madeAt.length; i++) {
        if (i % 4 != 0) {
          dialogue.send("{\"op\":\"free\",\"id\":\"%d\"}\n".formatted(i));
          assertThat(dialogue.answer()).contains("\"pfn\":" + madeAt[i]);
        }
      }
      new PressureDesk(machines.current(), false).compact(null, "DMA32", null);
      int moved = 0;
      for (int i = 0; i < madeAt.length; i += 4) {
        dialogue.send("{\"op\":\"split\",\"id\":\"%d\"}\n".formatted(i));
        String split = dialogue.answer();
        assertThat(split).contains("\"pages\":2");
        moved += split.contains("\"pfn\":" + madeAt[i] + ",") ? 0 : 1;
        dialogue.send("{\"op\":\"free\",\"id\":\"%d\"}\n".formatted(i));
        assertThat(dialogue.answer()).contains("\"pages\":2");
      }
      assertThat(moved).isPositive();
      dialogue.end();
      assertThat(dialogue.answer()).contains("\"errors\":0");
    }
    assertThat(machines.current().liveAllocations()).isZero();
  }

  @Test
  void whatWasDoneStaysDoneWhenTheClientGoes() throws IOException, InterruptedException {
    try (Dialogue dialogue = new Dialogue()) {
      dialogue.send(alloc("a") + alloc("b") + "{\"op\":\"alloc\",\"gfp");
      dialogue.answer();
      dialogue.answer();
    }
    assertThat(machines.current().liveAllocations()).isEqualTo(2);
  }

  @Test
  void bodyThatBreaksOffIsAnErrorLine() throws IOException {
    String body = alloc("a") + TICK + "{\"op\":\"alloc\",\"gfp";
    try (Socket socket = connect()) {
      socket.setSoTimeout(10_000);
      OutputStream out = socket.getOutputStream();
      out.write(
          head(
              "POST /operations HTTP/1.1",
              "Host: x",
              "Content-Length: 1000",
              "Content-Type: application/x-ndjson"));
      out.write(bytes(body));
      socket.shutdownOutput();
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(answer).contains("{\"line\":1,\"op\":\"alloc\",\"id\":\"a\",\"pfn\":");
      assertThat(answer).contains("{\"line\":3,\"error\":{\"type\":\"/problems/invalid-request\"");
      assertThat(answer).contains("\"done\":2", "\"errors\":1");
    }
    assertThat(machines.current().liveAllocations()).isEqualTo(1);
  }

  @Test
  void gzipIsInflatedAndMayBreakOff() throws IOException {
    StringBuilder body = new StringBuilder();
    for (int i = 0; i < 2_000; i++) {
      body.append(alloc("id-" + i));
    }
    byte[] gzip = gzip(bytes(body.toString()));

    List<String> whole = post("?results=none", gzip, "Content-Encoding", "gzip");
    assertThat(whole).hasSize(1);
    assertThat(whole.get(0)).contains("\"done\":2000");

    List<String> broken =
        post("", Arrays.copyOf(gzip, gzip.length / 2), "Content-Encoding", "gzip");
    assertThat(broken.size()).isBetween(100, 2_000);
    assertThat(broken.get(broken.size() - 2)).contains("invalid-request", "cut short");
    assertThat(broken.getLast()).startsWith("{\"summary\":").contains("\"errors\":1");
    assertThat(machines.current().liveAllocations()).isEqualTo(2_000 + broken.size() - 2L);
  }

  @Test
  void endlessLineTakesNoMemoryAndIsAnsweredOnce() throws IOException {
    byte[] blanks = bytes("x".repeat(1 << 16));
    HttpResponse<byte[]> response =
        send(
            request("/operations?results=errors")
                .header("Content-Type", "application/x-ndjson")
                .POST(
                    BodyPublishers.ofByteArrays(
                        () ->
                            java.util.stream.Stream.generate(() -> blanks)
                                .limit((100 << 20) >> 16)
                                .iterator())));
    assertThat(text(response).lines()).hasSize(2);
    assertThat(text(response)).contains("/problems/too-large", "buddyd.limits.operation-line");
  }

  @Test
  void bombOfLinesIsPerformedLineByLine() throws IOException {
    byte[] bomb = gzip(bytes(TICK.repeat(50_000)));
    assertThat(bomb.length).isLessThan(5_000);
    List<String> lines = post("?results=none", bomb, "Content-Encoding", "gzip");
    assertThat(lines.getFirst()).contains("\"done\":50000");
  }

  @Test
  void manyOperationsComeBackInOrder() throws IOException {
    StringBuilder body = new StringBuilder();
    for (int i = 0; i < 50_000; i++) {
      body.append(i % 2 == 0 ? alloc("p") : "{\"op\":\"free\",\"id\":\"p\"}\n");
    }
    var request =
        request("/operations")
            .timeout(Duration.ofSeconds(60))
            .header("Content-Type", "application/x-ndjson")
            .POST(
                BodyPublishers.ofInputStream(
                    () -> new ByteArrayInputStream(bytes(body.toString()))));
    List<String> lines = text(send(request)).lines().toList();

    assertThat(lines).hasSize(50_001);
    for (int i = 0; i < 50_000; i++) {
      assertThat(lines.get(i)).startsWith("{\"line\":" + (i + 1) + ",");
    }
    assertThat(lines.getLast()).contains("\"done\":50000", "\"live_ids\":0");
    assertThat(machines.current().liveAllocations()).isZero();
  }
}
