package dev.buddyd.diagnosis.report;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds where the kernel's own text starts in a line: behind mail quoting, syslog and journal
 * heads, console time stamps in all their styles, and the id of the printing task. Looks at no more
 * than the first few hundred characters of a line.
 */
final class LinePrefix {
  private static final String JOURNAL_FIELD = "MESSAGE=";
  private static final List<String> PRIORITIES =
      List.of(
          ".emerg",
          ".alert",
          ".crit",
          ".err",
          ".error",
          ".warn",
          ".warning",
          ".notice",
          ".info",
          ".debug");

  private static final int MAX_HEAD = 160;
  private static final int MAX_BRACKET = 80;

  private final String text;
  private int position;
  private int end;
  private boolean prefixed;
  private boolean stamped;
  private boolean leadingBlank;
  private @Nullable String caller;
  private @Nullable String host;

  LinePrefix(String text) {
    this.text = text;
  }

  /** Scans {@code text[start, end)}; the other methods then answer for this piece. */
  void scan(int start, int end) {
    this.position = start;
    this.end = end;
    this.prefixed = false;
    this.stamped = false;
    this.caller = null;
    this.host = null;
    skipQuoting();
    skipLineNumber();
    skipHead();
    while (skipPiece()) {
      prefixed = true;
    }
    if (!stamped && skipForeignTextBeforeTimestamp()) {
      prefixed = true;
      while (skipPiece()) {
        // time stamp and caller
      }
    }
    skipBlanks();
  }

  /** Index of the first character of the kernel's own text. */
  int contentStart() {
    return position;
  }

  /** Whether a log wrote something before the text: the line then starts a record of its own. */
  boolean prefixed() {
    return prefixed;
  }

  /** Whether a blank, not counting the one of mail quoting, stood in front of everything. */
  boolean leadingBlank() {
    return leadingBlank;
  }

  /** Id of the printing task or CPU ({@code T123}, {@code C0}, a pid), or null when not printed. */
  @Nullable String caller() {
    return caller;
  }

  /** The machine that a syslog names before {@code kernel:}, or null. */
  @Nullable String host() {
    return host;
  }

  /**
   * End of a {@code [ 123.456789]}, {@code [ +0.000012]} or {@code [ 123.456789 < 0.000012>]} group
   * at {@code at}, or -1.
   */
  static int timestampEnd(String text, int at, int end) {
    int i = at + 1;
    while (i < end && Lexemes.isBlank(text.charAt(i))) {
      i++;
    }
    if (i < end && text.charAt(i) == '+') {
      i++;
    }
    int digits = i;
    while (i < end && isDigit(text.charAt(i)) && i - digits < 12) {
      i++;
    }
    if (i == digits || i >= end || text.charAt(i) != '.') {
      return -1;
    }
    int fraction = ++i;
    while (i < end && isDigit(text.charAt(i)) && i - fraction < 10) {
      i++;
    }
    if (i - fraction < 2) {
      return -1;
    }
    int limit = Math.min(end, i + 8);
    while (i < limit && text.charAt(i) != ']' && text.charAt(i) != ' ') {
      i++;
    }
    if (text.startsWith(" <", i)) { // the time since the line before
      limit = Math.min(end, i + 24);
      while (i < limit && text.charAt(i) != ']') {
        i++;
      }
    }
    return i < end && text.charAt(i) == ']' ? i + 1 : -1;
  }

  private void skipBlanks() {
    while (position < end && Lexemes.isBlank(text.charAt(position))) {
      position++;
    }
  }

  private void skipQuoting() {
    int from = position;
    skipBlanks();
    while (position < end && isQuoteMark(position)) {
      from = ++position + 1;
      skipBlanks();
    }
    leadingBlank = position > from;
  }

  private boolean isQuoteMark(int at) {
    boolean alone = at + 1 >= end || Lexemes.isBlank(text.charAt(at + 1));
    return text.charAt(at) == '>' || (text.charAt(at) == '|' && alone);
  }

  /**
   * The {@code 12:} or {@code 12-} of {@code grep -n}; the numbers of dates and times are short.
   */
  private void skipLineNumber() {
    int mark = digitsEnd(position);
    if (mark == position || mark - position > 7 || mark >= end) {
      return;
    }
    int behind = digitsEnd(mark + 1) - mark - 1;
    boolean marked = text.charAt(mark) == ':' || text.charAt(mark) == '-';
    if (marked && (behind == 0 || behind > 2)) {
      position = mark + 1;
      prefixed = true;
    }
  }

  private int digitsEnd(int from) {
    int i = from;
    while (i < end && isDigit(text.charAt(i)) && i - from < 20) {
      i++;
    }
    return i;
  }

  /**
   * A date, a {@code /dev/kmsg} head, a field of the journal, or everything up to {@code kernel:}.
   */
  private void skipHead() {
    if (text.startsWith(JOURNAL_FIELD, position)) {
      position += JOURNAL_FIELD.length();
      prefixed = true;
      return;
    }
    int kmsg = kmsgHeadEnd();
    if (kmsg > 0) {
      position = kmsg;
      prefixed = true;
      return;
    }
    int tag = kernelTagEnd();
    if (tag > 0) {
      position = tag;
      prefixed = true;
      return;
    }
    int date = dateEnd();
    if (date > 0) {
      position = columnsEnd(date);
      prefixed = true;
    }
  }

  /** One piece of prefix at the position: blanks, priority or bracket group. */
  private boolean skipPiece() {
    skipBlanks();
    if (position >= end) {
      return false;
    }
    char c = text.charAt(position);
    if (c == '<') {
      return skipPriority();
    }
    return c == '[' && skipBracket();
  }

  private boolean skipPriority() {
    int i = position + 1;
    int digits = 0;
    while (i < end && i - position < 8 && (isDigit(text.charAt(i)) || text.charAt(i) == ' ')) {
      digits += isDigit(text.charAt(i)) ? 1 : 0;
      i++;
    }
    if (digits == 0 || digits > 3 || i >= end || text.charAt(i) != '>') {
      return false;
    }
    position = i + 1;
    return true;
  }

  private boolean skipBracket() {
    int stamp = timestampEnd(text, position, end);
    if (stamp > 0) {
      position = stamp;
      stamped = true;
      return true;
    }
    int limit = Math.min(end, position + MAX_BRACKET);
    int close = position + 1;
    while (close < limit && text.charAt(close) != ']') {
      close++;
    }
    if (close >= limit) {
      return false;
    }
    String inside = text.substring(position + 1, close).strip();
    String id = callerOf(inside);
    if (id != null) {
      caller = id;
    } else if (!looksLikeDate(inside)) {
      return false;
    }
    position = close + 1;
    return true;
  }

  /** {@code T18074}, {@code C0}, {@code pid:1361,cpu5,name} or {@code 3: name:22875}. */
  private static @Nullable String callerOf(String inside) {
    if (inside.length() > 1
        && (inside.charAt(0) == 'T' || inside.charAt(0) == 'C')
        && allDigits(inside, 1, inside.length())) {
      return inside;
    }
    if (inside.startsWith("pid:")) {
      int comma = inside.indexOf(',');
      return comma > 4 && allDigits(inside, 4, comma) ? inside.substring(4, comma) : null;
    }
    int first = inside.indexOf(':');
    int last = inside.lastIndexOf(':');
    if (first > 0
        && last > first
        && allDigits(inside, 0, first)
        && allDigits(inside, last + 1, inside.length())
        && inside.indexOf(' ') >= 0) {
      return inside.substring(last + 1);
    }
    return null;
  }

  private static boolean looksLikeDate(String inside) {
    int colons = 0;
    for (int i = 0; i < inside.length(); i++) {
      char c = inside.charAt(i);
      if (c == ':') {
        colons++;
      }
    }
    if (colons != 2 || inside.length() < 8) {
      return false;
    }
    return isDigit(inside.charAt(0)) || isDayOrMonth(inside, 0);
  }

  /** End of {@code prio,sequence,microseconds,flags;}, or -1. */
  private int kmsgHeadEnd() {
    int i = position;
    for (int field = 0; field < 3; field++) {
      int from = i;
      while (i < end && isDigit(text.charAt(i)) && i - from < 20) {
        i++;
      }
      if (i == from || i >= end || text.charAt(i) != ',') {
        return -1;
      }
      i++;
    }
    int semicolon = i;
    while (semicolon < end && semicolon - i < 40 && text.charAt(semicolon) != ';') {
      semicolon++;
    }
    if (semicolon >= end || text.charAt(semicolon) != ';') {
      return -1;
    }
    int id = text.substring(i, semicolon).indexOf("caller=");
    if (id >= 0) {
      caller = text.substring(i + id + 7, semicolon);
    }
    return semicolon + 1;
  }

  /** End of the {@code kernel:} or {@code kernel[0]:} that syslog and journal write, or -1. */
  private int kernelTagEnd() {
    int limit = Math.min(end, position + MAX_HEAD);
    for (int at = position; at < limit; at++) {
      boolean startsWord = at == position || Lexemes.isBlank(text.charAt(at - 1));
      if (!startsWord || !text.startsWith("kernel", at)) {
        continue;
      }
      int i = at + 6;
      if (i < end && text.charAt(i) == '[') {
        while (i < end && i - at < 16 && text.charAt(i) != ']') {
          i++;
        }
        i++;
      }
      if (i < end && text.charAt(i) == ':') {
        host = hostBefore(at);
        return i + 1;
      }
    }
    return -1;
  }

  /**
   * The word before {@code at}, unless it is a time, a number, or a priority as BusyBox writes it.
   */
  private @Nullable String hostBefore(int at) {
    int to = at;
    while (to > position && Lexemes.isBlank(text.charAt(to - 1))) {
      to--;
    }
    int from = to;
    while (from > position && !Lexemes.isBlank(text.charAt(from - 1))) {
      from--;
    }
    String word = text.substring(from, to);
    boolean name = word.length() > 1 && word.chars().anyMatch(Character::isLetter);
    boolean priority = PRIORITIES.stream().anyMatch(word::endsWith);
    return name && !priority && word.indexOf(':') < 0 ? word : null;
  }

  /**
   * End of {@code May 30 14:08:25}, {@code 2020-04-11T17:52:58.1+00:00}, {@code 07-13 08:41:51.341}
   * or {@code 08:41:51}, or -1.
   */
  private int dateEnd() {
    if (position + 8 > end) {
      return -1;
    }
    int limit = Math.min(end, position + 40);
    int i = position;
    if (isDayOrMonth(text, position) && text.charAt(position + 3) == ' ') {
      i += 4;
    } else if (!isDigit(text.charAt(position))) {
      return -1;
    }
    int colons = 0;
    int dashes = 0;
    int lastOfTime = -1;
    while (i < limit) {
      char c = text.charAt(i);
      if (c == ':') {
        colons++;
      } else if (c == '-') {
        dashes++;
      } else if (!isDigit(c) && " .,T+Z".indexOf(c) < 0) {
        break;
      }
      i++;
      if (colons >= 2 && (i >= limit || Lexemes.isBlank(text.charAt(i)))) {
        lastOfTime = i;
        break;
      }
    }
    boolean named = !isDigit(text.charAt(position));
    return lastOfTime > 0 && (named || dashes > 0 || isTimeOfDay()) ? lastOfTime : -1;
  }

  private boolean isTimeOfDay() {
    return allDigits(text, position, position + 2)
        && text.charAt(position + 2) == ':'
        && allDigits(text, position + 3, position + 5)
        && text.charAt(position + 5) == ':';
  }

  /**
   * What some logs write behind the date: Android's {@code 0 0 W kernel :}, a container runtime's
   * {@code stdout F}.
   */
  private int columnsEnd(int date) {
    int limit = Math.min(end, date + 60);
    int i = wordStart(date, limit);
    if (text.startsWith("stdout F ", i) || text.startsWith("stderr F ", i)) {
      return i + 9;
    }
    for (int number = 0; number < 2; number++) {
      int digits = i;
      while (i < limit && isDigit(text.charAt(i))) {
        i++;
      }
      if (i == digits) {
        return date;
      }
      i = wordStart(i, limit);
    }
    if (i + 2 > limit || "VDIWEF".indexOf(text.charAt(i)) < 0 || text.charAt(i + 1) != ' ') {
      return date;
    }
    i += 2;
    int colon = i;
    while (colon < limit && text.charAt(colon) != ':') {
      colon++;
    }
    return colon < limit && text.substring(i, colon).strip().equals("kernel") ? colon + 1 : i;
  }

  private int wordStart(int from, int limit) {
    int i = from;
    while (i < limit && Lexemes.isBlank(text.charAt(i))) {
      i++;
    }
    return i;
  }

  private static boolean isDayOrMonth(String text, int at) {
    if (at + 3 > text.length()) {
      return false;
    }
    return switch (text.substring(at, at + 3)) {
      case "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" -> true;
      case "Jan", "Feb", "Mar", "Apr", "May", "Jun" -> true;
      case "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" -> true;
      default -> false;
    };
  }

  /** Steps over text of others that stands before a time stamp in the same line. */
  private boolean skipForeignTextBeforeTimestamp() {
    int limit = Math.min(end, position + MAX_BRACKET);
    for (int at = position; at < limit; at++) {
      if (text.charAt(at) == '[' && timestampEnd(text, at, end) > 0) {
        if (at > position && Lexemes.mayBelongToReport(text, position, at)) {
          return false;
        }
        position = at;
        return true;
      }
    }
    return false;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean allDigits(String s, int from, int to) {
    for (int i = from; i < to; i++) {
      if (!isDigit(s.charAt(i))) {
        return false;
      }
    }
    return to > from;
  }
}
