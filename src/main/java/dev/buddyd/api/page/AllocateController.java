package dev.buddyd.api.page;

import dev.buddyd.api.http.StateTag;
import dev.buddyd.api.http.TextWanted;
import dev.buddyd.explain.Explainer;
import dev.buddyd.explain.Explanation;
import dev.buddyd.machine.Allocation;
import dev.buddyd.machine.AllocationOutcome;
import dev.buddyd.machine.MachineService;
import dev.buddyd.machine.PageRequest;
import dev.buddyd.machine.SimulatedMachine;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** {@code POST /pages}. */
@RestController
class AllocateController {

  private static final MediaType TEXT = new MediaType(MediaType.TEXT_PLAIN, StandardCharsets.UTF_8);

  private final MachineService machines;
  private final PageRequests requests;
  private final IdempotencyCache idempotency;
  private final NearMissSearch nearMisses;

  AllocateController(
      MachineService machines,
      PageRequests requests,
      IdempotencyCache idempotency,
      NearMissSearch nearMisses) {
    this.machines = machines;
    this.requests = requests;
    this.idempotency = idempotency;
    this.nearMisses = nearMisses;
  }

  /** What makes two requests under one key the same. */
  private record Asked(PageRequest request, boolean explain) {}

  @PostMapping(
      path = "/pages",
      consumes = MediaType.APPLICATION_JSON_VALUE,
      produces = {MediaType.APPLICATION_JSON_VALUE, MediaType.TEXT_PLAIN_VALUE})
  ResponseEntity<?> allocate(
      @RequestBody AllocateRequest body,
      @RequestParam(name = "dry_run", defaultValue = "false") boolean dryRun,
      @RequestParam(defaultValue = "false") boolean explain,
      @RequestHeader(name = "Idempotency-Key", required = false) @Nullable String key,
      @RequestHeader(name = HttpHeaders.ACCEPT, required = false) @Nullable String accept) {
    PageRequest request = requests.read(body);
    SimulatedMachine machine = machines.current();
    if (explain && key == null && TextWanted.by(accept)) {
      return dryRun
          ? text(machine, request, machine.preview(request, true), HttpStatus.OK)
          : text(machine, request, machine.allocate(request, true), HttpStatus.CREATED);
    }
    if (dryRun) {
      return answer(machine, request, machine.preview(request, explain), explain, HttpStatus.OK);
    }
    if (key == null) {
      return answer(
          machine, request, machine.allocate(request, explain), explain, HttpStatus.CREATED);
    }
    var result =
        idempotency.once(
            machine.epoch(),
            key,
            new Asked(request, explain),
            AllocationOutcome.class,
            () -> machine.allocate(request, explain));
    var answer = answer(machine, request, result.outcome(), explain, HttpStatus.CREATED);
    return result.replayed()
        ? ResponseEntity.status(answer.getStatusCode())
            .headers(answer.getHeaders())
            .header("Idempotent-Replayed", "true")
            .body(answer.getBody())
        : answer;
  }

  private ResponseEntity<Object> text(
      SimulatedMachine machine,
      PageRequest request,
      AllocationOutcome outcome,
      HttpStatus status) {
    return switch (outcome) {
      case AllocationOutcome.Granted granted ->
          ResponseEntity.status(status)
              .contentType(TEXT)
              .body(OutcomeText.granted(machine, granted));
      case AllocationOutcome.Refused refused ->
          ResponseEntity.status(HttpStatus.CONFLICT)
              .contentType(TEXT)
              .body(
                  OutcomeText.refused(
                      machine, request, refused, nearMisses.of(machine, request, refused)));
    };
  }

  private ResponseEntity<AllocationBody> answer(
      SimulatedMachine machine,
      PageRequest request,
      AllocationOutcome outcome,
      boolean explain,
      HttpStatus status) {
    return switch (outcome) {
      case AllocationOutcome.Refused refused when explain ->
          throw Refusals.explained(
              machine, request, refused, nearMisses.of(machine, request, refused));
      case AllocationOutcome.Refused refused -> throw Refusals.problem(machine, request, refused);
      case AllocationOutcome.Granted granted -> {
        Allocation a = granted.allocation();
        Explanation how = explain ? new Explainer(machine.memory()).explain(outcome) : null;
        var answer = ResponseEntity.status(status);
        if (status == HttpStatus.CREATED) {
          answer
              .location(URI.create("/pages/" + a.pfn()))
              .eTag(new StateTag(machine.epoch(), a.sequence()).toString());
        }
        yield answer.contentType(MediaType.APPLICATION_JSON).body(AllocationBody.of(a, how));
      }
    };
  }
}
