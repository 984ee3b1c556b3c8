package dev.buddyd.explain;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * The same request with one thing changed that would have been granted.
 *
 * @param change what is different, in one phrase
 * @param kind which kind of change
 * @param values the change for programs, sorted by name
 * @param zone zone that would have served
 * @param node its node
 * @param pfn the frame it would have got
 */
public record NearMiss(
    String change, Kind kind, Map<String, Object> values, String zone, int node, long pfn) {

  public NearMiss {
    values = Collections.unmodifiableMap(new TreeMap<>(values));
  }

  /** Kinds of change, smallest intervention first. */
  public enum Kind {
    /** kswapd has run: the same request again. */
    KSWAPD,
    /** The per-CPU lists are drained first. */
    DRAIN,
    /** The watermark boost is gone: kswapd has run. */
    BOOST,
    /** HIGHATOMIC pageblocks are given back. */
    HIGHATOMIC,
    /** Clean page cache and slab are dropped first. */
    DROP_CACHES,
    /** Memory is compacted first. */
    COMPACTION,
    /** A lower order. */
    ORDER,
    /** Another class of request. */
    GFP,
    /** Another node may serve. */
    NODE,
    /** A sysctl has another value. */
    SYSCTL
  }
}
