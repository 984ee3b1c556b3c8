package dev.buddyd.mm.gfp;

import static dev.buddyd.mm.gfp.BuildOption.LOCKDEP;
import static dev.buddyd.mm.gfp.BuildOption.OBJ_EXT;
import static dev.buddyd.mm.gfp.BuildOption.RHEL7;
import static dev.buddyd.mm.gfp.BuildOption.TAG_KASAN;
import static dev.buddyd.mm.gfp.FlagSpan.NEXT_FREE;
import static dev.buddyd.mm.gfp.GfpFlag.*;

import java.util.List;

/**
 * Every number that every flag has had since 2.6.32: the tables G-53 and G-54 as runs of releases.
 *
 * <p>Before 3.8 {@code __GFP_NOTRACK} is 0 on kernels without kmemcheck (note d); its bit then
 * never appears in a mask, so it is listed without that condition.
 */
final class FlagHistory {

  /** In the order in which optional flags take their bits (G-2). */
  static final List<FlagSpan> SPANS =
      List.of(
          always(DMA, 0x1),
          always(HIGHMEM, 0x2),
          always(DMA32, 0x4),
          always(MOVABLE, 0x8),
          until("4.4", RECLAIMABLE, 0x80000),
          since("4.4", RECLAIMABLE, 0x10),
          always(HIGH, 0x20),
          always(IO, 0x40),
          always(FS, 0x80),
          until("4.4", WAIT, 0x10),
          between("4.4", "4.18", DIRECT_RECLAIM, 0x400000),
          between("4.18", "5.1", DIRECT_RECLAIM, 0x200000),
          since("5.1", DIRECT_RECLAIM, 0x400),
          between("4.4", "4.10", KSWAPD_RECLAIM, 0x2000000),
          between("4.10", "4.18", KSWAPD_RECLAIM, 0x1000000),
          between("4.18", "5.1", KSWAPD_RECLAIM, 0x400000),
          since("5.1", KSWAPD_RECLAIM, 0x800),
          between("4.4", "5.1", ATOMIC, 0x80000),
          between("5.1", "6.3", ATOMIC, 0x200),
          until("5.1", ZERO, 0x8000),
          since("5.1", ZERO, 0x100),
          until("4.15", COLD, 0x100), // note i
          between("3.3", "4.10", WRITE, 0x1000000), // note b
          between("4.10", "4.18", WRITE, 0x800000),
          between("4.18", "5.1", WRITE, 0x100),
          since("5.1", WRITE, 0x1000),
          until("5.1", NOWARN, 0x200),
          since("5.1", NOWARN, 0x2000),
          until("4.13", REPEAT, 0x400), // note h
          between("4.13", "5.1", RETRY_MAYFAIL, 0x400), // note h
          since("5.1", RETRY_MAYFAIL, 0x4000),
          until("5.1", NOFAIL, 0x800),
          since("5.1", NOFAIL, 0x8000),
          until("5.1", NORETRY, 0x1000),
          since("5.1", NORETRY, 0x10000),
          between("3.6", "5.1", MEMALLOC, 0x2000), // note c
          since("5.1", MEMALLOC, 0x20000),
          until("5.1", COMP, 0x4000),
          since("5.1", COMP, 0x40000),
          until("5.1", NOMEMALLOC, 0x10000),
          since("5.1", NOMEMALLOC, 0x80000),
          until("5.1", HARDWALL, 0x20000),
          since("5.1", HARDWALL, 0x100000),
          until("5.1", THISNODE, 0x40000),
          since("5.1", THISNODE, 0x200000),
          between("3.8", "3.16", KMEMCG, 0x100000), // note a
          between("3.10", "3.11", ACCOUNT, 0x100000, RHEL7), // note a
          between("4.1", "4.5", NOACCOUNT, 0x100000), // notes a and g
          between("4.5", "5.1", ACCOUNT, 0x100000), // note g
          since("5.1", ACCOUNT, 0x400000),
          between("2.6.31", "4.15", NOTRACK, 0x200000), // notes d and i
          between("2.6.38", "4.4", NO_KSWAPD, 0x400000), // note e
          between("2.6.39", "4.10", OTHER_NODE, 0x800000), // note f
          since("5.14", ZEROTAGS, 0x800000),
          between("5.14", "5.18", SKIP_KASAN_POISON, 0x1000000), // note j
          between("5.18", "6.4", SKIP_KASAN_UNPOISON, 0x2000000, TAG_KASAN),
          between("5.18", "6.4", SKIP_KASAN_POISON, 0x4000000, TAG_KASAN),
          since("5.18", SKIP_ZERO, 0x1000000, TAG_KASAN),
          since("6.4", SKIP_KASAN, 0x2000000, TAG_KASAN),
          between("4.12", "4.18", NOLOCKDEP, 0x2000000, LOCKDEP),
          between("4.18", "5.14", NOLOCKDEP, 0x800000, LOCKDEP),
          between("5.14", "5.18", NOLOCKDEP, 0x2000000, LOCKDEP),
          between("5.18", "6.4", NOLOCKDEP, 0x8000000, LOCKDEP),
          between("6.4", "6.9", NOLOCKDEP, 0x4000000, LOCKDEP),
          since("6.9", NOLOCKDEP, NEXT_FREE, LOCKDEP),
          since("6.10", NO_OBJ_EXT, NEXT_FREE, OBJ_EXT));

  private FlagHistory() {}

  private static FlagSpan always(GfpFlag flag, int value) {
    return new FlagSpan(flag, value, VersionRange.ALWAYS, null);
  }

  private static FlagSpan until(String before, GfpFlag flag, int value) {
    return new FlagSpan(flag, value, VersionRange.until(before), null);
  }

  private static FlagSpan since(String from, GfpFlag flag, int value) {
    return new FlagSpan(flag, value, VersionRange.since(from), null);
  }

  private static FlagSpan since(String from, GfpFlag flag, int value, BuildOption needs) {
    return new FlagSpan(flag, value, VersionRange.since(from), needs);
  }

  private static FlagSpan between(String from, String before, GfpFlag flag, int value) {
    return new FlagSpan(flag, value, VersionRange.between(from, before), null);
  }

  private static FlagSpan between(
      String from, String before, GfpFlag flag, int value, BuildOption needs) {
    return new FlagSpan(flag, value, VersionRange.between(from, before), needs);
  }
}
