package dev.buddyd.procfs.parse;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Non-negative numbers as the kernel prints them. */
final class Numbers {

  private Numbers() {}

  /** The number, or null if {@code word} is none or has more than 63 bits. */
  static @Nullable Long parse(String word) {
    if (word.isEmpty() || word.length() > 19) {
      return null;
    }
    for (int i = 0; i < word.length(); i++) {
      if (word.charAt(i) < '0' || word.charAt(i) > '9') {
        return null;
      }
    }
    try {
      return Long.parseLong(word);
    } catch (NumberFormatException e) {
      return null;
    }
  }

  /** All numbers, or an empty list if any of the words is none. */
  static List<Long> parseAll(List<String> words) {
    List<Long> numbers = new ArrayList<>();
    for (String word : words) {
      Long number = parse(word);
      if (number == null) {
        return List.of();
      }
      numbers.add(number);
    }
    return numbers;
  }
}
