package dev.buddyd.mm.gfp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GfpMaskPrintTest {

  @DisplayName("G-40, G-42: a mask as failure reports print it")
  @ParameterizedTest(name = "{0} is {1}")
  @CsvSource({
    "0xcc0, GFP_KERNEL",
    "0xdc0, GFP_KERNEL|__GFP_ZERO",
    "0x820, GFP_ATOMIC",
    "0x2800, GFP_NOWAIT",
    "0x800, __GFP_KSWAPD_RECLAIM",
    "0x400, __GFP_DIRECT_RECLAIM",
    "0xc00, GFP_NOIO",
    "0xc40, GFP_NOFS",
    "0xc60, GFP_NOFS|__GFP_HIGH",
    "0x400cc0, GFP_KERNEL_ACCOUNT",
    "0x140cca, GFP_HIGHUSER_MOVABLE|__GFP_COMP",
    "0x1120ca,"
        + " __GFP_HIGHMEM|__GFP_IO|__GFP_FS|__GFP_NOWARN|__GFP_NORETRY|__GFP_HARDWALL|__GFP_MOVABLE",
    "0xcc1, GFP_KERNEL|GFP_DMA",
    "0xcc4, GFP_KERNEL|GFP_DMA32",
    "0x2820, GFP_ATOMIC|__GFP_NOWARN",
    "0x52cc0, GFP_KERNEL|__GFP_NOWARN|__GFP_NORETRY|__GFP_COMP",
    "0x1000cc0, GFP_KERNEL|0x1000000",
    "0x100dc0, GFP_USER|__GFP_ZERO",
    "0x1c20ca, GFP_TRANSHUGE_LIGHT",
    "0x1c24ca, GFP_TRANSHUGE",
    "0x3d24ca, GFP_TRANSHUGE|__GFP_NORETRY|__GFP_THISNODE",
    "0x500cc0, GFP_USER|__GFP_ACCOUNT",
    "0x200, 0x200",
    "0x800000, __GFP_ZEROTAGS"
  })
  void reports(String number, String names) {
    GfpMask mask = new GfpMask(Integer.decode(number));
    assertThat(mask.print()).isEqualTo(names);
    assertThat(mask.printTrace()).isEqualTo(names);
    assertThat(mask.toHex()).isEqualTo(number);
    assertThat(mask.printReport()).isEqualTo(number + "(" + names + ")");
  }

  @Test
  @DisplayName("G-40, G-41: no flags print nothing in reports and none in traces")
  void zero() {
    GfpMask none = new GfpMask(0);
    assertThat(none.print()).isEmpty();
    assertThat(none.printReport()).isEqualTo("0x0()");
    assertThat(none.printTrace()).isEqualTo("none");
    assertThat(none).hasToString("none");
  }

  @Test
  @DisplayName("G-40: all 32 bits, unsigned, the nameless ones as the rest")
  void allBits() {
    GfpMask all = new GfpMask(-1);
    assertThat(all.toHex()).isEqualTo("0xffffffff");
    assertThat(all.print())
        .isEqualTo(
            "GFP_TRANSHUGE|GFP_ATOMIC|GFP_DMA|GFP_DMA32|__GFP_RETRY_MAYFAIL|__GFP_NOFAIL"
                + "|__GFP_NORETRY|__GFP_ZERO|__GFP_MEMALLOC|__GFP_THISNODE|__GFP_RECLAIMABLE"
                + "|__GFP_ACCOUNT|__GFP_WRITE|__GFP_ZEROTAGS|0xff000200");
  }

  @Test
  @DisplayName("G-41: traces add the SKIP names with tag-based KASAN only, reports never have them")
  void taggedKernels() {
    GfpLayout tagged =
        GfpLayout.of(KernelVersion.REFERENCE, Set.of(BuildOption.OBJ_EXT, BuildOption.TAG_KASAN));
    assertThat(tagged.printTrace(0x3000cc0))
        .isEqualTo("GFP_KERNEL|__GFP_SKIP_ZERO|__GFP_SKIP_KASAN");
    assertThat(tagged.print(0x3000cc0)).isEqualTo("GFP_KERNEL|0x3000000");
    assertThat(tagged.print(0x2100cca)).isEqualTo("GFP_HIGHUSER_MOVABLE");
    assertThat(new GfpMask(0x3000cc0).printTrace()).isEqualTo("GFP_KERNEL|0x3000000");
  }

  @Test
  void flagsAreAddedTakenAwayAndAskedFor() {
    GfpMask mask = new GfpMask(Gfp.GFP_KERNEL).with(Gfp.ZERO | Gfp.COMP).without(Gfp.FS);
    assertThat(mask).hasToString("GFP_NOFS|__GFP_COMP|__GFP_ZERO");
    assertThat(mask.has(Gfp.ZERO | Gfp.IO)).isTrue();
    assertThat(mask.has(Gfp.ZERO | Gfp.FS)).isFalse();
  }
}
