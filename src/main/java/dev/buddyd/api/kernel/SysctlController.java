package dev.buddyd.api.kernel;

import dev.buddyd.api.http.StateTag;
import dev.buddyd.machine.MachineException;
import dev.buddyd.machine.MachineService;
import dev.buddyd.machine.SysctlDesk;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.stream.Collectors;
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

/** The files under {@code /proc/sys/vm} (spec 02, section 8). */
@RestController
@Tag(name = "Sysctls")
class SysctlController {

  /** Longer texts are no value of any sysctl. */
  private static final int MAX_CHARACTERS = 256;

  private final MachineService machines;

  SysctlController(MachineService machines) {
    this.machines = machines;
  }

  /** All of {@code vm.*} as {@code sysctl vm} prints it. */
  @GetMapping(path = "/proc/sys/vm", produces = KernelText.MEDIA_TYPE)
  String listSysctls() {
    SysctlDesk desk = new SysctlDesk(machines.current());
    return SysctlDesk.names().stream()
        .map(knob -> "vm." + knob + " = " + desk.read(knob) + "\n")
        .collect(Collectors.joining());
  }

  /**
   * Reads a sysctl. Changes nothing, not even for lowmem_reserve_ratio (Z-32).
   *
   * @param knob name of the file under {@code /proc/sys/vm}
   */
  @GetMapping(path = "/proc/sys/vm/{knob}", produces = KernelText.MEDIA_TYPE)
  String readSysctl(@PathVariable String knob) {
    return new SysctlDesk(machines.current()).read(knob) + "\n";
  }

  /**
   * Writes a sysctl and answers with what the file holds now; marks, reserves and per-CPU sizes are
   * computed anew as the kernel does. Takes what {@code curl -d} and {@code curl -T} send, too.
   *
   * @param knob name of the file under {@code /proc/sys/vm}
   * @param ifMatch writes only if the machine is still in the state with this {@code ETag}
   */
  @PutMapping(
      path = "/proc/sys/vm/{knob}",
      consumes = {MediaType.TEXT_PLAIN_VALUE, MediaType.APPLICATION_OCTET_STREAM_VALUE},
      produces = KernelText.MEDIA_TYPE)
  ResponseEntity<String> writeSysctl(
      @PathVariable String knob,
      @RequestBody(required = false) @Nullable String value,
      @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch) {
    String text = value == null ? "" : value;
    if (text.length() > MAX_CHARACTERS) {
      throw new MachineException(
          MachineException.Kind.INVALID_SYSCTL,
          "a value has at most %d characters, not %d".formatted(MAX_CHARACTERS, text.length()));
    }
    return StateTag.change(
        machines,
        ifMatch,
        machine -> { // and looked at again when nothing can come in between
          String now =
              new SysctlDesk(machine)
                  .write(knob, text, still -> StateTag.of(still).require(ifMatch));
          return ResponseEntity.ok().eTag(StateTag.of(machine).toString()).body(now + "\n");
        });
  }
}
