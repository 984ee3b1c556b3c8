package dev.buddyd.lesson;

import static org.assertj.core.api.Assertions.assertThat;

import dev.buddyd.BuddydApplication;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Plays the lessons over HTTP.
 *
 * <pre>./mvnw -q test -Dtest=LessonsTest -Dlesson=02 -Dservice=http://localhost:8080</pre>
 */
class LessonsTest {

  private static final Path FOLDER = Path.of("docs", "lessons");

  private static ConfigurableApplicationContext context;
  private static URI service;

  @BeforeAll
  static void start() {
    String given = System.getProperty("service");
    if (given == null) {
      context =
          new SpringApplicationBuilder(BuddydApplication.class)
              .run("--server.port=0", "--buddyd.preset=tiny");
      int port = ((ServletWebServerApplicationContext) context).getWebServer().getPort();
      service = URI.create("http://127.0.0.1:" + port);
    } else {
      service = URI.create(given);
    }
  }

  @AfterAll
  static void stop() {
    if (context != null) {
      context.close();
    }
  }

  static List<Path> lessons() throws IOException {
    String wanted = System.getProperty("lesson", "");
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files
          .filter(f -> f.getFileName().toString().matches("\\d\\d-.*\\.md"))
          .filter(f -> f.getFileName().toString().startsWith(wanted))
          .sorted()
          .toList();
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("lessons")
  void playsAsWritten(Path file) throws IOException, InterruptedException {
    Lesson lesson = Lesson.read(file);
    assertThat(lesson.steps()).isNotEmpty();
    new LessonRunner(service, System.out).play(lesson);
  }

  @Test
  void everyLessonIsListed() throws IOException {
    String index = Files.readString(FOLDER.resolve("README.md"));
    try (Stream<Path> files = Files.list(FOLDER)) {
      assertThat(files.map(f -> f.getFileName().toString()).filter(f -> !f.equals("README.md")))
          .hasSizeGreaterThanOrEqualTo(18)
          .allSatisfy(name -> assertThat(index).contains("(" + name + ")"));
    }
  }
}
