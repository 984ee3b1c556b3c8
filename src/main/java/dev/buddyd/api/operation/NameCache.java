package dev.buddyd.api.operation;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.ToIntFunction;

/**
 * Remembers what texts stand for, so that masks and names that come again and again are understood
 * once. A text takes the place of another one with the same hash.
 */
final class NameCache {

  private static final int PLACES = 256;
  private static final int LONGEST = 128;

  private final ToIntFunction<String> meaning;
  private final byte[][] names = new byte[PLACES][];
  private final int[] values = new int[PLACES];
  private final boolean[] taken = new boolean[PLACES];

  /**
   * An empty cache.
   *
   * @param meaning finds what a text stands for; may throw
   */
  NameCache(ToIntFunction<String> meaning) {
    this.meaning = meaning;
    Arrays.fill(names, new byte[0]);
  }

  /** What a range of UTF-8 bytes stands for. */
  int of(byte[] text, int from, int to) {
    int place = Ascii.hash(text, from, to) & PLACES - 1;
    if (taken[place] && Ascii.same(names[place], text, from, to)) {
      return values[place];
    }
    int value = meaning.applyAsInt(new String(text, from, to - from, StandardCharsets.UTF_8));
    if (to - from <= LONGEST) {
      names[place] = Arrays.copyOfRange(text, from, to);
      values[place] = value;
      taken[place] = true;
    }
    return value;
  }
}
