package dev.buddyd;

import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the compiler and ArchUnit cannot see: the source files themselves. */
class SourceTreeTest {

  private static final Path MAIN = Path.of("src/main/java");
  private static final int MAX_LINES = 500;

  @Test
  void everyPackageIsNullMarkedAndSaysWhatItIsFor() throws IOException {
    Map<Path, List<Path>> packages = javaFiles(MAIN).stream().collect(groupingBy(Path::getParent));
    assertThat(packages).isNotEmpty();
    for (Path directory : packages.keySet()) {
      assertThat(directory.resolve("package-info.java")).exists();
      assertThat(directory.resolve("package-info.java"))
          .content()
          .containsPattern("(?s)^/\\*\\*.*\\*/\\s.*@NullMarked\\s+package ");
    }
  }

  @Test
  void noFileOfTheMemoryManagerIsLong() throws IOException {
    for (Path file : javaFiles(MAIN.resolve("dev/buddyd/mm"))) {
      assertThat(Files.readAllLines(file)).as("%s", file).hasSizeLessThanOrEqualTo(MAX_LINES);
    }
  }

  private static List<Path> javaFiles(Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return files.filter(f -> f.toString().endsWith(".java")).sorted().toList();
    }
  }
}
