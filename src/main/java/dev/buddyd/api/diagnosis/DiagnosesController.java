package dev.buddyd.api.diagnosis;

import dev.buddyd.api.http.KernelParameter;
import dev.buddyd.api.http.TextOrJson;
import dev.buddyd.api.problem.ProblemException;
import dev.buddyd.api.problem.ProblemType;
import dev.buddyd.config.Limits;
import dev.buddyd.diagnosis.verdict.Diagnoser;
import dev.buddyd.diagnosis.verdict.Diagnosis;
import dev.buddyd.diagnosis.verdict.DiagnosisText;
import dev.buddyd.diagnosis.verdict.ReportVerdict;
import dev.buddyd.mm.gfp.DecodedMask;
import dev.buddyd.mm.gfp.GfpLayout;
import dev.buddyd.mm.gfp.KernelVersion;
import dev.buddyd.procfs.parse.ProcFacts;
import dev.buddyd.procfs.parse.ProcReader;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** {@code POST /diagnoses}. */
@RestController
@Tag(name = "Diagnoses")
class DiagnosesController {

  private final Limits limits;

  DiagnosesController(Limits limits) {
    this.limits = limits;
  }

  /**
   * Why did this allocation fail? Takes any text that holds page allocation failures or OOM
   * reports, or a host's buddyinfo and zoneinfo with the question in {@code gfp} and {@code order}.
   * Nothing is stored.
   *
   * @param gfp with /proc texts: the mask asked for
   * @param order with /proc texts: the order asked for
   * @param kernel version of the host's kernel, 6.12 if absent
   */
  @PostMapping(
      path = "/diagnoses",
      produces = {MediaType.APPLICATION_JSON_VALUE, MediaType.TEXT_PLAIN_VALUE})
  @Operation(
      requestBody =
          @io.swagger.v3.oas.annotations.parameters.RequestBody(
              required = true,
              content =
                  @Content(
                      mediaType = MediaType.TEXT_PLAIN_VALUE,
                      schema = @Schema(type = "string"))))
  @ApiResponse(
      responseCode = "200",
      description = "what was found",
      content = {
        @Content(
            mediaType = MediaType.APPLICATION_JSON_VALUE,
            schema = @Schema(implementation = Diagnosis.class)),
        @Content(mediaType = MediaType.TEXT_PLAIN_VALUE, schema = @Schema(type = "string"))
      })
  ResponseEntity<?> diagnose(
      HttpServletRequest request,
      @RequestParam(required = false) @Nullable String gfp,
      @RequestParam(required = false) @Nullable Integer order,
      @RequestParam(required = false) @Nullable String kernel,
      @RequestHeader(name = HttpHeaders.ACCEPT, required = false) @Nullable String accept)
      throws IOException {
    String text = new String(request.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    IntConsumer work = CpuBudget.of(limits.diagnosisCpu());
    Diagnosis diagnosis =
        gfp == null && order == null
            ? Diagnoser.diagnose(text, work)
            : new Diagnosis(List.of(ask(text, gfp, order, kernel, work)));
    if (diagnosis.reports().isEmpty()) {
      throw ProcReader.read(text, work).isEmpty() ? nothingFound() : noQuestion();
    }
    return TextOrJson.ok(accept, diagnosis, () -> DiagnosisText.of(diagnosis));
  }

  private static ReportVerdict ask(
      String text,
      @Nullable String gfp,
      @Nullable Integer order,
      @Nullable String kernel,
      IntConsumer work) {
    if (gfp == null || order == null) {
      throw ProblemException.invalid(
          gfp == null ? "gfp" : "order", "a question about /proc texts needs both gfp and order");
    }
    if (order < 0 || order > 30) {
      throw new ProblemException(
          ProblemType.INVALID_ORDER, "order " + order + " is not within 0..30");
    }
    ProcFacts facts = ProcReader.read(text, work);
    if (facts.isEmpty()) {
      throw nothingFound();
    }
    KernelVersion version = KernelParameter.parse(kernel == null ? "6.12" : kernel);
    GfpLayout layout = GfpLayout.of(version);
    return Diagnoser.ask(
        facts, new DecodedMask(layout.parse(gfp).number(), layout), order, version);
  }

  private static ProblemException noQuestion() {
    return new ProblemException(
            ProblemType.NO_REPORT_FOUND,
            "these are /proc texts, where nothing has failed: ask for what a request would get,"
                + " with ?gfp=GFP_KERNEL&order=3, say")
        .with("field", "gfp");
  }

  private static ProblemException nothingFound() {
    return new ProblemException(
            ProblemType.NO_REPORT_FOUND,
            "the text holds no page allocation failure, no OOM report and no /proc/buddyinfo or"
                + " /proc/zoneinfo")
        .with(
            "looked_for",
            List.of(
                "page allocation failure: order:",
                "invoked oom-killer: gfp_mask=",
                "Node 0, zone (buddyinfo, zoneinfo, pagetypeinfo; with ?gfp= and &order=)"));
  }
}
