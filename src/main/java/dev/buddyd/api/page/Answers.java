package dev.buddyd.api.page;

import dev.buddyd.api.http.StateTag;
import dev.buddyd.api.http.TextOrJson;
import dev.buddyd.api.problem.ProblemException;
import dev.buddyd.explain.Explainer;
import dev.buddyd.explain.Explanation;
import dev.buddyd.machine.Allocation;
import dev.buddyd.machine.AllocationOutcome;
import dev.buddyd.machine.PageRequest;
import dev.buddyd.machine.SimulatedMachine;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
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
    var response = ResponseEntity.status(form.granted());
    if (form.granted() == HttpStatus.CREATED) {
      response
          .header(HttpHeaders.LOCATION, "/pages/" + allocation.pfn())
          .eTag(new StateTag(machine.epoch(), allocation.sequence()).toString());
    }
    if (form.text()) {
      return text(response, OutcomeText.granted(machine, granted));
    }
    response.contentType(MediaType.APPLICATION_JSON);
    return new Answer.Sent(response.body(AllocationBody.of(allocation, how)), bytes(how));
  }

  private Answer refused(
      SimulatedMachine machine, PageRequest request, AllocationOutcome.Refused refused, Form form) {
    if (form.text()) {
      return text(
          ResponseEntity.status(HttpStatus.CONFLICT),
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

  private static Answer text(ResponseEntity.BodyBuilder response, String text) {
    return new Answer.Sent(
        response.contentType(TextOrJson.TEXT).body(text), BASE_BYTES + text.length());
  }

  private static long bytes(@Nullable Explanation how) {
    return BASE_BYTES + (how == null ? 0 : how.steps().size() * PART_BYTES);
  }
}
