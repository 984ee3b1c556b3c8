package dev.buddyd.api.page;

import static org.springframework.http.HttpStatus.CREATED;
import static org.springframework.http.HttpStatus.OK;

import dev.buddyd.api.http.StateTag;
import dev.buddyd.api.http.TextOrJson;
import dev.buddyd.api.page.Answers.Form;
import dev.buddyd.machine.AllocationOutcome;
import dev.buddyd.machine.MachineService;
import dev.buddyd.machine.PageRequest;
import dev.buddyd.machine.SimulatedMachine;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletResponse;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** {@code POST /pages}. */
@RestController
@Tag(name = "Pages")
class AllocateController {

  private final MachineService machines;
  private final PageRequests requests;
  private final IdempotencyCache idempotency;
  private final Answers answers;

  AllocateController(
      MachineService machines,
      PageRequests requests,
      IdempotencyCache idempotency,
      Answers answers) {
    this.machines = machines;
    this.requests = requests;
    this.idempotency = idempotency;
    this.answers = answers;
  }

  /** What makes two requests under one key the same. */
  private record Asked(PageRequest request, Form form) {}

  /**
   * Allocates page frames, as the kernel's {@code alloc_pages} and its relatives would. The answer
   * is the block, or 409 with what a kernel would do, the watermark test of each zone term by term
   * and the kernel's report.
   *
   * @param dryRun answers what would happen, 200 or 409, and changes nothing
   * @param explain tells every decision with its rule (as text, blocks treated alike in one line;
   *     of more than 20,000 steps the first 16,000 and the last 4,000); with a refusal also what
   *     would have worked
   * @param key a repetition under the same key gets the first answer again
   * @param ifMatch allocates only if the machine is in the state with this {@code ETag}; calls
   *     without the header may come in between
   */
  @ApiResponse(
      responseCode = "201",
      description = "the block",
      content = {
        @Content(
            mediaType = MediaType.APPLICATION_JSON_VALUE,
            schema = @Schema(implementation = AllocationBody.class)),
        @Content(mediaType = MediaType.TEXT_PLAIN_VALUE, schema = @Schema(type = "string"))
      })
  @ApiResponse(
      responseCode = "200",
      description = "a dry run: the block that would be allocated",
      content = {
        @Content(
            mediaType = MediaType.APPLICATION_JSON_VALUE,
            schema = @Schema(implementation = AllocationBody.class)),
        @Content(mediaType = MediaType.TEXT_PLAIN_VALUE, schema = @Schema(type = "string"))
      })
  @PostMapping(
      path = "/pages",
      consumes = MediaType.APPLICATION_JSON_VALUE,
      produces = {MediaType.APPLICATION_JSON_VALUE, MediaType.TEXT_PLAIN_VALUE})
  ResponseEntity<?> allocate(
      @RequestBody AllocateRequest body,
      @RequestParam(name = "dry_run", defaultValue = "false") boolean dryRun,
      @RequestParam(defaultValue = "false") boolean explain,
      @RequestHeader(name = "Idempotency-Key", required = false) @Nullable String key,
      @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch,
      @RequestHeader(name = HttpHeaders.ACCEPT, required = false) @Nullable String accept,
      HttpServletResponse response) {
    PageRequest request = requests.read(body);
    Form form = new Form(explain, explain && TextOrJson.isText(accept), dryRun ? OK : CREATED);
    Supplier<Answer> make =
        () -> StateTag.change(machines, ifMatch, machine -> answer(machine, request, dryRun, form));
    Answer answer =
        dryRun || key == null
            ? make.get()
            : idempotency.once(machines.current().epoch(), key, new Asked(request, form), make);
    return answer.send(response);
  }

  private Answer answer(SimulatedMachine machine, PageRequest request, boolean dryRun, Form form) {
    AllocationOutcome outcome =
        dryRun
            ? machine.preview(request, form.explain())
            : machine.allocate(request, form.explain());
    return answers.of(machine, request, outcome, form);
  }
}
