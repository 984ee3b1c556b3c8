package dev.buddyd.mm.gfp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class GfpExplanationTest {

  private static final ZoneTable X86_64 =
      new ZoneTable(List.of(ZoneKind.DMA, ZoneKind.DMA32, ZoneKind.NORMAL, ZoneKind.MOVABLE));

  private static GfpExplanation explain(String names) {
    return GfpExplanation.of(DecodedMask.of(GfpMask.parse(names)), X86_64);
  }

  private static GfpExplanation explain(String number, String kernel) {
    return GfpExplanation.of(
        new DecodedMask(Long.decode(number).intValue(), GfpLayout.of(KernelVersion.parse(kernel))),
        X86_64);
  }

  @Test
  @DisplayName("F-42: GFP_KERNEL may do everything and holds min back")
  void kernel() {
    GfpExplanation kernel = explain("GFP_KERNEL");
    assertThat(kernel.may()).isEqualTo(new Permissions(true, true, true, true, true));
    assertThat(kernel.highestZone()).isEqualTo(ZoneKind.NORMAL);
    assertThat(kernel.zones()).containsExactly(ZoneKind.NORMAL, ZoneKind.DMA32, ZoneKind.DMA);
    assertThat(kernel.migratetype()).isEqualTo(RequestMigratetype.UNMOVABLE);
    assertThat(kernel.firstTry().mark()).isEqualTo(WatermarkUse.Mark.LOW);
    assertThat(kernel.secondTry().sentence())
        .isEqualTo("The second try leaves the min watermark and lowmem_reserve untouched.");
    assertThat(kernel.upToOrder3()).isEqualTo(GiveUp.AFTER_OOM_KILLS);
    assertThat(kernel.aboveOrder3()).isEqualTo(GiveUp.AFTER_ONE_ROUND);
    assertThat(kernel.flags())
        .extracting(FlagNote::name)
        .containsExactly("__GFP_IO", "__GFP_FS", "__GFP_DIRECT_RECLAIM", "__GFP_KSWAPD_RECLAIM");
    assertThat(kernel.problems()).isEmpty();
  }

  @Test
  @DisplayName("F-42, Z-41.2: GFP_ATOMIC never sleeps and goes down to 3/8 of min")
  void atomic() {
    GfpExplanation atomic = explain("GFP_ATOMIC");
    assertThat(atomic.may()).isEqualTo(new Permissions(false, false, false, false, true));
    assertThat(atomic.firstTry().part()).isEqualTo(Fraction.ONE); // F-7: not in the fast path
    assertThat(atomic.secondTry().part()).isEqualTo(new Fraction(3, 8));
    assertThat(atomic.secondTry().sentence()).contains("3/8 of the min watermark");
    assertThat(atomic.rights().highatomicBlocks()).isTrue();
    assertThat(atomic.upToOrder3()).isEqualTo(GiveUp.AT_ONCE);
  }

  @Test
  @DisplayName("F-21, F-34: __GFP_MEMALLOC holds nothing back in the end")
  void memalloc() {
    WatermarkUse second = explain("GFP_NOIO|__GFP_MEMALLOC").secondTry();
    assertThat(second.thenNone()).isTrue();
    assertThat(second.sentence()).endsWith("after that nothing is held back from it.");
  }

  @DisplayName("G-20: highest zone and type")
  @ParameterizedTest(name = "{0}: {1}, {2}")
  @CsvSource({
    "GFP_KERNEL|GFP_DMA, DMA, UNMOVABLE",
    "GFP_KERNEL|GFP_DMA32, DMA32, UNMOVABLE",
    "GFP_HIGHUSER_MOVABLE, MOVABLE, MOVABLE",
    "GFP_HIGHUSER, NORMAL, UNMOVABLE",
    "GFP_NOFS|__GFP_RECLAIMABLE, NORMAL, RECLAIMABLE"
  })
  void placement(String names, ZoneKind highest, RequestMigratetype type) {
    assertThat(explain(names).highestZone()).isEqualTo(highest);
    assertThat(explain(names).zones().getFirst()).isEqualTo(highest);
    assertThat(explain(names).migratetype()).isEqualTo(type);
  }

  @Test
  @DisplayName("G-20, G-30: a mask that contradicts itself has no zone and no type, but problems")
  void contradictions() {
    GfpExplanation bad = explain("0xcdf");
    assertThat(bad.highestZone()).isNull();
    assertThat(bad.zones()).isEmpty();
    assertThat(bad.migratetype()).isNull();
    assertThat(bad.problems()).hasSize(2);
  }

  @DisplayName("permissions in words; I/O and file systems need a caller that sleeps")
  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource(
      delimiter = '@',
      value = {
        "GFP_KERNEL @ May sleep and reclaim memory, starting I/O and calling into file systems;"
            + " wakes kswapd when a zone runs low.",
        "GFP_NOFS @ May sleep and reclaim memory, starting I/O but without calling into file"
            + " systems; wakes kswapd when a zone runs low.",
        "GFP_NOIO @ May sleep and reclaim memory, without starting I/O and without calling into"
            + " file systems; wakes kswapd when a zone runs low.",
        "__GFP_DIRECT_RECLAIM|__GFP_FS @ May sleep and reclaim memory, calling into file systems"
            + " but without starting I/O; does not wake kswapd.",
        "GFP_NOWAIT|__GFP_IO|__GFP_FS @ Never sleeps; wakes kswapd when a zone runs low.",
        "GFP_TRANSHUGE_LIGHT @ Never sleeps; does not wake kswapd."
      })
  void permissions(String names, String sentence) {
    assertThat(explain(names).may().sentence()).isEqualTo(sentence);
  }

  @Test
  @DisplayName("G-56, V-2: a mask of 3.10 with its own reserves, in its own names")
  void oldKernel() {
    GfpExplanation nowait = explain("0x0", "3.10");
    assertThat(nowait.modern().bits()).isEqualTo(Gfp.KSWAPD_RECLAIM);
    assertThat(nowait.may().wakeKswapd()).isTrue();
    assertThat(nowait.secondTry().part()).isEqualTo(new Fraction(3, 4));
    GfpExplanation cold = explain("0x201da", "3.10");
    assertThat(cold.mask().print()).isEqualTo("GFP_HIGHUSER_MOVABLE|__GFP_COLD");
    assertThat(cold.flags())
        .extracting(FlagNote::name, FlagNote::value, FlagNote::modernBits)
        .contains(tuple("__GFP_WAIT", 0x10, 0xc00), tuple("__GFP_COLD", 0x100, 0));
  }

  @Test
  @DisplayName("G-1, G-54: bits without a flag are told, each for itself")
  void unknownBits() {
    List<FlagNote> notes = explain("0x82000200").flags();
    assertThat(notes)
        .extracting(FlagNote::name)
        .containsExactly("0x200", "0x2000000", "0x80000000");
    assertThat(notes.getFirst().sentence()).contains("until 6.2 it was __GFP_ATOMIC");
    assertThat(notes.getLast().sentence()).startsWith("No flag of 6.12 has this bit");
    assertThat(explain("0x200", "4.14").flags().getFirst().name()).isEqualTo("__GFP_NOWARN");
  }

  @Test
  @DisplayName(
      "a kernel with the numbers of 6.12 keeps its unknown bits, so that they are reported")
  void laterKernel() {
    assertThat(explain("0x80000cc0", "6.17").modern().toHex()).isEqualTo("0x80000cc0");
    assertThat(explain("0x80000cc0", "6.17").problems()).hasSize(1);
    assertThat(explain("0x80000cc0", "6.1").modern().toHex()).isEqualTo("0xcc0");
  }

  @DisplayName("every flag has one plain sentence and a name of the kernel's")
  @ParameterizedTest
  @EnumSource(GfpFlag.class)
  void sentences(GfpFlag flag) {
    assertThat(flag.meaning()).endsWith(".").hasSizeBetween(30, 180);
    assertThat(flag.symbol()).isEqualTo("__GFP_" + flag.name());
    assertThat(GfpMask.parse(flag.symbol()).bits()).isEqualTo(flag.modernBits());
  }

  @ParameterizedTest
  @EnumSource(RequestMigratetype.class)
  void everyTypeHasASentence(RequestMigratetype type) {
    assertThat(type.sentence()).endsWith(".");
  }
}
