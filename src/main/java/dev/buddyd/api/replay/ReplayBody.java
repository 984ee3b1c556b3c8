package dev.buddyd.api.replay;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.buddyd.api.problem.ProblemException;
import dev.buddyd.replay.Comparison;
import dev.buddyd.replay.FirstDifference;
import dev.buddyd.replay.Replay;
import dev.buddyd.replay.ReplayResult;
import dev.buddyd.replay.trace.TraceResult;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A replay as it stands.
 *
 * @param id number of the replay
 * @param state {@code queued}, {@code running}, {@code done}, {@code failed} or {@code cancelled}
 * @param operationsDone operations performed so far
 * @param operationsTotal operations in all; 0 until they were read
 * @param exact whether nothing differs from the recording; null until it is done, and where there
 *     is nothing to compare. Of a recording of reclaim: nothing beyond the spread
 * @param name name of the recording
 * @param kind {@code recording}, {@code question}, {@code table}, {@code table_question} or {@code
 *     trace} or {@code reclaim}
 * @param operations operations performed, or states computed
 * @param resultsCompared results that the recording has
 * @param resultsEqual those that this machine gave, too
 * @param resultsAsked results that were asked for
 * @param probesCompared probes that the recording has
 * @param probesEqual those that are equal
 * @param afterEqual whether the state after is equal; null where it was asked for
 * @param procTextEqual by name of the text, whether it is equal
 * @param firstDifference the first difference, or null
 * @param trace what came out of a trace
 * @param tests of memory running out, test by test
 * @param problem why it failed
 * @param recording where the completed recording is
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record ReplayBody(
    long id,
    String state,
    int operationsDone,
    int operationsTotal,
    @Nullable Boolean exact,
    @Nullable String name,
    @Nullable String kind,
    @Nullable Integer operations,
    @Nullable Integer resultsCompared,
    @Nullable Integer resultsEqual,
    @Nullable Integer resultsAsked,
    @Nullable Integer probesCompared,
    @Nullable Integer probesEqual,
    @Nullable Boolean afterEqual,
    @Nullable Map<String, Boolean> procTextEqual,
    @Nullable FirstDifference firstDifference,
    @Nullable TraceResult trace,
    @Nullable List<ReclaimTestBody> tests,
    @Nullable Map<String, Object> problem,
    @Nullable String recording) {

  static ReplayBody of(Replay replay) {
    ReplayResult result = replay.result();
    Comparison comparison = result == null ? null : result.comparison();
    return new ReplayBody(
        replay.id(),
        replay.state().name().toLowerCase(Locale.ROOT),
        replay.operationsDone(),
        replay.operationsTotal(),
        from(result, r -> r.compares() ? r.exact() : null),
        from(result, ReplayResult::name),
        from(result, r -> r.kind().name().toLowerCase(Locale.ROOT)),
        from(result, ReplayResult::operations),
        from(comparison, Comparison::results),
        from(comparison, Comparison::resultsEqual),
        from(comparison, Comparison::resultsAsked),
        from(comparison, Comparison::probes),
        from(comparison, Comparison::probesEqual),
        from(comparison, Comparison::afterEqual),
        from(comparison, Comparison::procTextEqual),
        from(result, ReplayResult::firstDifference),
        from(result, ReplayResult::trace),
        from(result, ReplayBody::tests),
        result == null ? from(replay.failure(), ReplayBody::problem) : null,
        from(result, r -> r.trace() == null ? "/replays/" + replay.id() + "/recording" : null));
  }

  /** A part of what is there already. */
  private static <T, R> @Nullable R from(
      @Nullable T whole, Function<? super T, ? extends @Nullable R> part) {
    return whole == null ? null : part.apply(whole);
  }

  private static @Nullable List<ReclaimTestBody> tests(ReplayResult result) {
    return result.kind() == ReplayResult.Kind.RECLAIM
        ? result.tests().stream().map(ReclaimTestBody::of).toList()
        : null;
  }

  private static Map<String, Object> problem(RuntimeException failure) {
    ProblemException problem = ReplayFailures.problem(failure);
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("type", problem.type().uri().toString());
    body.put("title", problem.type().title());
    body.put("status", problem.type().status().value());
    body.put("detail", problem.detail());
    problem.members().forEach((name, value) -> body.put(name, value == null ? "" : value));
    return body;
  }
}
