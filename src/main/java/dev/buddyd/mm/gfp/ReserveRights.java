package dev.buddyd.mm.gfp;

import static dev.buddyd.mm.gfp.GfpFlag.*;

import java.util.Set;

/**
 * How far below the min watermark a request may go, in the kernel whose mask it is (V-1 to V-3,
 * V-7, V-13, V-14; for 6.12 the same as G-35, F-20 and Z-41).
 *
 * @param ignoresWatermarks no watermark and no lowmem_reserve applies in the end (V-3)
 * @param high half of min is enough (V-1 "HI", RESERVE in 6.12)
 * @param harder a quarter of what is left comes off as well (V-1 "HD")
 * @param victim the OOM victim's half comes off as well (V-2)
 * @param highatomicBlocks blocks of the HIGHATOMIC reserve serve orders above 0 (V-12)
 * @param highatomicLastResort those blocks serve any order when nothing else is left (V-13)
 * @param ignoresBoost at order 0 a raised boost does not count (V-14)
 */
public record ReserveRights(
    boolean ignoresWatermarks,
    boolean high,
    boolean harder,
    boolean victim,
    boolean highatomicBlocks,
    boolean highatomicLastResort,
    boolean ignoresBoost) {

  /** Large enough that every cut of {@link #threshold} divides it exactly. */
  private static final int WHOLE = 16;

  /** The rights that a mask gives in its own kernel. */
  public static ReserveRights of(DecodedMask mask, Caller caller) {
    KernelVersion version = mask.layout().version();
    if (!version.atLeast("4.4")) {
      return until43(mask.flags(), version, caller);
    }
    return version.atLeast("6.3")
        ? since63(mask.flags(), version, caller)
        : from44to62(mask.flags(), version, caller);
  }

  /** V-1, V-2, first column. HIGHATOMIC did not exist (V-7). */
  private static ReserveRights until43(Set<GfpFlag> flags, KernelVersion version, Caller caller) {
    boolean atomic =
        !flags.contains(WAIT)
            && !(flags.contains(NOMEMALLOC) && version.atLeast("2.6.38"))
            && !(flags.contains(NO_KSWAPD) && version.atLeast("3.16"));
    return new ReserveRights(
        noWatermark(flags, caller, true),
        flags.contains(HIGH),
        atomic || caller == Caller.REALTIME,
        false,
        false,
        false,
        false);
  }

  /** V-1, V-2, second column. */
  private static ReserveRights from44to62(
      Set<GfpFlag> flags, KernelVersion version, Caller caller) {
    boolean victimsHalf = version.atLeast("4.14") && caller == Caller.OOM_VICTIM;
    boolean harder =
        (flags.contains(ATOMIC) && !flags.contains(NOMEMALLOC)) || caller == Caller.REALTIME;
    return new ReserveRights(
        noWatermark(flags, caller, !version.atLeast("4.14")),
        flags.contains(HIGH),
        harder && !victimsHalf, // V-2: "instead of the /4"
        victimsHalf,
        harder || victimsHalf, // V-12
        false, // V-13
        version.atLeast("5.9") && flags.contains(ATOMIC)); // V-14
  }

  /** V-1, V-2, third column. */
  private static ReserveRights since63(Set<GfpFlag> flags, KernelVersion version, Caller caller) {
    boolean sleeps = flags.contains(DIRECT_RECLAIM);
    boolean nonblock = !sleeps && !flags.contains(NOMEMALLOC);
    boolean high = flags.contains(HIGH) || (caller == Caller.REALTIME && sleeps); // F-20
    boolean victim = caller == Caller.OOM_VICTIM;
    return new ReserveRights(
        noWatermark(flags, caller, false),
        high,
        high && nonblock,
        victim,
        (high && nonblock) || victim, // V-12, F-20
        victim || (nonblock && version.atLeast("6.12")), // V-13, B-60
        high); // V-14, Z-42
  }

  /** V-3; a victim's right to everything ended with 4.13 (V-2). */
  private static boolean noWatermark(Set<GfpFlag> flags, Caller caller, boolean victimToo) {
    boolean mayTakeAll =
        flags.contains(MEMALLOC)
            || caller == Caller.RECLAIMER
            || (victimToo && caller == Caller.OOM_VICTIM);
    return mayTakeAll && !flags.contains(NOMEMALLOC);
  }

  /**
   * What is left of a min watermark for this request, watermarks not being ignored (V-1, V-2,
   * Z-41.2): each cut takes the rounded-down part of what the cut before it left.
   *
   * @param minPages the mark in pages, boost included
   */
  public long threshold(long minPages) {
    long pages = minPages;
    if (high) {
      pages -= pages / 2;
    }
    if (harder) {
      pages -= pages / 4;
    }
    if (victim) {
      pages -= pages / 2;
    }
    return pages;
  }

  /** The part of min that must stay free, before a request that may ignores it altogether. */
  public Fraction fractionOfMin() {
    return Fraction.of(threshold(WHOLE), WHOLE);
  }
}
