package dev.buddyd.replay.trace;

import dev.buddyd.replay.trace.TraceEvent.Kind;
import org.jspecify.annotations.Nullable;

/**
 * Finds an allocator event in a line, whoever printed it: the event's name, a colon, and fields
 * {@code name=value} behind it. In front may be task, CPU and time; a function graph prints the
 * event as a comment. Linear in the length of the line.
 */
final class TraceLine {

  private static final String NAME = "mm_page_";

  private TraceLine() {}

  /** The event of a line, or null if it has none that can be read. */
  static @Nullable TraceEvent parse(String line) {
    int at = line.indexOf(NAME);
    if (at < 0) {
      return null;
    }
    int colon = at;
    while (colon < line.length() && isName(line.charAt(colon))) {
      colon++;
    }
    if (colon == line.length() || line.charAt(colon) != ':') {
      return null;
    }
    Kind kind = kind(line.substring(at, colon));
    if (kind == null) {
      return null;
    }
    String head = line.substring(0, at);
    String fields = line.substring(colon + 1);
    long pfn = number(field(fields, "pfn"));
    boolean extfrag = kind == Kind.EXTFRAG;
    long order = number(field(fields, extfrag ? "alloc_order" : "order"));
    if (pfn < 0 || ((order < 0 || order > 63) && kind != Kind.FREE_BATCHED)) {
      return null;
    }
    return new TraceEvent(
        kind,
        cpu(head),
        seconds(head),
        pfn,
        (int) Math.max(order, 0),
        type(field(fields, extfrag ? "alloc_migratetype" : "migratetype")),
        extfrag ? type(field(fields, "fallback_migratetype")) : -1,
        field(fields, "gfp_flags"));
  }

  /** Old kernels called the free of a page, and of a batch, otherwise. */
  private static @Nullable Kind kind(String name) {
    return switch (name) {
      case "mm_page_alloc" -> Kind.ALLOC;
      case "mm_page_free", "mm_page_free_direct" -> Kind.FREE;
      case "mm_page_free_batched", "mm_pagevec_free" -> Kind.FREE_BATCHED;
      case "mm_page_alloc_extfrag" -> Kind.EXTFRAG;
      case "mm_page_alloc_zone_locked" -> Kind.ZONE_LOCKED;
      case "mm_page_pcpu_drain" -> Kind.PCPU_DRAIN;
      default -> null;
    };
  }

  private static boolean isName(char c) {
    return c == '_' || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  }

  /** The value of a field, without the blanks that {@code page= (null)} has before it; or null. */
  private static @Nullable String field(String fields, String name) {
    int from = 0;
    while (true) {
      int at = fields.indexOf(name, from);
      if (at < 0) {
        return null;
      }
      int equals = at + name.length();
      boolean begins = at == 0 || !isName(fields.charAt(at - 1));
      if (begins && equals < fields.length() && fields.charAt(equals) == '=') {
        int end = equals + 1;
        while (end < fields.length() && !Character.isWhitespace(fields.charAt(end))) {
          end++;
        }
        return fields.substring(equals + 1, end);
      }
      from = equals;
    }
  }

  /** A decimal or hexadecimal number; -1 if it is none. */
  private static long number(@Nullable String text) {
    if (text == null || text.isEmpty() || text.length() > 18) {
      return -1;
    }
    boolean hex = text.startsWith("0x");
    long value = 0;
    for (int i = hex ? 2 : 0; i < text.length(); i++) {
      int digit = Character.digit(text.charAt(i), hex ? 16 : 10);
      if (digit < 0) {
        return -1;
      }
      value = value * (hex ? 16 : 10) + digit;
    }
    return hex && text.length() == 2 ? -1 : value;
  }

  private static int type(@Nullable String text) {
    long value = number(text);
    return value < 0 || value > 15 ? -1 : (int) value;
  }

  /**
   * {@code [003]}, the last of its kind, for a task may be called like that too; or {@code 24)}.
   */
  private static int cpu(String head) {
    int close = head.lastIndexOf(']');
    int open = close < 0 ? -1 : head.lastIndexOf('[', close);
    if (open >= 0) {
      long cpu = number(head.substring(open + 1, close));
      if (cpu >= 0 && cpu < 1 << 16) {
        return (int) cpu;
      }
    }
    int paren = head.indexOf(')');
    long cpu = paren < 0 ? -1 : number(head.substring(0, paren).strip());
    return cpu < 0 || cpu >= 1 << 16 ? 0 : (int) cpu;
  }

  /** {@code 889.213383:}, the last word with a point and a colon. */
  private static double seconds(String head) {
    int colon = head.lastIndexOf(':');
    while (colon > 0) {
      int start = colon;
      while (start > 0 && (isDigit(head.charAt(start - 1)) || head.charAt(start - 1) == '.')) {
        start--;
      }
      String word = head.substring(start, colon);
      int point = word.indexOf('.');
      if (point > 0 && point == word.lastIndexOf('.') && word.length() < 24) {
        return Double.parseDouble(word.endsWith(".") ? word + "0" : word);
      }
      colon = head.lastIndexOf(':', colon - 1);
    }
    return -1;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
