package dev.buddyd.api.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.buddyd.api.LiveTest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** 100 MB, announced or not, and what inflates to that, on every endpoint that reads a body. */
class HugeBodyTest extends LiveTest {

  private static final int MANY = 100 << 20;
  private static final byte[] PIECE = new byte[1 << 16];

  static {
    Arrays.fill(PIECE, (byte) ' ');
  }

  private long epoch;
  private long sequence;

  @BeforeEach
  void remember() {
    epoch = machines.current().epoch();
    sequence = machines.current().events().lastSequence();
  }

  @AfterEach
  void machineIsUntouched() {
    assertThat(machines.current().epoch()).isEqualTo(epoch);
    assertThat(machines.current().events().lastSequence()).isEqualTo(sequence);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] head(String... lines) {
    return ascii(String.join("\r\n", lines) + "\r\n\r\n");
  }

  /** The answer, read until the server closes or says all. */
  private static String answer(Socket socket) throws IOException {
    ByteArrayOutputStream answer = new ByteArrayOutputStream();
    InputStream in = socket.getInputStream();
    byte[] buffer = new byte[8192];
    for (int n = in.read(buffer); n > 0; n = in.read(buffer)) {
      answer.write(buffer, 0, n);
      if (answer.toString(StandardCharsets.UTF_8).contains("}\r\n0\r\n")
          || answer.toString(StandardCharsets.UTF_8).endsWith("}")) {
        break;
      }
    }
    return answer.toString(StandardCharsets.UTF_8);
  }

  private static void assertTooLarge(String answer, String limit) {
    assertThat(answer).startsWith("HTTP/1.1 413");
    assertThat(answer).contains("\"type\":\"/problems/too-large\"", "buddyd.limits." + limit);
  }

  @ParameterizedTest
  @CsvSource({
    "POST,/pages,application/json,json-body",
    "POST,/ticks,application/json,json-body",
    "PUT,/machine,application/json,json-body",
    "PUT,/proc/sys/vm/min_free_kbytes,text/plain,json-body",
    "PUT,/proc/sys/vm/min_free_kbytes,application/x-www-form-urlencoded,json-body",
    "POST,/diagnoses,text/plain,diagnosis-body",
    "POST,/diagnoses,application/x-www-form-urlencoded,diagnosis-body",
    "POST,/replays,application/json,upload-body",
    "PUT,/machine/snapshot,application/json,upload-body"
  })
  void hundredMegabytes(String method, String path, String type, String limit) throws IOException {
    try (Socket announced = connect()) {
      announced.setSoTimeout(20_000);
      announced
          .getOutputStream()
          .write(
              head(
                  method + " " + path + " HTTP/1.1",
                  "Host: x",
                  "Content-Type: " + type,
                  "Content-Length: " + MANY));
      assertTooLarge(answer(announced), limit);
    }
    try (Socket chunked = connect()) {
      chunked.setSoTimeout(20_000);
      OutputStream out = chunked.getOutputStream();
      out.write(
          head(
              method + " " + path + " HTTP/1.1",
              "Host: x",
              "Content-Type: " + type,
              "Transfer-Encoding: chunked"));
      Thread sender =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      for (int sent = 0; sent < MANY; sent += PIECE.length) {
                        out.write(ascii("10000\r\n"));
                        out.write(PIECE);
                        out.write(ascii("\r\n"));
                      }
                      out.write(ascii("0\r\n\r\n"));
                    } catch (IOException closed) {
                      // the server need not read on
                    }
                  });
      assertTooLarge(answer(chunked), limit);
      sender.interrupt();
    }
  }

  private static byte[] bomb(int bytes) throws IOException {
    ByteArrayOutputStream bomb = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bomb)) {
      for (int n = 0; n < bytes; n += PIECE.length) {
        out.write(PIECE);
      }
    }
    assertThat(bomb.size()).isLessThan(1 << 19);
    return bomb.toByteArray();
  }

  @ParameterizedTest
  @CsvSource({
    "POST,/pages,application/json,json-body",
    "POST,/ticks,application/json,json-body",
    "PUT,/machine,application/json,json-body",
    "PUT,/proc/sys/vm/min_free_kbytes,text/plain,json-body",
    "POST,/diagnoses,text/plain,diagnosis-body",
    "POST,/replays,application/json,upload-inflated",
    "PUT,/machine/snapshot,application/json,upload-inflated"
  })
  void gzipBombsInTransit(String method, String path, String type, String limit)
      throws IOException {
    var answer =
        send(
            request(path)
                .header("Content-Type", type)
                .header("Content-Encoding", "gzip")
                .method(
                    method, java.net.http.HttpRequest.BodyPublishers.ofByteArray(bomb(90 << 20))));
    assertProblem(answer, "too-large", 413);
    assertThat(text(answer)).contains("buddyd.limits." + limit);
  }

  @ParameterizedTest
  @CsvSource({"POST,/replays", "PUT,/machine/snapshot"})
  void gzipBombsAsFiles(String method, String path) throws IOException {
    var answer =
        send(
            request(path)
                .header("Content-Type", "application/gzip")
                .method(
                    method, java.net.http.HttpRequest.BodyPublishers.ofByteArray(bomb(90 << 20))));
    assertProblem(answer, "too-large", 413);
    assertThat(text(answer)).contains("buddyd.limits.upload-inflated");
  }

  @ParameterizedTest
  @CsvSource({
    "POST,/pages,application/json",
    "POST,/ticks,application/json",
    "PUT,/machine,application/json",
    "POST,/diagnoses,text/plain",
    "POST,/replays,application/json",
    "PUT,/machine/snapshot,application/json"
  })
  void gzipThatBreaksOffOrIsNone(String method, String path, String type) throws IOException {
    byte[] gzip = bomb(1 << 16);
    for (byte[] body : new byte[][] {Arrays.copyOf(gzip, gzip.length / 2), ascii("no gzip")}) {
      var answer =
          send(
              request(path)
                  .header("Content-Type", type)
                  .header("Content-Encoding", "gzip")
                  .method(method, java.net.http.HttpRequest.BodyPublishers.ofByteArray(body)));
      assertThat(answer.statusCode()).as(path + text(answer)).isIn(400, 422);
      assertThat(header(answer, "Content-Type")).isEqualTo("application/problem+json");
    }
  }
}
