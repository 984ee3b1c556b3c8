package dev.buddyd.api.kernel;

import dev.buddyd.machine.MachineService;
import dev.buddyd.procfs.FtraceText;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** {@code /sys/kernel/tracing/trace}: the event ring as ftrace shows it (T-41). */
@RestController
@Tag(name = "Kernel text")
class TraceController {

  private final MachineService machines;

  TraceController(MachineService machines) {
    this.machines = machines;
  }

  /**
   * {@code trace}: the event ring as ftrace prints it (T-41). Written while it is sent: a full ring
   * makes several megabytes.
   */
  @GetMapping(path = "/sys/kernel/tracing/trace", produces = KernelText.MEDIA_TYPE)
  void trace(HttpServletResponse response) throws IOException {
    response.setContentType(KernelText.MEDIA_TYPE);
    FtraceText.write(machines.current(), response.getWriter());
  }
}
