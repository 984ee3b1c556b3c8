package dev.buddyd.api.kernel;

import dev.buddyd.machine.KernelLog;
import dev.buddyd.machine.MachineService;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.Locale;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** {@code /dmesg}: what the machine's kernel has said. */
@RestController
@Tag(name = "Kernel text")
class KernelLogController {

  private final MachineService machines;

  KernelLogController(MachineService machines) {
    this.machines = machines;
  }

  /**
   * The kernel's log, as {@code dmesg} prints it: reports of OOM kills, of panics for want of
   * memory and of requests that got no page, with the memory as it was (F-70, F-80), the newest 64
   * or 1 MiB of them. As a kernel does, it reports one failed request in ten seconds of virtual
   * time and none with {@code __GFP_NOWARN}, and ten OOM kills in five seconds; of the others it
   * tells how many there were. {@code POST /diagnoses} reads it.
   */
  @GetMapping(path = "/dmesg", produces = KernelText.MEDIA_TYPE)
  String dmesg() {
    StringBuilder out = new StringBuilder();
    for (KernelLog.Message message : machines.current().log().messages()) {
      String stamp =
          String.format(
              Locale.ROOT,
              "[%5d.%06d] ",
              message.timeMicros() / 1_000_000,
              message.timeMicros() % 1_000_000);
      message.text().lines().forEach(line -> out.append(stamp).append(line).append('\n'));
    }
    return out.toString();
  }
}
