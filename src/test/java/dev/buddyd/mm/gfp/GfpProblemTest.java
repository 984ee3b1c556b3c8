package dev.buddyd.mm.gfp;

import static dev.buddyd.mm.gfp.GfpProblem.Kind.TYPES_CONTRADICT;
import static dev.buddyd.mm.gfp.GfpProblem.Kind.UNKNOWN_BITS;
import static dev.buddyd.mm.gfp.GfpProblem.Kind.ZONES_CONTRADICT;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GfpProblemTest {

  private static List<GfpProblem> problems(int bits) {
    return new GfpMask(bits).problems();
  }

  @DisplayName("G-20: at most one of DMA, DMA32 and HIGHMEM")
  @ParameterizedTest
  @ValueSource(ints = {0x3, 0x5, 0x6, 0x7, 0xb, 0xd, 0xe, 0xf})
  void contradictingZones(int bits) {
    assertThat(problems(bits | Gfp.GFP_KERNEL))
        .singleElement()
        .satisfies(problem -> assertThat(problem.kind()).isEqualTo(ZONES_CONTRADICT))
        .satisfies(problem -> assertThat(problem.bits()).isEqualTo(bits & 0x7))
        .satisfies(problem -> assertThat(problem.kernelWould()).contains("BUG", "lowest zone"));
  }

  @Test
  void namesTheContradictingZones() {
    assertThat(problems(Gfp.DMA | Gfp.HIGHMEM).getFirst().sentence())
        .startsWith("__GFP_DMA and __GFP_HIGHMEM ask for different zones");
  }

  @DisplayName("G-20: a single zone, or none, is sound")
  @ParameterizedTest
  @ValueSource(ints = {0x0, 0x1, 0x2, 0x4, 0x8, 0x9, 0xa, 0xc})
  void soundZones(int bits) {
    assertThat(problems(bits | Gfp.GFP_ATOMIC)).isEmpty();
  }

  @Test
  @DisplayName("G-30: MOVABLE and RECLAIMABLE together are illegal")
  void contradictingTypes() {
    assertThat(problems(Gfp.GFP_KERNEL | 0x18))
        .singleElement()
        .satisfies(problem -> assertThat(problem.kind()).isEqualTo(TYPES_CONTRADICT))
        .satisfies(problem -> assertThat(problem.bits()).isEqualTo(0x18));
    assertThat(problems(Gfp.RECLAIMABLE)).isEmpty();
  }

  @Test
  @DisplayName("G-2: bits above the valid mask are unknown; the unused 0x200 is merely ignored")
  void unknownBits() {
    assertThat(problems(0x1ffffff & ~0x17)).isEmpty();
    assertThat(problems(0x80000cc0))
        .singleElement()
        .satisfies(problem -> assertThat(problem.kind()).isEqualTo(UNKNOWN_BITS))
        .satisfies(problem -> assertThat(problem.bits()).isEqualTo(0x80000000))
        .satisfies(problem -> assertThat(problem.kernelWould()).contains("drops the bits"));
  }

  @Test
  @DisplayName("G-51: a number of an older kernel is recognised")
  void olderNumber() {
    assertThat(problems(0x24000c0).getFirst().sentence())
        .isEqualTo(
            "0x2000000 has no meaning in 6.12, whose masks end at 0x1ffffff."
                + " As a number of kernels 4.4-4.9 it would be GFP_KERNEL.");
    assertThat(problems(0x80000cc0).getFirst().sentence()).doesNotContain("it would be");
  }

  @Test
  void severalProblemsAreAllTold() {
    assertThat(problems(0xff00001f))
        .extracting(GfpProblem::kind)
        .containsExactly(ZONES_CONTRADICT, TYPES_CONTRADICT, UNKNOWN_BITS);
  }
}
