package dev.buddyd.mm.gfp;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a report says about a mask (G-57). At least one of number and names is there.
 *
 * @param number the printed number, unsigned 32 bits
 * @param names the printed names, with or without a hexadecimal rest; an empty text means that the
 *     report printed an empty list, null that it printed none
 * @param version the kernel, where the report tells it
 * @param hints what the rest of the report tells about the kernel
 */
public record GfpEvidence(
    @Nullable Integer number,
    @Nullable String names,
    @Nullable KernelVersion version,
    Set<ReportHint> hints) {

  public GfpEvidence {
    if (number == null && names == null) {
      throw new IllegalArgumentException("a mask has a number, names or both");
    }
    hints = Set.copyOf(hints);
  }

  /** A bare number. */
  public static GfpEvidence ofNumber(int number) {
    return new GfpEvidence(number, null, null, Set.of());
  }

  /** Names without a number, as traces have them. */
  public static GfpEvidence ofNames(String names) {
    return new GfpEvidence(null, names, null, Set.of());
  }

  /** A number and its names, as reports have them since 4.6. */
  public static GfpEvidence of(int number, String names) {
    return new GfpEvidence(number, names, null, Set.of());
  }

  /** The same, from a report of this kernel. */
  public GfpEvidence from(KernelVersion kernel) {
    return new GfpEvidence(number, names, kernel, hints);
  }

  /** The same, from a report of this shape. */
  public GfpEvidence with(ReportHint... shape) {
    return new GfpEvidence(number, names, version, Set.of(shape));
  }
}
