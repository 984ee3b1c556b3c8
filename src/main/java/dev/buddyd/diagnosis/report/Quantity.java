package dev.buddyd.diagnosis.report;

import org.jspecify.annotations.Nullable;

/**
 * One number as the kernel printed it.
 *
 * @param raw the digits as printed
 * @param value the number; null when it does not fit into 63 bits (a counter that underflowed)
 * @param unit what it counts
 */
public record Quantity(String raw, @Nullable Long value, Unit unit) {

  /** The unit that was printed behind a number. */
  public enum Unit {
    /** {@code kB} or {@code KB}: 1024 bytes. */
    KB,
    /** No unit printed: pages, or a plain count. */
    NONE
  }

  /** The value in kB, or null if it is unknown or printed without a unit. */
  public @Nullable Long kb() {
    return unit == Unit.KB ? value : null;
  }
}
