package dev.buddyd.api.machine;

import dev.buddyd.api.http.StateTag;
import dev.buddyd.config.Presets;
import dev.buddyd.machine.MachineService;
import dev.buddyd.machine.SimulatedMachine;
import dev.buddyd.mm.boot.MachineDescription;
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
class MachineController {

  /** All presets. */
  record PresetList(List<PresetBody> presets) {}

  private final MachineService machines;
  private final Presets presets;
  private final DescriptionReader reader;

  MachineController(MachineService machines, Presets presets, DescriptionReader reader) {
    this.machines = machines;
    this.presets = presets;
    this.reader = reader;
  }

  @GetMapping(path = "/machine", produces = MediaType.APPLICATION_JSON_VALUE)
  ResponseEntity<MachineBody> get() {
    return answer(machines.current());
  }

  @PutMapping(
      path = "/machine",
      consumes = MediaType.APPLICATION_JSON_VALUE,
      produces = MediaType.APPLICATION_JSON_VALUE)
  ResponseEntity<MachineBody> boot(
      @RequestBody JsonNode body,
      @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch) {
    MachineDescription description = reader.read(body);
    StateTag.of(machines.current()).require(ifMatch);
    return answer(machines.boot(description));
  }

  @GetMapping(path = "/machine/presets", produces = MediaType.APPLICATION_JSON_VALUE)
  PresetList presets() {
    return new PresetList(presets.names().stream().map(presets::get).map(PresetBody::of).toList());
  }

  @GetMapping(path = "/machine/presets/{name}", produces = MediaType.APPLICATION_JSON_VALUE)
  MachineDescription preset(@PathVariable String name) {
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
