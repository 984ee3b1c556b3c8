package dev.buddyd.procfs.parse;

import java.util.Set;
import java.util.function.IntConsumer;
import java.util.function.Predicate;

/**
 * Puts the rows of tables together again that a mail program broke, before a reader sees them; the
 * lines of a JSON document's strings are lines, too.
 */
final class ProcLines {
  private static final Set<String> TYPES =
      Set.of("Unmovable", "Movable", "Reclaimable", "Reserve", "HighAtomic", "CMA", "Isolate");

  /** Takes one line. */
  interface Sink {
    void line(String line, boolean indented);
  }

  private final IntConsumer number;
  private final Sink sink;
  private final StringBuilder held = new StringBuilder();
  private boolean heldIndented;
  private int heldNumber;

  /**
   * A filter in front of {@code sink}.
   *
   * @param number is told the number of each line before the sink gets it
   */
  ProcLines(IntConsumer number, Sink sink) {
    this.number = number;
    this.sink = sink;
  }

  /** The text with the lines that its strings hold, if it is a JSON document. */
  static String unfolded(String text) {
    String start = text.stripLeading();
    boolean json = start.startsWith("{") || start.startsWith("[");
    return json && text.contains("\\n")
        ? text.replace("\\n", "\n").replace("\\t", "\t").replace('"', ' ')
        : text;
  }

  /** The next line, as it stands behind quoting and log heads. */
  void take(String line, int lineNumber) {
    String stripped = line.strip();
    if (isEllipsis(stripped)) {
      return;
    }
    if (goesOn(stripped)) {
      held.append(' ').append(stripped);
      return;
    }
    flush();
    held.append(stripped);
    heldIndented = !line.isEmpty() && Character.isWhitespace(line.charAt(0));
    heldNumber = lineNumber;
  }

  /** Hands on what is held back at the end. */
  void flush() {
    if (!held.isEmpty()) {
      number.accept(heldNumber);
      sink.line(held.toString(), heldIndented);
      held.setLength(0);
    }
  }

  /** Whether the line is the rest of the row before: more of its columns and nothing else. */
  private boolean goesOn(String line) {
    if (held.length() < 4 || held.length() > 512 || line.isEmpty()) {
      return false;
    }
    if (startsHeld("Number of blocks type")) {
      return allOf(line, TYPES::contains);
    }
    char last = held.charAt(held.length() - 1); // "> 100000": the number was padded
    boolean row = startsHeld("Node") && (Character.isDigit(last) || last == '>');
    return row && held.indexOf(" zone ") > 0 && allOf(line, ProcLines::isCount);
  }

  /** "..." or "[...]", where somebody left lines out: what follows belongs to the same zone. */
  private static boolean isEllipsis(String line) {
    return line.contains("..")
        && line.length() <= 7
        && line.chars().allMatch(c -> "[.]".indexOf(c) >= 0);
  }

  private boolean startsHeld(String word) {
    return held.indexOf(word) == 0;
  }

  private static boolean allOf(String line, Predicate<String> test) {
    for (String word : line.split("\\s+")) {
      if (!test.test(word)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isCount(String word) {
    return Numbers.parse(word.startsWith(">") ? word.substring(1) : word) != null;
  }
}
