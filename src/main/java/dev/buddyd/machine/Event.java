package dev.buddyd.machine;

import dev.buddyd.mm.trace.Decision;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Something that changed the machine.
 *
 * @param sequence place in the order of all changes
 * @param timeMicros virtual time, in microseconds since boot
 * @param decision what happened
 * @param zone ordinal of the zone, or -1
 * @param cpu simulated CPU
 * @param owner index of the owner on whose behalf
 * @param values as {@link Decision#valueName} names them
 */
public record Event(
    long sequence,
    long timeMicros,
    Decision decision,
    int zone,
    int cpu,
    int owner,
    List<Long> values) {

  private static final List<Decision> DECISIONS = List.of(Decision.values());

  static Decision decision(int ordinal) {
    return DECISIONS.get(ordinal);
  }

  /** A value by position. */
  public long value(int i) {
    return values.get(i);
  }

  /** The values by name. */
  public Map<String, Long> namedValues() {
    Map<String, Long> named = new LinkedHashMap<>();
    for (int i = 0; i < decision.valueCount(); i++) {
      named.put(decision.valueName(i), values.get(i));
    }
    return named;
  }
}
