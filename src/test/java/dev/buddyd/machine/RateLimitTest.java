package dev.buddyd.machine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class RateLimitTest {

  private static final long SECOND = 1_000_000;

  @Test
  @DisplayName("F-70 once in ten seconds; the next one tells how many were suppressed")
  void once() {
    RateLimit limit = new RateLimit(10 * SECOND, 1);

    assertThat(limit.admit(3 * SECOND)).isZero();
    for (int i = 0; i < 7; i++) {
      assertThat(limit.admit((4 + i) * SECOND)).isEqualTo(RateLimit.SUPPRESSED);
    }
    assertThat(limit.admit(13 * SECOND - 1)).isEqualTo(RateLimit.SUPPRESSED);
    assertThat(limit.admit(13 * SECOND)).isEqualTo(8);
    assertThat(limit.admit(13 * SECOND)).isEqualTo(RateLimit.SUPPRESSED);
    assertThat(limit.admit(40 * SECOND)).isEqualTo(1);
  }

  @Test
  @DisplayName("an interval begins with a message, not with the clock; nothing suppressed is 0")
  void begin() {
    RateLimit limit = new RateLimit(10 * SECOND, 1);

    assertThat(limit.admit(9 * SECOND)).isZero();
    assertThat(limit.admit(20 * SECOND)).isZero();
    assertThat(limit.admit(29 * SECOND)).isEqualTo(RateLimit.SUPPRESSED);
    assertThat(limit.admit(30 * SECOND)).isEqualTo(1);
  }

  @Test
  @DisplayName("F-80 ten in five seconds")
  void burst() {
    RateLimit limit = new RateLimit(5 * SECOND, 10);

    for (int i = 0; i < 10; i++) {
      assertThat(limit.admit(i)).isZero();
    }
    assertThat(limit.admit(11)).isEqualTo(RateLimit.SUPPRESSED);
    assertThat(limit.admit(5 * SECOND)).isEqualTo(1);
    assertThat(limit.admit(5 * SECOND + 1)).isZero();
  }
}
