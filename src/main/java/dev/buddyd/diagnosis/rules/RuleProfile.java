package dev.buddyd.diagnosis.rules;

import dev.buddyd.mm.gfp.KernelVersion;

/**
 * What one kernel's watermark test does (spec 09). The base is 6.12; every other profile is the
 * base with overrides.
 *
 * @param highatomic which count of HIGHATOMIC pages is taken off (V-7)
 * @param exempt who does not lose the HIGHATOMIC pages (V-7)
 * @param orderZeroKeepsHighatomic order 0 never loses them (V-7: 4.7-5.8)
 * @param cma whether, and how, free CMA pages are taken off (V-6)
 * @param blocks what an order above 0 needs besides the comparison (V-12)
 * @param reserveOfPreferredZone the lowmem reserve is that against the preferred zone, not against
 *     the highest zone of the mask (V-11)
 */
public record RuleProfile(
    Highatomic highatomic,
    Exempt exempt,
    boolean orderZeroKeepsHighatomic,
    Cma cma,
    Blocks blocks,
    boolean reserveOfPreferredZone) {

  /** Which HIGHATOMIC pages are taken off (V-7). */
  public enum Highatomic {
    /** There is no HIGHATOMIC reserve before 4.4. */
    NONE,
    /** All pages of the reserved pageblocks, in use or not. */
    RESERVED,
    /** The free ones (from 6.13). */
    FREE
  }

  /** Who keeps the HIGHATOMIC pages (V-7). */
  public enum Exempt {
    /** Requests that may go deeper than HIGH alone (4.4-5.8). */
    HARDER,
    /** These and OOM victims (5.9-6.2). */
    HARDER_OR_VICTIM,
    /** Everybody who may use any reserve at all (from 6.3). */
    DEEP
  }

  /** What free CMA pages mean to a request that may not use them (V-6). */
  public enum Cma {
    /** Nothing: they count (before 3.7). */
    COUNTED,
    /** They are taken off for good, in the per-order loop too (3.7-3.9). */
    TAKEN_OFF_THROUGHOUT,
    /** They are taken off in the comparison. */
    TAKEN_OFF
  }

  /** What an order above 0 needs (V-12). */
  public enum Blocks {
    /** Lower orders are taken off one by one, against a mark that halves each time (until 4.3). */
    PER_ORDER_LOOP,
    /** A block on an allowed list; the harder ones are content with any block (4.4-4.14). */
    ANY_FOR_HARDER,
    /** A block on an allowed list. */
    ALLOWED_LIST
  }

  private static final RuleProfile BASE =
      new RuleProfile(
          Highatomic.RESERVED, Exempt.DEEP, false, Cma.TAKEN_OFF, Blocks.ALLOWED_LIST, false);

  /** The rules of a release; kernels before 2.6.32 are judged like 2.6.32. */
  public static RuleProfile of(KernelVersion version) {
    return new RuleProfile(
        highatomic(version),
        exempt(version),
        version.atLeast("4.7") && !version.atLeast("5.9"), // V-7
        cma(version),
        blocks(version),
        !version.atLeast("5.8")); // V-11
  }

  /** V-7, first column. */
  private static Highatomic highatomic(KernelVersion version) {
    if (version.atLeast("6.13")) {
      return Highatomic.FREE;
    }
    return version.atLeast("4.4") ? BASE.highatomic : Highatomic.NONE;
  }

  /** V-7, last column. */
  private static Exempt exempt(KernelVersion version) {
    if (version.atLeast("6.3")) {
      return BASE.exempt;
    }
    return version.atLeast("5.9") ? Exempt.HARDER_OR_VICTIM : Exempt.HARDER;
  }

  /** V-6. */
  private static Cma cma(KernelVersion version) {
    if (version.atLeast("3.10")) {
      return BASE.cma;
    }
    return version.atLeast("3.7") ? Cma.TAKEN_OFF_THROUGHOUT : Cma.COUNTED;
  }

  /** V-12. */
  private static Blocks blocks(KernelVersion version) {
    if (version.atLeast("4.15")) {
      return BASE.blocks;
    }
    return version.atLeast("4.4") ? Blocks.ANY_FOR_HARDER : Blocks.PER_ORDER_LOOP;
  }
}
