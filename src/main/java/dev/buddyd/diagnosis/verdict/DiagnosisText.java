package dev.buddyd.diagnosis.verdict;

import java.util.List;
import java.util.stream.Collectors;

/** Writes a diagnosis as text for people. */
public final class DiagnosisText {

  private DiagnosisText() {}

  /** The whole answer, one section per report, lines of any length. */
  public static String of(Diagnosis diagnosis) {
    return diagnosis.reports().stream().map(DiagnosisText::of).collect(Collectors.joining("\n"));
  }

  /** One verdict. */
  public static String of(ReportVerdict verdict) {
    StringBuilder text = new StringBuilder();
    text.append(title(verdict)).append('\n');
    switch (verdict.kind()) {
      case "show-memory" -> text.append(verdict.sentence()).append('\n');
      case "question" -> {
        text.append(answer(verdict)).append('\n');
        text.append(verdict.sentence()).append('\n');
      }
      default -> {
        text.append("cause: ").append(verdict.cause().id()).append(confidence(verdict));
        text.append('\n').append(verdict.sentence()).append('\n');
        text.append("severity: ").append(verdict.severity()).append('\n');
      }
    }
    if (verdict.gfpMask() != null) {
      text.append("mask: ").append(verdict.gfpMask());
      String flags = String.join("|", verdict.gfpFlags());
      if (flags.isEmpty()) {
        text.append(", no flags\n");
      } else {
        text.append(" = ").append(verdict.gfpNames());
        text.append(flags.equals(verdict.gfpNames()) ? "\n" : " = " + flags + "\n");
      }
    }
    if (verdict.kernel() != null) {
      text.append("kernel: ").append(verdict.kernel()).append('\n');
    }
    section(text, "zones", verdict.zones().stream().map(ZoneVerdict::sentence).toList());
    section(
        text,
        "what would have helped",
        verdict.remedies().stream().map(DiagnosisText::of).toList());
    section(text, "notes", verdict.notes());
    section(text, "missing in the text", verdict.missing());
    return text.toString();
  }

  private static String answer(ReportVerdict verdict) {
    boolean granted = verdict.severity().startsWith("none");
    boolean open = verdict.cause() == Cause.UNKNOWN;
    String answer = granted ? "granted" : open ? "open" : "refused: " + verdict.cause().id();
    return answer + confidence(verdict);
  }

  private static String confidence(ReportVerdict verdict) {
    return " (confidence " + verdict.confidence().id() + ")";
  }

  private static String title(ReportVerdict verdict) {
    StringBuilder title = new StringBuilder();
    boolean headless = verdict.missing().contains("header") && verdict.gfpMask() == null;
    title.append("line ").append(verdict.line()).append(": ");
    title.append(headless ? "a report without its header" : verdict.kind());
    if (verdict.task() != null) {
      title.append(headless ? ", task " : " of ").append(verdict.task());
    }
    if (verdict.order() != null) {
      title.append(", order ").append(verdict.order());
    }
    if (verdict.count() > 1) {
      String lines =
          verdict.lines().stream().map(String::valueOf).collect(Collectors.joining(", "));
      title.append(", ").append(verdict.count()).append(" times (lines ").append(lines).append(')');
    }
    return title.toString();
  }

  private static String of(Remedy remedy) {
    return (remedy.helps() ? "yes  " : "no   ") + remedy.change() + ": " + remedy.sentence();
  }

  private static void section(StringBuilder text, String name, List<String> lines) {
    if (lines.isEmpty()) {
      return;
    }
    text.append(name).append(":\n");
    for (String line : lines) {
      text.append("  ").append(line).append('\n');
    }
  }
}
