package dev.buddyd.api.machine;

import dev.buddyd.api.http.InTransit;
import dev.buddyd.api.http.StateTag;
import dev.buddyd.config.Limits;
import dev.buddyd.machine.MachineService;
import dev.buddyd.machine.MachineState;
import dev.buddyd.machine.SimulatedMachine;
import dev.buddyd.machine.snapshot.Snapshots;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.headers.Header;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.InputStreamResource;
import org.springframework.core.io.Resource;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;

/** {@code /machine/snapshot}: the complete state out and in (docs/snapshot.md). */
@RestController
@Tag(name = "Machine")
class SnapshotController {

  private static final String GZIP = "application/gzip";

  private final MachineService machines;
  private final SnapshotSpool spool;
  private final Snapshots.Limits limits;
  private final Origins origins;

  SnapshotController(MachineService machines, SnapshotSpool spool, Limits limits, Origins origins) {
    this.machines = machines;
    this.spool = spool;
    this.origins = origins;
    this.limits =
        new Snapshots.Limits(
            limits.uploadBody().toBytes(),
            limits.uploadInflated().toBytes(),
            limits.owners(),
            limits.nodes(),
            limits.cpus());
  }

  /**
   * The machine's complete state. Everything there is to the machine at one instant, as {@code
   * buddyd-snapshot/1} (docs/snapshot.md): geometry, sysctls, marks, free lists in their order,
   * per-CPU sets, counters, who holds what. {@code PUT} it to go on exactly from here, on this
   * service or another. As a file: {@code curl -H 'Accept: application/gzip' -o machine.json.gz
   * ...}; in transit: {@code curl --compressed}.
   */
  @ApiResponse(
      responseCode = "200",
      description = "the state, plain or as a gzip file by `Accept`",
      headers =
          @Header(
              name = "ETag",
              description = "`\"<epoch>-<sequence>\"` of the state",
              schema = @Schema(type = "string")),
      content = {
        @Content(mediaType = MediaType.APPLICATION_JSON_VALUE, schema = @Schema(type = "object")),
        @Content(mediaType = GZIP, schema = @Schema(type = "string", format = "binary"))
      })
  @GetMapping(
      path = "/machine/snapshot",
      produces = {MediaType.APPLICATION_JSON_VALUE, GZIP})
  ResponseEntity<Resource> getSnapshot(
      @Parameter(hidden = true)
          @RequestHeader(name = HttpHeaders.ACCEPT, defaultValue = MediaType.ALL_VALUE)
          String accept,
      @Parameter(hidden = true)
          @RequestHeader(name = HttpHeaders.ACCEPT_ENCODING, defaultValue = "")
          String acceptEncoding)
      throws IOException {
    SnapshotSpool.Spooled spooled = spool.write(machines.current());
    boolean file = wantsFile(accept);
    boolean encoded = !file && acceptEncoding.contains("gzip");
    HttpHeaders headers = new HttpHeaders();
    headers.setETag(spooled.tag().toString());
    headers.setCacheControl("no-store");
    headers.add(HttpHeaders.VARY, HttpHeaders.ACCEPT_ENCODING);
    if (file) {
      headers.setContentDisposition(
          ContentDisposition.attachment().filename("machine.json.gz").build());
    }
    if (encoded) {
      headers.set(HttpHeaders.CONTENT_ENCODING, "gzip");
    }
    return ResponseEntity.ok()
        .headers(headers)
        .contentType(file ? MediaType.valueOf(GZIP) : MediaType.APPLICATION_JSON)
        .body(new InputStreamResource(file || encoded ? spooled.gzip() : spooled.text()));
  }

  /** Whether a gzip file is what the client likes best. */
  private static boolean wantsFile(String accept) {
    MediaType gzip = MediaType.valueOf(GZIP);
    double file = -1;
    double json = -1;
    for (MediaType type : MediaType.parseMediaTypes(accept)) {
      if (type.includes(MediaType.APPLICATION_JSON)) {
        json = Math.max(json, type.getQualityValue());
      }
      if (type.includes(gzip)) {
        file = Math.max(file, type.getQualityValue());
      }
    }
    return file > json;
  }

  /**
   * Goes on from a snapshot. Puts a machine with the snapshot's state in place of the present one,
   * in a new epoch. The body is a snapshot, plain or a gzip file, whatever its content type, and
   * may come with {@code Content-Encoding: gzip}. It is checked whole before anything is replaced.
   *
   * @param ifMatch restores only if the machine is still in the state with this {@code ETag}
   */
  @Operation(
      requestBody =
          @io.swagger.v3.oas.annotations.parameters.RequestBody(
              required = true,
              content = {
                @Content(
                    mediaType = MediaType.APPLICATION_JSON_VALUE,
                    schema = @Schema(type = "object")),
                @Content(mediaType = GZIP, schema = @Schema(type = "string", format = "binary"))
              }))
  @PutMapping(path = "/machine/snapshot", produces = MediaType.APPLICATION_JSON_VALUE)
  ResponseEntity<MachineBody> putSnapshot(
      HttpServletRequest request,
      @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch)
      throws IOException {
    MachineState state =
        Snapshots.read(
            request.getInputStream(),
            machines.budget(),
            InTransit.compressed(request) ? limits.ofInflated() : limits);
    SimulatedMachine machine =
        machines.replace(state, current -> StateTag.of(current).require(ifMatch));
    origins.set(machine, new MachineOrigin("snapshot", null));
    return MachineController.answer(machine, origins);
  }
}
