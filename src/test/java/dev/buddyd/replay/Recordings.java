package dev.buddyd.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.buddyd.mm.frame.SectionBudget;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The recordings among the test resources, and ways to run them. */
final class Recordings {

  static final Path FOLDER = Path.of("src/test/resources/recordings");
  static final JsonMapper JSON = JsonMapper.builder().build();

  private Recordings() {}

  /** All recordings below a folder, tables among them. */
  static List<Path> in(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(f -> f.toString().endsWith(".json.gz")).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static boolean isTable(Path file) {
    return file.getFileName().toString().startsWith("watermark-table");
  }

  /** A file's text. */
  static byte[] text(Path file) {
    try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static ObjectNode tree(Path file) {
    return (ObjectNode) JSON.readTree(text(file));
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Runs to the end, whatever the end is; the frame tables must be given back. */
  static Replay run(byte[] sent) {
    return run(sent, ReplayLimits.defaults());
  }

  static Replay run(byte[] sent, ReplayLimits limits) {
    SectionBudget budget = new SectionBudget(1L << 30);
    try (Replays replays = new Replays(limits, budget, InstantSource.system())) {
      Replay replay = replays.start(new ByteArrayInputStream(sent));
      assertThat(replay.await(60, TimeUnit.SECONDS)).isTrue();
      assertThat(budget.remainingBytes()).isEqualTo(budget.limitBytes());
      return replay;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  static Replay run(Path file) {
    try {
      return run(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What came out of a replay that must not have failed. */
  static ReplayResult result(Replay replay) {
    if (replay.failure() != null) {
      throw replay.failure();
    }
    assertThat(replay.state()).isEqualTo(Replay.State.DONE);
    ReplayResult result = replay.result();
    assertThat(result).isNotNull();
    return result;
  }

  /** The completed text. */
  static ObjectNode completed(Replay replay) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      replay.writeRecording(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return (ObjectNode) JSON.readTree(out.toByteArray());
  }
}
