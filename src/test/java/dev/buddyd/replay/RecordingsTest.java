package dev.buddyd.replay;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every recording of the repository replays exactly. */
class RecordingsTest {

  static Stream<Path> recordings() {
    return Recordings.in(Recordings.FOLDER).stream();
  }

  @ParameterizedTest
  @MethodSource("recordings")
  @DisplayName("results, probes, state after and texts are the kernel's")
  void replaysExactly(Path file) {
    ReplayResult result = Recordings.result(Recordings.run(file));
    assertThat(result.firstDifference()).isNull();
    assertThat(result.comparison().results())
        .isPositive()
        .isEqualTo(result.comparison().resultsEqual());
    assertThat(result.comparison().resultsAsked()).isZero();
    assertThat(result.violations()).isEmpty();
    if (Recordings.isTable(file)) {
      assertThat(result.kind()).isEqualTo(ReplayResult.Kind.TABLE);
      return;
    }
    assertThat(result.kind()).isEqualTo(ReplayResult.Kind.RECORDING);
    assertThat(result.comparison().probes())
        .isPositive()
        .isEqualTo(result.comparison().probesEqual());
    assertThat(result.comparison().afterEqual()).isTrue();
    assertThat(result.comparison().procTextEqual())
        .containsKeys("buddyinfo.before", "zoneinfo.before", "buddyinfo.after", "meminfo.after")
        .doesNotContainValue(false);
  }
}
