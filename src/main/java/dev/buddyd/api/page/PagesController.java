package dev.buddyd.api.page;

import dev.buddyd.api.http.Pfn;
import dev.buddyd.api.http.StateTag;
import dev.buddyd.explain.Explainer;
import dev.buddyd.explain.Explanation;
import dev.buddyd.explain.NeighbourExplanation;
import dev.buddyd.machine.Allocation;
import dev.buddyd.machine.FrameInfo;
import dev.buddyd.machine.MachineService;
import dev.buddyd.machine.SimulatedMachine;
import dev.buddyd.machine.Step;
import io.swagger.v3.oas.annotations.Operation;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** {@code /pages/{pfn}}. */
@RestController
class PagesController {

  private final MachineService machines;

  PagesController(MachineService machines) {
    this.machines = machines;
  }

  @GetMapping(path = "/pages/{pfn}", produces = MediaType.APPLICATION_JSON_VALUE)
  ResponseEntity<FrameBody> get(
      @PathVariable Pfn pfn, @RequestParam(defaultValue = "false") boolean explain) {
    SimulatedMachine machine = machines.current();
    FrameInfo info = machine.describe(pfn.value());
    Explanation why = explain ? new NeighbourExplanation(machine).explain(info) : null;
    return ResponseEntity.ok().eTag(tag(machine, info).toString()).body(FrameBody.of(info, why));
  }

  /** Why the frame's block is not larger, as text for a terminal. */
  @GetMapping(path = "/pages/{pfn}", params = "explain=true", produces = MediaType.TEXT_PLAIN_VALUE)
  @Operation(hidden = true) // the text form of the operation above
  String getAsText(@PathVariable Pfn pfn) {
    SimulatedMachine machine = machines.current();
    return new NeighbourExplanation(machine).explain(machine.describe(pfn.value())).text();
  }

  @DeleteMapping(path = "/pages/{pfn}", produces = MediaType.APPLICATION_JSON_VALUE)
  ResponseEntity<Explanation> free(
      @PathVariable Pfn pfn,
      @RequestParam(required = false) @Nullable Integer order,
      @RequestParam(required = false) @Nullable Integer cpu,
      @RequestParam(defaultValue = "false") boolean explain,
      @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch) {
    SimulatedMachine machine = machines.current();
    long expected = ifMatch == null ? ANY : expected(machine, pfn, ifMatch);
    List<Step> steps = machine.free(pfn.value(), order, expected, cpu, explain);
    return explain
        ? ResponseEntity.ok(new Explainer(machine.memory()).explainFree(pfn.value(), steps))
        : ResponseEntity.noContent().build();
  }

  /** How a free went, as text for a terminal. */
  @DeleteMapping(
      path = "/pages/{pfn}",
      params = "explain=true",
      produces = MediaType.TEXT_PLAIN_VALUE)
  @Operation(hidden = true) // the text form of the operation above
  String freeAsText(
      @PathVariable Pfn pfn,
      @RequestParam(required = false) @Nullable Integer order,
      @RequestParam(required = false) @Nullable Integer cpu,
      @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch) {
    SimulatedMachine machine = machines.current();
    long expected = ifMatch == null ? ANY : expected(machine, pfn, ifMatch);
    List<Step> steps = machine.free(pfn.value(), order, expected, cpu, true);
    return new Explainer(machine.memory()).explainFree(pfn.value(), steps).text();
  }

  private static final long ANY = -1;

  /** The allocation that {@code If-Match} names, which must still be there when it is freed. */
  private static long expected(SimulatedMachine machine, Pfn pfn, String ifMatch) {
    FrameInfo info = machine.describe(pfn.value());
    tag(machine, info).require(ifMatch);
    Allocation allocation = info.allocation();
    return allocation == null ? ANY : allocation.sequence();
  }

  private static StateTag tag(SimulatedMachine machine, FrameInfo info) {
    Allocation allocation = info.allocation();
    return allocation == null
        ? StateTag.of(machine)
        : new StateTag(machine.epoch(), allocation.sequence());
  }
}
