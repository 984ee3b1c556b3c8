package dev.buddyd.mm.gfp;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Finds the known name that somebody who wrote an unknown one probably meant. Case and the {@code
 * GFP_} prefix do not count; what is left is compared by edit distance.
 */
final class NearestName {

  private static final int LONGEST = 64;
  private static final int SHORTEST_PREFIX = 3;

  private record Candidate(String name, int distance, boolean otherPrefix, boolean historical) {}

  private static final Comparator<Candidate> BEST_FIRST =
      Comparator.comparingInt(Candidate::distance)
          .thenComparing(Candidate::otherPrefix)
          .thenComparing(Candidate::historical)
          .thenComparingInt(candidate -> candidate.name.length())
          .thenComparing(Candidate::name);

  private NearestName() {}

  /** The nearest of {@code names} and the historical ones, or null if none is near. */
  static @Nullable String to(String token, Collection<String> names) {
    if (token.length() > LONGEST) {
      return null;
    }
    if (token.matches("[0-9a-fA-F]*[0-9][0-9a-fA-F]*") && token.length() <= 8) {
      return "0x" + token.toLowerCase(Locale.ROOT);
    }
    Candidate best = null;
    for (String name : names) {
      best = better(best, candidate(token, name, false));
    }
    for (String name : HistoricalName.names()) {
      best = better(best, candidate(token, name, true));
    }
    int tolerated = Math.max(1, stem(token).length() / 3);
    return best != null && best.distance <= tolerated ? best.name : null;
  }

  private static Candidate better(@Nullable Candidate best, Candidate next) {
    return best == null || BEST_FIRST.compare(next, best) < 0 ? next : best;
  }

  private static Candidate candidate(String token, String name, boolean historical) {
    String typed = stem(token);
    String known = stem(name);
    int distance = EditDistance.of(typed, known);
    if (typed.length() >= SHORTEST_PREFIX && known.startsWith(typed)) {
      distance = Math.min(distance, 1);
    }
    return new Candidate(name, distance, prefix(token) != prefix(name), historical);
  }

  private static String stem(String name) {
    return name.toUpperCase(Locale.ROOT).replaceFirst("^_*(GFP_*)?", "");
  }

  /** Leading underscores tell {@code __GFP_HIGH} from {@code GFP_ATOMIC}. */
  private static boolean prefix(String name) {
    return name.startsWith("_");
  }
}
