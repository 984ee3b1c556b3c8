package dev.buddyd.diagnosis.verdict;

import com.fasterxml.jackson.annotation.JsonValue;

/** Why a request failed. */
public enum Cause {
  /** Too little free memory above the mark. */
  BELOW_WATERMARK("below-watermark"),
  /** Enough free memory, but the zone keeps it for requests that cannot go elsewhere. */
  LOWMEM_RESERVE("lowmem-reserve"),
  /** Enough free memory, but no block of the order. */
  FRAGMENTATION("fragmentation"),
  /** Memory was free in a zone that the request may not use. */
  ZONE_RESTRICTED("zone-restricted"),
  /** What was free lies in CMA areas, and the request is not movable. */
  CMA_ONLY("cma-only"),
  /** What was free is reserved for high-order atomic requests. */
  HIGHATOMIC_ONLY("highatomic-only"),
  /** No block can be that large. */
  ORDER_TOO_LARGE("order-too-large"),
  /** A memory cgroup was at its limit. */
  MEMCG_LIMIT("memcg-limit"),
  /** Nothing is wrong in the numbers: it raced, or the failure is not about pages. */
  UNKNOWN("unknown");

  private final String id;

  Cause(String id) {
    this.id = id;
  }

  /** The name in answers. */
  @JsonValue
  public String id() {
    return id;
  }
}
