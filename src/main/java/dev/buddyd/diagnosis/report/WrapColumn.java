package dev.buddyd.diagnosis.report;

/**
 * Recognises a text that a terminal or a web form broke at a fixed column, through the middle of
 * words: every long line then has exactly the same length. A mailer that wraps at blanks leaves
 * lines of many lengths instead.
 */
final class WrapColumn {
  private static final int MIN_COLUMN = 40;
  private static final int MAX_COLUMN = 512;
  private static final int MIN_LINES = 4;

  private WrapColumn() {}

  /** The column at which {@code text} is broken, or -1 if it is not. */
  static int of(String text) {
    int[] lines = new int[MAX_COLUMN + 1];
    int longest = 0;
    int start = 0;
    while (start < text.length()) {
      int end = text.indexOf('\n', start);
      int next = end < 0 ? text.length() : end;
      int length = next > start && text.charAt(next - 1) == '\r' ? next - start - 1 : next - start;
      longest = Math.max(longest, length);
      if (longest > MAX_COLUMN) {
        return -1;
      }
      if (!startsRecord(text, next + 1)) {
        lines[length]++;
      }
      start = next + 1;
    }
    if (longest < MIN_COLUMN || lines[longest] < MIN_LINES) {
      return -1;
    }
    int others = 0;
    for (int length = longest - 8; length < longest; length++) {
      others = Math.max(others, lines[length]);
    }
    return lines[longest] > 3 * others ? longest : -1;
  }

  /**
   * Whether the line at {@code at} has a head of its own, or begins a report, so that the one
   * before ended by itself: grep leaves many headers of the same length.
   */
  private static boolean startsRecord(String text, int at) {
    if (at >= text.length()) {
      return false;
    }
    if (text.charAt(at) == '[' || text.charAt(at) == '<') {
      return true;
    }
    String start = text.substring(at, Math.min(text.length(), at + MIN_COLUMN));
    return start.contains(" page allocation ") || start.contains(" invoked oom-killer");
  }
}
