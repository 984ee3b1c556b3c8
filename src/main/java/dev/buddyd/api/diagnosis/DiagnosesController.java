package dev.buddyd.api.diagnosis;

import dev.buddyd.api.http.KernelParameter;
import dev.buddyd.api.http.TextOrJson;
import dev.buddyd.api.problem.ProblemException;
import dev.buddyd.api.problem.ProblemType;
import dev.buddyd.config.Limits;
import dev.buddyd.diagnosis.report.KernelReport;
import dev.buddyd.diagnosis.report.ReportParser;
import dev.buddyd.diagnosis.verdict.Diagnoser;
import dev.buddyd.diagnosis.verdict.Diagnosis;
import dev.buddyd.diagnosis.verdict.DiagnosisText;
import dev.buddyd.diagnosis.verdict.Questions;
import dev.buddyd.diagnosis.verdict.ReportVerdict;
import dev.buddyd.mm.gfp.DecodedMask;
import dev.buddyd.mm.gfp.GfpLayout;
import dev.buddyd.mm.gfp.KernelVersion;
import dev.buddyd.procfs.parse.ProcFacts;
import dev.buddyd.procfs.parse.ProcReader;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** {@code POST /diagnoses}. */
@RestController
@Tag(name = "Diagnoses")
class DiagnosesController {

  /** Of older kernels neither masks nor rules are known. */
  private static final String OLDEST = "2.6";

  private static final int WORK_PER_ZONE = 1024;

  private static final String PROC = "Node 0, zone (buddyinfo, zoneinfo, pagetypeinfo)";

  private final Limits limits;

  DiagnosesController(Limits limits) {
    this.limits = limits;
  }

  /**
   * Why did this allocation fail? Takes any text that holds page allocation failures or OOM
   * reports. With {@code gfp} and {@code order} it is asked what such a request would get instead:
   * from a host's buddyinfo and zoneinfo, or from the memory that each report shows (also one made
   * by hand, SysRq-m). Nothing is stored.
   *
   * @param gfp the mask of a question
   * @param order the order of a question
   * @param kernel version of the kernel that a question is put to; if absent, what the report
   *     names, else 6.12
   * @return what was found
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
  TextOrJson<Diagnosis> diagnose(
      HttpServletRequest request,
      @RequestParam(required = false) @Nullable String gfp,
      @RequestParam(required = false) @Nullable Integer order,
      @RequestParam(required = false) @Nullable String kernel)
      throws IOException {
    String text = text(request.getInputStream().readAllBytes());
    IntConsumer work = CpuBudget.of(limits.diagnosisCpu());
    Diagnosis diagnosis =
        gfp == null && order == null
            ? Diagnoser.diagnose(text, work)
            : new Diagnosis(ask(text, gfp, order, kernel, work));
    if (diagnosis.reports().isEmpty()) {
      throw ProcReader.read(text, work).isEmpty() ? nothingFound() : noQuestion();
    }
    return new TextOrJson<>(diagnosis, () -> DiagnosisText.of(diagnosis));
  }

  /**
   * UTF-8, unless a byte order mark says otherwise: PowerShell writes what it is sent as UTF-16.
   */
  private static String text(byte[] sent) {
    int first = sent.length < 2 ? 0 : ((sent[0] & 0xff) << 8) | (sent[1] & 0xff);
    Charset charset =
        switch (first) {
          case 0xfffe -> StandardCharsets.UTF_16LE;
          case 0xfeff -> StandardCharsets.UTF_16BE;
          default -> StandardCharsets.UTF_8;
        };
    String text = new String(sent, charset);
    return text.startsWith("\ufeff") ? text.substring(1) : text;
  }

  private static List<ReportVerdict> ask(
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
    KernelVersion given = kernel == null ? null : KernelParameter.parse(kernel);
    ProcFacts facts = ProcReader.read(text, work);
    if (!facts.isEmpty()) {
      KernelVersion version = given == null ? KernelVersion.REFERENCE : given;
      return List.of(Questions.ask(facts, mask(gfp, version), order, version));
    }
    List<ReportVerdict> answers = new ArrayList<>();
    for (KernelReport report : ReportParser.parse(text, work)) {
      KernelVersion version = given == null ? Questions.version(report) : given;
      version = version == null ? KernelVersion.REFERENCE : version;
      work.accept(WORK_PER_ZONE * report.zones().size());
      if (!report.zones().isEmpty() && version.atLeast(OLDEST)) {
        answers.add(Questions.ask(report, mask(gfp, version), order, version));
      }
    }
    if (answers.isEmpty()) {
      throw noMemoryShown();
    }
    return answers;
  }

  private static DecodedMask mask(String gfp, KernelVersion version) {
    GfpLayout layout = GfpLayout.of(version);
    return new DecodedMask(layout.parse(gfp).number(), layout);
  }

  private static ProblemException noQuestion() {
    return new ProblemException(
            ProblemType.NO_REPORT_FOUND,
            "these are /proc texts, where nothing has failed: ask for what a request would get,"
                + " with ?gfp=GFP_KERNEL&order=3, say")
        .with("field", "gfp");
  }

  private static ProblemException noMemoryShown() {
    return new ProblemException(
            ProblemType.NO_REPORT_FOUND,
            "the text shows no memory that the request could be put to: no /proc/buddyinfo or"
                + " /proc/zoneinfo, and no report with zones of a kernel from "
                + OLDEST
                + " on")
        .with("looked_for", List.of(PROC, "Mem-Info: (Node 0 Normal free: min: low: high:)"));
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
                "sysrq: Show Memory",
                PROC + "; with ?gfp= and &order="));
  }
}
