package dev.buddyd.diagnosis.report;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A GFP mask as printed: number, names, or both (G-40, G-57).
 *
 * @param printed the text as it stands in the report, e.g. {@code 0xcc0(GFP_KERNEL)}
 * @param value the number, or null when only names were printed
 * @param names the names and unnamed hexadecimal rests, in printed order; empty when the kernel
 *     printed the number alone (up to 4.5) or the mask is 0
 * @param namesPrinted whether there was a list of names at all, even an empty one
 */
public record MaskText(
    String printed, @Nullable Long value, List<String> names, boolean namesPrinted) {

  public MaskText {
    names = List.copyOf(names);
  }
}
