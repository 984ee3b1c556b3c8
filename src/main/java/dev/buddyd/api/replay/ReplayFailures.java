package dev.buddyd.api.replay;

import dev.buddyd.api.problem.ProblemException;
import dev.buddyd.api.problem.ProblemType;
import dev.buddyd.replay.Replays.TooManyReplaysException;
import dev.buddyd.replay.json.LimitException;
import dev.buddyd.replay.json.RecordingException;
import dev.buddyd.replay.recording.FrameTablesFullException;

/** What can go wrong with a replay, as problems. */
final class ReplayFailures {

  private ReplayFailures() {}

  static ProblemException problem(RuntimeException failure) {
    return switch (failure) {
      case RecordingException broken ->
          new ProblemException(ProblemType.INVALID_RECORDING, String.valueOf(broken.getMessage()))
              .with("line", broken.line())
              .with("field", broken.field());
      case LimitException limit ->
          new ProblemException(ProblemType.TOO_LARGE, String.valueOf(limit.getMessage()))
              .with("limit_name", limit.limit())
              .with("limit", limit.value());
      case FrameTablesFullException full ->
          new ProblemException(
              ProblemType.FRAME_TABLE_EXHAUSTED, String.valueOf(full.getMessage()));
      case TooManyReplaysException busy ->
          new ProblemException(ProblemType.OVERLOADED, String.valueOf(busy.getMessage()));
      default -> throw failure;
    };
  }
}
