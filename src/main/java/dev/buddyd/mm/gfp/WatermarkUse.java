package dev.buddyd.mm.gfp;

/**
 * The watermark that one try of a request must respect.
 *
 * @param mark which watermark, {@code low} or {@code min}
 * @param part the part of it that must stay free
 * @param thenNone whether, if that fails, no watermark applies at all (V-3, F-34)
 * @param sentence the same for people
 */
public record WatermarkUse(Mark mark, Fraction part, boolean thenNone, String sentence) {

  /** The watermarks that tries respect. */
  public enum Mark {
    LOW,
    MIN
  }

  /** The fast path looks at low, whatever the mask (F-7). */
  static WatermarkUse first() {
    return new WatermarkUse(
        Mark.LOW,
        Fraction.ONE,
        false,
        "The first try leaves the low watermark and lowmem_reserve untouched.");
  }

  /** The slow path looks at min, of which the mask may take a part off (F-20, Z-41.2). */
  static WatermarkUse second(ReserveRights rights) {
    Fraction part = rights.fractionOfMin();
    String mark = part.equals(Fraction.ONE) ? "the min watermark" : part + " of the min watermark";
    return new WatermarkUse(
        Mark.MIN,
        part,
        rights.ignoresWatermarks(),
        "The second try leaves "
            + mark
            + " and lowmem_reserve untouched"
            + (rights.ignoresWatermarks() ? "; after that nothing is held back from it." : "."));
  }
}
