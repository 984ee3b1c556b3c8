package dev.buddyd.api.page;

import dev.buddyd.api.http.StateTag;
import dev.buddyd.api.http.TextOrJson;
import dev.buddyd.api.page.Answer.Made;
import dev.buddyd.api.page.Answer.Sent;
import dev.buddyd.api.problem.ProblemException;
import dev.buddyd.explain.Explainer;
import dev.buddyd.explain.Explanation;
import dev.buddyd.machine.Allocation;
import dev.buddyd.machine.AllocationOutcome;
import dev.buddyd.machine.PageRequest;
import dev.buddyd.machine.SimulatedMachine;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;

/** Makes answers from outcomes: JSON, or text where an explanation is wanted as text. */
@Component
final class Answers {

  /** Memory of an answer without its large parts, and of one step or verdict. */
  private static final long BASE_BYTES = 2048;

  private static final long PART_BYTES = 512;

  private final NearMissSearch nearMisses;

  Answers(NearMissSearch nearMisses) {
    this.nearMisses = nearMisses;
  }

  /**
   * How the answer is to look.
   *
   * @param explain whether it says how it came about
   * @param text whether it says so as text
   * @param granted status of a grant: 201, or 200 if nothing was done
   */
  record Form(boolean explain, boolean text, HttpStatus granted) {}

  Answer of(SimulatedMachine machine, PageRequest request, AllocationOutcome outcome, Form form) {
    return switch (outcome) {
      case AllocationOutcome.Granted granted -> granted(machine, granted, form);
      case AllocationOutcome.Refused refused -> refused(machine, request, refused, form);
    };
  }

  private static Answer granted(
      SimulatedMachine machine, AllocationOutcome.Granted granted, Form form) {
    Allocation allocation = granted.allocation();
    Explanation how = form.explain() ? new Explainer(machine).explain(granted) : null;
    Made made =
        form.granted() == HttpStatus.CREATED
            ? new Made(
                "/pages/" + allocation.pfn(),
                new StateTag(machine.epoch(), allocation.sequence()).toString())
            : null;
    if (form.text()) {
      return text(form.granted(), made, OutcomeText.granted(machine, granted));
    }
    AllocationBody body = AllocationBody.of(allocation, how);
    return new Sent(form.granted(), made, MediaType.APPLICATION_JSON, body, false, bytes(how));
  }

  private Answer refused(
      SimulatedMachine machine, PageRequest request, AllocationOutcome.Refused refused, Form form) {
    if (form.text()) {
      return text(
          HttpStatus.CONFLICT,
          null,
          OutcomeText.refused(machine, request, refused, nearMisses.of(machine, request, refused)));
    }
    ProblemException problem =
        form.explain()
            ? Refusals.explained(
                machine, request, refused, nearMisses.of(machine, request, refused))
            : Refusals.problem(machine, request, refused);
    Object report = problem.members().get("report");
    long characters = report instanceof String text ? text.length() : 0;
    int parts = refused.verdicts().size() + refused.steps().size();
    return new Answer.Refused(problem, BASE_BYTES + characters + parts * PART_BYTES);
  }

  private static Answer text(HttpStatus status, @Nullable Made made, String text) {
    return new Sent(status, made, TextOrJson.TEXT, text, false, BASE_BYTES + text.length());
  }

  private static long bytes(@Nullable Explanation how) {
    return BASE_BYTES + (how == null ? 0 : how.steps().size() * PART_BYTES);
  }
}
