package dev.buddyd.diagnosis;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A folder of published reports with verdicts, outside of the project: {@code -Dcorpus=DIR}. */
public final class Corpus {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private Corpus() {}

  /** A text and what is known about it. */
  public record Sample(String name, String text, JsonNode sidecar) {
    @Override
    public String toString() {
      return name;
    }
  }

  /**
   * The samples of {@code folder} below the corpus; aborts the test, aloud, when there is no
   * corpus.
   */
  public static Stream<Sample> samples(String folder) {
    String root = System.getProperty("corpus", "");
    if (root.isEmpty()) {
      System.err.println(
          "*** CORPUS TESTS NOT RUN: pass -Dcorpus=DIR to check the " + folder + " ***");
    }
    Assumptions.assumeFalse(root.isEmpty(), "corpus tests not run: pass -Dcorpus=DIR");
    Path directory = Path.of(root, folder);
    List<Sample> samples = new ArrayList<>();
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".txt")).sorted().toList()) {
        samples.add(read(file));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Assumptions.assumeFalse(samples.isEmpty(), "no samples in " + directory);
    return samples.stream();
  }

  private static Sample read(Path file) throws IOException {
    String name = file.getFileName().toString().replace(".txt", "");
    String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    Path sidecar = file.resolveSibling(name + ".json");
    return new Sample(name, text, JSON.readTree(Files.readString(sidecar)));
  }
}
