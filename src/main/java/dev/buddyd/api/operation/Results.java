package dev.buddyd.api.operation;

import dev.buddyd.api.problem.NearestName;
import dev.buddyd.api.problem.ProblemException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Which operations are answered by a line; the summary is always there. */
enum Results {
  /** All of them. */
  ALL,
  /** Mistakes and refusals. */
  ERRORS,
  /** None. */
  NONE;

  private static final List<String> NAMES =
      Arrays.stream(values()).map(r -> r.name().toLowerCase(Locale.ROOT)).toList();

  /**
   * The choice that a parameter names; all if it is absent.
   *
   * @throws ProblemException if there is no such choice
   */
  static Results of(@Nullable String name) {
    if (name == null) {
      return ALL;
    }
    int found = NAMES.indexOf(name);
    if (found < 0) {
      throw ProblemException.invalid(
              "results", "results is one of all, errors, none, not '%.100s'".formatted(name))
          .with("nearest", NearestName.to(name, NAMES));
    }
    return values()[found];
  }
}
