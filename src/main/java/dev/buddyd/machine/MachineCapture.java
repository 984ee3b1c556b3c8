package dev.buddyd.machine;

/**
 * A machine's state at one instant, to be read at leisure while the machine goes on; {@link #close}
 * ends the sharing of frame tables.
 */
public final class MachineCapture implements AutoCloseable {

  private final MachineState state;
  private final Runnable onClose;

  MachineCapture(MachineState state, Runnable onClose) {
    this.state = state;
    this.onClose = onClose;
  }

  public MachineState state() {
    return state;
  }

  @Override
  public void close() {
    state.release();
    onClose.run();
  }
}
