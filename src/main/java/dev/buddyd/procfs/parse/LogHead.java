package dev.buddyd.procfs.parse;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a log or {@code ts} writes in front of every line of a file: learned from the lines that
 * name a zone, which begin with {@code Node}, and taken off all lines of the same shape.
 */
final class LogHead {

  private static final Pattern ZONE = Pattern.compile("Node +\\d{1,5}, zone ");

  private static final int MOST = 160;

  private String head = "";

  /** The line without the head. */
  String behind(String line) {
    if (line.startsWith("Node")) {
      head = "";
      return line;
    }
    Matcher zone = ZONE.matcher(line);
    if (zone.region(0, Math.min(line.length(), MOST)).find()) {
      String before = line.substring(0, zone.start());
      head = before.isBlank() ? "" : before;
    }
    return sameShape(line) ? line.substring(head.length()) : line;
  }

  /** Whether the line begins like the head, with other digits. */
  private boolean sameShape(String line) {
    if (head.isEmpty() || line.length() < head.length()) {
      return false;
    }
    for (int i = 0; i < head.length(); i++) {
      char a = head.charAt(i);
      char b = line.charAt(i);
      if (a != b && !(Character.isDigit(a) && Character.isDigit(b))) {
        return false;
      }
    }
    return true;
  }
}
