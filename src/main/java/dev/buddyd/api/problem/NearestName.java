package dev.buddyd.api.problem;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Finds the known name that somebody who wrote an unknown one probably meant. */
public final class NearestName {

  private static final int LONGEST = 64;

  private NearestName() {}

  /** The nearest name by edit distance, case aside, or null if none is near. */
  public static @Nullable String to(String written, Collection<String> known) {
    if (written.length() > LONGEST) {
      return null;
    }
    String word = written.toLowerCase(Locale.ROOT);
    return known.stream()
        .min(Comparator.comparingInt(name -> distance(word, name.toLowerCase(Locale.ROOT))))
        .filter(name -> distance(word, name.toLowerCase(Locale.ROOT)) <= tolerated(name))
        .orElse(null);
  }

  private static int tolerated(String name) {
    return Math.max(1, name.length() / 3);
  }

  /** Fewest insertions, deletions and substitutions that turn a into b. */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int substituted = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(substituted, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
