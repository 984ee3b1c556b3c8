package dev.buddyd.api.machine;

import dev.buddyd.api.http.StateTag;
import dev.buddyd.api.problem.ProblemException;
import dev.buddyd.config.Presets;
import dev.buddyd.machine.MachineService;
import dev.buddyd.machine.MachineState;
import dev.buddyd.machine.SimulatedMachine;
import dev.buddyd.mm.boot.MachineDescription;
import dev.buddyd.procfs.host.HostMachine;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

/** {@code /machine}: the machine in service, and another in its place. */
@RestController
@Tag(name = "Machine")
class MachineController {

  /** All presets. */
  record PresetList(List<PresetBody> presets) {}

  /**
   * A machine by name.
   *
   * @param preset name of a preset
   */
  record PresetChoice(String preset) {}

  private final MachineService machines;
  private final Presets presets;
  private final DescriptionReader reader;
  private final HostMachines hosts;
  private final Origins origins;

  MachineController(
      MachineService machines,
      Presets presets,
      DescriptionReader reader,
      HostMachines hosts,
      Origins origins) {
    this.machines = machines;
    this.presets = presets;
    this.reader = reader;
    this.hosts = hosts;
    this.origins = origins;
  }

  /** The machine in service: its shape, virtual time, sequence and totals. */
  @GetMapping(path = "/machine", produces = MediaType.APPLICATION_JSON_VALUE)
  ResponseEntity<MachineBody> getMachine() {
    return answer(machines.current(), origins);
  }

  /**
   * Boots another machine in place of the present one, in a new epoch. It is checked whole before
   * anything is replaced. As JSON: a preset by name, or a complete description. As text (any
   * content type but JSON, as {@code curl -T} and {@code --data-binary} send it): a host's {@code
   * /proc/buddyinfo} and {@code /proc/zoneinfo} in one text, in any order, best with {@code
   * /proc/pagetypeinfo} for the types of the blocks, and {@code /proc/meminfo} for the swap. Zones,
   * free blocks by order and type, marks, lowmem reserves and page sets are then those of the host;
   * where a block lies is made up from the seed; what the host has in use is held by the owner
   * {@code boot}; {@code origin} of the answer says what had to be assumed.
   *
   * @param seed of a host: decides where its blocks lie, 0 if absent
   * @param pageSizeKb of a host: its page size in KiB; if absent, 4, or 16 or 64 for kernels with
   *     12 or 14 orders
   * @param ifMatch boots only if the machine is still in the state with this {@code ETag}
   */
  @PutMapping(
      path = "/machine",
      consumes = {
        MediaType.APPLICATION_JSON_VALUE,
        MediaType.TEXT_PLAIN_VALUE,
        MediaType.APPLICATION_OCTET_STREAM_VALUE
      },
      produces = MediaType.APPLICATION_JSON_VALUE)
  ResponseEntity<MachineBody> bootMachine(
      @io.swagger.v3.oas.annotations.parameters.RequestBody(
              required = true,
              content = {
                @Content(
                    mediaType = MediaType.APPLICATION_JSON_VALUE,
                    schema = @Schema(oneOf = {PresetChoice.class, MachineDescription.class})),
                @Content(mediaType = MediaType.TEXT_PLAIN_VALUE, schema = @Schema(type = "string"))
              })
          @RequestBody
          byte[] body,
      @RequestParam(required = false) @Nullable Long seed,
      @RequestParam(name = "page_size_kb", required = false) @Nullable Integer pageSizeKb,
      @Parameter(hidden = true) @RequestHeader(name = HttpHeaders.CONTENT_TYPE, required = false)
          @Nullable String contentType,
      @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch) {
    if (contentType != null && contentType.startsWith(MediaType.APPLICATION_JSON_VALUE)) {
      if (seed != null || pageSizeKb != null) {
        throw ProblemException.invalid(
            seed != null ? "seed" : "page_size_kb", "goes with a host's files, not with JSON");
      }
      return bootDescription(reader.parse(body), ifMatch);
    }
    if (DescriptionReader.looksLikeJson(body)) {
      throw ProblemException.invalid(
          "Content-Type", "a description is sent as application/json; with curl by --json '{...}'");
    }
    long chosen = seed == null ? 0 : seed;
    HostMachine host = hosts.load(new String(body, StandardCharsets.UTF_8), chosen, pageSizeKb);
    SimulatedMachine machine =
        machines.replace(state(host), current -> StateTag.of(current).require(ifMatch));
    origins.set(machine, new MachineOrigin("host", new MachineOrigin.Host(chosen, host.notes())));
    return answer(machine, origins);
  }

  private static MachineState state(HostMachine host) {
    HostMachine.Swap swap = host.swap();
    return swap == null
        ? MachineState.booted("host", host.memory(), (Long) null)
        : MachineState.booted("host", host.memory(), swap.totalKb(), swap.freeKb());
  }

  private ResponseEntity<MachineBody> bootDescription(JsonNode body, @Nullable String ifMatch) {
    MachineDescription description = reader.read(body);
    SimulatedMachine machine =
        machines.boot(description, current -> StateTag.of(current).require(ifMatch));
    origins.set(machine, new MachineOrigin(body.has("preset") ? "preset" : "description", null));
    return answer(machine, origins);
  }

  /** Machines that can be booted by name. */
  @GetMapping(path = "/machine/presets", produces = MediaType.APPLICATION_JSON_VALUE)
  PresetList listPresets() {
    return new PresetList(presets.names().stream().map(presets::get).map(PresetBody::of).toList());
  }

  /**
   * The complete description of a preset; change it and {@code PUT} it to {@code /machine}.
   *
   * @param name of the preset
   */
  @GetMapping(path = "/machine/presets/{name}", produces = MediaType.APPLICATION_JSON_VALUE)
  MachineDescription getPreset(@PathVariable String name) {
    return presets.get(name);
  }

  /** The machine, with the tag of its state. */
  static ResponseEntity<MachineBody> answer(SimulatedMachine machine, Origins origins) {
    MachineBody body = MachineBody.of(machine, origins.of(machine));
    return ResponseEntity.ok()
        .eTag(new StateTag(body.epoch(), body.sequence()).toString())
        .body(body);
  }
}
