package dev.buddyd.mm.gfp;

import static dev.buddyd.mm.gfp.GfpEra.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.buddyd.mm.gfp.GfpReading.Certainty;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class GfpErasTest {

  private static GfpReading number(String hex, ReportHint... hints) {
    return GfpEras.infer(GfpEvidence.ofNumber(Integer.decode(hex)).with(hints));
  }

  private static GfpReading pair(String hex, String names) {
    return GfpEras.infer(GfpEvidence.of(Integer.decode(hex), names));
  }

  @DisplayName("G-57.2, G-58: number and names of published reports")
  @ParameterizedTest(name = "{0}({1}) is {2}")
  @CsvSource({
    "0x24201ca, GFP_HIGHUSER_MOVABLE|__GFP_COLD, B, 0x100cca",
    "0x14280ca, GFP_HIGHUSER_MOVABLE|__GFP_ZERO, C, 0x100dca",
    "0x6200ca, GFP_HIGHUSER_MOVABLE, D, 0x100cca",
    "0x27000c0, GFP_KERNEL_ACCOUNT|__GFP_NOTRACK, B, 0x400cc0",
    "0x2084120, GFP_ATOMIC|__GFP_COLD|__GFP_COMP, B, 0x40820",
    "0x1082020, GFP_ATOMIC|__GFP_MEMALLOC, C, 0x20820",
    "0x480020, GFP_ATOMIC, D, 0x820",
    "0x1100cca, GFP_HIGHUSER_MOVABLE, F, 0x100cca",
    "0x1100dca, GFP_HIGHUSER_MOVABLE|__GFP_ZERO, F, 0x100dca",
    "0xa20, GFP_ATOMIC, G, 0x820",
    "0x820, GFP_ATOMIC, H, 0x820",
    "0x3d24ca, GFP_TRANSHUGE|__GFP_NORETRY|__GFP_THISNODE, H, 0x3d24ca",
    "0x100cca, GFP_HIGHUSER_MOVABLE, H, 0x100cca",
    "0x40dc0, GFP_KERNEL|__GFP_ZERO|__GFP_COMP, H, 0x40dc0",
    "0x101cc0, GFP_USER|__GFP_WRITE, H, 0x101cc0",
    "0xcc1, GFP_KERNEL|GFP_DMA, H, 0xcc1",
    "0x6100cca, GFP_HIGHUSER_MOVABLE, H, 0x100cca",
    "0x2100cca, GFP_HIGHUSER_MOVABLE, H, 0x100cca",
    "0x14004c0, GFP_KERNEL|__GFP_RETRY_MAYFAIL, C, 0x4cc0",
    "0x14004c0, GFP_KERNEL|__GFP_REPEAT, C, 0x4cc0",
    "0x1000cc0, GFP_KERNEL|0x1000000, H, 0x1000cc0",
    "0x0, '', H, 0x0"
  })
  void numberAndNames(String hex, String names, GfpEra era, String modern) {
    GfpReading reading = pair(hex, names);
    assertThat(reading.era()).isEqualTo(era);
    assertThat(reading.fitting()).contains(era);
    assertThat(reading.certainty()).isEqualTo(Certainty.MATCHED);
    assertThat(reading.mask().modern().toHex()).isEqualTo(modern);
    assertThat(reading.unknownNames()).isEmpty();
  }

  @DisplayName("G-57.2: all eras that fit are told")
  @Test
  void severalEras() {
    assertThat(pair("0xa20", "GFP_ATOMIC").fitting()).containsExactlyInAnyOrder(E, F, G);
    assertThat(pair("0xcc0", "GFP_KERNEL").fitting()).containsExactlyInAnyOrder(E, F, G, H);
    assertThat(pair("0xa20", "GFP_ATOMIC").sentence())
        .isEqualTo("Number and names agree in kernels 5.1-5.13, 5.14-5.17, 5.18-6.2.");
  }

  @DisplayName("G-57.1: a report that tells its kernel is believed")
  @ParameterizedTest(name = "{1}({2}) in {0} is {3}")
  @CsvSource({
    "5.10.6, 0x100cca, GFP_HIGHUSER_MOVABLE, E, 0x100cca",
    "4.18.0-240.10.1.el8_3.x86_64, 0x6200ca, GFP_HIGHUSER_MOVABLE, D, 0x100cca",
    "6.2.0, 0xce0, GFP_KERNEL|__GFP_HIGH, G, 0xce0",
    "5.14.21-150400.22-default, 0xcc1, GFP_KERNEL|GFP_DMA, F, 0xcc1",
    "5.4.0-rc4-1.g9db4e16-default, 0x0, '', E, 0x0",
    "6.12.0-211.el10.ppc64le, 0xcc0, GFP_KERNEL, H, 0xcc0",
    "6.1, 0x6100cca, GFP_HIGHUSER_MOVABLE, G, 0x100cca",
    "2.6.31+frans-00002-g90702f9, 0x8020, , A, 0x920",
    "2.6.24-19-generic, 0x2d0, , A, 0x2cc0",
    "2.6.32-642.11.1.el6.x86_64, 0x201da, , A, 0x100cca",
    "4.1.18-g09f547b, 0x2000d1, , A, 0xcc1",
    "4.4.114+, 0x24000c2, , B, 0xcc2"
  })
  void statedKernel(String kernel, String hex, String names, GfpEra era, String modern) {
    GfpEvidence evidence =
        names == null
            ? GfpEvidence.ofNumber(Integer.decode(hex))
            : GfpEvidence.of(Integer.decode(hex), names);
    GfpReading reading = GfpEras.infer(evidence.from(KernelVersion.parse(kernel)));
    assertThat(reading.era()).isEqualTo(era);
    assertThat(reading.certainty()).isEqualTo(Certainty.STATED);
    assertThat(reading.fitting()).containsExactly(era);
    assertThat(reading.mask().modern()).hasToString(new GfpMask(Integer.decode(modern)).toString());
    assertThat(reading.sentence()).isEqualTo("The report tells its kernel, " + kernel + ".");
  }

  @Test
  @DisplayName("G-57.1: a stated kernel whose numbers contradict the names gives way to rule 2")
  void contradictedKernel() {
    GfpReading reading =
        GfpEras.infer(GfpEvidence.of(0x24000c0, "GFP_KERNEL").from(KernelVersion.parse("5.10")));
    assertThat(reading.certainty()).isEqualTo(Certainty.MATCHED);
    assertThat(reading.era()).isEqualTo(B);
  }

  @Test
  @DisplayName("G-57.1: names alone are encoded in the stated kernel's numbers")
  void namesOfAStatedKernel() {
    GfpReading reading =
        GfpEras.infer(GfpEvidence.ofNames("GFP_KERNEL").from(KernelVersion.parse("4.9")));
    assertThat(reading.mask().toHex()).isEqualTo("0x24000c0");
    assertThat(reading.certainty()).isEqualTo(Certainty.STATED);
  }

  @DisplayName("G-57.3: names alone tell the newest kernel that has them all")
  @ParameterizedTest(name = "{0} is {1}")
  @CsvSource({
    "__GFP_WAIT|__GFP_IO, A, A",
    "__GFP_NO_KSWAPD, A, A",
    "GFP_KERNEL|__GFP_ATOMIC, G, B C D E F G",
    "GFP_KERNEL|__GFP_COLD, C, A B C",
    "GFP_KERNEL|__GFP_NOTRACK, C, A B C",
    "GFP_TEMPORARY, C, A B C",
    "GFP_KERNEL|__GFP_OTHER_NODE, B, A B",
    "GFP_KERNEL|__GFP_REPEAT, C, A B C",
    "GFP_KERNEL|__GFP_RETRY_MAYFAIL, H, C D E F G H",
    "GFP_KERNEL|__GFP_ZEROTAGS, H, F G H",
    "GFP_TRANSHUGE_LIGHT, H, B C D E F G H",
    "GFP_NOWAIT|__GFP_HIGHMEM|__GFP_NOWARN|__GFP_MOVABLE, H, A B C D E F G H"
  })
  void namesAlone(String names, GfpEra era, String fitting) {
    GfpReading reading = GfpEras.infer(GfpEvidence.ofNames(names));
    assertThat(reading.era()).isEqualTo(era);
    assertThat(reading.fitting())
        .extracting(GfpEra::name)
        .containsExactlyInAnyOrder(fitting.split(" "));
    assertThat(reading.certainty()).isEqualTo(Certainty.NAMED);
  }

  @Test
  @DisplayName("G-57.3: the release bounds of names inside an era")
  void releaseBoundsOfNames() {
    assertThat(releaseOf("__GFP_REPEAT").atLeast("4.13")).isFalse();
    assertThat(releaseOf("__GFP_COLD").atLeast("4.15")).isFalse();
    assertThat(releaseOf("__GFP_OTHER_NODE").atLeast("4.10")).isFalse();
    assertThat(releaseOf("__GFP_RETRY_MAYFAIL").atLeast("4.13")).isTrue();
  }

  private static KernelVersion releaseOf(String name) {
    return GfpEras.infer(GfpEvidence.ofNames(name)).mask().layout().version();
  }

  @Test
  @DisplayName("G-43: names that fit no number decide, and that is said")
  void namesDecide() {
    GfpReading reading = pair("0x123", "GFP_KERNEL|__GFP_ZERO");
    assertThat(reading.certainty()).isEqualTo(Certainty.NAMED);
    assertThat(reading.mask().modern()).hasToString("GFP_KERNEL|__GFP_ZERO");
    assertThat(reading.sentence()).startsWith("The number does not go with the names.");
  }

  @Test
  @DisplayName("G-50: names that never existed together are read in 6.12 terms")
  void namesOfDifferentTimes() {
    GfpReading reading =
        GfpEras.infer(GfpEvidence.ofNames("__GFP_WAIT|__GFP_IO|__GFP_RETRY_MAYFAIL|0x100"));
    assertThat(reading.era()).isEqualTo(H);
    assertThat(reading.mask().print()).isEqualTo("GFP_NOFS|__GFP_RETRY_MAYFAIL|__GFP_ZERO");
    assertThat(reading.sentence()).contains("No kernel has all these names");
  }

  @Test
  @DisplayName("G-54: names and bits of vendors are unknown, not wrong")
  void vendorFlags() {
    GfpReading reading = pair("0x8100cca", "GFP_HIGHUSER_MOVABLE|__GFP_CMA");
    assertThat(reading.unknownNames()).containsExactly("__GFP_CMA");
    assertThat(reading.certainty()).isEqualTo(Certainty.MATCHED);
    assertThat(reading.era()).isEqualTo(H);
    assertThat(reading.mask().unknownBits()).isEqualTo(0x8000000);
    assertThat(GfpEras.infer(GfpEvidence.ofNames("__GFP_CMA")).unknownNames()).hasSize(1);
  }

  @DisplayName("G-57.4: a number alone, a guess")
  @ParameterizedTest(name = "{0} is {1}: {2}")
  @CsvSource({
    "0x24000c0, B, GFP_KERNEL",
    "0x24201ca, B, GFP_HIGHUSER_MOVABLE|__GFP_COLD",
    "0x2080020, B, GFP_ATOMIC",
    "0x14000c0, C, GFP_KERNEL",
    "0x1080020, C, GFP_ATOMIC",
    "0x14001c0, C, GFP_KERNEL|__GFP_COLD",
    "0x6000c0, D, GFP_KERNEL",
    "0x480020, D, GFP_ATOMIC",
    "0x1100cca, F, GFP_HIGHUSER_MOVABLE",
    "0xa20, G, GFP_ATOMIC",
    "0x820, H, GFP_ATOMIC",
    "0xcc0, H, GFP_KERNEL",
    "0x2800, H, GFP_NOWAIT",
    "0xd0, A, GFP_KERNEL",
    "0x20, A, GFP_ATOMIC",
    "0x201da, A, GFP_HIGHUSER_MOVABLE|__GFP_COLD",
    "0x4352da, A, GFP_TRANSHUGE"
  })
  void numberAlone(String hex, GfpEra era, String names) {
    GfpReading reading = number(hex);
    assertThat(reading.era()).isEqualTo(era);
    assertThat(reading.certainty()).isEqualTo(Certainty.GUESSED);
    assertThat(reading.mask().print()).isEqualTo(names);
    assertThat(reading.sentence()).startsWith("A guess from the number alone");
  }

  @Test
  @DisplayName("G-57.4: 0x1400000 with bit 0x10 is not era C")
  void shapeOfEraC() {
    assertThat(number("0x14000d0").era()).isEqualTo(A);
    assertThat(number("0x14000c0").era()).isEqualTo(C);
  }

  @Test
  @DisplayName("G-57.5: the shape of the report narrows a guess")
  void hintsNarrow() {
    assertThat(number("0x8d0").era()).isEqualTo(H);
    assertThat(number("0x8d0", ReportHint.NO_NAMES).mask().print())
        .isEqualTo("GFP_KERNEL|__GFP_NOFAIL");
    assertThat(number("0x1000cc0").era()).isEqualTo(F);
    assertThat(number("0x1000cc0", ReportHint.FREE_HIGHATOMIC).era()).isEqualTo(H);
    assertThat(number("0xcc0", ReportHint.UNSTABLE).era()).isEqualTo(E);
    assertThat(number("0x1", ReportHint.BOOST).era()).isEqualTo(H);
    assertThat(number("0xa20", ReportHint.UNSTABLE).fitting()).containsExactly(E);
  }

  @Test
  @DisplayName("G-57.5: it also chooses among the eras that fit number and names")
  void hintsChoose() {
    GfpEvidence kernel = GfpEvidence.of(0xcc0, "GFP_KERNEL");
    assertThat(GfpEras.infer(kernel.with(ReportHint.UNSTABLE)).era()).isEqualTo(E);
    assertThat(GfpEras.infer(kernel.with(ReportHint.UNSTABLE)).fitting()).containsExactly(E);
    assertThat(GfpEras.infer(kernel.with(ReportHint.BOOST)).fitting())
        .containsExactlyInAnyOrder(F, G, H);
  }

  @Test
  @DisplayName("G-57.5: hints that contradict each other or the pair are passed over")
  void impossibleHints() {
    GfpReading pair =
        GfpEras.infer(GfpEvidence.of(0x24000c0, "GFP_KERNEL").with(ReportHint.FREE_HIGHATOMIC));
    assertThat(pair.era()).isEqualTo(B);
    GfpReading guess = number("0xcc0", ReportHint.NO_NAMES, ReportHint.FREE_HIGHATOMIC);
    assertThat(guess.certainty()).isEqualTo(Certainty.GUESSED);
    assertThat(guess.era()).isEqualTo(H);
  }

  @DisplayName("G-57.5: each shape has the releases that print it")
  @ParameterizedTest
  @CsvSource({"NO_NAMES, 4.5, 4.6", "CPUSET_LINE, 4.20, 5.0", "UNSTABLE, 5.7, 5.8"})
  void lastReleases(ReportHint hint, String last, String tooLate) {
    assertThat(hint.releases().contains(KernelVersion.parse(last))).isTrue();
    assertThat(hint.releases().contains(KernelVersion.parse(tooLate))).isFalse();
  }

  @DisplayName("G-57.5: first releases")
  @ParameterizedTest
  @CsvSource({
    "NODE_LINE, 4.7, 4.8",
    "RESERVED_HIGHATOMIC, 5.3, 5.4",
    "BOOST, 5.13, 5.14",
    "FREE_HIGHATOMIC, 6.12, 6.13"
  })
  void firstReleases(ReportHint hint, String tooEarly, String first) {
    assertThat(hint.releases().contains(KernelVersion.parse(first))).isTrue();
    assertThat(hint.releases().contains(KernelVersion.parse(tooEarly))).isFalse();
  }

  @DisplayName("a single hint always leaves an era")
  @ParameterizedTest
  @EnumSource(ReportHint.class)
  void everyHintLeavesAnEra(ReportHint hint) {
    assertThat(number("0x0", hint).fitting()).isNotEmpty();
  }

  @Test
  void evidenceHasANumberOrNames() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new GfpEvidence(null, null, null, Set.of()));
  }
}
