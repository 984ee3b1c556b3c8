package dev.buddyd.mm.gfp;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A name that books, older kernels or older reports use and 6.12 does not have (G-50).
 *
 * @param sets the 6.12 bits that the name stands for
 * @param clears the 6.12 bits that the name takes away
 * @param note since when, until when, and what it meant
 */
record HistoricalName(String name, int sets, int clears, String note) {

  private static final int LEVEL_MASK =
      Gfp.GFP_KERNEL
          | (Gfp.HIGH | Gfp.MEMALLOC | Gfp.NOMEMALLOC)
          | (Gfp.RETRY_MAYFAIL | Gfp.NOFAIL | Gfp.NORETRY)
          | (Gfp.NOWARN | Gfp.COMP | Gfp.ZERO | Gfp.ZEROTAGS);

  private static final Map<String, HistoricalName> ALL =
      List.of(
              flag(GfpFlag.WAIT, "until 4.3"),
              flag(GfpFlag.ATOMIC, "4.4 to 6.2"),
              flag(GfpFlag.COLD, "2.6.0 to 4.14"),
              flag(GfpFlag.REPEAT, "2.6 to 4.12"),
              flag(GfpFlag.NOTRACK, "2.6.31 to 4.14"),
              flag(GfpFlag.NO_KSWAPD, "2.6.38 to 4.3"),
              flag(GfpFlag.OTHER_NODE, "2.6.39 to 4.9"),
              flag(GfpFlag.KMEMCG, "3.8 to 3.15"),
              flag(GfpFlag.NOACCOUNT, "4.1 to 4.4"),
              flag(GfpFlag.SKIP_KASAN_POISON, "5.14 to 6.3"),
              flag(GfpFlag.SKIP_KASAN_UNPOISON, "5.18 to 6.3"),
              flag(GfpFlag.SKIP_KASAN, "6.4 on, tag-based KASAN only"),
              flag(GfpFlag.SKIP_ZERO, "5.18 on, tag-based KASAN only"),
              flag(GfpFlag.NOLOCKDEP, "4.12 on, lock debugging only"),
              name("__GFP_NO_GROW", 0, "2.6.0 to 2.6.2x: A slab cache must not grow."),
              name("__GFP_HIGHIO", Gfp.IO, "2.4: Block I/O on high memory is allowed."),
              name("GFP_NOHIGHIO", Gfp.GFP_NOIO, "2.4: Block I/O on low memory only."),
              name(
                  "GFP_THISNODE",
                  Gfp.THISNODE | Gfp.NOWARN | Gfp.NORETRY,
                  "2.6.19 to 3.19: This node only, without trying hard."),
              name(
                  "GFP_TEMPORARY",
                  Gfp.GFP_KERNEL | Gfp.RECLAIMABLE,
                  "2.6.24 to 4.14: Short-lived kernel memory."),
              name("GFP_IOFS", Gfp.IO | Gfp.FS, "2.6.36 to 4.3: __GFP_IO and __GFP_FS."),
              name(
                  "GFP_LEVEL_MASK",
                  LEVEL_MASK,
                  "until 2.6.23: All bits that control reclaim, watermarks and actions;"
                      + " not a mask to allocate with."))
          .stream()
          .collect(Collectors.toUnmodifiableMap(HistoricalName::name, Function.identity()));

  /** Names that never described a request (G-50). */
  private static final List<String> INTERNAL =
      List.of(
          "GFP_RECLAIM_MASK",
          "GFP_BOOT_MASK",
          "GFP_CONSTRAINT_MASK",
          "GFP_SLAB_BUG_MASK",
          "__GFP_BITS_SHIFT",
          "__GFP_BITS_MASK");

  private static HistoricalName flag(GfpFlag flag, String releases) {
    return new HistoricalName(
        flag.symbol(), flag.modernBits(), flag.modernClears(), releases + ": " + flag.meaning());
  }

  private static HistoricalName name(String name, int sets, String note) {
    return new HistoricalName(name, sets, 0, note);
  }

  static @Nullable HistoricalName find(String name) {
    return ALL.get(name);
  }

  static Collection<String> names() {
    return ALL.keySet();
  }

  /** Whether the name belongs to the kernel's own bookkeeping and is no request mask. */
  static boolean internal(String name) {
    return INTERNAL.contains(name);
  }
}
