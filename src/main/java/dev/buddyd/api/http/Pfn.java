package dev.buddyd.api.http;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.buddyd.api.problem.ProblemException;
import dev.buddyd.api.problem.ProblemType;
import java.util.HexFormat;

/**
 * A page frame number as clients write it: decimal, or hexadecimal with {@code 0x}; in JSON a
 * number or a string.
 *
 * @param value 0 or more
 */
public record Pfn(long value) {

  /**
   * Reads a page frame number.
   *
   * @throws ProblemException {@code invalid-pfn}
   */
  public static Pfn parse(String text) {
    boolean hex = text.startsWith("0x") || text.startsWith("0X");
    String digits = hex ? text.substring(2) : text;
    if (!digits.isEmpty() && digits.chars().allMatch(HexFormat::isHexDigit)) {
      try {
        return new Pfn(Long.parseLong(digits, hex ? 16 : 10));
      } catch (NumberFormatException e) {
        // reported below
      }
    }
    throw new ProblemException(
            ProblemType.INVALID_PFN,
            "'%.100s' is no page frame number; write 4711 or 0x1267".formatted(text))
        .with("field", "pfn");
  }

  @JsonCreator
  static Pfn of(Object json) {
    return parse(String.valueOf(json));
  }

  /** The number. */
  @JsonValue
  @Override
  public long value() {
    return value;
  }
}
