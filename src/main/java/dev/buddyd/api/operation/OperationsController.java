package dev.buddyd.api.operation;

import static io.swagger.v3.oas.annotations.enums.ParameterIn.QUERY;

import dev.buddyd.api.http.StateTag;
import dev.buddyd.api.page.PageRequests;
import dev.buddyd.config.Limits;
import dev.buddyd.machine.MachineService;
import dev.buddyd.machine.MachineSession;
import dev.buddyd.machine.SimulatedMachine;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;

/** {@code POST /operations}. */
@RestController
@Tag(name = "Operations")
class OperationsController {

  private static final String NDJSON = MediaType.APPLICATION_NDJSON_VALUE;

  private final MachineService machines;
  private final PageRequests requests;
  private final Limits limits;
  private final JsonMapper json;
  private final OpenStreams streams;

  OperationsController(
      MachineService machines,
      PageRequests requests,
      Limits limits,
      JsonMapper json,
      OpenStreams streams) {
    this.machines = machines;
    this.requests = requests;
    this.limits = limits;
    this.json = json;
    this.streams = streams;
  }

  /**
   * Many operations, one a line: the fast way in. NDJSON in, NDJSON out, in order, answered while
   * the request is still being sent. An {@code id} names what was allocated until the request ends;
   * that of a bulk request stands for all its pages, and so does the id of a block that was split.
   * Freeing the id of a refused request does nothing (pfn -1); an allocation that was moved or
   * taken by reclaim is freed by its id wherever it is; one that nobody holds any more is {@code
   * no-such-allocation}. A mistake is answered in its line ({@code error} is the problem) and the
   * next line is read; what was done stays done, also when the connection breaks. The last line is
   * the summary. Answers must be read while sending: output that stays unread for 20 s closes the
   * connection. Clients that cannot do that ask for {@code results=errors} or {@code none}.
   *
   * <p>{@code curl --data-binary @operations.ndjson localhost:8080/operations}
   *
   * @param results lines that are answered: {@code all} (default), {@code errors} (mistakes and
   *     refusals) or {@code none}
   * @param cpu CPU of operations that name none
   * @param ifMatch begins only if the machine is in the state with this {@code ETag}; other calls
   *     may come between the lines
   */
  @io.swagger.v3.oas.annotations.parameters.RequestBody(
      required = true,
      content =
          @Content(
              mediaType = NDJSON,
              schema = @Schema(anyOf = {String.class, OperationLine.class})))
  @ApiResponse(
      responseCode = "200",
      description = "an answer a line, then the summary",
      content = @Content(mediaType = NDJSON, schema = @Schema(type = "string")))
  @PostMapping(
      path = "/operations",
      consumes = {
        NDJSON,
        "application/ndjson",
        "application/jsonl",
        MediaType.APPLICATION_JSON_VALUE,
        MediaType.TEXT_PLAIN_VALUE,
        MediaType.APPLICATION_OCTET_STREAM_VALUE
      },
      produces = {NDJSON, MediaType.APPLICATION_JSON_VALUE, MediaType.TEXT_PLAIN_VALUE})
  void operate(
      @Parameter(in = QUERY, schema = @Schema(allowableValues = {"all", "errors", "none"}))
          @RequestParam(name = "results", required = false)
          @Nullable String results,
      @RequestParam(required = false) @Nullable Integer cpu,
      @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch,
      HttpServletRequest request,
      HttpServletResponse response)
      throws IOException {
    Results wanted = Results.of(results);
    SimulatedMachine machine = machines.current();
    if (cpu != null) {
      machine.requireCpu(cpu);
    }
    StateTag.of(machine).require(ifMatch);
    streams.open();
    try {
      response.setContentType(NDJSON);
      response.setHeader("Cache-Control", "no-store");
      AnswerWriter answers = new AnswerWriter(response.getOutputStream(), json);
      OperationRunner runner =
          new OperationRunner(
              machine, requests, limits, wanted, cpu == null ? MachineSession.ANY : cpu, answers);
      new OperationStream(
              machine,
              runner,
              wanted,
              limits,
              request.getInputStream(),
              new LineParser(json),
              answers,
              () -> machines.current() == machine)
          .run();
    } finally {
      streams.close();
    }
  }
}
