package dev.buddyd.api.zone;

import dev.buddyd.api.http.Paging;
import dev.buddyd.api.http.StateTag;
import dev.buddyd.api.problem.ProblemException;
import dev.buddyd.config.Limits;
import dev.buddyd.machine.MachineService;
import dev.buddyd.machine.PageblockMap;
import dev.buddyd.machine.PageblockMap.Pageblock;
import dev.buddyd.machine.SimulatedMachine;
import dev.buddyd.mm.frame.MigrateType;
import dev.buddyd.mm.zone.Zone;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** {@code GET /pageblocks}: the memory map. */
@RestController
@Tag(name = "Zones")
class PageblocksController {

  private final MachineService machines;
  private final Limits limits;

  PageblocksController(MachineService machines, Limits limits) {
    this.machines = machines;
    this.limits = limits;
  }

  /**
   * The memory map, a pageblock at a time: an entry with its type, free pages and largest free
   * block; or as {@code application/octet-stream} a byte: bits 0 to 2 its type as free lists of
   * {@code /zones} have them in order (7: no memory), 3 to 6 how free it is (0 not, 15 wholly), 7
   * whether a request of another type has pages in it.
   *
   * @param node number of a node
   * @param zone name of a zone
   * @param cursor pageblock to go on from: what {@code next} of the last page says
   * @param limit entries on a page, 100 if absent
   */
  @Operation(operationId = "listPageblocks")
  @GetMapping(path = "/pageblocks", produces = MediaType.APPLICATION_JSON_VALUE)
  ResponseEntity<PageblockBody.Pageblocks> list(
      @RequestParam(required = false) @Nullable Integer node,
      @RequestParam(required = false) @Nullable String zone,
      @RequestParam(defaultValue = "0") long cursor,
      @RequestParam(required = false) @Nullable Integer limit) {
    if (cursor < 0) {
      throw ProblemException.invalid("cursor", "a cursor is the number of a pageblock, 0 or more");
    }
    SimulatedMachine machine = machines.current();
    Paging paging = Paging.of(limits, limit);
    String tag = StateTag.of(machine).toString();
    PageblockMap map = new PageblockMap(machine.memory(), zones(machine, node, zone));
    List<Pageblock> found = map.list(cursor, paging.limit() + 1);
    List<String> types = MigrateType.names(machine.memory().geometry().cmaBuilt());
    return ResponseEntity.ok()
        .eTag(tag)
        .varyBy(HttpHeaders.ACCEPT) // else a cache gives the bytes of the same state
        .body(
            new PageblockBody.Pageblocks(
                machine.memory().geometry().pageblockPages(),
                paging.items(found).stream()
                    .map(b -> PageblockBody.of(machine.memory().zone(b.zone()), b, map, types))
                    .toList(),
                paging.next(found, Pageblock::number)));
  }

  /**
   * The memory map, a pageblock at a time: an entry with its type, free pages and largest free
   * block; or as {@code application/octet-stream} a byte: bits 0 to 2 its type as free lists of
   * {@code /zones} have them in order (7: no memory), 3 to 6 how free it is (0 not, 15 wholly), 7
   * whether a request of another type has pages in it.
   *
   * @param node number of a node
   * @param zone name of a zone
   */
  @Operation(operationId = "listPageblocks")
  @GetMapping(path = "/pageblocks", produces = MediaType.APPLICATION_OCTET_STREAM_VALUE)
  ResponseEntity<byte[]> bytes(
      @RequestParam(required = false) @Nullable Integer node,
      @RequestParam(required = false) @Nullable String zone) {
    SimulatedMachine machine = machines.current();
    String tag = StateTag.of(machine).toString();
    byte[] bytes = new PageblockMap(machine.memory(), zones(machine, node, zone)).bytes();
    return ResponseEntity.ok().eTag(tag).varyBy(HttpHeaders.ACCEPT).body(bytes);
  }

  /** The zones of the map, by their place in memory. */
  private static List<Zone> zones(
      SimulatedMachine machine, @Nullable Integer node, @Nullable String name) {
    if (node != null) {
      machine.requireNode(node);
    }
    if (name != null) {
      machine.requireZone(name);
    }
    return machine.memory().zones().stream()
        .filter(z -> node == null || z.node() == node)
        .filter(z -> name == null || z.name().equals(name))
        .sorted(Comparator.comparingLong(z -> z.span().startPfn()))
        .toList();
  }
}
