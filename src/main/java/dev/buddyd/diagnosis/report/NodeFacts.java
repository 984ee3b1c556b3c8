package dev.buddyd.diagnosis.report;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The per-node statistics line (from 4.8).
 *
 * @param node the node
 * @param values all {@code key:value} pairs in printed order
 */
public record NodeFacts(int node, Map<String, Quantity> values) {

  public NodeFacts {
    values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
  }
}
