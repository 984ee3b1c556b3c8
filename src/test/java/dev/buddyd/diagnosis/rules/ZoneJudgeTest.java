package dev.buddyd.diagnosis.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.buddyd.mm.gfp.Caller;
import dev.buddyd.mm.gfp.DecodedMask;
import dev.buddyd.mm.gfp.GfpLayout;
import dev.buddyd.mm.gfp.KernelVersion;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The watermark test by kernel version (V-1 to V-14). Pages throughout. */
class ZoneJudgeTest {

  /** free 1000, min 400 with boost 100, CMA 50, HIGHATOMIC 200 reserved and 30 free, reserve 7. */
  private static ZoneState zone(List<Long> counts, List<String> letters) {
    return new ZoneState(
        0,
        "Normal",
        2,
        1000L,
        100L,
        400L,
        500L,
        600L,
        100_000L,
        50L,
        200L,
        30L,
        List.of(0L, 0L, 0L, 7L),
        new FreeBlocks(counts, letters));
  }

  private static final ZoneState ZONE = zone(List.of(100L, 100L, 100L), List.of("U", "M", "E"));

  private static ZoneArithmetic judge(String kernel, int mask, int order, Caller caller) {
    return judge(ZONE, kernel, mask, order, caller, Waiver.NONE);
  }

  private static ZoneArithmetic judge(
      ZoneState zone, String kernel, int mask, int order, Caller caller, Waiver waiver) {
    KernelVersion version = KernelVersion.parse(kernel);
    JudgedRequest request =
        JudgedRequest.of(order, new DecodedMask(mask, GfpLayout.of(version)), caller, version);
    return ZoneJudge.judge(zone, request, 3, waiver);
  }

  @ParameterizedTest(name = "{0} 0x{1} {2}: {3}")
  @DisplayName("V-1, V-2: the part of min that binds")
  @CsvSource(
      textBlock =
          """
          2.6.32, 20,      ORDINARY,   150
          3.2,    20,      ORDINARY,   150
          4.3,    0,       ORDINARY,   300
          4.3,    d0,      ORDINARY,   400
          4.3,    d0,      REALTIME,   300
          4.9,    2080020, ORDINARY,   150
          4.9,    2000000, ORDINARY,   400
          4.9,    24000e0, ORDINARY,   200
          4.19,   6000c0,  OOM_VICTIM, 200
          5.4,    a20,     ORDINARY,   150
          5.4,    800,     ORDINARY,   400
          6.1,    cc0,     REALTIME,   300
          6.12,   820,     OOM_VICTIM, 75
          6.12,   2800,    ORDINARY,   400
          6.12,   cc0,     REALTIME,   200
          """)
  void fractions(String kernel, String mask, Caller caller, long threshold) {
    ZoneArithmetic arithmetic = judge(kernel, Integer.parseInt(mask, 16), 1, caller);

    assertThat(arithmetic.threshold()).isEqualTo(threshold);
  }

  @Test
  @DisplayName("V-3: reclaimers ignore marks and lowmem reserve, NOMEMALLOC forbids it")
  void noWatermark() {
    ZoneArithmetic reclaimer = judge("6.12", 0xcc0, 0, Caller.RECLAIMER);
    assertThat(reclaimer.threshold()).isZero();
    assertThat(reclaimer.reserve()).isZero();
    assertThat(judge("4.9", 0x24020c0, 0, Caller.ORDINARY).threshold()).isZero();
    assertThat(judge("6.12", 0x80cc0, 0, Caller.RECLAIMER).threshold()).isEqualTo(400);
  }

  @ParameterizedTest(name = "{0} 0x{1} order {2}: {3}")
  @DisplayName("V-5, V-6, V-7: what does not count")
  @CsvSource(
      textBlock =
          """
          3.2,  d0,      0, 1000
          3.8,  d0,      0, 950
          3.10, d0,      2, 947
          4.4,  24000c0, 0, 750
          4.4,  24000c0, 1, 749
          4.9,  24000c0, 0, 950
          4.9,  24000c0, 1, 749
          4.9,  2080020, 1, 949
          5.8,  cc0,     0, 950
          5.9,  cc0,     0, 750
          5.9,  ce0,     0, 750
          6.3,  ce0,     0, 950
          6.3,  800,     1, 949
          6.12, cc0,     1, 749
          6.13, cc0,     1, 919
          6.13, 820,     1, 949
          6.12, 100cca,  0, 800
          """)
  void usable(String kernel, String mask, int order, long usable) {
    ZoneArithmetic arithmetic = judge(kernel, Integer.parseInt(mask, 16), order, Caller.ORDINARY);

    assertThat(arithmetic.usable()).isEqualTo(usable);
  }

  @Test
  @DisplayName("V-7: before 5.4 the reserve is not printed, blocks on H alone are a lower bound")
  void highatomicFromTheLists() {
    ZoneState zone =
        new ZoneState(
            0,
            "Normal",
            2,
            1000L,
            null,
            400L,
            500L,
            600L,
            1000L,
            0L,
            null,
            null,
            null,
            new FreeBlocks(List.of(10L, 20L, 30L), List.of("UH", "H", "H")));

    ZoneArithmetic arithmetic = judge(zone, "4.14", 0x14000c0, 1, Caller.ORDINARY, Waiver.NONE);

    assertThat(arithmetic.highatomicTakenOff()).isEqualTo(20 * 2 + 30 * 4);
  }

  @Test
  @DisplayName("V-7: at order 0 of 4.7-5.8 the whole mark without HIGHATOMIC is tried as well")
  void orderZeroShortcut() {
    ZoneState zone = zone(List.of(700L), List.of("U"));
    // GFP_KERNEL|__GFP_HIGH: 1000-50-200 = 750 against 200+7; and 950 against 400+7
    assertThat(judge(zone, "5.4", 0xce0, 0, Caller.ORDINARY, Waiver.NONE).markOk()).isTrue();
    ZoneState low =
        new ZoneState(
            0,
            "Normal",
            2,
            460L,
            null,
            400L,
            0L,
            0L,
            1000L,
            0L,
            300L,
            null,
            List.of(0L, 0L, 0L, 7L),
            new FreeBlocks(List.of(460L), List.of("U")));
    assertThat(judge(low, "5.4", 0xce0, 0, Caller.ORDINARY, Waiver.NONE).markOk()).isTrue();
    assertThat(judge(low, "5.9", 0xce0, 0, Caller.ORDINARY, Waiver.NONE).markOk()).isFalse();
  }

  @Test
  @DisplayName("V-10: strictly above threshold plus reserve")
  void strictly() {
    for (long free : new long[] {407, 408}) {
      ZoneState zone =
          new ZoneState(
              0,
              "Normal",
              2,
              free,
              null,
              400L,
              0L,
              0L,
              1000L,
              0L,
              0L,
              0L,
              List.of(0L, 0L, 0L, 7L),
              new FreeBlocks(List.of(free), List.of("U")));
      assertThat(judge(zone, "6.12", 0xcc0, 0, Caller.ORDINARY, Waiver.NONE).markOk())
          .isEqualTo(free > 407);
    }
  }

  @ParameterizedTest(name = "{0}: {1}")
  @DisplayName("V-11: the reserve is that of the preferred zone up to 5.7")
  @CsvSource({"4.19, true", "5.7, true", "5.8, false", "6.12, false"})
  void reserveIndex(String kernel, boolean preferred) {
    assertThat(RuleProfile.of(KernelVersion.parse(kernel)).reserveOfPreferredZone())
        .isEqualTo(preferred);
  }

  @Test
  @DisplayName("V-12: until 4.3 lower orders come off against a halving mark")
  void perOrderLoop() {
    // 470616 kB usable against 6800 kB, but 2 blocks of order 2: 117654 - 68324 - 49412 <= 1700/2
    ZoneState zone =
        new ZoneState(
            0,
            "DMA",
            0,
            117_657L,
            null,
            1700L,
            0L,
            0L,
            826_764L,
            0L,
            null,
            null,
            List.of(0L, 415L, 415L),
            new FreeBlocks(List.of(68_324L, 24_706L, 2L), List.of("UEM", "UER", "U")));
    JudgedRequest request =
        JudgedRequest.of(
            2,
            new DecodedMask(0xd1, GfpLayout.of(KernelVersion.parse("4.1"))),
            Caller.ORDINARY,
            KernelVersion.parse("4.1"));

    ZoneArithmetic arithmetic = ZoneJudge.judge(zone, request, 0, Waiver.NONE);

    assertThat(arithmetic.markOk()).isTrue();
    assertThat(arithmetic.blockOk()).isFalse();
    assertThat(arithmetic.largestOrder()).isEqualTo(2);
    assertThat(ZoneJudge.largestOrderPassing(zone, request, 0)).isEqualTo(1);
  }

  @Test
  @DisplayName("V-6: in 3.7-3.9 CMA pages are taken off in the per-order loop too")
  void cmaInTheLoop() {
    ZoneState zone =
        new ZoneState(
            0,
            "Normal",
            2,
            1000L,
            null,
            100L,
            0L,
            0L,
            10_000L,
            700L,
            null,
            null,
            null,
            new FreeBlocks(List.of(260L, 370L), List.of("U", "UC")));

    assertThat(judge(zone, "3.8", 0xd0, 1, Caller.ORDINARY, Waiver.NONE).blockOk()).isFalse();
    assertThat(judge(zone, "3.10", 0xd0, 1, Caller.ORDINARY, Waiver.NONE).blockOk()).isTrue();
  }

  @ParameterizedTest(name = "{0} 0x{1} {2}: {3}")
  @DisplayName("V-12, V-13: which lists may be taken from")
  @CsvSource(
      textBlock =
          """
          4.9,  2080020, 1, CHI
          4.9,  24000c0, 1, ''
          4.9,  24200ca, 1, C
          4.19, 480020,  1, H
          4.19, 480020,  0, ''
          5.10, a20,     1, H
          6.12, 820,     1, H
          6.12, 820,     0, H
          6.12, 800,     0, H
          6.12, 800,     1, ''
          6.12, 20820,   0, ''
          6.12, ce0,     1, ''
          6.12, cc0,     0, ''
          6.12, 100cca,  1, C
          3.2,  d0,      0, C
          """)
  void lists(String kernel, String mask, int order, String allowed) {
    for (String letter : List.of("C", "H", "I")) {
      ZoneState zone = zone(List.of(0L, 0L, 0L, 50L), List.of("", "", "", letter));
      ZoneArithmetic arithmetic =
          judge(zone, kernel, Integer.parseInt(mask, 16), order, Caller.ORDINARY, Waiver.NONE);
      assertThat(arithmetic.blockOk()).as(letter).isEqualTo(allowed.contains(letter));
      assertThat(arithmetic.largestOrder()).isEqualTo(allowed.contains(letter) ? 3 : null);
    }
  }

  @ParameterizedTest(name = "{0} 0x{1} order {2}: {3}")
  @DisplayName("V-14: who ignores the boost")
  @CsvSource(
      textBlock =
          """
          5.8,  a20, 0, 150
          5.9,  a20, 0, 113
          5.9,  ce0, 0, 200
          6.3,  ce0, 0, 150
          6.3,  ce0, 1, 200
          6.12, cc0, 0, 400
          """)
  void boost(String kernel, String mask, int order, long threshold) {
    assertThat(judge(kernel, Integer.parseInt(mask, 16), order, Caller.ORDINARY).threshold())
        .isEqualTo(threshold);
  }

  @Test
  void eachWaiverLeavesOutItsTerm() {
    assertThat(waived(Waiver.CMA).usable()).isEqualTo(800);
    assertThat(waived(Waiver.HIGHATOMIC).usable()).isEqualTo(950);
    assertThat(waived(Waiver.RESERVE).reserve()).isZero();
    assertThat(waived(Waiver.BOOST).threshold()).isEqualTo(300);
    assertThat(waived(Waiver.MIN).threshold()).isZero();
    assertThat(waived(Waiver.NONE)).isEqualTo(judge("6.12", 0xcc0, 0, Caller.ORDINARY));
  }

  private static ZoneArithmetic waived(Waiver waiver) {
    return judge(ZONE, "6.12", 0xcc0, 0, Caller.ORDINARY, waiver);
  }

  @Test
  void whatIsNotPrintedIsNotDecided() {
    ZoneArithmetic arithmetic =
        judge(bare(null, FreeBlocks.NONE), "6.12", 0xcc0, 0, Caller.ORDINARY, Waiver.NONE);

    assertThat(arithmetic.markOk()).isNull();
    assertThat(arithmetic.blockOk()).isNull();
    assertThat(arithmetic.reserveKnown()).isFalse();
    assertThat(arithmetic.passes()).isFalse();
    assertThat(arithmetic.refuses()).isFalse();
  }

  private static ZoneState bare(@Nullable Long free, FreeBlocks blocks) {
    return new ZoneState(
        0, "Normal", 2, free, null, null, null, null, null, null, null, null, null, blocks);
  }
}
