package dev.buddyd.mm.gfp;

/** A part of a watermark, in lowest terms: {@code 3/8}; {@code 0/1} means no watermark at all. */
public record Fraction(int numerator, int denominator) {

  public static final Fraction ONE = new Fraction(1, 1);
  public static final Fraction NONE = new Fraction(0, 1);

  /** {@code numerator/denominator} in lowest terms; the denominator is a power of two. */
  static Fraction of(long numerator, int denominator) {
    if (numerator == 0) {
      return NONE;
    }
    int shift =
        Math.min(Long.numberOfTrailingZeros(numerator), Integer.numberOfTrailingZeros(denominator));
    return new Fraction((int) (numerator >> shift), denominator >> shift);
  }

  @Override
  public String toString() {
    return denominator == 1 ? String.valueOf(numerator) : numerator + "/" + denominator;
  }
}
