package dev.buddyd.api.machine;

import dev.buddyd.api.http.StateTag;
import dev.buddyd.api.problem.ProblemException;
import dev.buddyd.config.Limits;
import dev.buddyd.machine.MachineService;
import dev.buddyd.mm.Violation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;

/** {@code POST /ticks} and {@code GET /invariants}. */
@RestController
@Tag(name = "Time and truth")
class TimeController {

  /**
   * How much time to let pass.
   *
   * @param count how often {@code stat_interval} passes, 1 if absent
   * @param cpu the CPU whose periodic work is done, all if absent
   */
  record Ticks(@Nullable Integer count, @Nullable Integer cpu) {}

  /**
   * What is after that.
   *
   * @param ticks how many there were
   * @param timeUs virtual time now, in microseconds since boot
   * @param sequence of the newest change
   */
  record Ticked(int ticks, long timeUs, long sequence) {}

  /**
   * Whether the machine contradicts itself.
   *
   * @param sound whether there is no violation
   * @param violations what does not hold, the first hundred
   */
  record Invariants(boolean sound, List<Broken> violations) {}

  /** One rule that does not hold. */
  record Broken(String rule, int node, String zone, @Nullable Long pfn, String sentence) {
    static Broken of(Violation v) {
      return new Broken(
          v.rule(), v.node(), v.zone(), v.pfn() == Violation.NO_PFN ? null : v.pfn(), v.sentence());
    }
  }

  private final MachineService machines;
  private final Limits limits;

  TimeController(MachineService machines, Limits limits) {
    this.machines = machines;
    this.limits = limits;
  }

  /**
   * Lets time pass: {@code count} times {@code stat_interval}, with the periodic work of one CPU or
   * all (P-42): counters folded, per-CPU limits decayed, remote lists drained, background work
   * done.
   *
   * @param ifMatch ticks only if the machine is in the state with this {@code ETag}; calls without
   *     the header may come in between
   */
  @PostMapping(
      path = "/ticks",
      consumes = MediaType.APPLICATION_JSON_VALUE,
      produces = MediaType.APPLICATION_JSON_VALUE)
  ResponseEntity<Ticked> tick(
      @RequestBody(required = false) @Nullable Ticks body,
      @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch) {
    Ticks ticks = body == null ? new Ticks(null, null) : body;
    int count = ticks.count() == null ? 1 : ticks.count();
    if (count < 1) {
      throw ProblemException.invalid("count", "count must be at least 1, not " + count);
    }
    if (count > limits.ticks()) {
      throw ProblemException.tooLarge(
          "buddyd.limits.ticks",
          limits.ticks(),
          "%d ticks are more than %d".formatted(count, limits.ticks()));
    }
    return StateTag.change(
        machines,
        ifMatch,
        machine -> {
          machine.tick(count, ticks.cpu());
          return ResponseEntity.ok()
              .eTag(StateTag.of(machine).toString())
              .body(new Ticked(count, machine.timeMicros(), machine.events().lastSequence()));
        });
  }

  /**
   * Checks the machine against itself: lists and counters agree, no two blocks overlap, no free
   * buddies are left unmerged, marks are in order.
   */
  @GetMapping(path = "/invariants", produces = MediaType.APPLICATION_JSON_VALUE)
  Invariants checkInvariants() {
    List<Violation> violations = machines.current().violations();
    return new Invariants(violations.isEmpty(), violations.stream().map(Broken::of).toList());
  }
}
