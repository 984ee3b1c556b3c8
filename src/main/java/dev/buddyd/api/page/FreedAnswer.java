package dev.buddyd.api.page;

import static java.lang.annotation.ElementType.METHOD;
import static java.lang.annotation.RetentionPolicy.RUNTIME;

import dev.buddyd.api.http.TextOrJson;
import dev.buddyd.explain.ExplainedStep;
import dev.buddyd.explain.Explainer;
import dev.buddyd.explain.Explanation;
import dev.buddyd.explain.NeighbourExplanation;
import dev.buddyd.machine.FrameInfo;
import dev.buddyd.machine.SimulatedMachine;
import dev.buddyd.machine.Step;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import java.lang.annotation.Retention;
import java.lang.annotation.Target;
import java.util.List;
import org.springframework.http.ResponseEntity;

/** What is answered to a free: nothing, or how it was done if an explanation was asked for. */
public final class FreedAnswer {

  private FreedAnswer() {}

  /** A call that is answered so. */
  @Target(METHOD)
  @Retention(RUNTIME)
  @ApiResponse(
      responseCode = "204",
      description = "freed",
      content = @Content(schema = @Schema(hidden = true)))
  @ApiResponse(responseCode = "200", description = "freed, and how", useReturnTypeSchema = true)
  public @interface Documented {}

  /** 204. */
  public static ResponseEntity<TextOrJson<Explanation>> silent() {
    return ResponseEntity.noContent().build();
  }

  /**
   * 200 with the explanation.
   *
   * @param pfn first frame of the block freed, or -1 if it was not in memory
   * @param steps of the free
   */
  public static ResponseEntity<TextOrJson<Explanation>> explained(
      SimulatedMachine machine, long pfn, List<Step> steps) {
    Explanation how =
        pfn < 0
            ? new Explanation(List.of(), "the allocation is forgotten; it was not in memory")
            : new Explainer(machine).explainFree(pfn, steps, beside(machine, pfn));
    return ResponseEntity.ok(new TextOrJson<>(how, how::text));
  }

  /** Why the block and its neighbours are not one block. */
  private static List<ExplainedStep> beside(SimulatedMachine machine, long pfn) {
    FrameInfo now = machine.describe(pfn);
    return now.state() == FrameInfo.State.FREE
        ? new NeighbourExplanation(machine).beside(now)
        : List.of();
  }
}
