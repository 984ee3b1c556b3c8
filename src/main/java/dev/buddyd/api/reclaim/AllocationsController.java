package dev.buddyd.api.reclaim;

import dev.buddyd.api.http.StateTag;
import dev.buddyd.api.http.TextOrJson;
import dev.buddyd.api.page.FreedAnswer;
import dev.buddyd.api.page.Refusals;
import dev.buddyd.api.problem.ProblemException;
import dev.buddyd.explain.Explainer;
import dev.buddyd.explain.Explanation;
import dev.buddyd.machine.AllocationOutcome;
import dev.buddyd.machine.HeldAllocation;
import dev.buddyd.machine.HeldPages;
import dev.buddyd.machine.MachineService;
import dev.buddyd.machine.PageRequest;
import dev.buddyd.machine.SimulatedMachine;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** {@code /allocations/{sequence}}. */
@RestController
@Tag(name = "Reclaim")
class AllocationsController {

  private final MachineService machines;

  AllocationsController(MachineService machines) {
    this.machines = machines;
  }

  /**
   * How pages are used.
   *
   * @param write whether their contents change; false if absent
   */
  record Touch(@Nullable Boolean write) {}

  /**
   * How pages are brought back.
   *
   * @param cpu simulated CPU that faults; the one that allocated if absent
   */
  record FaultRequest(@Nullable Integer cpu) {}

  /**
   * An allocation by the sequence that {@code POST /pages} answered, wherever its pages are now:
   * the frame can change when compaction moves it, reclaim can swap or drop it, the OOM killer can
   * take it.
   *
   * @param sequence of the allocation
   */
  @GetMapping(path = "/allocations/{sequence}", produces = MediaType.APPLICATION_JSON_VALUE)
  HeldBody getAllocation(@PathVariable long sequence, HttpServletResponse response) {
    SimulatedMachine machine = machines.current();
    HeldBody body = HeldBody.of(new HeldPages(machine, false).describe(sequence));
    // it names the allocation, whatever becomes of it: not by the ResponseEntity, which would say
    // 304 of one that was swapped meanwhile
    response.setHeader(HttpHeaders.ETAG, new StateTag(machine.epoch(), sequence).toString());
    return body;
  }

  /**
   * Gives an allocation back, wherever its pages are.
   *
   * @param sequence of the allocation
   * @param cpu simulated CPU that frees; the one that allocated if absent
   * @param explain answers 200 and tells how
   * @param ifMatch frees only the allocation with this {@code ETag}: guards against another machine
   */
  @FreedAnswer.Documented
  @DeleteMapping(
      path = "/allocations/{sequence}",
      produces = {MediaType.APPLICATION_JSON_VALUE, MediaType.TEXT_PLAIN_VALUE})
  ResponseEntity<TextOrJson<Explanation>> freeAllocation(
      @PathVariable long sequence,
      @RequestParam(required = false) @Nullable Integer cpu,
      @RequestParam(defaultValue = "false") boolean explain,
      @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch) {
    SimulatedMachine machine = current(sequence, ifMatch);
    HeldPages held = new HeldPages(machine, explain);
    long pfn = held.free(sequence, cpu);
    return explain ? FreedAnswer.explained(machine, pfn, held.steps()) : FreedAnswer.silent();
  }

  /**
   * Brings an allocation back into memory: from swap, or page cache from its file. Takes new
   * frames, as any allocation with its mask does, and is refused as one. Pages that are in memory
   * stay as they are.
   *
   * @param sequence of the allocation
   * @param explain tells every decision with its rule
   * @param ifMatch brings back only the allocation with this {@code ETag}: guards against another
   *     machine
   */
  @PostMapping(path = "/allocations/{sequence}/faults", produces = MediaType.APPLICATION_JSON_VALUE)
  ResponseEntity<HeldBody> faultAllocation(
      @PathVariable long sequence,
      @RequestParam(defaultValue = "false") boolean explain,
      @RequestBody(required = false) @Nullable FaultRequest body,
      @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch) {
    SimulatedMachine machine = current(sequence, ifMatch);
    HeldPages.Fault fault =
        new HeldPages(machine, explain).fault(sequence, body == null ? null : body.cpu());
    HeldAllocation held = fault.held();
    if (held == null && fault.outcome() instanceof AllocationOutcome.Refused refused) {
      throw refusal(machine, sequence, refused, explain);
    }
    if (held == null) {
      throw new IllegalStateException("a fault is granted or refused");
    }
    Explanation how = explain ? new Explainer(machine).explain(fault.outcome()) : null;
    return answer(machine, HeldBody.of(held, fault.brought(), how));
  }

  /** The machine, if {@code If-Match} does not name an allocation of another one. */
  private SimulatedMachine current(long sequence, @Nullable String ifMatch) {
    SimulatedMachine machine = machines.current();
    new StateTag(machine.epoch(), sequence).require(ifMatch);
    return machine;
  }

  private static ProblemException refusal(
      SimulatedMachine machine, long sequence, AllocationOutcome.Refused refused, boolean explain) {
    HeldAllocation held = new HeldPages(machine, false).describe(sequence);
    PageRequest request =
        new PageRequest(
            PageRequest.Call.ALLOC_PAGES,
            refused.gfp(),
            refused.order(),
            0,
            null,
            held.cpu(),
            held.owner(),
            held.use());
    ProblemException problem = Refusals.problem(machine, request, refused);
    return explain ? problem.with("explanation", new Explainer(machine).explain(refused)) : problem;
  }

  /**
   * Uses pages: a second use moves page cache to the active list, an anonymous page stays when
   * reclaim finds it used. A write makes page cache dirty, and the copy in swap useless.
   *
   * @param sequence of the allocation
   * @param ifMatch uses only the allocation with this {@code ETag}: guards against another machine
   */
  @PostMapping(
      path = "/allocations/{sequence}/touches",
      produces = MediaType.APPLICATION_JSON_VALUE)
  ResponseEntity<HeldBody> touchAllocation(
      @PathVariable long sequence,
      @RequestBody(required = false) @Nullable Touch body,
      @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch) {
    SimulatedMachine machine = current(sequence, ifMatch);
    boolean write = body != null && Boolean.TRUE.equals(body.write());
    return answer(machine, HeldBody.of(new HeldPages(machine, false).touch(sequence, write)));
  }

  private static ResponseEntity<HeldBody> answer(SimulatedMachine machine, HeldBody body) {
    return ResponseEntity.ok()
        .eTag(new StateTag(machine.epoch(), body.sequence()).toString())
        .body(body);
  }
}
