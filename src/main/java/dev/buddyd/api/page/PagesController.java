package dev.buddyd.api.page;

import dev.buddyd.api.http.Pfn;
import dev.buddyd.api.http.StateTag;
import dev.buddyd.api.http.TextOrJson;
import dev.buddyd.explain.Explanation;
import dev.buddyd.explain.NeighbourExplanation;
import dev.buddyd.machine.Allocation;
import dev.buddyd.machine.FrameInfo;
import dev.buddyd.machine.HeldPages;
import dev.buddyd.machine.MachineService;
import dev.buddyd.machine.SimulatedMachine;
import dev.buddyd.machine.Step;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
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
@Tag(name = "Pages")
class PagesController {

  private final MachineService machines;

  PagesController(MachineService machines) {
    this.machines = machines;
  }

  /**
   * What this frame is now: free, on a CPU's list, allocated, tail of a block, reserved or a hole;
   * in which block, zone and pageblock, held by whom with which mask, and its buddy.
   *
   * @param pfn decimal, or hexadecimal with {@code 0x}
   * @param explain tells why this block and its neighbours are not one block
   */
  @ApiResponse(
      responseCode = "200",
      description = "the frame",
      content = {
        @Content(
            mediaType = MediaType.APPLICATION_JSON_VALUE,
            schema = @Schema(implementation = FrameBody.class)),
        @Content(mediaType = MediaType.TEXT_PLAIN_VALUE, schema = @Schema(type = "string"))
      })
  @GetMapping(
      path = "/pages/{pfn}",
      produces = {MediaType.APPLICATION_JSON_VALUE, MediaType.TEXT_PLAIN_VALUE})
  ResponseEntity<?> getPage(
      @PathVariable Pfn pfn,
      @RequestParam(defaultValue = "false") boolean explain,
      @RequestHeader(name = HttpHeaders.ACCEPT, required = false) @Nullable String accept) {
    SimulatedMachine machine = machines.current();
    StateTag state = StateTag.of(machine);
    FrameInfo info = machine.describe(pfn.value());
    Explanation why = explain ? new NeighbourExplanation(machine).explain(info) : null;
    if (why != null && TextOrJson.isText(accept)) {
      return ResponseEntity.ok().contentType(TextOrJson.TEXT).body(why.text());
    }
    return ResponseEntity.ok()
        .eTag(tag(state, info).toString())
        .contentType(MediaType.APPLICATION_JSON)
        .body(FrameBody.of(info, why));
  }

  /**
   * Frees the block that starts at this frame. With {@code If-Match} also an allocation that was
   * made here and has been moved or taken by reclaim since.
   *
   * @param pfn first frame of the block, decimal, or hexadecimal with {@code 0x}
   * @param order must be the order of the block if given
   * @param cpu simulated CPU that frees; the one that allocated if absent
   * @param explain answers 200 and tells list, drain and merges with their rules (as text, the
   *     blocks of a drain in one line)
   * @param ifMatch frees only the allocation with this {@code ETag}, not a later one at this frame
   */
  @FreedAnswer.Documented
  @DeleteMapping(
      path = "/pages/{pfn}",
      produces = {MediaType.APPLICATION_JSON_VALUE, MediaType.TEXT_PLAIN_VALUE})
  ResponseEntity<TextOrJson<Explanation>> freePage(
      @PathVariable Pfn pfn,
      @RequestParam(required = false) @Nullable Integer order,
      @RequestParam(required = false) @Nullable Integer cpu,
      @RequestParam(defaultValue = "false") boolean explain,
      @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch) {
    SimulatedMachine machine = machines.current();
    HeldPages held = new HeldPages(machine, explain);
    Long moved = ifMatch == null ? null : moved(machine, held, pfn, ifMatch);
    long freed = pfn.value();
    List<Step> steps;
    if (moved != null) {
      freed = held.freeMoved(freed, moved, order, cpu);
      steps = held.steps();
    } else {
      long expected = ifMatch == null ? ANY : expected(machine, pfn, ifMatch);
      steps = machine.free(freed, order, expected, cpu, explain);
    }
    return explain ? FreedAnswer.explained(machine, freed, steps) : FreedAnswer.silent();
  }

  private static final long ANY = -1;

  /** The allocation that {@code If-Match} names, if it was made here and is elsewhere now. */
  private static @Nullable Long moved(
      SimulatedMachine machine, HeldPages held, Pfn pfn, String ifMatch) {
    for (long sequence : StateTag.sequences(ifMatch, machine.epoch())) {
      if (held.leftFrame(pfn.value(), sequence)) {
        return sequence;
      }
    }
    return null;
  }

  /** The allocation that {@code If-Match} names, which must still be there when it is freed. */
  private static long expected(SimulatedMachine machine, Pfn pfn, String ifMatch) {
    StateTag state = StateTag.of(machine);
    FrameInfo info = machine.describe(pfn.value());
    tag(state, info).require(ifMatch);
    Allocation allocation = info.allocation();
    return allocation == null ? ANY : allocation.sequence();
  }

  private static StateTag tag(StateTag state, FrameInfo info) {
    Allocation allocation = info.allocation();
    return allocation == null ? state : new StateTag(state.epoch(), allocation.sequence());
  }
}
