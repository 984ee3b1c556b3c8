package dev.buddyd.diagnosis.report;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What follows "page allocation failure:" or "invoked oom-killer:" (F-70, F-80, F-81): order, mask
 * and confinement, in any order and with any of them absent.
 */
record HeaderTail(
    @Nullable Integer order,
    @Nullable MaskText mask,
    Confinement confinement,
    @Nullable VmallocFailure vmalloc) {

  static final HeaderTail EMPTY = new HeaderTail(null, null, Confinement.UNKNOWN, null);

  /** Reads the joined tokens of a header. */
  static HeaderTail parse(String tail) {
    Long order = numberAfter(tail, "order:", "order=", "order ");
    boolean vmalloc = tail.contains("vmalloc");
    boolean damaged = order != null && order < 0 && !tail.contains("order=-1"); // but by SysRq-f
    return new HeaderTail(
        (order == null || damaged) ? null : Integer.valueOf(Math.clamp(order, -1, 1 << 20)),
        mask(tail),
        confinement(tail),
        vmalloc ? vmalloc(tail) : null);
  }

  /** Whether {@code token} starts one of the fields of a header. */
  static boolean startsField(String token) {
    return token.startsWith("order")
        || token.startsWith("mode:")
        || token.startsWith("gfp_mask=")
        || token.startsWith("nodemask=")
        || token.startsWith("cpuset=")
        || token.startsWith("mems_allowed=")
        || token.startsWith("oom_");
  }

  static Confinement confinement(String tail) {
    String nodemask = listAfter(tail, "nodemask=");
    String memsAllowed = listAfter(tail, "mems_allowed=");
    String cpuset = null;
    int at = tail.indexOf("cpuset=");
    if (at >= 0) {
      int from = at + "cpuset=".length();
      int to = tail.indexOf(",mems_allowed", from);
      int blank = tail.indexOf(' ', from);
      int end = to >= 0 ? to : blank >= 0 ? blank : tail.length();
      cpuset = tail.substring(from, Math.min(end, blank >= 0 ? blank : end));
    }
    return new Confinement(nodemask, cpuset, memsAllowed);
  }

  /** Which step of vmalloc failed, from the words of all versions. */
  static VmallocFailure vmalloc(String tail) {
    VmallocFailure.Reason reason;
    if (tail.contains("exceeds total")) {
      reason = VmallocFailure.Reason.EXCEEDS_TOTAL;
    } else if (tail.contains("map pages")) {
      reason = VmallocFailure.Reason.MAPPING;
    } else if (tail.contains("vm_struct")) {
      reason = VmallocFailure.Reason.ADDRESSES;
    } else if (tail.contains("page array")) {
      reason = VmallocFailure.Reason.BOOKKEEPING;
    } else {
      reason = VmallocFailure.Reason.PAGES;
    }
    Long size = numberAfter(tail, " of ", "size ", "allocation failure: ", "failure: ");
    return new VmallocFailure(size, reason);
  }

  private static @Nullable MaskText mask(String tail) {
    int at = tail.indexOf("gfp_mask=");
    int from = at + "gfp_mask=".length();
    if (at < 0) {
      at = tail.indexOf("mode:");
      from = at + "mode:".length();
    }
    if (at < 0) {
      return null;
    }
    int open = -1;
    int to = from;
    boolean numbered = tail.startsWith("0x", from) || tail.startsWith("0X", from);
    while (to < tail.length()) {
      char c = tail.charAt(to);
      if (c == '(' && open < 0) {
        open = to;
      } else if (c == ')') {
        to++;
        break;
      } else if (open < 0 && (c == ',' || c == ' ' || (numbered && to > from + 1 && !isHex(c)))) {
        break; // "gfp_mask=0xd0order=0": a page lost the comma
      }
      to++;
    }
    String printed = tail.substring(from, to);
    if (printed.isEmpty()) {
      return null;
    }
    int numberEnd = open < 0 ? to : open;
    Long value = hex(tail.substring(from, numberEnd));
    List<String> names = new ArrayList<>();
    boolean named = open >= 0 || value == null;
    if (named) {
      int start = open >= 0 ? open + 1 : from;
      int end = to > start && tail.charAt(to - 1) == ')' ? to - 1 : to;
      addNames(tail.substring(start, end), names);
    }
    boolean readable = value != null || names.stream().anyMatch(name -> name.contains("GFP_"));
    return readable ? new MaskText(printed, value, names, named) : null;
  }

  private static boolean isHex(char c) {
    return Character.digit(c, 16) >= 0;
  }

  private static void addNames(String list, List<String> names) {
    int from = 0;
    while (from <= list.length() && names.size() < 64) {
      int bar = list.indexOf('|', from);
      int to = bar < 0 ? list.length() : bar;
      String name = list.substring(from, to).strip();
      if (!name.isEmpty()) {
        names.add(name);
      }
      from = to + 1;
    }
  }

  private static @Nullable Long hex(String number) {
    String digits =
        number.startsWith("0x") || number.startsWith("0X") ? number.substring(2) : number;
    if (digits.isEmpty() || digits.length() > 16) {
      return null;
    }
    try {
      return Long.parseUnsignedLong(digits, 16);
    } catch (NumberFormatException e) {
      return null;
    }
  }

  private static @Nullable Long numberAfter(String tail, String... keys) {
    for (String key : keys) {
      int at = tail.indexOf(key);
      if (at >= 0 && (at == 0 || !Character.isLetter(tail.charAt(at - 1)))) {
        int from = at + key.length();
        int start = from < tail.length() && tail.charAt(from) == '-' ? from + 1 : from;
        int end = Lexemes.digitsEnd(tail, start);
        Long value = end > start ? Lexemes.number(tail, from, end) : null;
        if (value != null) {
          return value;
        }
      }
    }
    return null;
  }

  /** {@code (null)} or a node list such as {@code 0,2-3}. */
  private static @Nullable String listAfter(String tail, String key) {
    int at = tail.indexOf(key);
    if (at < 0) {
      return null;
    }
    int from = at + key.length();
    if (tail.startsWith("(null)", from)) {
      return "(null)";
    }
    int to = from;
    while (to < tail.length()) {
      char c = tail.charAt(to);
      boolean separator = (c == ',' || c == '-') && to > from;
      if (!Lexemes.isDigit(c) && !separator) {
        break;
      }
      to++;
    }
    boolean cut = to == tail.length() || !Lexemes.isLetter(tail.charAt(to));
    if (!cut && Lexemes.isDigit(tail.charAt(to - 1))) {
      return null; // "3D" is no list of nodes
    }
    while (to > from && !Lexemes.isDigit(tail.charAt(to - 1))) {
      to--;
    }
    return to > from ? tail.substring(from, to) : null;
  }
}
