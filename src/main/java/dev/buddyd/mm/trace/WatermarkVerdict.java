package dev.buddyd.mm.trace;

/**
 * One watermark test with every term (Z-40 to Z-42). All quantities are pages.
 *
 * @param rule which test decided: {@code Z-41}, {@code Z-42.1} (order-0 shortcut) or {@code Z-42.3}
 *     (without boost)
 * @param zone ordinal of the zone in the machine
 * @param order order of the request
 * @param highestZoneidx highest zone index of the request; picks the lowmem reserve
 * @param flags request flags of spec 00
 * @param wm which mark: 0 min, 1 low, 2 high, 3 promo
 * @param freePages the free counter as the test sees it
 * @param blockPages 2^order - 1
 * @param highatomicPages free HIGHATOMIC pages that do not count for this request
 * @param cmaPages free CMA pages that do not count for this request
 * @param markPages the mark with its boost
 * @param boostPages the boost contained in {@code markPages}
 * @param thresholdPages the mark after the fractions for reserve users
 * @param lowmemReservePages the zone's reserve against this request's highest zone
 * @param watermarkOk free pages are above threshold plus reserve
 * @param blockOk a block of sufficient order is on an allowed list
 * @param largestOrder order of the largest block on an allowed list; -1 for none
 * @param pass the verdict
 */
public record WatermarkVerdict(
    String rule,
    int zone,
    int order,
    int highestZoneidx,
    int flags,
    int wm,
    long freePages,
    long blockPages,
    long highatomicPages,
    long cmaPages,
    long markPages,
    long boostPages,
    long thresholdPages,
    long lowmemReservePages,
    boolean watermarkOk,
    boolean blockOk,
    int largestOrder,
    boolean pass) {

  /** Left side of the comparison: free pages less those that do not count. */
  public long left() {
    return freePages - blockPages - highatomicPages - cmaPages;
  }

  /** Right side of the comparison; the left side must be strictly greater. */
  public long right() {
    return thresholdPages + lowmemReservePages;
  }
}
