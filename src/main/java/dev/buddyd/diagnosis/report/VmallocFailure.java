package dev.buddyd.diagnosis.report;

import org.jspecify.annotations.Nullable;

/**
 * The vmalloc part of a failure: the header's order is then one step of a larger request.
 *
 * @param sizeBytes what the caller wanted, or null when not printed
 * @param reason which step failed
 */
public record VmallocFailure(@Nullable Long sizeBytes, Reason reason) {

  /** The step of vmalloc that failed. */
  public enum Reason {
    /** The size exceeds all memory, or the area: no zone was asked. */
    EXCEEDS_TOTAL,
    /** No page could be had. */
    PAGES,
    /** The array or structure that describes the area could not be had. */
    BOOKKEEPING,
    /** No range of addresses was left for the area, or no structure to describe it. */
    ADDRESSES,
    /** The pages could not be mapped. */
    MAPPING
  }
}
