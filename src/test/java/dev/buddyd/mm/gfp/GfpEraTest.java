package dev.buddyd.mm.gfp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GfpEraTest {

  @DisplayName("G-52: first and last release of each era")
  @ParameterizedTest(name = "{0}: {1} to {2}")
  @CsvSource({
    "A, 2.6.32, 4.3.6",
    "B, 4.4, 4.9.337",
    "C, 4.10, 4.17.19",
    "D, 4.18, 5.0.21",
    "E, 5.1, 5.13.19",
    "F, 5.14, 5.17.15",
    "G, 5.18, 6.2.16",
    "H, 6.3, 6.19"
  })
  void boundaries(GfpEra era, String first, String last) {
    assertThat(GfpEra.of(KernelVersion.parse(first))).isEqualTo(era);
    assertThat(GfpEra.of(KernelVersion.parse(last))).isEqualTo(era);
  }

  @Test
  @DisplayName("the eras cover all releases without gap and overlap")
  void ranges() {
    for (KernelVersion version : GfpLayout.turningPoints()) {
      for (GfpEra era : GfpEra.values()) {
        assertThat(era.range().contains(version))
            .as("%s in era %s", version, era)
            .isEqualTo(era == GfpEra.of(version));
      }
    }
  }

  @Test
  void releasesForPeople() {
    assertThat(GfpEra.B.releases()).isEqualTo("4.4-4.9");
    assertThat(GfpEra.H.releases()).isEqualTo("6.3-now");
  }
}
