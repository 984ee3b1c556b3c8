package dev.buddyd.replay.trace;

import org.jspecify.annotations.Nullable;

/**
 * One event of a trace.
 *
 * @param kind which tracepoint
 * @param cpu CPU it happened on, 0 if not told
 * @param seconds its timestamp, or a negative number
 * @param pfn the frame; 0 in an allocation that failed
 * @param order order of the block
 * @param type migratetype, or of an extfrag event that of the request; -1 if not told
 * @param fallbackType of an extfrag event: the type it was taken from; else -1
 * @param mask text behind {@code gfp_flags=}, or null
 */
record TraceEvent(
    Kind kind,
    int cpu,
    double seconds,
    long pfn,
    int order,
    int type,
    int fallbackType,
    @Nullable String mask) {

  /** The tracepoints of the allocator (T-40). */
  enum Kind {
    ALLOC("mm_page_alloc"),
    FREE("mm_page_free"),
    FREE_BATCHED("mm_page_free_batched"),
    EXTFRAG("mm_page_alloc_extfrag"),
    ZONE_LOCKED("mm_page_alloc_zone_locked"),
    PCPU_DRAIN("mm_page_pcpu_drain");

    private final String tracepoint;

    Kind(String tracepoint) {
      this.tracepoint = tracepoint;
    }

    /** Its name in 6.12. */
    String tracepoint() {
      return tracepoint;
    }
  }
}
