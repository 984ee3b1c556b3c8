package dev.buddyd.mm.gfp;

import java.util.List;
import java.util.regex.Pattern;

/**
 * What the compound masks are made of (G-3, G-50, G-55). One line usually serves every kernel,
 * because a flag that a kernel lacks counts as 0 there (G-2): {@code WAIT} before 4.4, the reclaim
 * bits since; {@code ATOMIC} from 4.4 to 6.2; the {@code SKIP_KASAN} family where it exists.
 */
final class CompoundHistory {

  /**
   * One compound mask during a run of releases.
   *
   * @param parts flags (without {@code __GFP_}) and earlier rows (by their full name); a part after
   *     {@code -} is taken away again
   */
  record Row(String name, List<String> parts, VersionRange releases) {}

  private static final Pattern BLANK = Pattern.compile(" ");

  private static final String HUGE = "GFP_HIGHUSER_MOVABLE COMP NOMEMALLOC NOWARN ";

  /** Parts come before the rows that use them. */
  static final List<Row> ROWS =
      List.of(
          since("4.4", "__GFP_RECLAIM", "DIRECT_RECLAIM KSWAPD_RECLAIM"),
          always("GFP_ATOMIC", "HIGH ATOMIC KSWAPD_RECLAIM"),
          always("GFP_KERNEL", "WAIT DIRECT_RECLAIM KSWAPD_RECLAIM IO FS"),
          since("4.5", "GFP_KERNEL_ACCOUNT", "GFP_KERNEL ACCOUNT"),
          until("6.8", "GFP_NOWAIT", "KSWAPD_RECLAIM"),
          since("6.8", "GFP_NOWAIT", "KSWAPD_RECLAIM NOWARN"),
          always("GFP_NOIO", "WAIT DIRECT_RECLAIM KSWAPD_RECLAIM"),
          always("GFP_NOFS", "GFP_NOIO IO"),
          always("GFP_USER", "GFP_KERNEL HARDWALL"),
          always("GFP_DMA", "DMA"),
          always("GFP_DMA32", "DMA32"),
          always("GFP_HIGHUSER", "GFP_USER HIGHMEM"),
          always(
              "GFP_HIGHUSER_MOVABLE",
              "GFP_HIGHUSER MOVABLE SKIP_KASAN_POISON SKIP_KASAN_UNPOISON SKIP_KASAN"),
          until("4.14", "GFP_TEMPORARY", "GFP_KERNEL RECLAIMABLE"),
          until("4.0", "GFP_THISNODE", "THISNODE NOWARN NORETRY"),
          between("2.6.36", "4.4", "GFP_IOFS", "IO FS"),
          between("2.6.38", "4.4", "GFP_TRANSHUGE", HUGE + "NORETRY NO_KSWAPD"),
          between("4.4", "4.6", "GFP_TRANSHUGE", HUGE + "NORETRY -KSWAPD_RECLAIM"),
          between("4.6", "4.8", "GFP_TRANSHUGE", HUGE + "NORETRY -__GFP_RECLAIM"),
          since("4.8", "GFP_TRANSHUGE_LIGHT", HUGE + "-__GFP_RECLAIM"),
          since("4.8", "GFP_TRANSHUGE", "GFP_TRANSHUGE_LIGHT DIRECT_RECLAIM"));

  private CompoundHistory() {}

  private static Row always(String name, String parts) {
    return row(name, parts, VersionRange.ALWAYS);
  }

  private static Row since(String from, String name, String parts) {
    return row(name, parts, VersionRange.since(from));
  }

  private static Row until(String before, String name, String parts) {
    return row(name, parts, VersionRange.until(before));
  }

  private static Row between(String from, String before, String name, String parts) {
    return row(name, parts, VersionRange.between(from, before));
  }

  private static Row row(String name, String parts, VersionRange releases) {
    return new Row(name, BLANK.splitAsStream(parts).toList(), releases);
  }
}
