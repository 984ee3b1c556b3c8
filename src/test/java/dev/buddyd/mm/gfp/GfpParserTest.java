package dev.buddyd.mm.gfp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GfpParserTest {

  @DisplayName("G-43: every spelling of people, reports and traces")
  @ParameterizedTest(name = "{0} is {1}")
  @CsvSource(
      delimiter = ';',
      value = {
        "GFP_KERNEL; 0xcc0",
        "GFP_KERNEL|__GFP_COMP; 0x40cc0",
        "GFP_KERNEL,__GFP_COMP; 0x40cc0",
        "GFP_KERNEL , __GFP_COMP; 0x40cc0",
        "  GFP_KERNEL | __GFP_COMP  ; 0x40cc0",
        "GFP_KERNEL __GFP_COMP; 0x40cc0",
        "GFP_KERNEL+__GFP_COMP; 0x40cc0",
        "(GFP_KERNEL|__GFP_COMP); 0x40cc0",
        "GFP_DMA|GFP_KERNEL; 0xcc1",
        "0x40cc0; 0x40cc0",
        "0X40CC0; 0x40cc0",
        "265408; 0x40cc0",
        "0; 0x0",
        "0x0; 0x0",
        "none; 0x0",
        "0xffffffff; 0xffffffff",
        "4294967295; 0xffffffff",
        "0x200; 0x200",
        "GFP_KERNEL|0x1000000; 0x1000cc0",
        "0x800|GFP_DMA|32; 0x821",
        "__GFP_NO_OBJ_EXT; 0x1000000",
        "__GFP_RECLAIM|__GFP_IO|__GFP_FS; 0xcc0",
        "0x40cc0(GFP_KERNEL|__GFP_COMP); 0x40cc0",
        "0x40cc0 (GFP_KERNEL|__GFP_COMP); 0x40cc0",
        "0x0(); 0x0",
        "mode:0x820(GFP_ATOMIC); 0x820",
        "swapper/0: page allocation failure: order:0, mode:0x820(GFP_ATOMIC),"
            + " nodemask=(null),cpuset=/,mems_allowed=0; 0x820",
        "postgres invoked oom-killer: gfp_mask=0x140cca(GFP_HIGHUSER_MOVABLE|__GFP_COMP),"
            + " order=0, oom_score_adj=0; 0x140cca",
        "java invoked oom-killer: gfp_mask=0xc40, order=0; 0xc40",
        "mm_page_alloc: page=0xffffea pfn=0x1f2 order=0 migratetype=1"
            + " gfp_flags=GFP_HIGHUSER|__GFP_ZERO; 0x100dc2",
        "gfp_flags=none; 0x0",
        "gfp_flags=0x140cca; 0x140cca"
      })
  void spellings(String text, String number) {
    assertThat(GfpMask.parse(text)).isEqualTo(new GfpMask(Long.decode(number).intValue()));
  }

  @DisplayName("G-50: historical names are aliases")
  @ParameterizedTest(name = "{0} is {1}")
  @CsvSource({
    "__GFP_WAIT, 0xc00",
    "__GFP_WAIT|__GFP_IO|__GFP_FS, 0xcc0",
    "__GFP_HIGH, 0x20",
    "__GFP_ATOMIC, 0x0",
    "GFP_ATOMIC|__GFP_ATOMIC, 0x820",
    "GFP_KERNEL|__GFP_COLD, 0xcc0",
    "GFP_KERNEL|__GFP_REPEAT, 0x4cc0",
    "__GFP_NOFAIL|__GFP_NORETRY|__GFP_NOWARN|__GFP_COMP|__GFP_ZERO, 0x5a100",
    "__GFP_NO_GROW, 0x0",
    "__GFP_NOMEMALLOC|__GFP_HARDWALL|__GFP_THISNODE|__GFP_MEMALLOC, 0x3a0000",
    "GFP_THISNODE, 0x212000",
    "GFP_NOHIGHIO, 0xc00",
    "__GFP_HIGHIO, 0x40",
    "GFP_TEMPORARY, 0xcd0",
    "GFP_IOFS, 0xc0",
    "__GFP_NOTRACK, 0x0",
    "GFP_KERNEL|__GFP_NO_KSWAPD, 0x4c0",
    "__GFP_NO_KSWAPD|GFP_KERNEL, 0x4c0",
    "__GFP_OTHER_NODE, 0x0",
    "__GFP_KMEMCG, 0x400000",
    "__GFP_NOACCOUNT, 0x0",
    "__GFP_SKIP_KASAN_POISON|__GFP_SKIP_KASAN_UNPOISON|__GFP_SKIP_KASAN|__GFP_SKIP_ZERO, 0x0",
    "__GFP_NOLOCKDEP, 0x0",
    "GFP_LEVEL_MASK, 0x8fede0"
  })
  void aliases(String names, String number) {
    assertThat(GfpMask.parse(names).toHex()).isEqualTo(number);
  }

  @Test
  @DisplayName(
      "G-50: an old name tells when it existed and what it meant, a current one needs no note")
  void notes() {
    ParsedGfp parsed = GfpLayout.REFERENCE.parse("__GFP_WAIT|__GFP_IO");
    assertThat(parsed.tokens())
        .extracting(ParsedGfp.Token::text)
        .containsExactly("__GFP_WAIT", "__GFP_IO");
    assertThat(parsed.tokens().getFirst().bits()).isEqualTo(0xc00);
    assertThat(parsed.tokens().getFirst().note()).startsWith("until 4.3: The caller may sleep");
    assertThat(parsed.tokens().getLast().note()).isNull();
  }

  @Test
  @DisplayName("G-43: where printed number and names disagree, the names decide")
  void namesDecide() {
    ParsedGfp old = GfpLayout.REFERENCE.parse("mode:0x24000c0(GFP_KERNEL)");
    assertThat(old.number()).isEqualTo(Gfp.GFP_KERNEL);
    assertThat(old.numberDisagrees()).isTrue();
    assertThat(GfpLayout.REFERENCE.parse("0xcc0(GFP_KERNEL)").numberDisagrees()).isFalse();
    assertThat(GfpLayout.REFERENCE.parse("GFP_KERNEL").numberDisagrees()).isFalse();
  }

  @Test
  @DisplayName("G-50: a name of another kernel is told in the terms of the one that reads it")
  void namesOfOtherKernels() {
    GfpLayout old = GfpLayout.of(KernelVersion.parse("3.10"));
    assertThat(old.parse("__GFP_DIRECT_RECLAIM|__GFP_IO|__GFP_FS").number()).isEqualTo(0xd0);
    assertThat(old.parse("__GFP_RETRY_MAYFAIL").number()).isEqualTo(0x400);
    assertThat(old.parse("__GFP_ATOMIC").number()).isZero();
    assertThat(old.parse("__GFP_RECLAIM").tokens().getFirst().note()).startsWith("not in 3.10");
    assertThat(
            GfpLayout.of(KernelVersion.parse("4.9")).parse("GFP_KERNEL|__GFP_NO_KSWAPD").number())
        .isEqualTo(0x4000c0);
  }

  @DisplayName("an unknown name is refused with the nearest known one")
  @ParameterizedTest(name = "{0}: did you mean {1}?")
  @CsvSource({
    "GFP_ATOMC, GFP_ATOMIC",
    "GFP_KERNAL, GFP_KERNEL",
    "KERNEL, GFP_KERNEL",
    "ATOMIC, GFP_ATOMIC",
    "gfp_kernel, GFP_KERNEL",
    "__gfp_zero, __GFP_ZERO",
    "__GFP_KERNEL, GFP_KERNEL",
    "GFP_ZERO, __GFP_ZERO",
    "_GFP_COMP, __GFP_COMP",
    "ZERO, __GFP_ZERO",
    "DMA, GFP_DMA",
    "GFP_HIGHUSER_MOV, GFP_HIGHUSER_MOVABLE",
    "__GFP_RETRY, __GFP_RETRY_MAYFAIL",
    "GFP_TRANSHUG, GFP_TRANSHUGE",
    "__GFP_WIAT, __GFP_WAIT",
    "40cc0, 0x40cc0",
    "CC0, 0xcc0"
  })
  void suggestions(String unknown, String nearest) {
    assertThatExceptionOfType(GfpParseException.class)
        .isThrownBy(() -> GfpMask.parse("GFP_NOFS|" + unknown))
        .withMessage("no gfp flag is called '%s'; did you mean %s?", unknown, nearest)
        .satisfies(e -> assertThat(e.token()).isEqualTo(unknown))
        .satisfies(e -> assertThat(e.nearest()).isEqualTo(nearest));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"banana", "-1", "&", "~__GFP_FS_AND_MORE_OF_IT", "GFP", "0x", "0xzz", "é"})
  void refusesWhatIsNearToNothing(String text) {
    GfpParseException e = catchThrowableOfType(GfpParseException.class, () -> GfpMask.parse(text));
    assertThat(e.token()).isEqualTo(text);
    assertThat(e.nearest()).isNull();
    assertThat(e).hasMessage("no gfp flag is called '%s'", text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "   ", "|", " , ", "()"})
  void refusesAnEmptyMask(String text) {
    assertThatExceptionOfType(GfpParseException.class)
        .isThrownBy(() -> GfpMask.parse(text))
        .withMessageContaining("mask is empty");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"0x100000000", "4294967296", "99999999999999999999999", "0xfffffffffffffffff"})
  void refusesMoreThan32Bits(String number) {
    assertThatExceptionOfType(GfpParseException.class)
        .isThrownBy(() -> GfpMask.parse(number))
        .withMessage("a gfp mask has 32 bits, so %s is too large", number);
  }

  @DisplayName("G-50: names of the kernel's own bookkeeping are no request masks")
  @ParameterizedTest
  @ValueSource(
      strings = {
        "GFP_RECLAIM_MASK",
        "GFP_BOOT_MASK",
        "GFP_CONSTRAINT_MASK",
        "GFP_SLAB_BUG_MASK",
        "__GFP_BITS_SHIFT"
      })
  void refusesInternalNames(String name) {
    assertThatExceptionOfType(GfpParseException.class)
        .isThrownBy(() -> GfpMask.parse(name))
        .withMessage("%s is the kernel's own bookkeeping, not a mask to allocate with", name);
  }

  @Test
  void quotesLongNonsenseInShort() {
    assertThatExceptionOfType(GfpParseException.class)
        .isThrownBy(() -> GfpMask.parse("X".repeat(4000)))
        .withMessage("no gfp flag is called '%s...'", "X".repeat(40));
    assertThatExceptionOfType(GfpParseException.class)
        .isThrownBy(() -> GfpMask.parse("GFP_KERNEL|".repeat(400)))
        .withMessage("a mask has at most 4096 characters");
  }
}
