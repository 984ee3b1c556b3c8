package dev.buddyd.replay;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How much of what was sent this machine gave, too.
 *
 * @param results results that were sent
 * @param resultsEqual those that are equal
 * @param resultsAsked results that were asked for
 * @param probes probes that were sent
 * @param probesEqual those that are equal
 * @param afterEqual whether the state after is equal; null where it was asked for, or is none
 * @param procTextEqual by name of the text, whether it is equal
 */
public record Comparison(
    int results,
    int resultsEqual,
    int resultsAsked,
    int probes,
    int probesEqual,
    @Nullable Boolean afterEqual,
    Map<String, Boolean> procTextEqual) {

  /** Nothing was sent that could be compared. */
  static final Comparison NONE = ofResults(0, 0, 0);

  /** Of something that has results only. */
  static Comparison ofResults(int results, int equal, int asked) {
    return new Comparison(results, equal, asked, 0, 0, null, Map.of());
  }
}
