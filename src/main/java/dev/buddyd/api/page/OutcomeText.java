package dev.buddyd.api.page;

import dev.buddyd.explain.Explainer;
import dev.buddyd.explain.NearMiss;
import dev.buddyd.explain.NearMissReport;
import dev.buddyd.explain.RefusalSentence;
import dev.buddyd.machine.AllocationOutcome;
import dev.buddyd.machine.AllocationOutcome.Refused;
import dev.buddyd.machine.PageRequest;
import dev.buddyd.machine.SimulatedMachine;
import dev.buddyd.procfs.FailureReport;

/** An outcome with its explanation as text for a terminal. */
final class OutcomeText {

  private OutcomeText() {}

  static String granted(SimulatedMachine machine, AllocationOutcome outcome) {
    return new Explainer(machine).explain(outcome).text();
  }

  static String refused(
      SimulatedMachine machine, PageRequest request, Refused refused, NearMissReport nearMisses) {
    StringBuilder text = new StringBuilder();
    text.append(new RefusalSentence(machine.memory()).of(refused)).append("\n\n");
    text.append(new Explainer(machine).explain(refused).text());
    text.append("\nThe same request would have been granted\n");
    for (NearMiss miss : nearMisses.nearMisses()) {
      text.append("  ")
          .append(miss.change())
          .append(": pfn 0x")
          .append(Long.toHexString(miss.pfn()))
          .append(" in node ")
          .append(miss.node())
          .append(' ')
          .append(miss.zone())
          .append('\n');
    }
    if (nearMisses.nearMisses().isEmpty()) {
      text.append("  with none of the ").append(nearMisses.tried()).append(" changes tried\n");
    }
    if (nearMisses.truncated()) {
      text.append("  (not all changes were tried)\n");
    }
    String report = FailureReport.of(machine, request, refused);
    return report == null ? text.toString() : text.append('\n').append(report).toString();
  }
}
