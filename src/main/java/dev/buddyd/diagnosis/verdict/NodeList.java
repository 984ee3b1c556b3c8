package dev.buddyd.diagnosis.verdict;

import org.jspecify.annotations.Nullable;

/** Node lists such as {@code 0,2-3}. */
final class NodeList {

  private NodeList() {}

  /** Whether {@code list} is known and does not name {@code node}; {@code (null)} names all. */
  static boolean excludes(@Nullable String list, int node) {
    return list != null && !list.isEmpty() && Character.isDigit(list.charAt(0)) && !has(list, node);
  }

  private static boolean has(String list, int node) {
    int at = 0;
    while (at < list.length()) {
      int comma = list.indexOf(',', at);
      String range = list.substring(at, comma < 0 ? list.length() : comma);
      int dash = range.indexOf('-');
      int from = number(dash < 0 ? range : range.substring(0, dash));
      int to = dash < 0 ? from : number(range.substring(dash + 1));
      if (from <= node && node <= to) {
        return true;
      }
      at = comma < 0 ? list.length() : comma + 1;
    }
    return false;
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
