package dev.buddyd.explain;

import java.util.List;

/**
 * How a request went, step by step.
 *
 * @param steps in the order in which the allocator decided
 * @param outcome the end of it in one sentence
 */
public record Explanation(List<ExplainedStep> steps, String outcome) {

  /** The explanation as text for a terminal: what happens to many blocks alike is one line. */
  public String text() {
    StringBuilder text = new StringBuilder();
    for (ExplainedStep step : Folding.fold(steps)) {
      String place = step.zone() == null ? "" : "node " + step.node() + " " + step.zone() + ": ";
      text.append("%-8s %s%s%n".formatted(step.rule(), place, step.sentence()));
    }
    return text.append("=> ").append(outcome).append('\n').toString();
  }
}
