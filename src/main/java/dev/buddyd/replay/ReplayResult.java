package dev.buddyd.replay;

import dev.buddyd.replay.reclaim.Agreement;
import dev.buddyd.replay.reclaim.TestVerdict;
import dev.buddyd.replay.trace.TraceResult;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What came out of a replay.
 *
 * @param name name of the recording; empty for a table
 * @param kind what was sent
 * @param operations operations performed, or states computed
 * @param resultsCompared results that the recording has
 * @param resultsEqual those that this machine gave, too
 * @param resultsAsked results that were asked for
 * @param probesCompared probes that the recording has
 * @param probesEqual those that are equal
 * @param afterEqual whether the state after is equal; null where it was asked for
 * @param procTextEqual by name of the text, whether it is equal
 * @param violations what is not sound about the machine at the end; empty if it is sound
 * @param firstDifference the first difference, or null
 * @param trace what came out of a trace, or null
 * @param tests the tests of a recording of memory running out; else empty
 */
public record ReplayResult(
    String name,
    Kind kind,
    int operations,
    int resultsCompared,
    int resultsEqual,
    int resultsAsked,
    int probesCompared,
    int probesEqual,
    @Nullable Boolean afterEqual,
    Map<String, Boolean> procTextEqual,
    List<String> violations,
    @Nullable FirstDifference firstDifference,
    @Nullable TraceResult trace,
    List<TestVerdict> tests) {

  /** The result of something that is neither a trace nor about memory running out. */
  ReplayResult(
      String name,
      Kind kind,
      int operations,
      int resultsCompared,
      int resultsEqual,
      int resultsAsked,
      int probesCompared,
      int probesEqual,
      @Nullable Boolean afterEqual,
      Map<String, Boolean> procTextEqual,
      List<String> violations,
      @Nullable FirstDifference firstDifference) {
    this(
        name,
        kind,
        operations,
        resultsCompared,
        resultsEqual,
        resultsAsked,
        probesCompared,
        probesEqual,
        afterEqual,
        procTextEqual,
        violations,
        firstDifference,
        null,
        List.of());
  }

  /** What can be sent. */
  public enum Kind {
    RECORDING,
    QUESTION,
    TABLE,
    TABLE_QUESTION,
    TRACE,
    RECLAIM
  }

  /** The same with a report of the first difference. */
  ReplayResult with(FirstDifference difference) {
    return new ReplayResult(
        name,
        kind,
        operations,
        resultsCompared,
        resultsEqual,
        resultsAsked,
        probesCompared,
        probesEqual,
        afterEqual,
        procTextEqual,
        violations,
        difference,
        trace,
        tests);
  }

  /** Whether nothing differs; of memory running out, by more than the kernel's own spread. */
  public boolean exact() {
    return firstDifference == null
        && tests.stream().noneMatch(t -> t.agreement() == Agreement.DIFFERS);
  }
}
