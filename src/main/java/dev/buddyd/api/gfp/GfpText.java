package dev.buddyd.api.gfp;

/** A mask explained as text for a terminal. */
final class GfpText {

  private GfpText() {}

  static String of(GfpBody mask) {
    StringBuilder text = new StringBuilder();
    String names = mask.names().isEmpty() ? "no flags" : mask.names();
    line(text, mask.mask(), names + " (Linux " + mask.kernel() + ")");
    if (!mask.modernMask().equals(mask.mask())) {
      line(text, "6.12", mask.modernMask() + " " + mask.modernNames());
    }
    for (GfpBody.MaskToken token : mask.tokens()) {
      if (token.note() != null) {
        line(text, token.text(), token.note());
      }
    }
    if (mask.numberDisagrees()) {
      line(text, "note", "the number and the names of the text say different things");
    }
    line(text, "type", mask.migratetype() == null ? "contradicts itself" : mask.migratetype());
    line(text, "zones", mask.zones().isEmpty() ? "none" : String.join(", ", mask.zones()));
    line(text, "may", mask.may().sentence());
    line(text, "first", mask.firstTry().sentence());
    line(text, "then", mask.secondTry().sentence());
    line(text, "order<=3", mask.givesUp().upToOrder3().sentence());
    line(text, "order>3", mask.givesUp().aboveOrder3().sentence());
    for (GfpBody.MaskFlag flag : mask.flags()) {
      text.append("  %s (%s): %s%n".formatted(flag.name(), flag.bit(), flag.sentence()));
    }
    for (GfpBody.MaskProblem problem : mask.problems()) {
      text.append("! %s; %s%n".formatted(problem.sentence(), problem.kernelWould()));
    }
    return text.toString();
  }

  private static void line(StringBuilder text, String head, String sentence) {
    text.append("%-9s %s%n".formatted(head, sentence));
  }
}
