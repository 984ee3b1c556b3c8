package dev.buddyd.api.problem;

import dev.buddyd.mm.gfp.EditDistance;
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
        .min(Comparator.comparingInt(name -> EditDistance.of(word, name.toLowerCase(Locale.ROOT))))
        .filter(name -> EditDistance.of(word, name.toLowerCase(Locale.ROOT)) <= tolerated(name))
        .orElse(null);
  }

  private static int tolerated(String name) {
    return Math.max(1, name.length() / 3);
  }
}
