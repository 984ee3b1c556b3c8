package dev.buddyd.mm.gfp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class GfpRoundTripTest {

  @Property
  @Label("G-40, G-43: what is printed reads back as the same mask")
  void printedMasksReadBack(@ForAll int bits) {
    GfpMask mask = new GfpMask(bits);
    assertThat(GfpMask.parse(mask.printReport())).isEqualTo(mask);
    assertThat(GfpMask.parse(mask.printTrace())).isEqualTo(mask);
    assertThat(GfpMask.parse(mask.toHex())).isEqualTo(mask);
  }

  @Property
  @Label("G-40: in every kernel what is printed reads back, in that kernel's numbers")
  void everyKernelReadsWhatItPrints(@ForAll("kernels") GfpLayout layout, @ForAll int bits) {
    String names = layout.print(bits);
    assertThat(names.isEmpty() ? 0 : layout.parse(names).number()).isEqualTo(bits);
  }

  @Property
  @Label("G-57.2: number and names that a kernel printed together are read as that number")
  void inferenceMatchesWhatAKernelPrinted(
      @ForAll("kernels") GfpLayout layout, @ForAll("masks") int bits) {
    GfpReading reading = GfpEras.infer(GfpEvidence.of(bits, layout.print(bits)));
    assertThat(reading.certainty()).isEqualTo(GfpReading.Certainty.MATCHED);
    assertThat(reading.fitting()).contains(reading.era()).contains(layout.era());
    assertThat(reading.mask().number()).isEqualTo(bits);
  }

  @Property(tries = 100)
  void noNumberUpsetsTheInference(@ForAll int bits) {
    GfpReading reading = GfpEras.infer(GfpEvidence.ofNumber(bits));
    assertThat(reading.certainty()).isEqualTo(GfpReading.Certainty.GUESSED);
    assertThat(reading.fitting()).contains(reading.era());
  }

  @Provide
  Arbitrary<GfpLayout> kernels() {
    return Arbitraries.of(GfpLayout.turningPoints()).map(GfpLayout::of);
  }

  @Provide
  Arbitrary<Integer> masks() {
    Arbitrary<Integer> bit = Arbitraries.integers().between(0, 31).map(n -> 1 << n);
    return Combinators.combine(
            Arbitraries.of(List.of(0, 0xcc0, 0xd0, 0x24000c0)), bit.list().ofMaxSize(4))
        .as((base, bits) -> bits.stream().reduce(base, (a, b) -> a | b));
  }
}
