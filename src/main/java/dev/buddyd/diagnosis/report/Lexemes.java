package dev.buddyd.diagnosis.report;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The shapes of single tokens in a report. All methods are linear in the length of the token. */
final class Lexemes {
  /** Keys of the statistics and zone lines of all versions (F-71, F-72). */
  private static final Set<String> KEYS =
      Set.of(
          "free",
          "boost",
          "min",
          "low",
          "high",
          "promo",
          "reserved_highatomic",
          "free_highatomic",
          "active_anon",
          "inactive_anon",
          "active_file",
          "inactive_file",
          "active",
          "inactive",
          "unevictable",
          "isolated(anon)",
          "isolated(file)",
          "mapped",
          "dirty",
          "writeback",
          "writepending",
          "shmem",
          "shmem_thp",
          "shmem_pmdmapped",
          "anon_thp",
          "writeback_tmp",
          "unstable",
          "kernel_stack",
          "pagetables",
          "sec_pagetables",
          "slab_reclaimable",
          "slab_unreclaimable",
          "present",
          "managed",
          "mlocked",
          "bounce",
          "free_pcp",
          "local_pcp",
          "free_cma",
          "pages_scanned",
          "shadow_call_stack",
          "Balloon",
          // counters at the head of the block
          "Active",
          "slab",
          "isolated_anon",
          "isolated_file",
          "kernel_misc_reclaimable",
          "Active_anon");

  private static final Set<String> WORDS =
      Set.of(
          "lowmem_reserve[]:",
          "protections[]:",
          "Mem-Info:",
          "Normal",
          "HighMem",
          "Movable",
          "Normal:",
          "HighMem:",
          "Movable:",
          "DMA32:",
          "failure:",
          "failure.",
          "allocation",
          "oom-killer:",
          "invoked",
          "all_unreclaimable?",
          "=");

  private Lexemes() {}

  /** A {@code key:value} pair; {@code quantity} is null when the value is not in the token. */
  record Pair(String key, @Nullable Quantity quantity) {}

  /** What parts words: blanks, and the marks that tables, key=value logs and chats put around. */
  static boolean isBlank(char c) {
    return c <= ' ' || c == '"' || c == '`' || c == '\u00a0';
  }

  static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  static boolean isLetter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  static boolean isNumber(String token) {
    return !token.isEmpty() && digitsEnd(token, 0) == token.length();
  }

  /** Index behind the digits that start at {@code from}. */
  static int digitsEnd(String token, int from) {
    int i = from;
    while (i < token.length() && isDigit(token.charAt(i))) {
      i++;
    }
    return i;
  }

  /**
   * The number in {@code token[from, to)}, or null when it has more than 63 bits or is no number.
   * No exception tells so: a text may hold a million words that are none.
   */
  static @Nullable Long number(String token, int from, int to) {
    boolean negative = from < to && token.charAt(from) == '-';
    int start = negative ? from + 1 : from;
    if (start >= to || to - from > 19) {
      return null;
    }
    long value = 0;
    for (int i = start; i < to; i++) {
      if (!isDigit(token.charAt(i))) {
        return null;
      }
      value = value * 10 + token.charAt(i) - '0';
    }
    return value < 0 ? null : Long.valueOf(negative ? -value : value); // 19 digits: at most 64 bits
  }

  static @Nullable Long number(String token) {
    return number(token, 0, token.length());
  }

  /**
   * {@code 123kB}, {@code 123KB}, {@code 123}, {@code -5} with an optional comma behind; else null.
   */
  static @Nullable Quantity quantity(String token, int from) {
    int to = token.length();
    while (to > from && (token.charAt(to - 1) == ',' || token.charAt(to - 1) == '.')) {
      to--;
    }
    int start = from < to && token.charAt(from) == '-' ? from + 1 : from;
    int digits = digitsEnd(token, start);
    if (digits == start) {
      return null;
    }
    String raw = token.substring(from, digits);
    Long value = number(token, from, digits);
    if (digits == to) {
      return new Quantity(raw, value, Quantity.Unit.NONE);
    }
    boolean kb = to - digits == 2 && token.charAt(digits + 1) == 'B';
    char k = token.charAt(digits);
    return kb && (k == 'k' || k == 'K') ? new Quantity(raw, value, Quantity.Unit.KB) : null;
  }

  /** Splits {@code key:value}; null when the token is no such pair. */
  static @Nullable Pair pair(String token) {
    int colon = token.indexOf(':');
    if (colon <= 0 || colon > 40) {
      return null;
    }
    for (int i = 0; i < colon; i++) {
      char c = token.charAt(i);
      boolean ok = isLetter(c) || isDigit(c);
      if (!ok && c != '_' && c != '(' && c != ')') {
        return null;
      }
    }
    String key = token.substring(0, colon);
    if (colon == token.length() - 1) {
      return new Pair(key, null);
    }
    Quantity quantity = quantity(token, colon + 1);
    return quantity == null ? null : new Pair(key, quantity);
  }

  static boolean isKnownKey(String key) {
    return KEYS.contains(key);
  }

  /** A block count such as {@code 12*4096kB}: count and size in kB; null if the token is none. */
  static long @Nullable [] block(String token) {
    int star = digitsEnd(token, 0);
    if (star == 0 || star >= token.length() || !isStar(token.charAt(star))) {
      return null;
    }
    int size = digitsEnd(token, star + 1);
    if (size == star + 1 || !token.startsWith("kB", size)) {
      return null;
    }
    Long count = number(token, 0, star);
    Long kb = number(token, star + 1, size);
    if (count == null || kb == null || size + 2 != token.length()) {
      return null;
    }
    return kb <= 0 || kb > 1L << 40 || count > 1L << 40 ? null : new long[] {count, kb};
  }

  /** Trackers that took the stars of a list for emphasis turned them into underscores. */
  static boolean isStar(char c) {
    return c == '*' || c == '_';
  }

  /** The letters of {@code (UME)}; null if the token is no letter group. */
  static @Nullable String letters(String token) {
    int length = token.length();
    if (length < 3 || length > 10 || token.charAt(0) != '(' || token.charAt(length - 1) != ')') {
      return null;
    }
    for (int i = 1; i < length - 1; i++) {
      char c = token.charAt(i);
      if (c < 'A' || c > 'Z') {
        return null;
      }
    }
    return token.substring(1, length - 1);
  }

  /** Whether {@code token} is complete as it stands, so that nothing torn off belongs to it. */
  static boolean isWhole(String token) {
    if (WORDS.contains(token) || block(token) != null || letters(token) != null) {
      return true;
    }
    if (token.startsWith("order") && token.length() > 7 && token.endsWith(",")) {
      return quantity(token, 6) != null;
    }
    Quantity alone = quantity(token, 0);
    if (alone != null) {
      return alone.unit() == Quantity.Unit.KB;
    }
    Pair pair = pair(token);
    return pair != null
        && pair.quantity() != null
        && pair.quantity().unit() == Quantity.Unit.KB
        && isKnownKey(pair.key());
  }

  /** Whether {@code first} and {@code second} are one token that a line break tore apart. */
  static boolean isTorn(String beforeFirst, String first, String second) {
    if (first.length() > 64 || second.length() > 256 || isWhole(first)) {
      return false;
    }
    if (first.startsWith("gfp_mask=") || first.startsWith("mode:")) {
      return first.indexOf(')') < 0 && !first.endsWith(",") && isMaskRest(second);
    }
    if (beforeFirst.equals("=") && isNumber(first)) {
      Quantity whole = quantity(first + second, 0);
      return whole != null && whole.unit() == Quantity.Unit.KB;
    }
    return isWhole(first + second);
  }

  /** Whether {@code next} can only go on with a list of blocks or of reserves. */
  static boolean continues(String beforeLast, String last, String next) {
    boolean list = block(last) != null || letters(last) != null;
    if (block(next) != null) {
      return list || (last.endsWith(":") && !isKnownKey(last.substring(0, last.length() - 1)));
    }
    if (isNumber(next)) {
      boolean reserves = beforeLast.endsWith("[]:") || isNumber(beforeLast);
      return last.endsWith("[]:") || (isNumber(last) && reserves);
    }
    return list && (next.equals("=") || letters(next) != null);
  }

  /** Whether two tokens around a line break in the middle of a word may be one. */
  static boolean mayJoin(String first, String second) {
    return !isWhole(first) && (hasKnownKey(first + second) || !hasKnownKey(second));
  }

  private static boolean hasKnownKey(String token) {
    Pair pair = token.length() > 64 ? null : pair(token);
    return pair != null && isKnownKey(pair.key());
  }

  private static boolean isMaskRest(String token) {
    for (int i = 0; i < token.length(); i++) {
      char c = token.charAt(i);
      if (c == '(' || c == ')' || c == ',') {
        return true;
      }
      boolean ok = isDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'Z');
      if (!ok && c != '_' && c != '|') {
        return false;
      }
    }
    return false;
  }

  /** Whether {@code text[from, to)} may be a part of a report, so that it must not be skipped. */
  static boolean mayBelongToReport(String text, int from, int to) {
    String gap = text.substring(from, to);
    return gap.contains("kB")
        || gap.contains("[]")
        || gap.indexOf('*') >= 0
        || gap.indexOf('=') >= 0
        || gap.contains("pages")
        || gap.contains("failure")
        || gap.contains("oom-killer")
        || gap.contains("Mem-");
  }
}
