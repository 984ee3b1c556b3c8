package dev.buddyd.api.machine;

import dev.buddyd.api.problem.ProblemException;
import dev.buddyd.api.problem.ProblemType;
import dev.buddyd.machine.MachineService;
import dev.buddyd.procfs.host.HostMachine;
import dev.buddyd.procfs.host.InvalidHostException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Machines from a host's files, with what can be wrong about them as problems. */
@Component
class HostMachines {

  private static final String BUDGET = "buddyd.limits.frame-tables-percent";

  private final MachineService machines;

  HostMachines(MachineService machines) {
    this.machines = machines;
  }

  /**
   * Makes one; it must be put into service or released.
   *
   * @throws ProblemException if the text contradicts itself, or there is no room
   */
  HostMachine load(String text, long seed, @Nullable Integer pageSizeKb) {
    if (pageSizeKb != null
        && (pageSizeKb < 4 || pageSizeKb > 64 || Integer.bitCount(pageSizeKb) != 1)) {
      throw ProblemException.invalid(
          "page_size_kb", "pages have 4, 8, 16, 32 or 64 KiB, not " + pageSizeKb);
    }
    try {
      return HostMachine.load(text, seed, pageSizeKb, machines.budget());
    } catch (InvalidHostException e) {
      throw new ProblemException(ProblemType.INVALID_MACHINE, reason(e))
          .with("field", e.field())
          .with("line", e.line() == 0 ? null : e.line());
    } catch (HostMachine.TooLargeException e) {
      throw ProblemException.tooLarge(BUDGET, machines.budget().limitBytes(), reason(e));
    }
  }

  private static String reason(RuntimeException e) {
    return Objects.requireNonNullElse(e.getMessage(), "");
  }
}
