package dev.buddyd.api.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.buddyd.machine.Event;
import dev.buddyd.machine.SimulatedMachine;
import dev.buddyd.mm.trace.Decision;
import dev.buddyd.mm.zone.Sysctls;
import dev.buddyd.mm.zone.Zone;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * An event as clients see it.
 *
 * @param id epoch and sequence
 * @param sequence place in the order of all changes
 * @param timeUs virtual time, in microseconds since boot
 * @param event what happened, in snake case
 * @param rule id of the spec rule
 * @param node node of the zone, or null
 * @param zone the zone, or null
 * @param cpu simulated CPU
 * @param owner on whose behalf, or null
 * @param sysctl the knob that was written, or null
 * @param values the numbers that go with it
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record EventBody(
    String id,
    long sequence,
    long timeUs,
    String event,
    @Nullable String rule,
    @Nullable Integer node,
    @Nullable String zone,
    @Nullable Integer cpu,
    @Nullable String owner,
    @Nullable String sysctl,
    Map<String, Long> values) {

  static EventBody of(SimulatedMachine machine, Event event) {
    Zone zone = event.zone() < 0 ? null : machine.memory().zone(event.zone());
    return new EventBody(
        machine.epoch() + "-" + event.sequence(),
        event.sequence(),
        event.timeMicros(),
        event.decision().name().toLowerCase(Locale.ROOT),
        event.decision().rule(),
        zone == null ? null : zone.node(),
        zone == null ? null : zone.name(),
        event.cpu(),
        machine.ownerName(event.owner()),
        sysctl(event),
        event.namedValues());
  }

  private static @Nullable String sysctl(Event event) {
    return event.decision() == Decision.SYSCTL_WRITE
        ? Sysctls.names().get((int) event.value(0))
        : null;
  }

  /** Events that were overwritten before this client read them. */
  static EventBody gap(SimulatedMachine machine, long firstLost, long lastLost) {
    return notice(
        machine,
        "gap",
        lastLost,
        new TreeMap<>(Map.of("first_lost", firstLost, "last_lost", lastLost)));
  }

  /** Another machine was booted or restored: its sequence starts anew. */
  static EventBody epoch(SimulatedMachine machine) {
    return notice(machine, "epoch", 0, Map.of("epoch", machine.epoch()));
  }

  private static EventBody notice(
      SimulatedMachine machine, String event, long sequence, Map<String, Long> values) {
    return new EventBody(
        machine.epoch() + "-" + sequence,
        sequence,
        machine.timeMicros(),
        event,
        null,
        null,
        null,
        null,
        null,
        null,
        values);
  }
}
