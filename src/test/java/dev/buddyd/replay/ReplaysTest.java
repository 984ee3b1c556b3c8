package dev.buddyd.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.buddyd.mm.frame.SectionBudget;
import dev.buddyd.replay.Replays.TooManyReplaysException;
import dev.buddyd.replay.json.LimitException;
import dev.buddyd.replay.recording.FrameTablesFullException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The place where replays run: how many, how large, how long. */
class ReplaysTest {

  private static final Path SHORT = Recordings.FOLDER.resolve("s1-order0-short-1.json.gz");

  private final SectionBudget budget = new SectionBudget(1L << 30);
  private final AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
  private final InstantSource clock = now::get;

  private static ReplayLimits limits(int running, int queued, int kept) {
    ReplayLimits d = ReplayLimits.defaults();
    return new ReplayLimits(
        d.compressedBytes(),
        d.inflatedBytes(),
        d.operations(),
        d.values(),
        running,
        queued,
        kept,
        d.keptFor());
  }

  private static InputStream shortOne() throws IOException {
    return Files.newInputStream(SHORT);
  }

  private static Replay ended(Replay replay) throws InterruptedException {
    assertThat(replay.await(60, TimeUnit.SECONDS)).isTrue();
    return replay;
  }

  @Test
  @DisplayName("a replay is found by its number, with progress and result")
  void found() throws Exception {
    try (Replays replays = new Replays(limits(2, 8, 16), budget, clock)) {
      Replay replay = ended(replays.start(shortOne()));
      assertThat(replays.find(replay.id())).containsSame(replay);
      assertThat(replays.find(replay.id() + 1)).isEmpty();
      assertThat(replays.all()).containsExactly(replay);
      assertThat(replay.state()).isEqualTo(Replay.State.DONE);
      assertThat(replay.operationsTotal()).isEqualTo(50);
      assertThat(replay.operationsDone()).isEqualTo(50);
      assertThat(replay.result()).isNotNull();
      assertThat(replay.failure()).isNull();
    }
  }

  @Test
  @DisplayName("more than may run and wait are not taken")
  void tooMany() throws Exception {
    CountDownLatch mayGoOn = new CountDownLatch(1);
    CountDownLatch reading = new CountDownLatch(1);
    InputStream slow =
        new FilterInputStream(InputStream.nullInputStream()) {
          @Override
          public long transferTo(OutputStream out) throws IOException {
            reading.countDown();
            try {
              mayGoOn.await();
            } catch (InterruptedException e) {
              throw new IOException(e);
            }
            return 0;
          }
        };
    try (Replays replays = new Replays(limits(1, 0, 16), budget, clock)) {
      CompletableFuture<Throwable> first =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  replays.start(slow);
                  return new IllegalStateException("an empty body was taken");
                } catch (IOException | RuntimeException e) {
                  return e;
                }
              });
      reading.await();
      assertThatExceptionOfType(TooManyReplaysException.class)
          .isThrownBy(() -> replays.start(shortOne()))
          .withMessageContaining("1 replays run and 0 wait");
      mayGoOn.countDown();
      assertThat(first.get(60, TimeUnit.SECONDS)).hasMessageContaining("the text ends here");
      assertThat(ended(replays.start(shortOne())).state()).isEqualTo(Replay.State.DONE);
    }
  }

  @Test
  @DisplayName("finished replays go when they are too many or too old")
  void kept() throws Exception {
    try (Replays replays = new Replays(limits(1, 8, 2), budget, clock)) {
      Replay first = ended(replays.start(shortOne()));
      Replay second = ended(replays.start(shortOne()));
      Replay third = ended(replays.start(shortOne()));
      assertThat(replays.all()).containsExactly(second, third);
      assertThat(replays.find(first.id())).isEmpty();
      now.set(now.get().plus(Duration.ofMinutes(15)));
      assertThat(replays.all()).hasSize(2);
      now.set(now.get().plusSeconds(1));
      assertThat(replays.all()).isEmpty();
    }
  }

  @Test
  @DisplayName("a replay that is removed stops, and a finished one is forgotten")
  void removed() throws Exception {
    StringBuilder many = new StringBuilder();
    String text = new String(Recordings.text(SHORT), StandardCharsets.UTF_8);
    int ops = text.indexOf("\"ops\":[") + 7;
    many.append(text, 0, ops).append("[\"D\",0]");
    many.repeat(",[\"D\",0]", 500_000).append(text.substring(text.indexOf("\n],\n\"after\"")));
    byte[] body = many.toString().getBytes(StandardCharsets.UTF_8);
    try (Replays replays = new Replays(limits(1, 8, 16), budget, clock)) {
      Replay running = replays.start(new ByteArrayInputStream(body));
      Replay waiting = replays.start(shortOne());
      assertThat(replays.remove(waiting.id())).isTrue();
      assertThat(replays.remove(running.id())).isTrue();
      assertThat(ended(waiting).state()).isEqualTo(Replay.State.CANCELLED);
      assertThat(ended(running).state()).isEqualTo(Replay.State.CANCELLED);
      assertThat(running.operationsDone()).isLessThan(500_001);
      assertThatThrownBy(() -> running.writeRecording(new ByteArrayOutputStream()))
          .isInstanceOf(IllegalStateException.class);
      assertThat(replays.remove(running.id())).isTrue();
      assertThat(replays.find(running.id())).isEmpty();
      assertThat(replays.remove(running.id())).isFalse();
    }
    assertThat(budget.remainingBytes()).isEqualTo(budget.limitBytes());
  }

  @Test
  @DisplayName("what is too large is refused by the name of the limit")
  void tooLarge() throws Exception {
    ReplayLimits d = ReplayLimits.defaults();
    byte[] body = Files.readAllBytes(SHORT);
    assertLimit(body, new ReplayLimits(1000, 1L << 30, 99, 99, 1, 1, 1, d.keptFor()), "compressed");
    assertLimit(
        body, new ReplayLimits(1L << 20, 40_000, 99, 999_999, 1, 1, 1, d.keptFor()), "inflated");
    assertLimit(
        body,
        new ReplayLimits(1L << 20, 1L << 30, 49, 999_999, 1, 1, 1, d.keptFor()),
        "operations");
    assertLimit(
        body, new ReplayLimits(1L << 20, 1L << 30, 50, 100, 1, 1, 1, d.keptFor()), "values");
    assertThat(
            Recordings.run(
                    body, new ReplayLimits(1L << 20, 1L << 30, 50, 999_999, 1, 1, 1, d.keptFor()))
                .state())
        .isEqualTo(Replay.State.DONE);
  }

  @Test
  @DisplayName("a gzip bomb ends at the limit of inflated bytes")
  void bomb() throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write("{\"format\":\"pgoracle/1\",\"run\":[0".getBytes(StandardCharsets.UTF_8));
      byte[] zeros = ",0".repeat(1 << 20).getBytes(StandardCharsets.UTF_8);
      for (int i = 0; i < 20; i++) {
        gzip.write(zeros);
      }
    }
    assertThat(out.size()).isLessThan(1 << 20);
    ReplayLimits d = ReplayLimits.defaults();
    assertLimit(
        out.toByteArray(),
        new ReplayLimits(1L << 20, 16L << 20, 50, 999_999, 1, 1, 1, d.keptFor()),
        "inflated");
  }

  private static void assertLimit(byte[] body, ReplayLimits limits, String name) {
    RuntimeException failure;
    try {
      failure = Recordings.run(body, limits).failure();
    } catch (LimitException e) {
      failure = e;
    }
    assertThat(failure).isInstanceOf(LimitException.class);
    assertThat(((LimitException) failure).limit()).contains(name);
  }

  @Test
  @DisplayName(
      "a machine that the budget of frame tables has no room for is refused before anything")
  void budget() throws Exception {
    SectionBudget small = new SectionBudget(100_000);
    try (Replays replays = new Replays(limits(1, 1, 1), small, clock)) {
      Replay replay = ended(replays.start(shortOne()));
      assertThat(replay.state()).isEqualTo(Replay.State.FAILED);
      assertThat(replay.failure()).isInstanceOf(FrameTablesFullException.class);
      assertThat(small.remainingBytes()).isEqualTo(100_000);
    }
  }

  @Test
  @DisplayName("a long body goes through a file that leaves no name behind")
  void spooled() throws Exception {
    byte[] text = Recordings.text(Recordings.FOLDER.resolve("s9-bulk-exact-2.json.gz"));
    byte[] padded = new byte[text.length + (2 << 20)];
    Arrays.fill(padded, (byte) ' ');
    System.arraycopy(text, 0, padded, 0, text.length);
    List<Path> before = spools();
    Replay replay = Recordings.run(padded);
    assertThat(Recordings.result(replay).exact()).isTrue();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    replay.writeRecording(out);
    assertThat(out.toByteArray()).isEqualTo(padded);
    assertThat(spools()).isSubsetOf(before);
    replay.discard();
    assertThatThrownBy(() -> replay.writeRecording(out)).isInstanceOf(IOException.class);
  }

  private static List<Path> spools() throws IOException {
    try (var files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
      return files.filter(f -> f.getFileName().toString().startsWith("buddyd-replay-")).toList();
    }
  }
}
