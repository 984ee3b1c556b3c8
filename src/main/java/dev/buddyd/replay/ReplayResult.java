package dev.buddyd.replay;

import dev.buddyd.replay.reclaim.Agreement;
import dev.buddyd.replay.reclaim.TestVerdict;
import dev.buddyd.replay.trace.TraceResult;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What came out of a replay.
 *
 * @param name name of the recording; empty for a table or a trace
 * @param kind what was sent
 * @param operations operations performed, states computed or tests made
 * @param comparison how much is equal
 * @param violations what is not sound about the machine at the end; empty if it is sound
 * @param firstDifference the first difference, or null
 * @param trace what came out of a trace, or null
 * @param tests the tests of a recording of memory running out; else empty
 */
public record ReplayResult(
    String name,
    Kind kind,
    int operations,
    Comparison comparison,
    List<String> violations,
    @Nullable FirstDifference firstDifference,
    @Nullable TraceResult trace,
    List<TestVerdict> tests) {

  /** What can be sent. */
  public enum Kind {
    RECORDING,
    QUESTION,
    TABLE,
    TABLE_QUESTION,
    TRACE,
    RECLAIM
  }

  /** Of a trace. */
  static ReplayResult of(TraceResult trace, int operations) {
    List<String> violations = trace.machine().violations();
    return new ReplayResult(
        "", Kind.TRACE, operations, Comparison.NONE, violations, null, trace, List.of());
  }

  /** Of a recording or a table. */
  static ReplayResult of(
      String name,
      Kind kind,
      int operations,
      Comparison comparison,
      List<String> violations,
      @Nullable FirstDifference first) {
    return new ReplayResult(name, kind, operations, comparison, violations, first, null, List.of());
  }

  /** The same with a report of the first difference. */
  ReplayResult with(FirstDifference difference) {
    return new ReplayResult(
        name, kind, operations, comparison, violations, difference, trace, tests);
  }

  /** Whether there was anything to compare: a trace has no outcome, nor has what has no tests. */
  public boolean compares() {
    return trace == null && !(kind == Kind.RECLAIM && tests.isEmpty());
  }

  /** Whether nothing differs; of memory running out, by more than the kernel's own spread. */
  public boolean exact() {
    return firstDifference == null
        && tests.stream().noneMatch(t -> t.agreement() == Agreement.DIFFERS);
  }
}
