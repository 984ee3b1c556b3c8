package dev.buddyd.mm.gfp;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.StringTokenizer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads a mask in any spelling that people and kernels use (G-43, G-50): a decimal or {@code 0x}
 * number; names joined by {@code |}, comma, {@code +} or blanks; both mixed; {@code none}; the
 * {@code 0xcc0(GFP_KERNEL)} of a report, alone or inside its line, and the {@code gfp_flags=} of a
 * trace.
 */
final class GfpParser {

  private static final int LONGEST_TEXT = 4096;
  private static final int LONGEST_QUOTED = 40;
  private static final long LARGEST = 0xffff_ffffL;

  /** A mask inside a line of a report or trace. */
  private static final Pattern IN_LINE =
      Pattern.compile(
          "(?:mode:|gfp_mask[=:]|gfp_flags[=:])\\s*(0[xX][0-9a-fA-F]{1,16}\\s?\\([^()]*\\)|[^\\s()]+)");

  private static final Pattern NUMBER_AND_NAMES =
      Pattern.compile("(0[xX][0-9a-fA-F]{1,16}|\\d{1,16})\\s?\\(([^()]*)\\)");

  private static final Pattern IN_PARENTHESES = Pattern.compile("\\(([^()]*)\\)");
  private static final String SEPARATORS = "|,+ \t\n\u000B\f\r";
  private static final Pattern NUMBER = Pattern.compile("0[xX][0-9a-fA-F]+|\\d+");

  private final GfpLayout layout;
  private final List<ParsedGfp.Token> tokens = new ArrayList<>();
  private int number;
  private int cleared;

  private GfpParser(GfpLayout layout) {
    this.layout = layout;
  }

  /**
   * @throws GfpParseException if a part is neither a number nor a name that any kernel knew
   */
  static ParsedGfp parse(String text, GfpLayout layout) {
    if (text.length() > LONGEST_TEXT) {
      throw new GfpParseException(
          quoted(text), null, "a mask has at most " + LONGEST_TEXT + " characters");
    }
    if (isList(text)) {
      return new GfpParser(layout).read(text.strip(), null);
    }
    Matcher line = IN_LINE.matcher(text);
    String mask = line.find() ? line.group(1) : text.strip();
    Matcher both = NUMBER_AND_NAMES.matcher(mask);
    if (both.matches()) {
      int printed = number(both.group(1));
      boolean named = !both.group(2).isBlank();
      return new GfpParser(layout).read(named ? both.group(2) : both.group(1), printed); // G-43
    }
    Matcher names = IN_PARENTHESES.matcher(mask);
    return new GfpParser(layout).read(names.matches() ? names.group(1) : mask, null);
  }

  /** Whether a text is names and numbers without anything around them: what requests carry. */
  private static boolean isList(String text) {
    return text.indexOf('(') < 0 && text.indexOf(':') < 0 && text.indexOf('=') < 0;
  }

  private ParsedGfp read(String list, @Nullable Integer printed) {
    StringTokenizer words = new StringTokenizer(list, SEPARATORS);
    while (words.hasMoreTokens()) {
      read(words.nextToken());
    }
    if (tokens.isEmpty()) {
      throw new GfpParseException(
          "", null, "the mask is empty; write none or 0 for a mask without flags");
    }
    return new ParsedGfp(number & ~cleared, tokens, printed);
  }

  private void read(String token) {
    OptionalInt known = layout.maskOf(token);
    if (known.isPresent()) {
      accept(token, known.getAsInt(), null);
    } else if (NUMBER.matcher(token).matches()) {
      accept(token, number(token), null);
    } else if (token.equals("none")) {
      accept(token, 0, null); // G-41
    } else {
      readForeign(token);
    }
  }

  /** A name of another kernel than the layout's, told in 6.12 terms first (G-50). */
  private void readForeign(String token) {
    HistoricalName old = HistoricalName.find(token);
    OptionalInt modern = GfpLayout.REFERENCE.maskOf(token);
    if (old != null) {
      cleared |= layout.express(old.clears());
      accept(token, layout.express(old.sets()), old.note());
    } else if (modern.isPresent()) {
      String note = "not in " + layout.version() + ": replaced by what comes nearest there";
      accept(token, layout.express(modern.getAsInt()), note);
    } else if (HistoricalName.internal(token)) {
      throw new GfpParseException(
          token, null, token + " is the kernel's own bookkeeping, not a mask to allocate with");
    } else {
      throw new GfpParseException(
          quoted(token),
          NearestName.to(token, layout.names()),
          "no gfp flag is called '" + quoted(token) + "'");
    }
  }

  private void accept(String token, int bits, @Nullable String note) {
    number |= bits;
    tokens.add(new ParsedGfp.Token(token, bits, note));
  }

  private static int number(String text) {
    boolean hex = text.startsWith("0x") || text.startsWith("0X");
    String digits = hex ? text.substring(2) : text;
    try {
      long value = Long.parseLong(digits, hex ? 16 : 10);
      if (value <= LARGEST) {
        return (int) value;
      }
    } catch (NumberFormatException tooLong) {
      // more digits than a long has: reported below like any other number that is too large
    }
    throw new GfpParseException(
        quoted(text), null, "a gfp mask has 32 bits, so " + quoted(text) + " is too large");
  }

  private static String quoted(String token) {
    return token.length() <= LONGEST_QUOTED ? token : token.substring(0, LONGEST_QUOTED) + "...";
  }
}
