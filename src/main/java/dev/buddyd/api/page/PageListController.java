package dev.buddyd.api.page;

import dev.buddyd.api.http.Paging;
import dev.buddyd.api.http.Pfn;
import dev.buddyd.api.http.StateTag;
import dev.buddyd.config.Limits;
import dev.buddyd.machine.Allocation;
import dev.buddyd.machine.MachineService;
import dev.buddyd.machine.SimulatedMachine;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** {@code GET /pages} and {@code DELETE /pages?owner=}. */
@RestController
@Tag(name = "Pages")
class PageListController {

  /**
   * A page of a listing.
   *
   * @param pages allocations, ascending by pfn
   * @param next path of the next page, or null at the end
   */
  record PageList(List<AllocationBody> pages, @Nullable String next) {}

  /**
   * What was freed.
   *
   * @param owner whose allocations
   * @param freedBlocks allocations
   * @param freedPages frames in them
   */
  record Freed(String owner, long freedBlocks, long freedPages) {}

  private final MachineService machines;
  private final Limits limits;
  private final PageRequests requests;

  PageListController(MachineService machines, Limits limits, PageRequests requests) {
    this.machines = machines;
    this.limits = limits;
    this.requests = requests;
  }

  /**
   * Allocated blocks, ascending by pfn, a page at a time.
   *
   * @param zone name of a zone
   * @param node number of a node
   * @param owner name of the holder
   * @param order order of the blocks
   * @param gfp mask, by names or as a number
   * @param migratetype type of the request
   * @param cursor pfn to go on from: what {@code next} of the last page says
   * @param limit blocks on a page, 100 if absent
   */
  @GetMapping(path = "/pages", produces = MediaType.APPLICATION_JSON_VALUE)
  ResponseEntity<PageList> listPages(
      @RequestParam(required = false) @Nullable String zone,
      @RequestParam(required = false) @Nullable Integer node,
      @RequestParam(required = false) @Nullable String owner,
      @RequestParam(required = false) @Nullable Integer order,
      @RequestParam(required = false) @Nullable String gfp,
      @RequestParam(required = false) @Nullable String migratetype,
      @RequestParam(required = false) @Nullable Pfn cursor,
      @RequestParam(required = false) @Nullable Integer limit) {
    SimulatedMachine machine = machines.current();
    Paging paging = Paging.of(limits, limit);
    PageFilter filter = PageFilter.of(machine, zone, node, owner, order, gfp, migratetype);
    String tag = StateTag.of(machine).toString();
    List<Allocation> found =
        machine
            .inspector()
            .list(cursor == null ? 0 : cursor.value(), paging.limit() + 1, filter::accepts);
    return ResponseEntity.ok()
        .eTag(tag)
        .body(
            new PageList(
                paging.items(found).stream().map(AllocationBody::of).toList(),
                paging.next(found, Allocation::pfn)));
  }

  /**
   * Frees everything an owner holds.
   *
   * @param owner name of the holder
   * @param ifMatch frees only if the machine is in the state with this {@code ETag}; calls without
   *     the header may come in between
   */
  @DeleteMapping(path = "/pages", produces = MediaType.APPLICATION_JSON_VALUE)
  Freed freeOwner(
      @RequestParam String owner,
      @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch) {
    requests.checkOwner(owner);
    SimulatedMachine.FreedTotals freed =
        StateTag.change(machines, ifMatch, machine -> machine.freeOwner(owner));
    return new Freed(owner, freed.blocks(), freed.pages());
  }
}
