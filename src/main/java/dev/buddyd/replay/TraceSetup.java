package dev.buddyd.replay;

import dev.buddyd.machine.SimulatedMachine;
import dev.buddyd.mm.gfp.KernelVersion;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * On which machines a trace runs.
 *
 * @param machine lives through the trace
 * @param compared lives through it as well, or null
 * @param sysctls written to {@code compared} before
 * @param kernel that the trace is of: bit values of masks, numbers of migratetypes
 * @param onClose gives back what the machines took
 */
public record TraceSetup(
    SimulatedMachine machine,
    @Nullable SimulatedMachine compared,
    Map<String, String> sysctls,
    KernelVersion kernel,
    Runnable onClose)
    implements AutoCloseable {

  /** Makes the machines, once it is known that a trace was sent. */
  public interface Source {
    /** Whether somebody asked for machines: recordings bring their own. */
    boolean asked();

    TraceSetup make();
  }

  public TraceSetup {
    sysctls = Map.copyOf(sysctls);
  }

  @Override
  public void close() {
    onClose.run();
  }
}
