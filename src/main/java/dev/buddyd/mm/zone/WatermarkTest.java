package dev.buddyd.mm.zone;

import dev.buddyd.mm.buddy.FreeLists;
import dev.buddyd.mm.frame.Geometry;
import dev.buddyd.mm.frame.MigrateType;
import dev.buddyd.mm.gfp.RequestFlags;
import dev.buddyd.mm.trace.Trace;
import dev.buddyd.mm.trace.WatermarkVerdict;
import org.jspecify.annotations.Nullable;

/**
 * The watermark test (Z-40 to Z-43): the only place where it is decided whether a zone has enough
 * free pages and a block for a request. The arithmetic is here as pure functions, so that a report
 * of another machine is judged by the same code.
 */
public final class WatermarkTest {

  private WatermarkTest() {}

  /** HIGHATOMIC pages that do not count for these flags (Z-40). */
  public static long unusableHighatomic(int flags, long freeHighatomic) {
    return (flags & RequestFlags.DEEP) == 0 ? freeHighatomic : 0;
  }

  /** CMA pages that do not count for these flags (Z-40). */
  public static long unusableCma(int flags, long freeCma) {
    return (flags & RequestFlags.USECMA) == 0 ? freeCma : 0;
  }

  /** Free pages that count for a request, less than 0 where nothing is left (Z-41.1). */
  public static long usable(int order, long free, long unusableHighatomic, long unusableCma) {
    return free - ((1L << order) - 1) - unusableHighatomic - unusableCma;
  }

  /** The comparison (Z-41.3): strictly greater, equal is not enough. */
  public static boolean above(long usable, long threshold, long lowmemReserve) {
    return usable > threshold + lowmemReserve;
  }

  /** The mark after the fractions for requests that may use reserves (Z-41.2). */
  public static long threshold(long mark, int flags) {
    long m = mark;
    if ((flags & RequestFlags.DEEP) != 0) {
      if ((flags & RequestFlags.RESERVE) != 0) {
        m -= m / 2;
        if ((flags & RequestFlags.NONBLOCK) != 0) {
          m -= m / 4;
        }
      }
      if ((flags & RequestFlags.VICTIM) != 0) {
        m -= m / 2;
      }
    }
    return m;
  }

  /**
   * Orders of the free blocks that the request may look at (Z-41.5), a bit for each. Each argument
   * after the flags has bit {@code o} set if lists of order {@code o} hold a block.
   */
  private static int orders(int flags, int ordinaryOrders, int cmaOrders, int highatomicOrders) {
    int orders = ordinaryOrders;
    if ((flags & RequestFlags.USECMA) != 0) {
      orders |= cmaOrders;
    }
    if ((flags & (RequestFlags.HATOM | RequestFlags.VICTIM)) != 0) {
      orders |= highatomicOrders;
    }
    return orders;
  }

  /** The full test against a mark (Z-41), on the free count given. */
  static boolean full(Zone zone, int order, long mark, int highestZoneidx, int flags, long free) {
    long usable =
        usable(
            order,
            free,
            unusableHighatomic(flags, zone.counter().freeHighatomic()),
            unusableCma(flags, zone.counter().freeCma()));
    if (!above(usable, threshold(mark, flags), zone.lowmemReserve(highestZoneidx))) {
      return false;
    }
    return order == 0 || blockAvailable(zone, order, flags); // Z-41.4
  }

  private static boolean blockAvailable(Zone zone, int order, int flags) {
    return orders(zone, flags) >>> order != 0;
  }

  private static int orders(Zone zone, int flags) {
    FreeLists lists = zone.lists();
    Geometry geometry = zone.geometry();
    int cma = geometry.cmaBuilt() ? lists.nonEmptyOrders(geometry.cmaType()) : 0;
    return orders(flags, lists.ordinaryOrders(), cma, lists.nonEmptyOrders(MigrateType.HIGHATOMIC));
  }

  /**
   * Whether the zone passes every test, whatever mark and flags: what some may not use counts for
   * nobody, and no part of the mark is given up. Most requests need no other answer.
   */
  static boolean ample(Zone zone, int order) {
    return zone.counter().spare() >> order > 0 // a whole block
        && (order == 0 || zone.lists().ordinaryOrders() >>> order != 0);
  }

  /** The test of the allocation path (Z-42) against a mark with its boost. */
  static boolean fast(
      Zone zone,
      int order,
      int wm,
      long mark,
      int highestZoneidx,
      int flags,
      @Nullable Trace trace) {
    long free = zone.counter().free();
    if (order == 0) { // Z-42.1
      long unusable =
          unusableHighatomic(flags, zone.counter().freeHighatomic())
              + unusableCma(flags, zone.counter().freeCma());
      if (free - Math.min(free, unusable) > mark + zone.lowmemReserve(highestZoneidx)) {
        tell("Z-42.1", zone, order, wm, mark, mark, highestZoneidx, flags, free, true, trace);
        return true;
      }
    }
    boolean pass = fullTold(zone, order, wm, mark, highestZoneidx, flags, trace); // Z-42.2
    if (!pass
        && order == 0
        && (flags & RequestFlags.RESERVE) != 0
        && zone.watermarks().boost() != 0
        && (flags & RequestFlags.WM_MASK) == RequestFlags.WM_MIN) { // Z-42.3
      long min = zone.watermarks().stored(Watermarks.MIN);
      pass = full(zone, order, min, highestZoneidx, flags, free);
      tell(
          "Z-42.3",
          zone,
          order,
          Watermarks.MIN,
          min,
          threshold(min, flags),
          highestZoneidx,
          flags,
          free,
          pass,
          trace);
    }
    return pass;
  }

  /** The full test (Z-41) against a mark with its boost. */
  static boolean fullTold(
      Zone zone,
      int order,
      int wm,
      long mark,
      int highestZoneidx,
      int flags,
      @Nullable Trace trace) {
    long free = zone.counter().free();
    boolean pass = full(zone, order, mark, highestZoneidx, flags, free);
    long threshold = threshold(mark, flags);
    tell("Z-41", zone, order, wm, mark, threshold, highestZoneidx, flags, free, pass, trace);
    return pass;
  }

  /** The test with drift guard (Z-43): no flags, and the exact count below the drift mark. */
  static boolean safe(Zone zone, int order, long mark, int highestZoneidx) {
    long free = zone.counter().free();
    if (zone.driftMark() != 0 && free < zone.driftMark()) {
      free = zone.counter().exact();
    }
    return full(zone, order, mark, highestZoneidx, 0, free);
  }

  private static void tell(
      String rule,
      Zone zone,
      int order,
      int wm,
      long mark,
      long threshold,
      int highestZoneidx,
      int flags,
      long free,
      boolean pass,
      @Nullable Trace trace) {
    if (trace == null || !trace.wantsWatermarks()) {
      return;
    }
    long blockPages = (1L << order) - 1;
    long highatomic = unusableHighatomic(flags, zone.counter().freeHighatomic());
    long cma = unusableCma(flags, zone.counter().freeCma());
    long reserve = zone.lowmemReserve(highestZoneidx);
    boolean watermarkOk = free - blockPages - highatomic - cma > threshold + reserve;
    int orders = orders(zone, flags);
    long boost = rule.equals("Z-42.3") ? 0 : zone.watermarks().boost();
    trace.watermark(
        new WatermarkVerdict(
            rule,
            zone.ordinal(),
            order,
            highestZoneidx,
            flags,
            wm,
            free,
            blockPages,
            highatomic,
            cma,
            mark,
            boost,
            threshold,
            reserve,
            watermarkOk,
            order == 0 || orders >>> order != 0,
            31 - Integer.numberOfLeadingZeros(orders),
            pass));
  }
}
