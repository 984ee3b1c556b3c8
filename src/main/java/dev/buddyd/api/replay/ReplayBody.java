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
import org.jspecify.annotations.Nullable;

/**
 * A replay as it stands.
 *
 * @param id number of the replay
 * @param state {@code queued}, {@code running}, {@code done}, {@code failed} or {@code cancelled}
 * @param operationsDone operations performed so far
 * @param operationsTotal operations in all; 0 until they were read
 * @param exact whether nothing differs from the recording; null until it is done
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
    RuntimeException failure = replay.failure();
    String state = replay.state().name().toLowerCase(Locale.ROOT);
    if (result == null) {
      return new ReplayBody(
          replay.id(),
          state,
          replay.operationsDone(),
          replay.operationsTotal(),
          null,
          null,
          null,
          null,
          null,
          null,
          null,
          null,
          null,
          null,
          null,
          null,
          null,
          null,
          failure == null ? null : problem(ReplayFailures.problem(failure)),
          null);
    }
    Comparison comparison = result.comparison();
    return new ReplayBody(
        replay.id(),
        state,
        replay.operationsDone(),
        replay.operationsTotal(),
        result.trace() == null ? result.exact() : null,
        result.name(),
        result.kind().name().toLowerCase(Locale.ROOT),
        result.operations(),
        comparison.results(),
        comparison.resultsEqual(),
        comparison.resultsAsked(),
        comparison.probes(),
        comparison.probesEqual(),
        comparison.afterEqual(),
        comparison.procTextEqual(),
        result.firstDifference(),
        result.trace(),
        result.kind() == ReplayResult.Kind.RECLAIM
            ? result.tests().stream().map(ReclaimTestBody::of).toList()
            : null,
        null,
        result.trace() == null ? "/replays/" + replay.id() + "/recording" : null);
  }

  private static Map<String, Object> problem(ProblemException problem) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("type", problem.type().uri().toString());
    body.put("title", problem.type().title());
    body.put("status", problem.type().status().value());
    body.put("detail", problem.detail());
    problem.members().forEach((name, value) -> body.put(name, value == null ? "" : value));
    return body;
  }
}
