package dev.buddyd.api.replay;

import dev.buddyd.api.problem.ProblemException;
import dev.buddyd.api.problem.ProblemType;
import dev.buddyd.replay.Replays.MachinesNotAskedException;
import dev.buddyd.replay.Replays.TooManyReplaysException;
import dev.buddyd.replay.json.LimitException;
import dev.buddyd.replay.json.RecordingException;
import dev.buddyd.replay.recording.FrameTablesFullException;
import java.util.Map;

/** What can go wrong with a replay, as problems. */
final class ReplayFailures {

  /** Settings behind the limits of a replay; the others are fixed. */
  private static final Map<String, String> SETTINGS =
      Map.of(
          "replay_compressed_bytes", "buddyd.limits.upload-body",
          "replay_inflated_bytes", "buddyd.limits.upload-inflated",
          "frame_table_bytes", "buddyd.limits.frame-tables-percent");

  private ReplayFailures() {}

  static ProblemException problem(RuntimeException failure) {
    return switch (failure) {
      case RecordingException broken ->
          new ProblemException(ProblemType.INVALID_RECORDING, String.valueOf(broken.getMessage()))
              .with("line", broken.line() == 0 ? null : broken.line())
              .with("field", broken.field());
      case LimitException limit -> {
        String name = SETTINGS.getOrDefault(limit.limit(), limit.limit());
        yield ProblemException.tooLarge(
            name,
            limit.value(),
            "the recording exceeds %s, which is %d".formatted(name, limit.value()));
      }
      case FrameTablesFullException full ->
          new ProblemException(
              ProblemType.FRAME_TABLE_EXHAUSTED, String.valueOf(full.getMessage()));
      case MachinesNotAskedException recording ->
          ProblemException.invalid("machine", String.valueOf(recording.getMessage()));
      case TooManyReplaysException busy ->
          new ProblemException(ProblemType.OVERLOADED, String.valueOf(busy.getMessage()));
      default -> throw failure;
    };
  }
}
