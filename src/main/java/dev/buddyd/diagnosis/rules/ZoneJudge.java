package dev.buddyd.diagnosis.rules;

import dev.buddyd.diagnosis.rules.RuleProfile.Blocks;
import dev.buddyd.diagnosis.rules.RuleProfile.Cma;
import dev.buddyd.diagnosis.rules.RuleProfile.Highatomic;
import dev.buddyd.mm.gfp.RequestFlags;
import dev.buddyd.mm.zone.WatermarkTest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Puts a zone of any machine and a request to the allocator's watermark test ({@link
 * WatermarkTest}), with what the rule profile of that kernel does differently.
 */
public final class ZoneJudge {

  private ZoneJudge() {}

  /**
   * Judges one zone.
   *
   * @param reserveIndex zone index that picks the lowmem reserve (V-11)
   * @param waiver the term to leave out
   */
  public static ZoneArithmetic judge(
      ZoneState zone, JudgedRequest request, int reserveIndex, Waiver waiver) {
    int flags = flags(request, waiver);
    long cma = WatermarkTest.unusableCma(flags, freeCma(zone, request.profile()));
    long highatomic = highatomicTakenOff(zone, request, waiver);
    Long usable =
        zone.free() == null
            ? null
            : Long.valueOf(WatermarkTest.usable(request.order(), zone.free(), highatomic, cma));
    Long mark = mark(zone, request, waiver);
    Long threshold = mark == null ? null : Long.valueOf(threshold(mark, request));
    Long reserve = reserve(zone, reserveIndex);
    boolean freed = waiver == Waiver.RESERVE || request.ignoresWatermarks(); // V-3
    long reservePages = (freed || reserve == null) ? 0 : reserve;
    boolean reserveKnown = freed || reserve != null;
    Boolean markOk = null;
    if (usable != null && threshold != null) {
      boolean above =
          WatermarkTest.above(usable, threshold, reservePages)
              || passesUndiscounted(zone, request, cma, reservePages, waiver);
      markOk = (above && !reserveKnown) ? null : Boolean.valueOf(above); // a reserve may still bind
    }
    int allowed = allowedOrders(zone, request, flags, waiver);
    return new ZoneArithmetic(
        usable,
        cma,
        highatomic,
        threshold,
        reservePages,
        reserveKnown,
        markOk,
        blockOk(zone, request, threshold, cma, allowed),
        allowed == 0 ? null : Integer.valueOf(31 - Integer.numberOfLeadingZeros(allowed)),
        allowed);
  }

  private static int flags(JudgedRequest request, Waiver waiver) {
    return waiver == Waiver.CMA ? request.flags() | RequestFlags.USECMA : request.flags();
  }

  // --- what does not count

  /** V-6; a count that is not printed is read off the free lists. */
  private static long freeCma(ZoneState zone, RuleProfile profile) {
    if (profile.cma() == Cma.COUNTED) {
      return 0;
    }
    return zone.freeCma() != null ? zone.freeCma() : zone.blocks().pagesOnlyOn("C");
  }

  /** V-7. */
  private static long highatomicTakenOff(ZoneState zone, JudgedRequest request, Waiver waiver) {
    RuleProfile profile = request.profile();
    boolean skipped = request.order() == 0 && profile.orderZeroKeepsHighatomic();
    if (waiver == Waiver.HIGHATOMIC
        || profile.highatomic() == Highatomic.NONE
        || request.keepsHighatomic()
        || (skipped && !request.rights().high())) {
      return 0;
    }
    if (profile.highatomic() == Highatomic.FREE && zone.freeHighatomic() != null) {
      return zone.freeHighatomic();
    }
    if (zone.reservedHighatomic() != null) {
      return zone.reservedHighatomic();
    }
    return zone.blocks().pagesOnlyOn("H"); // not printed before 5.4: a lower bound
  }

  // --- the mark

  /** The min mark, without boost where it does not count (V-14). */
  private static @Nullable Long mark(ZoneState zone, JudgedRequest request, Waiver waiver) {
    if (request.ignoresWatermarks() || waiver == Waiver.MIN) { // V-3
      return 0L;
    }
    Long min = zone.min();
    if (min == null) {
      return null;
    }
    boolean unboosted = request.order() == 0 && request.rights().ignoresBoost();
    long boost = zone.boost() == null ? 0 : zone.boost();
    return (unboosted || waiver == Waiver.BOOST) ? Long.valueOf(Math.max(0, min - boost)) : min;
  }

  /** V-2. The allocator's rule, but for the realtime and non-blocking requests of old kernels. */
  static long threshold(long mark, JudgedRequest request) {
    boolean quarterAlone = request.rights().harder() && !request.rights().high();
    return quarterAlone
        ? request.rights().threshold(mark)
        : WatermarkTest.threshold(mark, request.flags());
  }

  /** V-7, 4.7-5.8: order 0 is first tried against the whole mark, without HIGHATOMIC. */
  private static boolean passesUndiscounted(
      ZoneState zone, JudgedRequest request, long cma, long reserve, Waiver waiver) {
    Long free = zone.free();
    Long mark = mark(zone, request, waiver);
    return request.order() == 0
        && request.profile().orderZeroKeepsHighatomic()
        && free != null
        && mark != null
        && WatermarkTest.above(WatermarkTest.usable(0, free, 0, cma), mark, reserve);
  }

  /** V-11; null when the array is not known and the zone may have a reserve. */
  private static @Nullable Long reserve(ZoneState zone, int reserveIndex) {
    List<Long> reserves = zone.lowmemReserve();
    if (reserves == null || reserves.isEmpty()) {
      return zone.index() >= reserveIndex
          ? Long.valueOf(0)
          : null; // a zone keeps nothing from itself
    }
    return reserves.get(Math.clamp(reserveIndex, 0, reserves.size() - 1));
  }

  // --- the block

  private static int allowedOrders(
      ZoneState zone, JudgedRequest request, int flags, Waiver waiver) {
    FreeBlocks blocks = zone.blocks();
    RuleProfile profile = request.profile();
    boolean cma = (flags & RequestFlags.USECMA) != 0 || profile.cma() == Cma.COUNTED;
    boolean any =
        profile.blocks() == Blocks.ANY_FOR_HARDER
            && request.order() > 0
            && request.rights().harder();
    if (any) {
      return blocks.anyOrders();
    }
    boolean highatomic =
        waiver == Waiver.HIGHATOMIC
            || (flags & (RequestFlags.HATOM | RequestFlags.VICTIM)) != 0
            || takesHighatomicLast(request);
    return blocks.ordinaryOrders()
        | (cma ? blocks.cmaOrders() : 0)
        | (highatomic ? blocks.highatomicOrders() : 0);
  }

  /**
   * V-13. Above order 0 the test looks at the lists before, and stops at HIGHATOMIC blocks alone
   * (V-12, Z-41); the attempt without marks has lost the right to them (F-34).
   */
  private static boolean takesHighatomicLast(JudgedRequest request) {
    return request.order() == 0
        && request.rights().highatomicLastResort()
        && !request.ignoresWatermarks();
  }

  private static @Nullable Boolean blockOk(
      ZoneState zone, JudgedRequest request, @Nullable Long threshold, long cma, int allowed) {
    if (!zone.blocks().known()) {
      return null;
    }
    boolean listed = request.order() < 31 && allowed >>> request.order() != 0;
    if (request.profile().blocks() != Blocks.PER_ORDER_LOOP || request.order() == 0) {
      return listed; // V-12; an order-0 request needs a page to take as well
    }
    Long free = zone.free();
    return (free == null || threshold == null)
        ? Boolean.valueOf(listed)
        : Boolean.valueOf(listed && passesPerOrderLoop(zone, request, free, threshold, cma));
  }

  /** V-12, until 4.3: without the lowmem reserve, blocks of all types. */
  private static boolean passesPerOrderLoop(
      ZoneState zone, JudgedRequest request, long freePages, long threshold, long cma) {
    boolean cmaToo = request.profile().cma() == Cma.TAKEN_OFF_THROUGHOUT; // V-6
    long free = WatermarkTest.usable(request.order(), freePages, 0, cmaToo ? cma : 0);
    long min = threshold;
    List<Long> counts = zone.blocks().counts();
    for (int order = 0; order < request.order() && order < counts.size(); order++) {
      free -= counts.get(order) << order;
      min /= 2;
      if (free <= min) {
        return false;
      }
    }
    return true;
  }

  /** Largest order that passes in this zone, below {@code request}'s own; null if none does. */
  public static @Nullable Integer largestOrderPassing(
      ZoneState zone, JudgedRequest request, int reserveIndex) {
    for (int order = Math.min(request.order(), 30); order >= 0; order--) {
      if (judge(zone, request.withOrder(order), reserveIndex, Waiver.NONE).passes()) {
        return order;
      }
    }
    return null;
  }
}
