package dev.buddyd.mm.zone;

/**
 * A zone's marks in pages (Z-22) and the boost on top of them (B-42). Stored without the boost; a
 * mark in force contains it (Z-23). Changed under the zone lock, read by anybody.
 */
public final class Watermarks {

  public static final int MIN = 0;
  public static final int LOW = 1;
  public static final int HIGH = 2;
  public static final int PROMO = 3;

  private final Runnable changed;
  private long min;
  private long low;
  private long high;
  private long promo;
  private long boost;

  /**
   * @param changed is told of every change
   */
  Watermarks(Runnable changed) {
    this.changed = changed;
  }

  Watermarks(Watermarks origin, Runnable changed) {
    this.changed = changed;
    min = origin.min;
    low = origin.low;
    high = origin.high;
    promo = origin.promo;
    boost = origin.boost;
  }

  /** The mark without boost. */
  public long stored(int mark) {
    return switch (mark) {
      case MIN -> min;
      case LOW -> low;
      case HIGH -> high;
      case PROMO -> promo;
      default -> throw new IllegalArgumentException("mark " + mark);
    };
  }

  /** The mark in force: stored plus boost (Z-23). */
  public long effective(int mark) {
    return stored(mark) + boost;
  }

  /** The largest mark in force that a request may be held to. */
  long largest() {
    return Math.max(Math.max(min, low), high) + boost;
  }

  public long boost() {
    return boost;
  }

  /** Raises the boost after an attempt to claim a pageblock (B-42). Returns whether it applies. */
  boolean raise(long managedPages, int pageblockPages, long boostFactor) {
    if (boostFactor == 0 || 4L * pageblockPages > managedPages) {
      return false;
    }
    long most = muldiv(high, boostFactor, 10_000);
    if (most == 0) {
      return false;
    }
    most = Math.max(pageblockPages, most);
    setBoost(Math.min(boost + pageblockPages, most));
    return true;
  }

  /** Lowers the boost after a kswapd run (Z-50). */
  public void lower(long pages) {
    setBoost(boost - Math.min(boost, pages));
  }

  /** Sets new marks and forgets the boost (Z-22). */
  public void set(long min, long low, long high, long promo) {
    this.min = min;
    this.low = low;
    this.high = high;
    this.promo = promo;
    setBoost(0);
  }

  /** Sets the boost outright: restore. */
  public void loadBoost(long pages) {
    setBoost(pages);
  }

  private void setBoost(long pages) {
    boost = pages;
    changed.run();
  }

  /** {@code x * n / d} with the rounding of Z-22. */
  static long muldiv(long x, long n, long d) {
    return x / d * n + x % d * n / d;
  }
}
