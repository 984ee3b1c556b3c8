package dev.buddyd.api.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.buddyd.api.LiveTest;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.test.context.TestPropertySource;

/** Limits that were set otherwise, some higher and some lower, and clients that fall silent. */
@TestPropertySource(
    properties = {
      "buddyd.limits.idle=1s",
      "buddyd.limits.json-body=2MB",
      "buddyd.limits.nodes=80",
      "buddyd.limits.cpus=600",
      "buddyd.limits.ranges=5000",
      "buddyd.limits.operation-line=1KB",
      "buddyd.limits.operation-ids=10",
      "buddyd.limits.operation-streams=1",
      "buddyd.limits.diagnosis-cpu=0s"
    })
class LimitsTest extends LiveTest {

  private static byte[] head(String... lines) {
    return (String.join("\r\n", lines) + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] chunk(String text) {
    return (Integer.toHexString(text.length()) + "\r\n" + text + "\r\n")
        .getBytes(StandardCharsets.US_ASCII);
  }

  private static String rest(Socket socket) throws IOException {
    socket.setSoTimeout(15_000);
    return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  /** A machine of so many nodes with so many CPUs each, and ranges that leave every other MiB. */
  private HttpResponse<byte[]> boot(int nodes, int cpus, int ranges) {
    String all =
        IntStream.range(0, nodes)
            .mapToObj(
                n ->
                    "{\"cpus\":%s,\"ranges\":[%s]}"
                        .formatted(
                            IntStream.range(n * cpus, (n + 1) * cpus).boxed().toList(),
                            IntStream.range(0, ranges)
                                .mapToObj(
                                    r ->
                                        "{\"start_pfn\":%d,\"pages\":256}"
                                            .formatted(512L * (n * ranges + r + 1)))
                                .collect(Collectors.joining(","))))
            .collect(Collectors.joining(","));
    return send(
        request("/machine")
            .header("Content-Type", "application/json")
            .PUT(body("{\"name\":\"m\",\"nodes\":[" + all + "]}")));
  }

  private void assertBooted(HttpResponse<byte[]> answer) {
    assertThat(answer.statusCode()).as(text(answer)).isEqualTo(200);
    assertThat(text(send(request("/invariants")))).contains("\"sound\":true");
  }

  private void assertLimited(HttpResponse<byte[]> answer, String name, int limit) {
    long epoch = machines.current().epoch();
    assertProblem(answer, "too-large", 413);
    assertThat(text(answer)).contains("\"buddyd.limits." + name + "\"", "\"limit\":" + limit);
    assertThat(machines.current().epoch()).isEqualTo(epoch);
  }

  @Test
  void machinesMayBeAsLargeAsTheLimitsSay() {
    assertBooted(boot(80, 1, 4));
    assertThat(text(send(request("/nodes")))).contains("\"node\":79");
    byte[] snapshot = send(request("/machine/snapshot")).body();
    assertThat(send(request("/machine/snapshot").PUT(body(snapshot))).statusCode()).isEqualTo(200);
    assertThat(machines.current().memory().nodes()).hasSize(80);
    assertBooted(boot(1, 600, 8));
    assertThat(machines.current().memory().cpus()).isEqualTo(600);
    assertBooted(boot(1, 1, 5_000));
  }

  @Test
  void largerMachinesAreRefused() {
    assertLimited(boot(81, 1, 1), "nodes", 80);
    assertLimited(boot(1, 601, 8), "cpus", 600);
    assertLimited(boot(1, 1, 5_001), "ranges", 5_000);
  }

  @Test
  void aSnapshotOfALargerMachineIsRefused() {
    String snapshot = text(send(request("/machine/snapshot")));
    String cpus = IntStream.range(0, 601).mapToObj(c -> "0").collect(Collectors.joining(","));
    String larger = snapshot.replaceFirst("\"cpus\":\\[0]", "\"cpus\":[" + cpus + "]");
    assertThat(larger).isNotEqualTo(snapshot);
    HttpResponse<byte[]> answer = send(request("/machine/snapshot").PUT(body(larger)));
    assertProblem(answer, "invalid-snapshot", 422);
    assertThat(text(answer)).contains("600 CPUs at most");
  }

  @Test
  void aTextThatTakesTooLongToReadIsRefused() {
    assertLimited(send(request("/diagnoses").POST(body("hello\n"))), "diagnosis-cpu", 0);
    assertLimited(
        send(request("/diagnoses?gfp=GFP_KERNEL&order=3").POST(body("hello\n"))),
        "diagnosis-cpu",
        0);
  }

  @Test
  void operationsKeepToTheirLimits() {
    String lines =
        IntStream.range(0, 11)
                .mapToObj("{\"op\":\"alloc\",\"id\":\"%d\",\"gfp\":\"GFP_KERNEL\"}\n"::formatted)
                .collect(Collectors.joining())
            + "x".repeat(1_025)
            + "\n";
    HttpResponse<byte[]> answer = send(request("/operations?results=errors").POST(body(lines)));
    assertThat(text(answer))
        .contains("\"line\":11", "\"limit_name\":\"buddyd.limits.operation-ids\",\"limit\":10")
        .contains("\"line\":12", "\"limit_name\":\"buddyd.limits.operation-line\",\"limit\":1024")
        .contains("\"done\":10");
  }

  @Test
  void headersThatDoNotComeEndTheConnection() throws IOException {
    try (Socket silent = connect()) {
      assertThat(rest(silent)).isEmpty();
    }
    try (Socket half = connect()) {
      half.getOutputStream().write("GET /zones HTTP/1.1\r\nHos".getBytes(StandardCharsets.UTF_8));
      String answer = rest(half);
      assertThat(answer)
          .satisfiesAnyOf(
              a -> assertThat(a).isEmpty(), a -> assertThat(a).startsWith("HTTP/1.1 4"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/pages", "/ticks", "/diagnoses", "/replays"})
  void bodyThatDoesNotComeIsAnsweredAndEndsTheConnection(String path) throws IOException {
    try (Socket socket = connect()) {
      socket
          .getOutputStream()
          .write(
              head(
                  "POST " + path + " HTTP/1.1",
                  "Host: x",
                  "Content-Type: "
                      + (path.equals("/diagnoses") ? "text/plain" : "application/json"),
                  "Content-Length: 30"));
      socket.getOutputStream().write("{\"gfp\":".getBytes(StandardCharsets.UTF_8));
      String answer = rest(socket);
      assertThat(answer).startsWith("HTTP/1.1 408").contains("/problems/request-timeout");
    }
    assertThat(machines.current().liveAllocations()).isZero();
  }

  @Test
  void operationsThatDoNotComeEndWithASummary() throws IOException {
    try (Socket socket = connect()) {
      socket
          .getOutputStream()
          .write(head("POST /operations HTTP/1.1", "Host: x", "Content-Length: 300"));
      socket
          .getOutputStream()
          .write("{\"op\":\"tick\"}\n{\"op\":".getBytes(StandardCharsets.UTF_8));
      assertThat(rest(socket))
          .contains("{\"line\":1,\"op\":\"tick\"")
          .contains("{\"line\":2,\"error\":{\"type\":\"/problems/request-timeout\"")
          .contains("{\"summary\":{\"lines\":2,\"done\":1,\"refused\":0,\"errors\":1");
    }
  }

  @Test
  void outputThatIsNotReadClosesTheConnectionAndWhatWasDoneStays() throws Exception {
    try (Socket socket = connect()) {
      socket.setReceiveBufferSize(4096);
      OutputStream out = socket.getOutputStream();
      out.write(head("POST /operations HTTP/1.1", "Host: x", "Transfer-Encoding: chunked"));
      out.write(chunk("{\"op\":\"alloc\",\"gfp\":\"GFP_KERNEL\"}\n"));
      byte[] lines = chunk("{\"op\":\"alloc\",\"gfp\":\"GFP_KERNEL\",\"order\":-1}\n".repeat(500));
      IOException closed = null;
      for (int i = 0; i < 2_000 && closed == null; i++) { // nobody reads the answers
        try {
          out.write(lines);
        } catch (IOException e) {
          closed = e;
        }
      }
      assertThat(closed).isNotNull();
    }
    assertThat(machines.current().liveAllocations()).isEqualTo(1);
    assertThat(send(request("/operations").POST(body("{\"op\":\"tick\"}"))).statusCode())
        .as("the only place for operations is free again")
        .isEqualTo(200);
  }

  @Test
  void moreStreamsThanThereArePlacesAreRefused() throws IOException {
    try (Socket first = connect()) {
      first
          .getOutputStream()
          .write(head("POST /operations HTTP/1.1", "Host: x", "Transfer-Encoding: chunked"));
      first.getOutputStream().write(chunk("{\"op\":\"tick\"}\n"));
      InputStream in = first.getInputStream();
      assertThat(in.read()).isEqualTo('H');
      HttpResponse<byte[]> second = send(request("/operations").POST(body("{\"op\":\"tick\"}")));
      assertProblem(second, "overloaded", 503);
      assertThat(header(second, "Retry-After")).isNotEmpty();
      first.getOutputStream().write("0\r\n\r\n".getBytes(StandardCharsets.UTF_8));
      assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8)).contains("\"done\":1");
    }
  }
}
