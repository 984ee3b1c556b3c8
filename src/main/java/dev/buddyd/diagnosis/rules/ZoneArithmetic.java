package dev.buddyd.diagnosis.rules;

import org.jspecify.annotations.Nullable;

/**
 * One zone's watermark test with every term, in pages.
 *
 * @param usable free pages that count; null when the free pages are not known
 * @param cmaTakenOff CMA pages that do not count
 * @param highatomicTakenOff HIGHATOMIC pages that do not count
 * @param threshold the min mark after boost and fractions; null when the mark is not known
 * @param reserve the lowmem reserve against this request; 0 when it is not known
 * @param reserveKnown whether the reserve was printed, or must be 0
 * @param markOk whether the comparison passes; null when it cannot be told
 * @param blockOk whether a block of the order may be taken; null when the lists are not known
 * @param largestOrder largest order with a block on a list that the request may use, or null
 * @param allowedOrders orders with a block that the request may use, as bits
 */
public record ZoneArithmetic(
    @Nullable Long usable,
    long cmaTakenOff,
    long highatomicTakenOff,
    @Nullable Long threshold,
    long reserve,
    boolean reserveKnown,
    @Nullable Boolean markOk,
    @Nullable Boolean blockOk,
    @Nullable Integer largestOrder,
    int allowedOrders) {

  /** Whether the request is served from this zone, as far as is known. */
  public boolean passes() {
    return Boolean.TRUE.equals(markOk) && !Boolean.FALSE.equals(blockOk);
  }

  /** Whether it is known that the request is refused here. */
  public boolean refuses() {
    return Boolean.FALSE.equals(markOk) || Boolean.FALSE.equals(blockOk);
  }
}
