package dev.buddyd.api.prediction;

import dev.buddyd.api.http.TextOrJson;
import dev.buddyd.explain.Predictor;
import dev.buddyd.machine.MachineFork;
import dev.buddyd.machine.MachineService;
import dev.buddyd.machine.PageRequest;
import dev.buddyd.machine.PageUse;
import dev.buddyd.machine.SimulatedMachine;
import dev.buddyd.mm.gfp.GfpMask;
import dev.buddyd.mm.zone.AllocationRequest;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** {@code GET /predictions}. */
@RestController
@Tag(name = "Diagnoses")
class PredictionsController {

  private final MachineService machines;

  PredictionsController(MachineService machines) {
    this.machines = machines;
  }

  /**
   * How many such blocks are there? Counts, zone by zone, the blocks that would be granted one
   * after the other before the watermark ends it, and the upper bound if all movable memory were
   * compacted. Nothing is allocated. What reclaim would win, and boosts and HIGHATOMIC reserves on
   * the way, are not counted; blocks of orders that CPUs cache come in batches, so that up to a
   * batch of each zone may be more or less. As text with `Accept: text/plain`.
   *
   * @param gfp mask, number or names, for example {@code GFP_KERNEL}
   * @param order of the blocks; 0 if absent
   * @param node preferred node; that of CPU 0 if absent
   */
  @GetMapping(
      path = "/predictions",
      produces = {MediaType.APPLICATION_JSON_VALUE, MediaType.TEXT_PLAIN_VALUE})
  TextOrJson<PredictionBody> predict(
      @RequestParam String gfp,
      @RequestParam(defaultValue = "0") int order,
      @RequestParam(required = false) @Nullable Integer node) {
    SimulatedMachine machine = machines.current();
    AllocationRequest request =
        machine.checked(
            new PageRequest(
                PageRequest.Call.ALLOC_PAGES,
                GfpMask.parse(gfp).bits(),
                order,
                0,
                node,
                null,
                null,
                PageUse.KERNEL));
    try (MachineFork fork = machine.fork()) {
      PredictionBody body =
          PredictionBody.of(
              request, new Predictor(fork, request).predict(), fork.memory().geometry());
      return new TextOrJson<>(body, body::text);
    }
  }
}
