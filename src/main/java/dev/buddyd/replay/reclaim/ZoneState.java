package dev.buddyd.replay.reclaim;

import dev.buddyd.replay.json.Field;
import java.util.ArrayList;
import java.util.List;

/**
 * A zone of a snapshot, in pages.
 *
 * @param free exact, without the pages on per-CPU lists
 * @param min without boost, as are the other marks
 * @param reserve by zone index
 * @param freeBlocks by order
 * @param cached pages on per-CPU lists
 * @param freeHighatomic of the free pages
 * @param deferShift of compaction
 */
record ZoneState(
    String name,
    int index,
    long managed,
    long free,
    long min,
    long low,
    long high,
    long boost,
    int flags,
    long[] reserve,
    int[] freeBlocks,
    long cached,
    long reservedHighatomic,
    long freeHighatomic,
    int deferShift) {

  /** 64 GiB: more than any machine whose memory is run out of for a test. */
  private static final long MOST = 1L << 24;

  static List<ZoneState> all(Field zones) {
    List<ZoneState> states = new ArrayList<>();
    int last = -1;
    for (Field zone : zones.items()) {
      ZoneState state = of(zone);
      if (state.index() <= last) {
        throw zone.at("index").wrong("zones must come in ascending order");
      }
      last = state.index();
      states.add(state);
    }
    if (states.isEmpty()) {
      throw zones.wrong("there is no zone");
    }
    return states;
  }

  private static ZoneState of(Field z) {
    long managed = z.at("managed").asLong(1, MOST);
    long free = z.at("free").asLong(0, managed);
    long min = z.at("min").asLong(0, MOST);
    long low = z.at("low").asLong(min, MOST);
    long[] reserve = z.at("lowmemReserve").asLongs();
    for (long pages : reserve) {
      if (pages < 0 || pages > MOST) {
        throw z.at("lowmemReserve").wrong("must be pages, not " + pages);
      }
    }
    int[] blocks = z.at("nrFree").asInts(EqualMachine.ORDERS, 0, (int) MOST);
    long listed = 0;
    for (int order = 0; order < blocks.length; order++) {
      listed += (long) blocks[order] << order;
    }
    if (listed != free) {
      throw z.at("nrFree").wrong("holds " + listed + " pages, but free is " + free);
    }
    return new ZoneState(
        z.at("name").asText(),
        z.at("index").asInt(0, reserve.length - 1),
        managed,
        free,
        min,
        low,
        z.at("high").asLong(low, MOST),
        z.at("boost").asLong(0, MOST),
        z.at("flags").asInt(0, 7),
        reserve,
        blocks,
        z.at("pcp").asLong(0, managed - free),
        z.at("reservedHighatomic").asLong(0, managed),
        z.at("freeHighatomic").asLong(0, free),
        z.at("compactDeferShift").asInt(0, 6));
  }

  /** Whether kswapd would stop here: above high, boost included, and reserve (Z-53). */
  boolean balanced(int highestZoneidx) {
    return free > high + boost + reserve[Math.min(highestZoneidx, reserve.length - 1)];
  }
}
