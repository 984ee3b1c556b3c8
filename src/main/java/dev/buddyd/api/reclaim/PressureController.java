package dev.buddyd.api.reclaim;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.buddyd.api.http.StateTag;
import dev.buddyd.api.http.TextOrJson;
import dev.buddyd.api.problem.ProblemException;
import dev.buddyd.explain.Explainer;
import dev.buddyd.explain.Explanation;
import dev.buddyd.machine.MachineService;
import dev.buddyd.machine.PressureDesk;
import dev.buddyd.machine.SimulatedMachine;
import dev.buddyd.mm.gfp.Gfp;
import dev.buddyd.mm.gfp.GfpMask;
import dev.buddyd.mm.reclaim.Reclaim.Compaction;
import dev.buddyd.mm.reclaim.VmEvent;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** {@code POST /reclaims} and {@code POST /compactions}. */
@RestController
@Tag(name = "Reclaim")
class PressureController {

  private static final String DEFAULT_MASK = "GFP_HIGHUSER_MOVABLE";
  private static final long ONE_PASS_PAGES = 32;

  private final MachineService machines;

  PressureController(MachineService machines) {
    this.machines = machines;
  }

  /**
   * How much to reclaim, and how.
   *
   * @param node node to reclaim from, 0 if absent
   * @param pages goal; passes are made until it is reached or one makes no progress; 32, which is
   *     one pass, if absent
   * @param gfp mask that says what the passes may do, {@code GFP_HIGHUSER_MOVABLE} if absent
   * @param cpu simulated CPU that reclaims; the lowest of the node if absent
   */
  record ReclaimRequest(
      @Nullable Integer node, @Nullable Long pages, @Nullable String gfp, @Nullable Integer cpu) {}

  /**
   * What reclaim came to.
   *
   * @param node node that was reclaimed from
   * @param gfp the mask by names
   * @param passes passes of direct reclaim
   * @param reclaimedPages pages won; a pass takes 64 with the multi-generational LRU
   * @param events vmstat counters that grew meanwhile
   * @param explanation every step, if asked for
   */
  record ReclaimBody(
      int node,
      String gfp,
      int passes,
      long reclaimedPages,
      Map<String, Long> events,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Explanation explanation) {}

  /**
   * What to compact.
   *
   * @param node only this node; all if absent
   * @param zone only zones of this name; all if absent
   * @param order until a block of this order is there; as far as it goes if absent
   */
  record CompactionRequest(
      @Nullable Integer node, @Nullable String zone, @Nullable Integer order) {}

  /**
   * What compaction of a zone came to.
   *
   * @param node its node
   * @param zone its name
   * @param result {@code success}, {@code failed}, {@code skipped}, or {@code complete} if no order
   *     was given
   */
  record CompactedZone(int node, String zone, String result) {}

  /**
   * What compaction came to.
   *
   * @param zones zone by zone
   * @param movedPages pages that are elsewhere now
   * @param events vmstat counters that grew meanwhile
   * @param explanation every step, if asked for
   */
  record CompactionBody(
      List<CompactedZone> zones,
      long movedPages,
      Map<String, Long> events,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Explanation explanation) {}

  /**
   * Reclaims from a node by passes of direct reclaim, as a request with this mask would.
   *
   * @param explain tells what each pass looked at, what the mask forbade and what it won; as text,
   *     the pages of a step in one line
   * @param ifMatch reclaims only if the machine is in the state with this {@code ETag}; calls
   *     without the header may come in between
   * @return what it came to
   */
  @PostMapping(
      path = "/reclaims",
      consumes = MediaType.APPLICATION_JSON_VALUE,
      produces = {MediaType.APPLICATION_JSON_VALUE, MediaType.TEXT_PLAIN_VALUE})
  ResponseEntity<TextOrJson<ReclaimBody>> reclaim(
      @RequestBody ReclaimRequest body,
      @RequestParam(defaultValue = "false") boolean explain,
      @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch) {
    long pages = body.pages() == null ? ONE_PASS_PAGES : body.pages();
    if (pages < 1) {
      throw ProblemException.invalid("pages", "pages must be at least 1, not " + pages);
    }
    GfpMask mask = GfpMask.parse(body.gfp() == null ? DEFAULT_MASK : body.gfp());
    if (!mask.has(Gfp.DIRECT_RECLAIM)) {
      throw ProblemException.invalid(
          "gfp", mask + " lacks __GFP_DIRECT_RECLAIM: such a request reclaims nothing itself");
    }
    int node = body.node() == null ? 0 : body.node();
    return StateTag.change(
        machines,
        ifMatch,
        machine -> {
          PressureDesk desk = new PressureDesk(machine, explain);
          PressureDesk.Reclaimed done = desk.reclaim(node, pages, mask.bits(), body.cpu());
          Explanation how = how(machine, desk, done.reclaimedPages() + " pages reclaimed");
          return answer(
              machine,
              how,
              new ReclaimBody(
                  node,
                  mask.toString(),
                  done.passes(),
                  done.reclaimedPages(),
                  grown(done.events()),
                  explain ? how : null));
        });
  }

  /**
   * Compacts zones: moves movable pages up, so that free memory comes together below. With an order
   * only where that makes sense, and until a block is there; without one as far as it goes, as
   * writing to {@code compact_memory} does.
   *
   * @param explain tells what was found suitable and which pages moved; as text, the pages of a
   *     zone in one line
   * @param ifMatch compacts only if the machine is in the state with this {@code ETag}; calls
   *     without the header may come in between
   * @return what it came to
   */
  @PostMapping(
      path = "/compactions",
      consumes = MediaType.APPLICATION_JSON_VALUE,
      produces = {MediaType.APPLICATION_JSON_VALUE, MediaType.TEXT_PLAIN_VALUE})
  ResponseEntity<TextOrJson<CompactionBody>> compact(
      @RequestBody CompactionRequest body,
      @RequestParam(defaultValue = "false") boolean explain,
      @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch) {
    return StateTag.change(
        machines,
        ifMatch,
        machine -> {
          PressureDesk desk = new PressureDesk(machine, explain);
          PressureDesk.CompactedZones done = desk.compact(body.node(), body.zone(), body.order());
          long moved = done.events().getOrDefault(VmEvent.PGMIGRATE_SUCCESS, 0L);
          Explanation how = how(machine, desk, moved + " pages moved");
          return answer(
              machine,
              how,
              new CompactionBody(
                  done.zones().stream()
                      .map(z -> new CompactedZone(z.node(), z.zone(), result(z.result())))
                      .toList(),
                  moved,
                  grown(done.events()),
                  explain ? how : null));
        });
  }

  private static String result(@Nullable Compaction result) {
    return result == null ? "complete" : result.name().toLowerCase(Locale.ROOT);
  }

  private static Map<String, Long> grown(Map<VmEvent, Long> events) {
    Map<String, Long> grown = new TreeMap<>();
    events.forEach(
        (event, by) -> {
          if (by > 0) {
            grown.put(event.vmstatName(), by);
          }
        });
    return grown;
  }

  /** The outcome, with the steps if they were kept. */
  private static Explanation how(SimulatedMachine machine, PressureDesk desk, String outcome) {
    return new Explainer(machine).explain(desk.steps(), outcome);
  }

  private static <T> ResponseEntity<TextOrJson<T>> answer(
      SimulatedMachine machine, Explanation how, T body) {
    return ResponseEntity.ok()
        .eTag(StateTag.of(machine).toString())
        .body(new TextOrJson<>(body, how::text));
  }
}
