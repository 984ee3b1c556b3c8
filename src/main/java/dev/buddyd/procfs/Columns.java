package dev.buddyd.procfs;

/** Numbers and words in columns, as C's printf sets them. */
final class Columns {

  private Columns() {}

  /** {@code %<width>d}. */
  static void right(StringBuilder out, long number, int width) {
    right(out, Long.toString(number), width);
  }

  /** {@code %<width>s}. */
  static void right(StringBuilder out, String word, int width) {
    out.repeat(' ', Math.max(0, width - word.length())).append(word);
  }

  /** {@code %-<width>s}. */
  static void left(StringBuilder out, String word, int width) {
    out.append(word).repeat(' ', Math.max(0, width - word.length()));
  }

  /** {@code Node %d, zone %8s}. */
  static void zone(StringBuilder out, int node, String name) {
    out.append("Node ").append(node).append(", zone ");
    right(out, name, 8);
  }
}
