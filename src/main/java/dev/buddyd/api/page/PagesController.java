package dev.buddyd.api.page;

import dev.buddyd.api.http.Pfn;
import dev.buddyd.api.http.StateTag;
import dev.buddyd.api.http.TextWanted;
import dev.buddyd.explain.Explainer;
import dev.buddyd.explain.Explanation;
import dev.buddyd.explain.NeighbourExplanation;
import dev.buddyd.machine.Allocation;
import dev.buddyd.machine.FrameInfo;
import dev.buddyd.machine.MachineService;
import dev.buddyd.machine.SimulatedMachine;
import dev.buddyd.machine.Step;
import java.nio.charset.StandardCharsets;
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

  private static final MediaType TEXT = new MediaType(MediaType.TEXT_PLAIN, StandardCharsets.UTF_8);

  private final MachineService machines;

  PagesController(MachineService machines) {
    this.machines = machines;
  }

  @GetMapping(
      path = "/pages/{pfn}",
      produces = {MediaType.APPLICATION_JSON_VALUE, MediaType.TEXT_PLAIN_VALUE})
  ResponseEntity<?> get(
      @PathVariable Pfn pfn,
      @RequestParam(defaultValue = "false") boolean explain,
      @RequestHeader(name = HttpHeaders.ACCEPT, required = false) @Nullable String accept) {
    SimulatedMachine machine = machines.current();
    FrameInfo info = machine.describe(pfn.value());
    Explanation why = explain ? new NeighbourExplanation(machine).explain(info) : null;
    if (why != null && TextWanted.by(accept)) {
      return ResponseEntity.ok().contentType(TEXT).body(why.text());
    }
    return ResponseEntity.ok()
        .eTag(tag(machine, info).toString())
        .contentType(MediaType.APPLICATION_JSON)
        .body(FrameBody.of(info, why));
  }

  @DeleteMapping(
      path = "/pages/{pfn}",
      produces = {MediaType.APPLICATION_JSON_VALUE, MediaType.TEXT_PLAIN_VALUE})
  ResponseEntity<?> free(
      @PathVariable Pfn pfn,
      @RequestParam(required = false) @Nullable Integer order,
      @RequestParam(required = false) @Nullable Integer cpu,
      @RequestParam(defaultValue = "false") boolean explain,
      @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch,
      @RequestHeader(name = HttpHeaders.ACCEPT, required = false) @Nullable String accept) {
    SimulatedMachine machine = machines.current();
    long expected = ifMatch == null ? ANY : expected(machine, pfn, ifMatch);
    List<Step> steps = machine.free(pfn.value(), order, expected, cpu, explain);
    if (!explain) {
      return ResponseEntity.noContent().build();
    }
    Explanation how = new Explainer(machine.memory()).explainFree(pfn.value(), steps);
    return TextWanted.by(accept)
        ? ResponseEntity.ok().contentType(TEXT).body(how.text())
        : ResponseEntity.ok().contentType(MediaType.APPLICATION_JSON).body(how);
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
