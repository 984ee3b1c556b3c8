package dev.buddyd.api.kernel;

import dev.buddyd.api.http.StateTag;
import dev.buddyd.machine.MachineException;
import dev.buddyd.machine.MachineService;
import dev.buddyd.machine.SimulatedMachine;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** The files under {@code /proc/sys/vm} (spec 02, section 8). */
@RestController
class SysctlController {

  /** Longer texts are no value of any sysctl. */
  private static final int MAX_CHARACTERS = 256;

  private final MachineService machines;

  SysctlController(MachineService machines) {
    this.machines = machines;
  }

  /** All names and values, as {@code sysctl vm} prints them. */
  @GetMapping(path = "/proc/sys/vm", produces = KernelText.MEDIA_TYPE)
  String list() {
    SimulatedMachine machine = machines.current();
    return machine.sysctls().stream()
        .map(knob -> "vm." + knob + " = " + machine.readSysctl(knob) + "\n")
        .collect(Collectors.joining());
  }

  /** Reading changes nothing, not even for lowmem_reserve_ratio: a GET is safe (Z-32). */
  @GetMapping(path = "/proc/sys/vm/{knob}", produces = KernelText.MEDIA_TYPE)
  String read(@PathVariable String knob) {
    return machines.current().readSysctl(knob) + "\n";
  }

  /**
   * Writes a value and answers with what the file holds now. Takes what {@code curl -d} and {@code
   * curl -T} send, too.
   */
  @PutMapping(
      path = "/proc/sys/vm/{knob}",
      consumes = {MediaType.TEXT_PLAIN_VALUE, MediaType.APPLICATION_OCTET_STREAM_VALUE},
      produces = KernelText.MEDIA_TYPE)
  ResponseEntity<String> write(
      @PathVariable String knob, @RequestBody(required = false) @Nullable String value) {
    SimulatedMachine machine = machines.current();
    String text = value == null ? "" : value;
    if (text.length() > MAX_CHARACTERS) {
      throw new MachineException(
          MachineException.Kind.INVALID_SYSCTL,
          "a value has at most %d characters, not %d".formatted(MAX_CHARACTERS, text.length()));
    }
    machine.writeSysctl(knob, text);
    return ResponseEntity.ok()
        .eTag(StateTag.of(machine).toString())
        .body(machine.readSysctl(knob) + "\n");
  }
}
