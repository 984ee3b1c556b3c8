package dev.buddyd.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/** A folder of recordings, one line each: {@code ./mvnw test -Drecordings=DIR}. */
@Tag("recordings")
class RecordingFolderTest {

  @TestFactory
  Stream<DynamicTest> everyRecordingOfTheFolder() {
    String folder = System.getProperty("recordings");
    assumeThat(folder).as("-Drecordings=DIR names a folder").isNotBlank();
    Path root = Path.of(folder);
    return Recordings.in(root).stream()
        .filter(RecordingFolderTest::isReplayable)
        .map(file -> dynamicTest(root.relativize(file).toString(), () -> replay(root, file)));
  }

  private static boolean isReplayable(Path file) {
    String format = Recordings.tree(file).path("format").asString("");
    return format.equals("pgoracle/1") || format.equals("pgoracle-table/1");
  }

  private static void replay(Path root, Path file) {
    long start = System.nanoTime();
    Replay replay = Recordings.run(file);
    long millis = (System.nanoTime() - start) / 1_000_000;
    ReplayResult r = Recordings.result(replay);
    FirstDifference first = r.firstDifference();
    System.out.printf(
        "%-44s %6d operations  results %d/%d  probes %d/%d  %4d ms  %s%n",
        root.relativize(file),
        r.operations(),
        r.comparison().resultsEqual(),
        r.comparison().results(),
        r.comparison().probesEqual(),
        r.comparison().probes(),
        millis,
        first == null ? "exact" : first.sentence());
    assertThat(first).isNull();
  }
}
