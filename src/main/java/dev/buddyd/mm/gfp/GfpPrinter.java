package dev.buddyd.mm.gfp;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Writes a mask as names, the way the kernel does: a table of names is walked once from top to
 * bottom, larger masks first, and what no name covers ends as hexadecimal (G-40, G-41; examples:
 * G-42).
 */
final class GfpPrinter {

  /** G-40 in its order; names that 6.12 no longer has stand where they stood in older reports. */
  private static final List<String> REPORT_ORDER =
      List.of(
          "GFP_TRANSHUGE",
          "GFP_TRANSHUGE_LIGHT",
          "GFP_HIGHUSER_MOVABLE",
          "GFP_HIGHUSER",
          "GFP_USER",
          "GFP_TEMPORARY",
          "GFP_KERNEL_ACCOUNT",
          "GFP_KERNEL",
          "GFP_NOFS",
          "GFP_ATOMIC",
          "GFP_NOIO",
          "GFP_NOWAIT",
          "GFP_DMA",
          "__GFP_HIGHMEM",
          "GFP_DMA32",
          "__GFP_HIGH",
          "__GFP_ATOMIC",
          "__GFP_IO",
          "__GFP_FS",
          "__GFP_COLD",
          "__GFP_NOWARN",
          "__GFP_REPEAT",
          "__GFP_RETRY_MAYFAIL",
          "__GFP_NOFAIL",
          "__GFP_NORETRY",
          "__GFP_COMP",
          "__GFP_ZERO",
          "__GFP_NOMEMALLOC",
          "__GFP_MEMALLOC",
          "__GFP_HARDWALL",
          "__GFP_THISNODE",
          "__GFP_RECLAIMABLE",
          "__GFP_MOVABLE",
          "__GFP_ACCOUNT",
          "__GFP_KMEMCG",
          "__GFP_NOACCOUNT",
          "__GFP_NOTRACK",
          "__GFP_WRITE",
          "__GFP_WAIT",
          "__GFP_RECLAIM",
          "__GFP_DIRECT_RECLAIM",
          "__GFP_KSWAPD_RECLAIM",
          "__GFP_NO_KSWAPD",
          "__GFP_OTHER_NODE",
          "__GFP_ZEROTAGS");

  /** G-41: what tracepoints add; the names exist only with tag-based KASAN. */
  private static final List<String> TRACE_EXTRA =
      List.of(
          "__GFP_SKIP_ZERO",
          "__GFP_SKIP_KASAN_POISON",
          "__GFP_SKIP_KASAN_UNPOISON",
          "__GFP_SKIP_KASAN");

  /** A name is printed when all of {@code mask} is left over and none of {@code unless} was set. */
  private record Entry(String name, int mask, int unless) {}

  private final List<Entry> entries = new ArrayList<>();
  private final String textOfZero;

  private GfpPrinter(GfpLayout layout, boolean trace) {
    textOfZero = trace ? "none" : ""; // G-41, G-40
    REPORT_ORDER.forEach(name -> add(layout, name));
    if (trace && layout.options().contains(BuildOption.TAG_KASAN)) {
      TRACE_EXTRA.forEach(name -> add(layout, name));
    }
  }

  static GfpPrinter forReports(GfpLayout layout) {
    return new GfpPrinter(layout, false);
  }

  static GfpPrinter forTraces(GfpLayout layout) {
    return new GfpPrinter(layout, true);
  }

  /**
   * Before 4.4 GFP_ATOMIC is the bare HIGH bit; those kernels printed no names, so we are free not
   * to call a request atomic that may wait.
   */
  private void add(GfpLayout layout, String name) {
    int mask = layout.maskOf(name).orElse(0);
    int unless = name.equals("GFP_ATOMIC") ? layout.valueOf(GfpFlag.WAIT) : 0;
    if (mask != 0) {
      entries.add(new Entry(name, mask, unless));
    }
  }

  String print(int number) {
    if (number == 0) {
      return textOfZero;
    }
    StringBuilder text = new StringBuilder();
    int rest = number;
    for (Entry entry : entries) {
      if ((rest & entry.mask) == entry.mask && (number & entry.unless) == 0) {
        rest &= ~entry.mask;
        text.append(text.isEmpty() ? "" : "|").append(entry.name);
      }
    }
    if (rest != 0) {
      text.append(text.isEmpty() ? "" : "|").append(hex(rest));
    }
    return text.toString();
  }

  /** Lower-case hexadecimal with {@code 0x}, as the kernel prints the rest (G-40). */
  static String hex(int bits) {
    return "0x" + Integer.toHexString(bits).toLowerCase(Locale.ROOT);
  }
}
