package dev.buddyd.api.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.buddyd.api.LiveTest;
import dev.buddyd.machine.RandomLoad;
import dev.buddyd.machine.SimulatedMachine;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

class SnapshotLiveTest extends LiveTest {

  private static final int MANY_BYTES = 100 << 20;

  private HttpResponse<byte[]> snapshot(String... headers) {
    HttpRequest.Builder request = request("/machine/snapshot");
    return send(headers.length == 0 ? request : request.headers(headers));
  }

  private HttpResponse<byte[]> put(byte[] body, String... headers) {
    HttpRequest.Builder request = request("/machine/snapshot").PUT(body(body));
    return send(headers.length == 0 ? request : request.headers(headers));
  }

  private static byte[] gunzip(byte[] bytes) throws IOException {
    return new GZIPInputStream(new ByteArrayInputStream(bytes)).readAllBytes();
  }

  private static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    }
    return out.toByteArray();
  }

  @Test
  void snapshotGoesOutAndInAgain() {
    SimulatedMachine original = machines.current();
    new RandomLoad(original, 3).run(500);

    HttpResponse<byte[]> out = snapshot();
    assertThat(out.statusCode()).isEqualTo(200);
    assertThat(header(out, "Content-Type")).isEqualTo("application/json");
    String tag = "\"%d-%d\"".formatted(original.epoch(), original.events().lastSequence());
    assertThat(header(out, "ETag")).isEqualTo(tag);

    machines.boot(presets.get("x86_32"));
    HttpResponse<byte[]> in = put(out.body());

    assertThat(in.statusCode()).as(text(in)).isEqualTo(200);
    assertThat(text(in)).contains("\"name\":\"tiny\"");
    assertThat(machines.current().epoch()).isEqualTo(original.epoch() + 2);
    assertThat(snapshot().body()).isEqualTo(out.body());
  }

  @Test
  void snapshotIsGzipAsAFileOrInTransit() throws IOException {
    byte[] plain = snapshot().body();

    HttpResponse<byte[]> file = snapshot("Accept", "application/gzip");
    assertThat(header(file, "Content-Type")).isEqualTo("application/gzip");
    assertThat(header(file, "Content-Encoding")).isEmpty();
    assertThat(header(file, "Content-Disposition")).contains("machine.json.gz");
    assertThat(gunzip(file.body())).isEqualTo(plain);

    HttpResponse<byte[]> encoded = snapshot("Accept-Encoding", "gzip");
    assertThat(header(encoded, "Content-Type")).isEqualTo("application/json");
    assertThat(header(encoded, "Content-Encoding")).isEqualTo("gzip");
    assertThat(gunzip(encoded.body())).isEqualTo(plain);
  }

  @Test
  void gzipIsReadAsAFileAndInTransitWhateverTheContentType() throws IOException {
    byte[] plain = snapshot().body();
    byte[] file = gzip(plain);

    assertThat(put(file, "Content-Type", "application/gzip").statusCode()).isEqualTo(200);
    assertThat(put(file).statusCode()).isEqualTo(200);
    assertThat(put(plain, "Content-Type", "application/x-www-form-urlencoded").statusCode())
        .isEqualTo(200);
    assertThat(put(file, "Content-Encoding", "gzip").statusCode()).isEqualTo(200);
    assertThat(put(gzip(file), "Content-Encoding", "gzip").statusCode()).isEqualTo(200);
    assertThat(snapshot().body()).isEqualTo(plain);
  }

  @Test
  void brokenSnapshotsLeaveTheRunningMachineAlone() throws IOException {
    byte[] before = snapshot().body();
    SimulatedMachine running = machines.current();
    String sound = new String(before, StandardCharsets.UTF_8);

    HttpResponse<byte[]> newer =
        put(
            sound
                .replace("buddyd-snapshot/1", "buddyd-snapshot/2")
                .getBytes(StandardCharsets.UTF_8));
    assertProblem(newer, "invalid-snapshot", 422);
    assertThat(text(newer)).contains("\"line\":2", "\"field\":\"format\"", "buddyd-snapshot/2");
    assertProblem(put(new byte[0]), "invalid-snapshot", 422);
    assertProblem(put(Arrays.copyOf(before, 2000)), "invalid-snapshot", 422);
    byte[] file = gzip(before);
    assertProblem(put(Arrays.copyOf(file, file.length / 2)), "invalid-snapshot", 422);

    assertThat(machines.current()).isSameAs(running);
    assertThat(snapshot().body()).isEqualTo(before);
  }

  @Test
  void truncatedContentEncodingIsRefused() throws IOException {
    byte[] file = gzip(snapshot().body());

    HttpResponse<byte[]> answer =
        put(Arrays.copyOf(file, file.length / 2), "Content-Encoding", "gzip");

    assertThat(answer.statusCode()).isBetween(400, 422);
    assertThat(header(answer, "Content-Type")).isEqualTo("application/problem+json");
  }

  @Test
  void hundredMegabytesAreTooLarge() {
    assertProblem(put(new byte[MANY_BYTES]), "too-large", 413);
    byte[] line =
        "{\"format\":                                         \n".getBytes(StandardCharsets.UTF_8);
    HttpResponse<byte[]> counted =
        send(
            request("/machine/snapshot")
                .PUT(
                    BodyPublishers.ofByteArrays(
                        () ->
                            java.util.stream.Stream.concat(
                                    java.util.stream.Stream.of(line),
                                    java.util.stream.Stream.generate(
                                            () ->
                                                " "
                                                    .repeat(1 << 16)
                                                    .getBytes(StandardCharsets.UTF_8))
                                        .limit(MANY_BYTES >> 16))
                                .iterator())));
    assertProblem(counted, "too-large", 413);
    assertThat(text(counted)).contains("buddyd.limits.upload-body");
  }

  @Test
  void gzipBombIsTooLargeWhileItInflates() throws IOException {
    ByteArrayOutputStream bomb = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bomb)) {
      out.write('{');
      byte[] blanks = " ".repeat(1 << 20).getBytes(StandardCharsets.UTF_8);
      for (int i = 0; i < 81; i++) {
        out.write(blanks);
      }
    }

    HttpResponse<byte[]> answer = put(bomb.toByteArray());

    assertThat(bomb.size()).isLessThan(1 << 20);
    assertProblem(answer, "too-large", 413);
    assertThat(text(answer)).contains("buddyd.limits.upload-inflated");
  }

  @Test
  void ifMatchGuardsAgainstReplacingAnotherState() {
    HttpResponse<byte[]> out = snapshot();
    String tag = header(out, "ETag");
    new RandomLoad(machines.current(), 3).run(5);

    assertProblem(put(out.body(), "If-Match", tag), "stale-state", 412);
    String now = header(snapshot(), "ETag");
    assertThat(put(out.body(), "If-Match", now).statusCode()).isEqualTo(200);
  }
}
