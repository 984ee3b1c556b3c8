package dev.buddyd.metrics;

import dev.buddyd.machine.MachineService;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** The reading that a scrape shows. */
class Readings {

  private final MachineService machines;
  private final List<Consumer<MachineReading>> onOtherMachine = new ArrayList<>();
  private volatile MachineReading current;

  Readings(MachineService machines) {
    this.machines = machines;
    this.current = MachineReading.of(machines.current());
  }

  /** The reading of the last scrape, or of the start. */
  MachineReading current() {
    return current;
  }

  /** Reads the machine anew; whoever listens learns first if it is another one. */
  synchronized void refresh() {
    MachineReading next = MachineReading.of(machines.current());
    boolean other = next.epoch() != current.epoch();
    current = next;
    if (other) {
      onOtherMachine.forEach(listener -> listener.accept(next));
    }
  }

  /** Tells of the machine now, and of every other that takes its place. */
  synchronized void onMachine(Consumer<MachineReading> listener) {
    onOtherMachine.add(listener);
    listener.accept(current);
  }
}
