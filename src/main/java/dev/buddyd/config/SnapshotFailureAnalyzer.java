package dev.buddyd.config;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says in plain words why the service does not start from a snapshot, and what to do. */
final class SnapshotFailureAnalyzer extends AbstractFailureAnalyzer<SnapshotFileException> {

  @Override
  protected FailureAnalysis analyze(Throwable rootFailure, SnapshotFileException cause) {
    return new FailureAnalysis(
        "The machine is to start from buddyd.snapshot.path, but %s: %s"
            .formatted(cause.file(), fullStop(cause.reason())),
        "Repair the file, move it away to boot the preset instead, or start without"
            + " buddyd.snapshot.path. Nothing was changed.",
        cause);
  }

  private static String fullStop(String sentence) {
    return sentence.endsWith(".") ? sentence : sentence + ".";
  }
}
