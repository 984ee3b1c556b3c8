package dev.buddyd.mm.gfp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReserveRightsTest {

  private static ReserveRights rights(String kernel, String names, Caller caller) {
    GfpLayout layout = GfpLayout.of(KernelVersion.parse(kernel));
    return ReserveRights.of(new DecodedMask(layout.parse(names).number(), layout), caller);
  }

  @DisplayName("V-2, G-35: the part of min that must stay free")
  @ParameterizedTest(name = "{0} {1} {2}: {3}")
  @CsvSource({
    "3.10, GFP_ATOMIC, ORDINARY, 3/8",
    "4.9, GFP_ATOMIC, ORDINARY, 3/8",
    "6.1, GFP_ATOMIC, ORDINARY, 3/8",
    "6.12, GFP_ATOMIC, ORDINARY, 3/8",
    "3.10, GFP_NOWAIT, ORDINARY, 3/4",
    "4.9, GFP_NOWAIT, ORDINARY, 1",
    "6.12, GFP_NOWAIT, ORDINARY, 1",
    "3.10, GFP_KERNEL|__GFP_HIGH, ORDINARY, 1/2",
    "4.9, GFP_KERNEL|__GFP_HIGH, ORDINARY, 1/2",
    "6.12, GFP_KERNEL|__GFP_HIGH, ORDINARY, 1/2",
    "3.10, GFP_KERNEL, REALTIME, 3/4",
    "4.9, GFP_KERNEL, REALTIME, 3/4",
    "6.12, GFP_KERNEL, REALTIME, 1/2",
    "6.12, GFP_NOWAIT, REALTIME, 1",
    "4.14, GFP_KERNEL, OOM_VICTIM, 1/2",
    "4.14, GFP_ATOMIC, OOM_VICTIM, 1/4",
    "6.12, GFP_KERNEL, OOM_VICTIM, 1/2",
    "6.12, GFP_KERNEL|__GFP_HIGH, OOM_VICTIM, 1/4",
    "6.12, GFP_ATOMIC, OOM_VICTIM, 3/16",
    "3.10, GFP_KERNEL, ORDINARY, 1",
    "6.12, GFP_KERNEL, ORDINARY, 1"
  })
  void fractionOfMin(String kernel, String names, Caller caller, String fraction) {
    ReserveRights rights = rights(kernel, names, caller);
    assertThat(rights.fractionOfMin()).hasToString(fraction);
    assertThat(rights.ignoresWatermarks()).isFalse();
  }

  @DisplayName("V-1: what makes a request harder, and what takes it back")
  @ParameterizedTest(name = "{0} {1}: {2}")
  @CsvSource({
    "2.6.37, GFP_ATOMIC|__GFP_NOMEMALLOC, 3/8",
    "2.6.38, GFP_ATOMIC|__GFP_NOMEMALLOC, 1/2",
    "3.15, GFP_ATOMIC|__GFP_NO_KSWAPD, 3/8",
    "3.16, GFP_ATOMIC|__GFP_NO_KSWAPD, 1/2",
    "4.9, GFP_ATOMIC|__GFP_NOMEMALLOC, 1/2",
    "6.12, GFP_ATOMIC|__GFP_NOMEMALLOC, 1/2",
    "4.9, __GFP_HIGH|__GFP_KSWAPD_RECLAIM, 1/2",
    "6.12, __GFP_HIGH|__GFP_KSWAPD_RECLAIM, 3/8",
    "6.12, __GFP_HIGH, 3/8"
  })
  void harder(String kernel, String names, String fraction) {
    assertThat(rights(kernel, names, Caller.ORDINARY).fractionOfMin()).hasToString(fraction);
  }

  @DisplayName("V-3: no watermark at all")
  @ParameterizedTest(name = "{0} {1} {2}: {3}")
  @CsvSource({
    "6.12, GFP_KERNEL|__GFP_MEMALLOC, ORDINARY, true",
    "6.12, GFP_KERNEL|__GFP_MEMALLOC|__GFP_NOMEMALLOC, ORDINARY, false",
    "4.9, GFP_ATOMIC|__GFP_MEMALLOC, ORDINARY, true",
    "3.6, GFP_KERNEL|__GFP_MEMALLOC, ORDINARY, true",
    "6.12, GFP_KERNEL, RECLAIMER, true",
    "4.9, GFP_KERNEL, RECLAIMER, true",
    "3.10, GFP_KERNEL|__GFP_NOMEMALLOC, RECLAIMER, false",
    "3.10, GFP_KERNEL, OOM_VICTIM, true",
    "4.13, GFP_KERNEL, OOM_VICTIM, true",
    "4.14, GFP_KERNEL, OOM_VICTIM, false",
    "6.12, GFP_KERNEL, OOM_VICTIM, false",
    "6.12, GFP_KERNEL, ORDINARY, false"
  })
  void noWatermark(String kernel, String names, Caller caller, boolean ignores) {
    assertThat(rights(kernel, names, caller).ignoresWatermarks()).isEqualTo(ignores);
  }

  @DisplayName("Z-41.2: every cut rounds its own share down")
  @ParameterizedTest(name = "{0} of min {1} leaves {2}")
  @CsvSource({
    "GFP_ATOMIC, 101, 39",
    "GFP_ATOMIC, 124, 47",
    "GFP_ATOMIC, 8, 3",
    "GFP_ATOMIC, 6192, 2322",
    "GFP_ATOMIC, 1, 1",
    "GFP_ATOMIC, 0, 0",
    "GFP_KERNEL|__GFP_HIGH, 101, 51",
    "GFP_NOWAIT, 101, 101"
  })
  void threshold(String names, long min, long left) {
    assertThat(rights("6.12", names, Caller.ORDINARY).threshold(min)).isEqualTo(left);
  }

  @DisplayName("V-12, V-13: blocks of the HIGHATOMIC reserve")
  @ParameterizedTest(name = "{0} {1} {2}: orders above 0 {3}, as a last resort {4}")
  @CsvSource({
    "3.10, GFP_ATOMIC, ORDINARY, false, false",
    "4.9, GFP_ATOMIC, ORDINARY, true, false",
    "4.9, GFP_NOWAIT, ORDINARY, false, false",
    "6.12, GFP_ATOMIC, ORDINARY, true, true",
    "6.12, GFP_NOWAIT, ORDINARY, false, true",
    "6.3, GFP_NOWAIT, ORDINARY, false, false",
    "6.12, GFP_ATOMIC|__GFP_NOMEMALLOC, ORDINARY, false, false",
    "6.12, GFP_KERNEL|__GFP_HIGH, ORDINARY, false, false",
    "6.12, GFP_KERNEL, OOM_VICTIM, true, true",
    "4.19, GFP_KERNEL, OOM_VICTIM, true, false",
    "4.13, GFP_KERNEL, OOM_VICTIM, false, false"
  })
  void highatomic(String kernel, String names, Caller caller, boolean blocks, boolean lastResort) {
    ReserveRights rights = rights(kernel, names, caller);
    assertThat(rights.highatomicBlocks()).isEqualTo(blocks);
    assertThat(rights.highatomicLastResort()).isEqualTo(lastResort);
  }

  @DisplayName("V-14, Z-42.3: who ignores the boost at order 0")
  @ParameterizedTest(name = "{0} {1}: {2}")
  @CsvSource({
    "5.8, GFP_ATOMIC, false",
    "5.9, GFP_ATOMIC, true",
    "6.2, GFP_ATOMIC, true",
    "6.2, GFP_KERNEL|__GFP_HIGH, false",
    "6.3, GFP_KERNEL|__GFP_HIGH, true",
    "6.12, GFP_ATOMIC, true",
    "6.12, GFP_NOWAIT, false"
  })
  void boost(String kernel, String names, boolean ignores) {
    assertThat(rights(kernel, names, Caller.ORDINARY).ignoresBoost()).isEqualTo(ignores);
  }

  @Test
  void fractionsAreInLowestTerms() {
    assertThat(Fraction.of(6, 16)).isEqualTo(new Fraction(3, 8)).hasToString("3/8");
    assertThat(Fraction.of(16, 16)).isEqualTo(Fraction.ONE).hasToString("1");
    assertThat(Fraction.of(0, 16)).isEqualTo(Fraction.NONE).hasToString("0");
  }
}
