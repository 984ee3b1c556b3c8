package dev.buddyd.diagnosis.verdict;

import java.util.List;

/**
 * The answer to a text.
 *
 * @param reports the verdicts, in order of their first line; empty when the text holds no report
 */
public record Diagnosis(List<ReportVerdict> reports) {

  public Diagnosis {
    reports = List.copyOf(reports);
  }
}
