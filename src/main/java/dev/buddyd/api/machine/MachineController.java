package dev.buddyd.api.machine;

import dev.buddyd.api.http.StateTag;
import dev.buddyd.config.Presets;
import dev.buddyd.machine.MachineService;
import dev.buddyd.machine.SimulatedMachine;
import dev.buddyd.mm.boot.MachineDescription;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
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
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

/** {@code /machine} as JSON. */
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

  MachineController(MachineService machines, Presets presets, DescriptionReader reader) {
    this.machines = machines;
    this.presets = presets;
    this.reader = reader;
  }

  /** The machine in service: its shape, virtual time, sequence and totals. */
  @GetMapping(path = "/machine", produces = MediaType.APPLICATION_JSON_VALUE)
  ResponseEntity<MachineBody> getMachine() {
    return answer(machines.current());
  }

  /**
   * Boots another machine in place of the present one, in a new epoch: a preset by name, or a
   * complete description. It is checked whole before anything is replaced.
   *
   * @param ifMatch boots only if the machine is still in the state with this {@code ETag}
   */
  @PutMapping(
      path = "/machine",
      consumes = MediaType.APPLICATION_JSON_VALUE,
      produces = MediaType.APPLICATION_JSON_VALUE)
  ResponseEntity<MachineBody> bootMachine(
      @io.swagger.v3.oas.annotations.parameters.RequestBody(
              content =
                  @Content(
                      schema = @Schema(oneOf = {PresetChoice.class, MachineDescription.class})))
          @RequestBody
          JsonNode body,
      @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch) {
    MachineDescription description = reader.read(body);
    return answer(machines.boot(description, current -> StateTag.of(current).require(ifMatch)));
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
  static ResponseEntity<MachineBody> answer(SimulatedMachine machine) {
    MachineBody body = MachineBody.of(machine);
    return ResponseEntity.ok()
        .eTag(new StateTag(body.epoch(), body.sequence()).toString())
        .body(body);
  }
}
