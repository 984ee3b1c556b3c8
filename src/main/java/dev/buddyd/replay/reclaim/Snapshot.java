package dev.buddyd.replay.reclaim;

import dev.buddyd.replay.json.Field;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A machine at one moment of a test.
 *
 * @param node the kernel's zone and node counters by their names
 */
record Snapshot(
    List<ZoneState> zones,
    boolean kswapdSleeping,
    int kswapdOrder,
    int kswapdHighestZoneidx,
    int kswapdFailures,
    long swapTotal,
    long swapFree,
    Map<String, Long> node) {

  private static final long MOST = 1L << 32;

  static Snapshot of(Field field) {
    Field kswapd = field.at("kswapd");
    Map<String, Long> counters = new HashMap<>();
    Field node = field.at("node");
    for (String name : node.keys()) {
      counters.put(name, node.at(name).asLong());
    }
    long swap = field.at("swapTotal").asLong(0, MOST);
    return new Snapshot(
        ZoneState.all(field.at("zones")),
        kswapd.at("sleeping").asFlag(),
        kswapd.at("order").asInt(0, EqualMachine.ORDERS - 1),
        kswapd.at("highestZoneidx").asInt(0, EqualMachine.KINDS.size()),
        kswapd.at("failures").asInt(0, Integer.MAX_VALUE),
        swap,
        field.at("swapFree").asLong(0, swap),
        counters);
  }

  /** A counter; 0 where the kernel has nothing to count. */
  long count(String name) {
    return Math.max(node.getOrDefault(name, 0L), 0);
  }

  /** Whether kswapd may stop: one zone that the requests may use is balanced (Z-53). */
  boolean balanced(int highestZoneidx) {
    return zones.stream().anyMatch(z -> z.index() <= highestZoneidx && z.balanced(highestZoneidx));
  }
}
