package dev.buddyd.replay;

import dev.buddyd.replay.RecordingPass.Mismatch;
import dev.buddyd.replay.recording.JsonDiff;
import dev.buddyd.replay.recording.OperationText;
import dev.buddyd.replay.recording.Operations;
import org.jspecify.annotations.Nullable;

/** Puts the report of a first difference together. */
final class DifferenceReport {

  private DifferenceReport() {}

  static FirstDifference of(Mismatch mismatch, Examination examination, Operations ops) {
    Integer operation = mismatch.operation();
    JsonDiff.Difference d = mismatch.difference();
    String text = operation == null || operation < 0 ? null : text(ops, operation);
    return new FirstDifference(
        mismatch.where(),
        operation,
        mismatch.line(),
        text,
        d.path(),
        d.expected(),
        d.actual(),
        examination.rule(),
        sentence(mismatch, text, examination),
        examination.decisions(),
        examination.lists());
  }

  /** The operation as it was recorded; a page of a bulk request with its request. */
  private static String text(Operations ops, int operation) {
    int i = ops.requestOf(operation);
    String request = OperationText.of(ops, i, ops.given(i));
    return i == operation
        ? request
        : request + " " + OperationText.of(ops, operation, ops.given(operation));
  }

  private static String sentence(
      Mismatch mismatch, @Nullable String text, Examination examination) {
    JsonDiff.Difference d = mismatch.difference();
    StringBuilder out = new StringBuilder();
    switch (mismatch.where()) {
      case "operation" ->
          out.append("Operation ")
              .append(mismatch.operation())
              .append(", ")
              .append(text)
              .append(": the recording has ")
              .append(result(d.expected()))
              .append(", this machine gave ")
              .append(result(d.actual()));
      case "probe" ->
          out.append("After operation ")
              .append(mismatch.operation())
              .append(" the probe has ")
              .append(d.expected())
              .append(" at ")
              .append(d.path())
              .append(", this machine ")
              .append(d.actual());
      default ->
          out.append("All results and probes before are equal, but ")
              .append(mismatch.where().equals("after") ? "after." : "")
              .append(d.path())
              .append(" was ")
              .append(d.expected())
              .append(" and is ")
              .append(d.actual());
    }
    if (examination.rule() != null) {
      out.append(" by rule ").append(examination.rule());
    }
    if (examination.whereabouts() != null) {
      out.append("; pfn ").append(d.expected()).append(' ').append(examination.whereabouts());
    }
    return out.append('.').toString();
  }

  private static String result(String value) {
    return value.equals("-1") ? "a refusal (-1)" : value;
  }
}
