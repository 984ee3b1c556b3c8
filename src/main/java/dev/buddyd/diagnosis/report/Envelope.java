package dev.buddyd.diagnosis.report;

import dev.buddyd.procfs.parse.QuotedPrintable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Takes a log out of what carried it: a web page's escapes and line breaks, a mail's transfer
 * encoding, or JSON with the lines inside, as container runtimes, the journal, {@code dmesg --json}
 * and log collectors write. Lines keep their numbers: several lines in one string stay on its line,
 * parted as syslog would.
 */
final class Envelope {

  /** A member that holds a text, by the names that loggers and trackers give it. */
  private static final Pattern MEMBER =
      Pattern.compile(
          "\"(log|MESSAGE|message|msg|textPayload|_raw|body|text|content|description|stdout|output|Output)\"\\s*:\\s*\"((?:[^\"\\\\]|\\\\.)*+)\"");

  private static final Pattern JSON = Pattern.compile("\\s*(\\[\\s*)?\\{");

  /** A line end within a line, as syslog writes it. */
  private static final String LINE_END = "#012";

  private static final Pattern BREAK =
      Pattern.compile("<br ?/?>(\r?\n)?", Pattern.CASE_INSENSITIVE);

  /**
   * A tag that ends a line; the kernel's own words in angles are capitals, but for none of these.
   */
  private static final Pattern END_OF_BLOCK = Pattern.compile("</(div|p|pre|li|tr)>(\r?\n)?");

  private static final Pattern TAG =
      Pattern.compile(
          "</?(div|p|pre|code|li|ul|ol|span|table|tbody|tr|td|a|b|i|em|strong|font)( [^<>\n"
              + "]{0,400})?>");

  /** A sign that Markdown gives a meaning, with the stroke that takes it away. */
  private static final Pattern ESCAPED_SIGN = Pattern.compile("\\\\([*_\\[\\]<>(){}|#.+-])");

  private static final String MARGINS = ":+-#;";

  private static final Pattern WRITTEN_LINE_END = Pattern.compile("(\\\\r)?\\\\n");

  private static final String[][] ENTITIES = {
    {"&lt;", "<"},
    {"&gt;", ">"},
    {"&quot;", "\""},
    {"&#34;", "\""},
    {"&#39;", "'"},
    {"&#x27;", "'"},
    {"&apos;", "'"},
    {"&nbsp;", " "},
    {"&#160;", " "},
    {"&amp;", "&"},
  };

  private Envelope() {}

  /** The text as the kernel wrote it, or the text itself if nothing is around it. */
  static String open(String text) {
    String plain = withoutMarkup(QuotedPrintable.decode(withoutJson(text)));
    return withoutMargin(withoutStrokes(plain));
  }

  private static String withoutMarkup(String text) {
    String plain = text;
    if (plain.contains("<br") || plain.contains("<BR")) {
      plain = BREAK.matcher(plain).replaceAll("\n");
    }
    if (plain.contains("</")) {
      plain = END_OF_BLOCK.matcher(plain).replaceAll("\n");
      plain = TAG.matcher(plain).replaceAll(" ");
    }
    if (plain.indexOf('&') >= 0) {
      for (String[] entity : ENTITIES) {
        plain = plain.replace(entity[0], entity[1]);
      }
    }
    return plain;
  }

  /** Without the strokes of Markdown, and of programs that write a text as one line. */
  private static String withoutStrokes(String text) {
    if (text.indexOf('\\') < 0) {
      return text;
    }
    boolean marked = text.contains("\\_") || text.contains("\\*") || text.contains("\\[");
    String plain = marked ? ESCAPED_SIGN.matcher(text).replaceAll("$1") : text;
    return count(plain, "\\n") > count(plain, "\n")
        ? WRITTEN_LINE_END.matcher(plain).replaceAll(LINE_END).replace("\\t", "\t")
        : plain;
  }

  private static int count(String text, String part) {
    int count = 0;
    for (int at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length())) {
      count++;
    }
    return count;
  }

  /** Without a mark that stands in front of most lines: the plus of a diff, the colon of ABRT. */
  private static String withoutMargin(String text) {
    int[] marked = new int[MARGINS.length()];
    int lines = 0;
    for (int at = 0; at < text.length(); at = lineEnd(text, at) + 1) {
      int mark = MARGINS.indexOf(text.charAt(at));
      lines += text.charAt(at) == '\n' ? 0 : 1;
      if (mark >= 0) {
        marked[mark]++;
      }
    }
    for (int mark = 0; mark < marked.length; mark++) {
      if (marked[mark] > lines / 2) {
        return withoutMargin(text, MARGINS.charAt(mark));
      }
    }
    return text;
  }

  private static String withoutMargin(String text, char mark) {
    StringBuilder plain = new StringBuilder(text.length());
    for (int at = 0; at < text.length(); ) {
      int next = Math.min(text.length(), lineEnd(text, at) + 1);
      plain.append(text, text.charAt(at) == mark ? at + 1 : at, next);
      at = next;
    }
    return plain.toString();
  }

  private static int lineEnd(String text, int from) {
    int newline = text.indexOf('\n', from);
    return newline < 0 ? text.length() : newline;
  }

  private static String withoutJson(String text) {
    if (!JSON.matcher(text).lookingAt()) {
      return text;
    }
    StringBuilder plain = new StringBuilder(text.length());
    for (String line : text.split("\n", -1)) {
      Matcher member = MEMBER.matcher(line);
      plain.append(member.find() ? contents(member) : line).append('\n');
    }
    return plain.toString();
  }

  /** The texts of all members of the first one's name. */
  private static String contents(Matcher member) {
    String name = member.group(1);
    StringBuilder contents = new StringBuilder();
    do {
      if (member.group(1).equals(name)) {
        contents.append(contents.isEmpty() ? "" : LINE_END).append(unescaped(member.group(2)));
      }
    } while (member.find());
    return contents.toString();
  }

  /** A JSON string's text on one line: what escapes stand for, but for a line end at the end. */
  private static String unescaped(String json) {
    StringBuilder line = new StringBuilder(json.length());
    for (int i = 0; i < json.length(); i++) {
      char c = json.charAt(i);
      if (c != '\\' || i + 1 == json.length()) {
        line.append(c);
        continue;
      }
      char escape = json.charAt(++i);
      switch (escape) {
        case 'n' -> line.append(i + 1 < json.length() ? LINE_END : "");
        case 'r' -> {}
        case 't' -> line.append('\t');
        case 'u' -> i = appendUnit(json, i, line);
        default -> line.append(escape);
      }
    }
    return line.toString();
  }

  private static int appendUnit(String json, int at, StringBuilder line) {
    int end = Math.min(json.length(), at + 5);
    int unit = 0;
    for (int i = at + 1; i < end && unit >= 0; i++) {
      int digit = Character.digit(json.charAt(i), 16);
      unit = digit < 0 ? -1 : unit << 4 | digit;
    }
    line.append(unit < 0 ? ' ' : (char) unit);
    return end - 1;
  }
}
