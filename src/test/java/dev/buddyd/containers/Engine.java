package dev.buddyd.containers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.testcontainers.DockerClientFactory;

/**
 * The container engine of this machine, if it has one. Without one the tests are skipped loudly;
 * with {@code -Dcontainers.required=true}, which promises one, they fail.
 */
final class Engine {

  private static final boolean REQUIRED = Boolean.getBoolean("containers.required");
  private static final String LOCAL_IMAGE = "buddyd:containers-test";
  private static final int BUILD_MINUTES = 15;

  private Engine() {}

  static void needed() {
    if (DockerClientFactory.instance().isDockerAvailable()) {
      return;
    }
    String loud =
        """

        ##########################################################################
        ##  CONTAINER TESTS DID NOT RUN: no container engine answers
        ##########################################################################
        """;
    assertThat(REQUIRED).as("an engine was promised (containers.required).%s", loud).isFalse();
    System.err.println(loud);
    Assumptions.abort("no container engine");
  }

  /** The image under test: built before, or now from the jar in {@code target}. */
  static synchronized String image() {
    String image = System.getProperty("containers.image", "");
    if (!image.isEmpty()) {
      return image;
    }
    run(
        BUILD_MINUTES,
        Map.of(),
        List.of("docker", "build", "-t", LOCAL_IMAGE, "--build-arg", "JAR=" + jar(), "."));
    System.setProperty("containers.image", LOCAL_IMAGE);
    return LOCAL_IMAGE;
  }

  private static Path jar() {
    try (Stream<Path> files = Files.find(Path.of("target"), 2, (file, attributes) -> isJar(file))) {
      return files
          .max(Comparator.comparingInt(Path::getNameCount)) // that of the profile "image" first
          .orElseThrow(() -> new AssertionError("no jar in target: ./mvnw package"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isJar(Path file) {
    return file.getFileName().toString().matches("buddyd-.*\\.jar");
  }

  static boolean hasImage(String image) {
    return exitCode(List.of("docker", "image", "inspect", image)) == 0;
  }

  /** {@code docker compose}, or its predecessor. */
  static List<String> compose(String project, String... arguments) {
    List<String> command =
        new ArrayList<>(
            exitCode(List.of("docker", "compose", "version")) == 0
                ? List.of("docker", "compose")
                : List.of("docker-compose"));
    command.addAll(List.of("-p", project, "-f", "docker-compose.yml"));
    command.addAll(Arrays.asList(arguments));
    return command;
  }

  private static int exitCode(List<String> command) {
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor(1, TimeUnit.MINUTES) ? process.exitValue() : -1;
    } catch (IOException e) {
      return -1; // no such program
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Runs a program that must succeed; what it printed. */
  static String run(int minutes, Map<String, String> environment, List<String> command) {
    try {
      Path log = Files.createTempFile("engine", ".log");
      ProcessBuilder builder =
          new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
      builder.environment().putAll(environment);
      Process process = builder.start();
      boolean ended = process.waitFor(minutes, TimeUnit.MINUTES);
      if (!ended) {
        process.destroyForcibly();
      }
      String output = Files.readString(log, StandardCharsets.UTF_8);
      Files.delete(log);
      assertThat(ended ? process.exitValue() : -1).as("%s%n%s", command, output).isZero();
      return output;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
