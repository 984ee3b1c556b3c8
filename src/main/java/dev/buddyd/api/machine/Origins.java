package dev.buddyd.api.machine;

import dev.buddyd.machine.SimulatedMachine;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Remembers where the machine in service came from. */
@Component
class Origins {

  private record Entry(long epoch, MachineOrigin origin) {}

  private volatile @Nullable Entry last;

  void set(SimulatedMachine machine, MachineOrigin origin) {
    last = new Entry(machine.epoch(), origin);
  }

  MachineOrigin of(SimulatedMachine machine) {
    Entry entry = last;
    return entry != null && entry.epoch() == machine.epoch()
        ? entry.origin()
        : new MachineOrigin("start", null);
  }
}
