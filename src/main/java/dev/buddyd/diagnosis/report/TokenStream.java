package dev.buddyd.diagnosis.report;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * The tokens of one printing task in order. A token remembers its line and what stood before it:
 * nothing, a bare line end (a mailer may have wrapped there), or the head of a new record.
 */
final class TokenStream {
  /** Preceded by blanks only. */
  static final int INSIDE = 0;

  /** First of a line that has no log prefix: a new record, or the rest of a wrapped one. */
  static final int SOFT = 1;

  /** First behind a log prefix: a new record for certain. */
  static final int HARD = 2;

  /** What {@link #get} returns for a token that was cut off at the end of its line. */
  static final String CUT = "\u2026";

  private static final int MAX_TOKEN = 4096;

  /** Longest count of blocks or of pages. */
  private static final int MAX_PIECE = 40;

  private final String text;
  private int[] starts = new int[64];
  private int[] ends = new int[64];
  private int[] linesAndBoundary = new int[64];
  private final Map<Integer, String> joined = new HashMap<>();
  private int size;
  private int lastIndex = -1;
  private String lastToken = "";
  private long work;

  TokenStream(String text) {
    this.text = text;
  }

  int size() {
    return size;
  }

  /** Looks at tokens and characters copied so far: what the scanners' work is measured in. */
  long work() {
    return work;
  }

  /** The token, at most 4096 characters of it; the empty string outside the stream. */
  String get(int index) {
    work++;
    if (index < 0 || index >= size) {
      return "";
    }
    if (starts[index] < 0) {
      return starts[index] == -1 ? CUT : joined.getOrDefault(index, "");
    }
    if (index != lastIndex) { // every scanner asks for the same token in turn
      lastToken = text.substring(starts[index], Math.min(ends[index], starts[index] + MAX_TOKEN));
      lastIndex = index;
      work += lastToken.length();
    }
    return lastToken;
  }

  /** First character of the token; 0 outside the stream. */
  char first(int index) {
    work++;
    if (index < 0 || index >= size) {
      return 0;
    }
    return starts[index] >= 0 ? text.charAt(starts[index]) : get(index).charAt(0);
  }

  /** Line of the text, from 1. */
  int line(int index) {
    return linesAndBoundary[index] >>> 2;
  }

  /** {@link #INSIDE}, {@link #SOFT} or {@link #HARD}; HARD at the end of the stream. */
  int boundary(int index) {
    work++;
    return index >= 0 && index < size ? linesAndBoundary[index] & 3 : HARD;
  }

  /**
   * Adds the token {@code text[start, end)}.
   *
   * @param torn whether the line break in front of it is known to go through the middle of a token
   */
  void add(int start, int end, int line, int boundary, boolean torn) {
    if (boundary == SOFT && size > 0 && starts[size - 1] != -1 && joinIfTorn(start, end, torn)) {
      return;
    }
    boolean piece = boundary == HARD && size > 0 && isPiece(start, end);
    append(start, end, line, size == 0 ? HARD : piece ? INSIDE : boundary);
  }

  /**
   * Whether a record goes on with what the one before began: since 4.9 each piece of a line that is
   * printed in pieces may get a record of its own.
   */
  private boolean isPiece(int start, int end) {
    char first = text.charAt(start);
    if (first != '=' && first != '(' && !Lexemes.isDigit(first)) {
      return Lexemes.isNumber(get(size - 1)) && get(size - 2).equals("Node");
    }
    String token = text.substring(start, Math.min(end, start + MAX_PIECE));
    return Lexemes.continues(get(size - 2), get(size - 1), token);
  }

  void addCut(int line, int boundary) {
    append(-1, -1, line, boundary);
  }

  private void append(int start, int end, int line, int boundary) {
    if (size == starts.length) {
      int capacity = size * 2;
      starts = Arrays.copyOf(starts, capacity);
      ends = Arrays.copyOf(ends, capacity);
      linesAndBoundary = Arrays.copyOf(linesAndBoundary, capacity);
    }
    starts[size] = start;
    ends[size] = end;
    linesAndBoundary[size] = line << 2 | boundary;
    size++;
  }

  private boolean joinIfTorn(int start, int end, boolean torn) {
    String last = get(size - 1);
    String next = text.substring(start, Math.min(end, start + MAX_TOKEN));
    work += last.length() + next.length();
    boolean open = torn && last.length() < MAX_TOKEN && Lexemes.mayJoin(last, next);
    if (!open && !Lexemes.isTorn(get(size - 2), last, next)) {
      return false;
    }
    joined.put(size - 1, last + next);
    lastIndex = -1;
    starts[size - 1] = -2;
    return true;
  }
}
