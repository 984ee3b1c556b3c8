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

  /** Fewest insertions, deletions, substitutions and swaps of neighbours that turn a into b. */
  private static int distance(String a, String b) {
    int[][] edits = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        edits[i][j] = i == 0 || j == 0 ? i + j : cheapest(edits, i, j, a, b);
      }
    }
    return edits[a.length()][b.length()];
  }

  private static int cheapest(int[][] edits, int i, int j, String a, String b) {
    boolean same = a.charAt(i - 1) == b.charAt(j - 1);
    int best =
        Math.min(
            edits[i - 1][j - 1] + (same ? 0 : 1), 1 + Math.min(edits[i - 1][j], edits[i][j - 1]));
    boolean swapped =
        i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
    return swapped ? Math.min(best, 1 + edits[i - 2][j - 2]) : best;
  }
}
