package dev.buddyd.diagnosis.verdict;

import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/** A node list such as {@code 0,2-3}, read once: every zone of a report asks it. */
final class NodeList {
  /** Higher numbers are no nodes; a damaged list may hold some. */
  private static final int MAX_NODE = 65_535;

  private final @Nullable BitSet nodes;

  private NodeList(@Nullable BitSet nodes) {
    this.nodes = nodes;
  }

  /** Reads a list; {@code (null)}, or none, names all nodes. */
  static NodeList of(@Nullable String list) {
    if (list == null || list.isEmpty() || !Character.isDigit(list.charAt(0))) {
      return new NodeList(null);
    }
    BitSet nodes = new BitSet();
    for (String range : list.split(",")) {
      int dash = range.indexOf('-');
      int from = number(dash < 0 ? range : range.substring(0, dash));
      int to = dash < 0 ? from : number(range.substring(dash + 1));
      if (from <= Math.min(to, MAX_NODE)) {
        nodes.set(from, Math.min(to, MAX_NODE) + 1);
      }
    }
    return new NodeList(nodes);
  }

  /** Whether the list is known and does not name {@code node}. */
  boolean excludes(int node) {
    return nodes != null && !nodes.get(node);
  }

  private static int number(String digits) {
    if (digits.isEmpty() || digits.length() > 8) {
      return Integer.MAX_VALUE;
    }
    try {
      return Integer.parseInt(digits);
    } catch (NumberFormatException e) {
      return Integer.MAX_VALUE;
    }
  }
}
