package dev.buddyd.api.event;

import dev.buddyd.machine.Event;
import dev.buddyd.machine.MachineService;
import dev.buddyd.machine.SimulatedMachine;
import java.util.ArrayList;
import java.util.List;

/** Where one client is in the events; follows the service from machine to machine. */
final class EventCursor {

  private static final int BATCH = 512;

  private final MachineService machines;
  private SimulatedMachine machine;
  private long after;

  EventCursor(MachineService machines, SimulatedMachine machine, long after) {
    this.machines = machines;
    this.machine = machine;
    this.after = after;
  }

  /** The next events, at most {@code limit}; empty if there are none yet. */
  List<EventBody> next(long limit) {
    List<EventBody> bodies = new ArrayList<>();
    long first = machine.events().firstSequence();
    if (after + 1 < first) {
      bodies.add(EventBody.gap(machine, after + 1, first - 1));
      after = first - 1;
    }
    for (Event event : machine.events().after(after, (int) Math.min(limit, BATCH))) {
      if (event.sequence() > after + 1 && after + 1 < machine.events().firstSequence()) {
        bodies.add(EventBody.gap(machine, after + 1, event.sequence() - 1));
      }
      bodies.add(EventBody.of(machine, event));
      after = event.sequence();
    }
    SimulatedMachine current = machines.current();
    if (bodies.isEmpty() && current.epoch() != machine.epoch()) {
      machine = current;
      after = 0;
      bodies.add(EventBody.epoch(machine));
    }
    return bodies;
  }
}
