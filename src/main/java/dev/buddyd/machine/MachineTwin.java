package dev.buddyd.machine;

/**
 * A machine that nobody else knows: for replays and comparisons. Works without events; must be
 * closed.
 */
public final class MachineTwin implements AutoCloseable {

  private final SimulatedMachine machine;
  private final Runnable onClose;

  private MachineTwin(SimulatedMachine machine, Runnable onClose) {
    this.machine = machine;
    this.onClose = onClose;
  }

  /** A machine in a state of its own, which it takes over. */
  public static MachineTwin of(MachineState state) {
    SimulatedMachine machine = quiet(state, state::release);
    return new MachineTwin(machine, machine::release);
  }

  /** A copy of a machine in the state it has now. */
  public static MachineTwin of(SimulatedMachine origin) {
    MachineCapture capture = origin.capture();
    SimulatedMachine machine = quiet(capture.state(), capture::close);
    return new MachineTwin(
        machine,
        () -> {
          machine.reclaim().release();
          capture.close();
        });
  }

  private static SimulatedMachine quiet(MachineState state, Runnable otherwise) {
    MachineOptions served = MachineOptions.defaults();
    MachineOptions options =
        new MachineOptions(
            0, served.maxOwners(), served.goneKept(), MachineOptions.Background.INLINE);
    try {
      return new SimulatedMachine(state, 1, options);
    } catch (MachineException e) {
      otherwise.run();
      throw e;
    }
  }

  public SimulatedMachine machine() {
    return machine;
  }

  @Override
  public void close() {
    onClose.run();
  }
}
