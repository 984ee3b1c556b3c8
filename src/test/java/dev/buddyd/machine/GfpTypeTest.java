package dev.buddyd.machine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GfpTypeTest {

  @ParameterizedTest
  @CsvSource({
    "0xcc0, GFP_KERNEL",
    "0x400dc0, GFP_KERNEL",
    "0x40cc0, GFP_KERNEL",
    "0x820, GFP_ATOMIC",
    "0x2a20, GFP_ATOMIC",
    "0x140cca, GFP_HIGHUSER_MOVABLE",
    "0x100cc0, OTHER",
    "0xcc4, OTHER",
    "0xc40, OTHER",
    "0x2800, OTHER",
    "0xce0, GFP_KERNEL",
    "0, OTHER"
  })
  void masksAreSortedByWhatTheyMayDo(String mask, GfpType type) {
    assertThat(GfpType.of(Integer.decode(mask))).isEqualTo(type);
  }
}
