package dev.buddyd.mm.gfp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GfpTest {

  @DisplayName("G-1: each 6.12 flag has its bit")
  @ParameterizedTest(name = "{1} is {0}")
  @CsvSource({
    "0x1, __GFP_DMA",
    "0x2, __GFP_HIGHMEM",
    "0x4, __GFP_DMA32",
    "0x8, __GFP_MOVABLE",
    "0x10, __GFP_RECLAIMABLE",
    "0x20, __GFP_HIGH",
    "0x40, __GFP_IO",
    "0x80, __GFP_FS",
    "0x100, __GFP_ZERO",
    "0x400, __GFP_DIRECT_RECLAIM",
    "0x800, __GFP_KSWAPD_RECLAIM",
    "0x1000, __GFP_WRITE",
    "0x2000, __GFP_NOWARN",
    "0x4000, __GFP_RETRY_MAYFAIL",
    "0x8000, __GFP_NOFAIL",
    "0x10000, __GFP_NORETRY",
    "0x20000, __GFP_MEMALLOC",
    "0x40000, __GFP_COMP",
    "0x80000, __GFP_NOMEMALLOC",
    "0x100000, __GFP_HARDWALL",
    "0x200000, __GFP_THISNODE",
    "0x400000, __GFP_ACCOUNT",
    "0x800000, __GFP_ZEROTAGS",
    "0x1000000, __GFP_NO_OBJ_EXT"
  })
  void numbersOfFlags(String hex, String symbol) throws ReflectiveOperationException {
    int expected = Integer.decode(hex);
    assertThat(GfpLayout.REFERENCE.maskOf(symbol)).hasValue(expected);
    String constant = symbol.substring("__GFP_".length());
    assertThat(Gfp.class.getField(constant).getInt(null)).isEqualTo(expected);
  }

  @DisplayName("G-3: compound masks as ints and as names")
  @ParameterizedTest(name = "{0} is {1}")
  @CsvSource({
    "GFP_ATOMIC, 0x820",
    "GFP_KERNEL, 0xcc0",
    "GFP_KERNEL_ACCOUNT, 0x400cc0",
    "GFP_NOWAIT, 0x2800",
    "GFP_NOIO, 0xc00",
    "GFP_NOFS, 0xc40",
    "GFP_USER, 0x100cc0",
    "GFP_DMA, 0x1",
    "GFP_DMA32, 0x4",
    "GFP_HIGHUSER, 0x100cc2",
    "GFP_HIGHUSER_MOVABLE, 0x100cca",
    "GFP_TRANSHUGE_LIGHT, 0x1c20ca",
    "GFP_TRANSHUGE, 0x1c24ca"
  })
  void compoundMasks(String name, String hex) throws ReflectiveOperationException {
    int expected = Integer.decode(hex);
    assertThat(GfpLayout.REFERENCE.maskOf(name)).hasValue(expected);
    assertThat(Gfp.class.getField(name).getInt(null)).isEqualTo(expected);
  }

  @Test
  @DisplayName("G-3: __GFP_RECLAIM is both reclaim bits")
  void reclaim() {
    assertThat(GfpMask.parse("__GFP_RECLAIM").bits()).isEqualTo(Gfp.RECLAIM).isEqualTo(0xc00);
  }

  @Test
  @DisplayName("G-2: a mask ends at the one optional flag of distribution kernels")
  void validMask() {
    assertThat(Gfp.VALID).isEqualTo(0x1ffffff);
    int owned =
        Arrays.stream(GfpFlag.values())
            .mapToInt(GfpLayout.REFERENCE::valueOf)
            .reduce(0, (a, b) -> a | b);
    assertThat(owned | Gfp.UNUSED_0X200).isEqualTo(Gfp.VALID);
  }

  @DisplayName("G-30: the two mobility bits are the type")
  @ParameterizedTest(name = "{0} has type {1}")
  @CsvSource({
    "GFP_KERNEL, 0, UNMOVABLE",
    "GFP_HIGHUSER_MOVABLE, 1, MOVABLE",
    "__GFP_RECLAIMABLE|GFP_NOFS, 2, RECLAIMABLE",
    "__GFP_MOVABLE|__GFP_RECLAIMABLE, 3,"
  })
  void migratetype(String names, int number, RequestMigratetype type) {
    int gfp = GfpMask.parse(names).bits();
    assertThat(Gfp.migratetype(gfp)).isEqualTo(number);
    assertThat(RequestMigratetype.of(gfp)).isEqualTo(type);
  }
}
