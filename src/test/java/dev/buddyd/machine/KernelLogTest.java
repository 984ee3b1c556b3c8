package dev.buddyd.machine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class KernelLogTest {

  private final KernelLog log = new KernelLog();

  @Test
  @DisplayName("the newest messages are kept, oldest first; an empty one is none")
  void newest() {
    for (int i = 0; i < KernelLog.KEPT + 3; i++) {
      log.add(i, "message\n");
      log.add(i, "");
    }

    assertThat(log.messages()).hasSize(KernelLog.KEPT);
    assertThat(log.messages().getFirst().timeMicros()).isEqualTo(3);
  }

  @Test
  @DisplayName("a machine with very many processes does not fill the heap with its reports")
  void characters() {
    String half = "x".repeat(KernelLog.KEPT_CHARACTERS / 2);
    for (int i = 0; i < 5; i++) {
      log.add(i, half);
    }
    assertThat(log.messages()).extracting(KernelLog.Message::timeMicros).containsExactly(3L, 4L);

    log.add(5, half + half + half);
    assertThat(log.messages()).extracting(KernelLog.Message::timeMicros).containsExactly(5L);
  }
}
