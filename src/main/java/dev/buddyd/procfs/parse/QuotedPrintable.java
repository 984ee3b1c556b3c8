package dev.buddyd.procfs.parse;

/**
 * Takes the transfer encoding off a mail that was pasted as it travelled: {@code =3D} is an equals
 * sign, and a line that ends in one goes on in the next. Lines keep their numbers: what a line took
 * over from the next ones leaves empty lines behind it.
 */
public final class QuotedPrintable {
  /** RFC 2045 allows no more in a line, so that encoders fill lines up to here. */
  private static final int FULL_LINE = 76;

  /** A line end that some encoders write, with a soft one behind it. */
  private static final String LINE_END = "=0A=";

  private QuotedPrintable() {}

  /** The text as it was written, or the text itself if it is not encoded. */
  public static String decode(String text) {
    if (!isEncoded(text)) {
      return text;
    }
    StringBuilder plain = new StringBuilder(text.length());
    int owed = 0;
    int start = 0;
    while (start < text.length()) {
      int newline = text.indexOf('\n', start);
      int next = newline < 0 ? text.length() : newline + 1;
      int end = contentEnd(text, start, newline < 0 ? next : newline);
      boolean encoded = isEncodedLine(text, start, end);
      boolean continued = encoded && end > start && text.charAt(end - 1) == '=' && newline >= 0;
      boolean ended = continued && text.startsWith(LINE_END, Math.max(start, end - 4));
      append(text, start, ended ? end - 4 : continued ? end - 1 : end, encoded, plain);
      if (continued && !ended) {
        owed++;
      } else if (newline >= 0) {
        plain.repeat("\n", owed + 1);
        owed = 0;
      }
      start = next;
    }
    return plain.toString();
  }

  private static int contentEnd(String text, int start, int end) {
    return end > start && text.charAt(end - 1) == '\r' ? end - 1 : end;
  }

  /**
   * An encoded equals sign gives it away, or two lines that end in an encoded blank or were broken
   * because they were full.
   */
  private static boolean isEncoded(String text) {
    if (text.indexOf('=') < 0) {
      return false;
    }
    if (text.contains("=3D")) {
      return true;
    }
    int signs = 0;
    int start = 0;
    while (start < text.length() && signs < 2) {
      int newline = text.indexOf('\n', start);
      int end = contentEnd(text, start, newline < 0 ? text.length() : newline);
      boolean full = end - start == FULL_LINE && text.charAt(end - 1) == '=';
      signs += full || text.startsWith("=20", Math.max(start, end - 3)) ? 1 : 0;
      start = newline < 0 ? text.length() : newline + 1;
    }
    return signs == 2;
  }

  /** Whether each equals sign of the line introduces a character or ends the line. */
  private static boolean isEncodedLine(String text, int start, int end) {
    for (int i = start; i < end; i++) {
      if (text.charAt(i) == '=' && i + 1 != end && code(text, i, end) < 0) {
        return false;
      }
    }
    return true;
  }

  /** The character that {@code =XX} at {@code at} stands for, or -1. */
  private static int code(String text, int at, int end) {
    if (at + 3 > end) {
      return -1;
    }
    int high = hex(text.charAt(at + 1));
    int low = hex(text.charAt(at + 2));
    return high < 0 || low < 0 ? -1 : high << 4 | low;
  }

  /** Encoders write capitals only. */
  private static int hex(char c) {
    return c >= 'a' ? -1 : Character.digit(c, 16);
  }

  private static void append(String text, int start, int end, boolean encoded, StringBuilder to) {
    int i = start;
    while (i < end) {
      int code = encoded && text.charAt(i) == '=' ? code(text, i, end) : -1;
      if (code < 0) {
        to.append(text.charAt(i++));
      } else {
        to.append(code >= ' ' && code < 0x7f ? (char) code : ' '); // the kernel prints ASCII
        i += 3;
      }
    }
  }
}
