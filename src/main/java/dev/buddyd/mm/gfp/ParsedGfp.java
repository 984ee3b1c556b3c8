package dev.buddyd.mm.gfp;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A mask read from text, in the numbers of the layout that read it.
 *
 * @param number the mask
 * @param tokens its parts in the order in which they were written
 * @param printedNumber the number in front of names in parentheses, as reports print it, else null;
 *     where it disagrees with the names, the names decide (G-43)
 */
public record ParsedGfp(int number, List<Token> tokens, @Nullable Integer printedNumber) {

  /**
   * One name or number.
   *
   * @param bits what it stands for in the layout that read it
   * @param note what an old name meant and when, or null for a name or number of this layout
   */
  public record Token(String text, int bits, @Nullable String note) {}

  public ParsedGfp {
    tokens = List.copyOf(tokens);
  }

  /** Whether the printed number says something else than the printed names (G-43). */
  public boolean numberDisagrees() {
    return printedNumber != null && printedNumber != number;
  }
}
