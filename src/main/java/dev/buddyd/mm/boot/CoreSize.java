package dev.buddyd.mm.boot;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads the sizes of {@code kernelcore=} and {@code movablecore=} (Z-6). */
final class CoreSize {

  private CoreSize() {}

  /** Pages meant by a size such as {@code 512M}, {@code 4G} or {@code 25%}; 0 for none. */
  static long pages(@Nullable String text, String field, long totalPages, int pageShift) {
    if (text == null || text.isBlank()) {
      return 0;
    }
    String size = text.strip().toUpperCase(Locale.ROOT);
    try {
      if (size.endsWith("%")) {
        long percent = Long.parseLong(size.substring(0, size.length() - 1));
        if (percent < 0 || percent > 100) {
          throw new InvalidMachineException(field, percent + "% is not within 0..100 %");
        }
        return Math.multiplyExact(totalPages, percent) / 100;
      }
      int suffix = "KMGT".indexOf(size.charAt(size.length() - 1));
      String digits = suffix < 0 ? size : size.substring(0, size.length() - 1);
      long bytes = Math.multiplyExact(Long.parseLong(digits), 1L << (10 * (suffix + 1)));
      if (bytes < 0) {
        throw new InvalidMachineException(field, "a size cannot be negative: " + text);
      }
      return (bytes + (1L << pageShift) - 1) >> pageShift;
    } catch (ArithmeticException | NumberFormatException e) {
      throw new InvalidMachineException(
          field, "'" + text + "' is no size: bytes with suffix K, M, G or T, or a percentage");
    }
  }
}
