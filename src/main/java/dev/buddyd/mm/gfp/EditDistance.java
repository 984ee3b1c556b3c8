package dev.buddyd.mm.gfp;

/** How far two names are apart. */
public final class EditDistance {

  private EditDistance() {}

  /** Fewest insertions, deletions, substitutions and swaps of neighbours that turn a into b. */
  public static int of(String a, String b) {
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
    int substituted = edits[i - 1][j - 1] + (same ? 0 : 1);
    int best = Math.min(substituted, 1 + Math.min(edits[i - 1][j], edits[i][j - 1]));
    boolean swapped =
        i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
    return swapped ? Math.min(best, 1 + edits[i - 2][j - 2]) : best;
  }
}
