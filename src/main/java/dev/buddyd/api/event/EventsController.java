package dev.buddyd.api.event;

import dev.buddyd.api.problem.ProblemException;
import dev.buddyd.api.problem.ProblemType;
import dev.buddyd.config.Limits;
import dev.buddyd.machine.MachineService;
import dev.buddyd.machine.SimulatedMachine;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;

/** {@code GET /events}. */
@RestController
@Tag(name = "Events")
class EventsController {

  private static final long POLL_MILLIS = 50;
  private static final String NDJSON = MediaType.APPLICATION_NDJSON_VALUE;

  private final MachineService machines;
  private final EventStreams streams;
  private final Limits limits;
  private final JsonMapper json;

  EventsController(MachineService machines, EventStreams streams, Limits limits, JsonMapper json) {
    this.machines = machines;
    this.streams = streams;
    this.limits = limits;
    this.json = json;
  }

  /**
   * What changes the machine, as it happens. One event a line, or server-sent events with {@code
   * Accept: text/event-stream}. With {@code limit} the answer ends after so many events, or where
   * there are no more yet. {@code curl -N localhost:8080/events} follows the machine.
   *
   * @param after event id to go on from: {@code <epoch>-<sequence>}
   * @param limit ends after so many events
   * @param lastEventId the same as {@code after}, as browsers send it
   */
  @GetMapping(
      path = "/events",
      produces = {NDJSON, MediaType.TEXT_EVENT_STREAM_VALUE})
  @ApiResponse(
      responseCode = "200",
      description = "events, one a line",
      content = {
        @Content(mediaType = MediaType.APPLICATION_NDJSON_VALUE, schema = @Schema(type = "string")),
        @Content(mediaType = MediaType.TEXT_EVENT_STREAM_VALUE, schema = @Schema(type = "string"))
      })
  void events(
      @RequestParam(required = false) @Nullable String after,
      @RequestParam(required = false) @Nullable Integer limit,
      @RequestHeader(name = "Last-Event-ID", required = false) @Nullable String lastEventId,
      @RequestHeader(name = "Accept", required = false) @Nullable String accept,
      HttpMethod method,
      HttpServletResponse response)
      throws IOException, InterruptedException {
    if (limit != null && limit < 1) {
      throw ProblemException.invalid("limit", "limit " + limit + " is not positive");
    }
    SimulatedMachine machine = machines.current();
    String from = after != null ? after : lastEventId;
    long cursorAt =
        from != null
            ? sequence(machine, from)
            : limit != null
                ? machine.events().firstSequence() - 1
                : machine.events().lastSequence();
    boolean sse = accept != null && accept.contains(MediaType.TEXT_EVENT_STREAM_VALUE);
    streams.open();
    try {
      response.setContentType(sse ? MediaType.TEXT_EVENT_STREAM_VALUE : NDJSON);
      response.setCharacterEncoding(StandardCharsets.UTF_8);
      response.setHeader("Cache-Control", "no-store");
      EventCursor cursor = new EventCursor(machines, machine, cursorAt);
      if (HttpMethod.HEAD.equals(method)) {
        response.flushBuffer(); // a stream that nobody reads would never end
      } else if (limit != null) {
        bounded(cursor, limit, sse, response.getOutputStream());
      } else {
        follow(cursor, sse, response);
      }
    } finally {
      streams.close();
    }
  }

  /** Sequence that an id names; ids of an earlier machine and overwritten ones are gone. */
  private static long sequence(SimulatedMachine machine, String id) {
    int dash = id.indexOf('-');
    long sequence;
    long epoch = machine.epoch();
    try {
      sequence = Long.parseLong(id.substring(dash + 1).strip());
      if (dash > 0) {
        epoch = Long.parseLong(id.substring(0, dash).strip());
      }
    } catch (NumberFormatException e) {
      throw ProblemException.invalid(
          "after", "'%.60s' is no event id: <epoch>-<sequence> or a sequence".formatted(id));
    }
    if (epoch != machine.epoch() || sequence + 1 < machine.events().firstSequence()) {
      throw new ProblemException(
              ProblemType.EVENTS_EXPIRED, "events after %.60s are not kept any more".formatted(id))
          .with("first_kept", machine.epoch() + "-" + machine.events().firstSequence());
    }
    return sequence;
  }

  private void bounded(EventCursor cursor, int limit, boolean sse, OutputStream out)
      throws IOException {
    long left = limit;
    while (left > 0) {
      List<EventBody> events = cursor.next(left);
      if (events.isEmpty()) {
        return;
      }
      for (EventBody event : events) {
        write(event, sse, out);
      }
      left -= events.size();
    }
  }

  private void follow(EventCursor cursor, boolean sse, HttpServletResponse response)
      throws IOException, InterruptedException {
    OutputStream out = response.getOutputStream();
    response.flushBuffer();
    long silentMillis = 0;
    while (streams.isRunning()) {
      List<EventBody> events = cursor.next(Long.MAX_VALUE);
      for (EventBody event : events) {
        write(event, sse, out);
      }
      if (!events.isEmpty()) {
        out.flush();
        silentMillis = 0;
        continue;
      }
      Thread.sleep(POLL_MILLIS);
      silentMillis += POLL_MILLIS;
      if (silentMillis >= limits.heartbeat().toMillis()) {
        out.write((sse ? ": heartbeat\n\n" : "\n").getBytes(StandardCharsets.UTF_8));
        out.flush();
        silentMillis = 0;
      }
    }
  }

  private void write(EventBody event, boolean sse, OutputStream out) throws IOException {
    byte[] line = json.writeValueAsBytes(event);
    if (sse) {
      out.write(
          ("id: " + event.id() + "\nevent: " + event.event() + "\ndata: ")
              .getBytes(StandardCharsets.UTF_8));
      out.write(line);
      out.write('\n');
    } else {
      out.write(line);
    }
    out.write('\n');
  }
}
