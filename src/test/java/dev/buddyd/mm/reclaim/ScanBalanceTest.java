package dev.buddyd.mm.reclaim;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScanBalanceTest {

  @ParameterizedTest
  @CsvSource({"90818, 940, 6", "44005, 676, 6", "43220, 676, 6", "100, 940, 6", "1000000, 676, 10"})
  @DisplayName("R-25 kswapd starts where one round can reach its goal")
  void kswapdPriority(long pages, long goal, int priority) {
    assertThat(ScanBalance.kswapdPriority(pages, goal)).isEqualTo(priority);
  }

  @Test
  @DisplayName("R-12 without history swappiness 60 gives anon 60 of 200")
  void balance() {
    assertThat(ScanBalance.anonPermille(60, 0, 0)).isEqualTo(300);
    assertThat(ScanBalance.anonPermille(0, 0, 0)).isZero();
    assertThat(ScanBalance.anonPermille(200, 0, 0)).isEqualTo(1000);
    assertThat(ScanBalance.anonPermille(60, 0, 1000))
        .as("file pages come back: anon pays")
        .isGreaterThan(300);
  }

  @Test
  @DisplayName("R-13 the inactive list is low below the active one, by sqrt(10 GiB) on large nodes")
  void inactiveLow() {
    assertThat(ScanBalance.inactiveIsLow(99, 100, 12)).isTrue();
    assertThat(ScanBalance.inactiveIsLow(100, 100, 12)).isFalse();
    long gib = 1L << 18;
    assertThat(ScanBalance.inactiveIsLow(4 * gib, 12 * gib - 1, 12)).as("ratio 12").isFalse();
    assertThat(ScanBalance.inactiveIsLow(gib, 15 * gib, 12)).as("ratio 12").isTrue();
  }
}
