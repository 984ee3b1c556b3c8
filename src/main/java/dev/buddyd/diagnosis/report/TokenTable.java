package dev.buddyd.diagnosis.report;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntConsumer;

/**
 * Cuts a text into streams of tokens, one stream per machine and printing task as far as the log
 * names them (host of a syslog, caller id), so that two reports printed at the same time come
 * apart. Costs one pass over the text.
 */
final class TokenTable {
  private static final int MAX_STREAMS = 1024;
  private static final String[] ESCAPED_NEWLINES = {"\\x0a", "\\x0A", "#012"};

  private final String text;
  private final IntConsumer work;
  private final LinePrefix prefix;
  private final List<TokenStream> streams = new ArrayList<>();
  private final Map<String, TokenStream> byHost = new HashMap<>();
  private final Map<String, TokenStream> byCaller = new HashMap<>();
  private final Set<TokenStream> taken = new HashSet<>();
  private TokenStream current;
  private final int wrapColumn;
  private int firstLine = 1;
  private int step = 1;
  private boolean cut;
  private boolean filled;

  private TokenTable(String text, IntConsumer work) {
    this.text = text;
    this.work = work;
    this.prefix = new LinePrefix(text);
    this.wrapColumn = WrapColumn.of(text);
    this.current = new TokenStream(text);
    streams.add(current);
  }

  /**
   * The streams of {@code text}, in order of their first line; never empty.
   *
   * @param work is told of the work as it is done
   */
  static List<TokenStream> streams(String text, IntConsumer work) {
    String plain = withoutEscapes(text);
    boolean newestFirst = NewestFirst.is(plain);
    TokenTable table = new TokenTable(newestFirst ? NewestFirst.turned(plain) : plain, work);
    table.firstLine = newestFirst ? 1 + (int) plain.chars().filter(c -> c == '\n').count() : 1;
    table.step = newestFirst ? -1 : 1;
    table.readLines();
    return table.streams;
  }

  private void readLines() {
    boolean escaped = false;
    for (String newline : ESCAPED_NEWLINES) {
      escaped |= text.contains(newline);
    }
    int line = firstLine;
    int start = 0;
    int length = text.length();
    while (start < length) {
      int end = start;
      while (end < length && text.charAt(end) != '\n' && text.charAt(end) != '\r') {
        end++;
      }
      work.accept(end - start + 1);
      if (escaped) {
        readEscapedLine(start, end, line);
      } else {
        readLine(start, end, line);
      }
      if (end < length && text.charAt(end) == '\n') {
        line += step;
      }
      start = end + 1;
    }
  }

  /** A physical line that may contain line ends written as {@code \x0a} or {@code #012}. */
  private void readEscapedLine(int start, int end, int line) {
    int from = start;
    for (int i = start; i < end; i++) {
      char c = text.charAt(i);
      if ((c == '\\' || c == '#') && i + 4 <= end && isEscapedNewline(i)) {
        readLine(from, i, line);
        from = i + 4;
        i += 3;
      }
    }
    readLine(from, end, line);
  }

  private boolean isEscapedNewline(int at) {
    for (String newline : ESCAPED_NEWLINES) {
      if (text.startsWith(newline, at)) {
        return true;
      }
    }
    return false;
  }

  private void readLine(int start, int end, int line) {
    int from = enterSegment(start, end);
    int boundary = prefix.prefixed() || cut ? TokenStream.HARD : TokenStream.SOFT;
    boolean torn = filled && !prefix.leadingBlank();
    filled = end - start == wrapColumn && !Lexemes.isBlank(text.charAt(end - 1));
    cut = false;
    int i = from;
    while (i < end) {
      while (i < end && Lexemes.isBlank(text.charAt(i))) {
        i++;
      }
      int tokenStart = i;
      while (i < end && !Lexemes.isBlank(text.charAt(i))) {
        if (text.charAt(i) == '[' && LinePrefix.timestampEnd(text, i, end) > 0) {
          break; // a second record on the same line
        }
        i++;
      }
      if (i > tokenStart) {
        addToken(tokenStart, i, line, boundary, torn, onlyBlanks(i, end));
        boundary = TokenStream.INSIDE;
      } else if (i < end) {
        i = enterSegment(i, end);
        boundary = TokenStream.HARD;
      }
    }
  }

  private int enterSegment(int start, int end) {
    prefix.scan(start, end);
    String host = prefix.host();
    if (host != null) {
      current = byHost.computeIfAbsent(host, name -> byHost.isEmpty() ? current : newStream());
    }
    String caller = prefix.caller();
    if (caller != null) {
      String key = host == null ? caller : host + ' ' + caller;
      current = byCaller.computeIfAbsent(key, name -> taken.add(current) ? current : newStream());
      taken.add(current);
      if (host != null) {
        byHost.put(host, current); // its lines without a caller go on there
      }
    }
    return prefix.contentStart();
  }

  private TokenStream newStream() {
    if (streams.size() >= MAX_STREAMS) {
      return streams.get(0);
    }
    TokenStream stream = new TokenStream(text);
    streams.add(stream);
    return stream;
  }

  private void addToken(
      int start, int end, int line, int boundary, boolean torn, boolean lastOfLine) {
    char last = text.charAt(end - 1);
    if (lastOfLine && (last == '>' || last == '\u2026') && text.charAt(start) != '<') {
      current.addCut(line, boundary); // a pager or the journal cut the line here
      cut = true;
    } else {
      current.add(start, end, line, boundary, torn);
    }
  }

  private boolean onlyBlanks(int from, int end) {
    int limit = Math.min(end, from + 8);
    for (int i = from; i < limit; i++) {
      if (!Lexemes.isBlank(text.charAt(i))) {
        return false;
      }
    }
    return limit == end;
  }

  /** The text without terminal escape sequences (colours of {@code dmesg}). */
  private static String withoutEscapes(String text) {
    if (text.indexOf('\u001b') < 0) {
      return text;
    }
    StringBuilder clean = new StringBuilder(text.length());
    int i = 0;
    while (i < text.length()) {
      char c = text.charAt(i);
      if (c == '\u001b' && i + 1 < text.length() && text.charAt(i + 1) == '[') {
        int end = i + 2;
        while (end < text.length() && end - i < 24 && isParameter(text.charAt(end))) {
          end++;
        }
        i = end < text.length() && text.charAt(end) != '\n' ? end + 1 : end;
      } else {
        clean.append(c);
        i++;
      }
    }
    return clean.toString();
  }

  private static boolean isParameter(char c) {
    return Lexemes.isDigit(c) || c == ';' || c == '?';
  }
}
