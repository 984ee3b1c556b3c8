package dev.buddyd.api.replay;

import dev.buddyd.api.http.InTransit;
import dev.buddyd.api.http.ParameterPrefix;
import dev.buddyd.api.problem.ProblemException;
import dev.buddyd.api.problem.ProblemType;
import dev.buddyd.replay.Replay;
import dev.buddyd.replay.Replay.State;
import dev.buddyd.replay.ReplayResult;
import dev.buddyd.replay.Replays;
import dev.buddyd.replay.Replays.MachinesNotAskedException;
import dev.buddyd.replay.Replays.TooManyReplaysException;
import dev.buddyd.replay.json.LimitException;
import dev.buddyd.replay.json.RecordingException;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;

/** {@code /replays}. */
@RestController
@RequestMapping("/replays")
@Tag(name = "Replays")
class ReplaysController {

  /** A synchronous call waits this long at most; then the answer is 202 as if asked for. */
  private static final long PATIENCE_SECONDS = 120;

  /** Replays that run, wait or are kept. */
  record ReplayList(List<ReplayBody> replays) {}

  private final Replays replays;
  private final TraceMachines traceMachines;

  ReplaysController(Replays replays, TraceMachines traceMachines) {
    this.replays = replays;
    this.traceMachines = traceMachines;
  }

  /**
   * Replays a recording, a question or a watermark table, plain or gzip, of any content type. Also
   * takes the trace of a host, as ftrace, `perf script` or `trace-cmd report` print it, with
   * `kmem:mm_page_alloc`, `mm_page_free` and `mm_page_alloc_extfrag`: its allocations and frees run
   * in order, by order and mask, on a machine of your choice; the answer tells outcomes,
   * fragmentation over time and fallbacks. With `sysctl.min_free_kbytes=67584`, or any other
   * sysctl, a second machine lives through the same trace, and the answer compares them.
   *
   * @param machine for traces: a preset, a description as JSON, or `current` for a copy of the
   *     machine in service; if absent, the preset that the service started with
   * @param kernel for traces: version whose bit values a mask has that is a number; 6.12 if absent
   * @param prefer {@code respond-async}: the answer comes at once
   */
  @PostMapping(produces = MediaType.APPLICATION_JSON_VALUE)
  @Operation(
      requestBody =
          @io.swagger.v3.oas.annotations.parameters.RequestBody(
              required = true,
              content = {
                @Content(
                    mediaType = MediaType.APPLICATION_JSON_VALUE,
                    schema = @Schema(type = "object")),
                @Content(mediaType = MediaType.TEXT_PLAIN_VALUE, schema = @Schema(type = "string")),
                @Content(
                    mediaType = "application/gzip",
                    schema = @Schema(type = "string", format = "binary"))
              }))
  @ApiResponse(responseCode = "201", description = "done")
  @ApiResponse(responseCode = "202", description = "under way: ask `Location` for the result")
  ResponseEntity<ReplayBody> startReplay(
      HttpServletRequest request,
      @RequestParam(required = false) @Nullable String machine,
      @RequestParam(required = false) @Nullable String kernel,
      @Parameter(hidden = true) @ParameterPrefix(TraceMachines.SYSCTL) @RequestParam
          Map<String, String> parameters,
      @RequestHeader(name = "Prefer", required = false) @Nullable String prefer)
      throws IOException, InterruptedException {
    Replay replay;
    try {
      replay =
          replays.start(
              request.getInputStream(),
              InTransit.compressed(request),
              traceMachines.source(machine, kernel, parameters));
    } catch (RecordingException
        | LimitException
        | MachinesNotAskedException
        | TooManyReplaysException e) {
      throw ReplayFailures.problem(e);
    }
    boolean async = prefer != null && prefer.contains("respond-async");
    boolean ended = !async && replay.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    RuntimeException failure = replay.failure();
    if (ended && failure != null) {
      replays.remove(replay.id());
      throw ReplayFailures.problem(failure);
    }
    return ResponseEntity.status(ended ? HttpStatus.CREATED : HttpStatus.ACCEPTED)
        .location(URI.create("/replays/" + replay.id()))
        .body(ReplayBody.of(replay));
  }

  /** Replays that run, wait or are kept. */
  @GetMapping(produces = MediaType.APPLICATION_JSON_VALUE)
  ReplayList listReplays() {
    return new ReplayList(replays.all().stream().map(ReplayBody::of).toList());
  }

  /**
   * A replay: its progress, then what came out.
   *
   * @param id its number
   */
  @GetMapping(path = "/{id}", produces = MediaType.APPLICATION_JSON_VALUE)
  ReplayBody getReplay(@PathVariable long id) {
    return ReplayBody.of(find(id));
  }

  /**
   * The completed recording.
   *
   * @param id number of the replay
   */
  @ApiResponse(
      responseCode = "200",
      description = "the recording with every answer filled in",
      content =
          @Content(mediaType = MediaType.APPLICATION_JSON_VALUE, schema = @Schema(type = "object")))
  @GetMapping(path = "/{id}/recording", produces = MediaType.APPLICATION_JSON_VALUE)
  ResponseEntity<StreamingResponseBody> getReplayRecording(@PathVariable long id) {
    Replay replay = find(id);
    ReplayResult result = replay.result();
    if (replay.state() != State.DONE || result == null || result.trace() != null) {
      throw new ProblemException(
          ProblemType.NO_SUCH_REPLAY,
          "replay %d has no completed recording: it is %s"
              .formatted(id, result == null ? String.valueOf(replay.state()) : "that of a trace"));
    }
    return ResponseEntity.ok().contentType(MediaType.APPLICATION_JSON).body(replay::writeRecording);
  }

  /**
   * Cancels or forgets a replay.
   *
   * @param id its number
   */
  @DeleteMapping("/{id}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void deleteReplay(@PathVariable long id) {
    if (!replays.remove(id)) {
      throw noSuch(id);
    }
  }

  private Replay find(long id) {
    return replays.find(id).orElseThrow(() -> noSuch(id));
  }

  private static ProblemException noSuch(long id) {
    return new ProblemException(
        ProblemType.NO_SUCH_REPLAY,
        "there is no replay %d, or it is not kept any more".formatted(id));
  }
}
