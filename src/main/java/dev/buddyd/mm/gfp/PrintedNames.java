package dev.buddyd.mm.gfp;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/**
 * The names between the parentheses of a report, taken as they are: what no kernel knows is kept
 * apart instead of being refused (G-54).
 *
 * @param known names that some kernel has
 * @param rest the bits printed as hexadecimal
 * @param unknown everything else
 */
record PrintedNames(List<String> known, int rest, List<String> unknown) {

  private static final Pattern SEPARATOR = Pattern.compile("[|,\\s]+");
  private static final Pattern HEX = Pattern.compile("0x[0-9a-fA-F]{1,8}");

  static PrintedNames of(String text) {
    List<String> known = new ArrayList<>();
    List<String> unknown = new ArrayList<>();
    int rest = 0;
    for (String token : SEPARATOR.splitAsStream(text).toList()) {
      if (HEX.matcher(token).matches()) {
        rest |= Integer.parseUnsignedInt(token.substring(2), 16);
      } else if (GfpCandidate.knowsSomewhere(token)) {
        known.add(token);
      } else if (!token.isEmpty() && !token.equals("none")) {
        unknown.add(token);
      }
    }
    return new PrintedNames(known, rest, unknown);
  }

  /** The mask that these names make in a layout, empty if that kernel lacks one of them. */
  OptionalInt in(GfpLayout layout) {
    int mask = rest;
    for (String name : known) {
      OptionalInt bits = layout.maskOf(name);
      if (bits.isEmpty()) {
        return OptionalInt.empty();
      }
      mask |= bits.getAsInt();
    }
    return OptionalInt.of(mask);
  }

  /** G-57.2: whether a kernel with this layout prints these names for this number. */
  boolean match(int number, GfpLayout layout) {
    OptionalInt mask = in(layout);
    if (mask.isEmpty()) {
      return false;
    }
    boolean exact = unknown.isEmpty();
    return exact ? mask.getAsInt() == number : (mask.getAsInt() & ~number) == 0;
  }
}
