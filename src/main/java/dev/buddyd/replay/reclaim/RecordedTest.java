package dev.buddyd.replay.reclaim;

import dev.buddyd.replay.json.Field;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;

/**
 * A test of a recording: what was asked of which state, and what came of it.
 *
 * @param requests how many were made; those after a watchdog are not
 * @param start the zones before it took pages to make the rest scarce
 * @param pressed when the requests began
 * @param pressure pages that the test held, by zone
 * @param deferrals of compaction by zone, as {@link #deferral} has them, where the trace tells
 * @param turns what went on beside each request
 * @param cleanFirst pages in swap that lie before all other anonymous pages, where the trace tells;
 *     else -1
 * @param filesLeft file pages that were left when all had settled
 * @param released whether a watchdog gave them back, so that what settles is another state
 */
record RecordedTest(
    String name,
    int gfp,
    int order,
    int requests,
    List<ZoneState> start,
    Snapshot pressed,
    Map<String, Long> pressure,
    boolean released,
    Map<String, long[]> deferrals,
    List<Turn> turns,
    long cleanFirst,
    long filesLeft,
    Outcome outcome) {

  /**
   * What went on during a request.
   *
   * @param micros how long it took
   * @param kswapdPages how many pages kswapd looked at meanwhile
   * @param freeAfter free pages of all zones at its end
   */
  record Turn(long micros, long kswapdPages, long freeAfter) {}

  private static final int MOST_REQUESTS = 100_000;

  /** Microseconds, or pages that kswapd may look at, during a request: more than a week. */
  private static final long MOST_IN_A_REQUEST = 1L << 40;

  static RecordedTest of(Field test) {
    int asked = test.at("asked").asInt(0, MOST_REQUESTS);
    int done = test.at("done").asInt(0, asked);
    Field rows = test.at("requests");
    List<String> columns = test.at("requestColumns").items().stream().map(Field::asText).toList();
    List<Field> requests = rows.items();
    if (requests.size() != done) {
      throw rows.wrong("has " + requests.size() + " requests, but " + done + " were done");
    }
    long[][] values = new long[done][];
    for (int i = 0; i < done; i++) {
      values[i] = requests.get(i).asLongs();
      if (values[i].length != columns.size()) {
        throw requests.get(i).wrong("must have " + columns.size() + " elements");
      }
    }
    boolean watchdog = test.at("watchdogFired").asFlag();
    long timeout = 1000 * test.at("timeoutMs").asLong(0, 1L << 40);
    Field columnField = test.at("requestColumns");
    int us = column(columns, "us", columnField);
    // a watchdog ends the last request, or only the patience with many
    boolean endless = watchdog && done > 0 && values[done - 1][us] >= timeout;
    int counted = watchdog && done > 0 ? done - 1 : done;
    Map<String, Long> sums = new HashMap<>();
    for (String name : columns) {
      int c = column(columns, name, columnField);
      long sum = 0;
      for (int i = 0; i < counted; i++) {
        sum += values[i][c];
      }
      sums.put(name, sum);
    }
    int pfn = column(columns, "pfn", columnField);
    int granted = 0;
    for (int i = 0; i < counted; i++) {
      granted += values[i][pfn] >= 0 ? 1 : 0;
    }
    Snapshot pressed = Snapshot.of(test.at("pressed"));
    Field startZones = test.at("start").at("zones");
    List<ZoneState> start = ZoneState.all(startZones);
    if (start.size() != pressed.zones().size()) {
      throw startZones.wrong("must be the zones of pressed");
    }
    Snapshot settled = Snapshot.of(test.at("settled"));
    Field during = test.at("deltaRequests");
    Field after = test.at("deltaSettle");
    int highest = highest(pressed);
    return new RecordedTest(
        test.at("name").asText(),
        (int) test.at("gfp").asLong(0, 0xffff_ffffL),
        test.at("order").asInt(0, EqualMachine.ORDERS - 1),
        endless ? done : counted,
        start,
        pressed,
        pressure(test, pressed),
        watchdog,
        deferrals(test),
        turns(requests, values, columns, columnField),
        cleanFirst(test),
        settled.count("nr_inactive_file") + settled.count("nr_active_file"),
        new Outcome(
            granted,
            sum(sums, "allocstall", columnField),
            sum(sums, "compact_stall", columnField),
            sum(sums, "oom_kill", columnField),
            endless,
            delta(during, "pgscan_kswapd") + delta(after, "pgscan_kswapd"),
            delta(during, "pgsteal_kswapd") + delta(after, "pgsteal_kswapd"),
            settled.balanced(highest)));
  }

  /**
   * How compaction is deferred in a zone: considered, shift, failed order. A snapshot has
   * the shift only; the rest is told when the zone is passed over for the first time, and a zone
   * that is not passed over is not deferred.
   */
  long[] deferral(ZoneState zone) {
    long[] told = deferrals.get(zone.name());
    if (told != null) {
      return told;
    }
    boolean deferred = zone.deferShift() > 0 && !deferrals.containsKey(TRIED);
    return new long[] {0, deferred ? zone.deferShift() : 0, deferred ? order : EqualMachine.ORDERS};
  }

  /** Stands among the names of zones for "a request has tried to compact". */
  private static final String TRIED = "";

  private static final Pattern DEFERRED =
      Pattern.compile(
          "zone=(\\w{1,16}) {1,16}order=\\d{1,2} order_failed=(\\d{1,2}) consider=(\\d{1,2})"
              + " limit=(\\d{1,2})");

  /** at most 64 requests are turned away. */
  private static final int MOST_DEFERRED = 64;

  private static Map<String, long[]> deferrals(Field test) {
    Map<String, long[]> told = new HashMap<>();
    Field trace = test.find("trace");
    if (trace == null) {
      return told;
    }
    for (Field line : trace.items()) {
      String text = line.asText();
      if (text.contains(" mm_compaction_end: ")) {
        break; // from here on it is what the test has made of it
      }
      if (text.contains(" mm_compaction_try_to_compact_pages: ")) {
        told.put(TRIED, new long[0]);
      }
      if (text.contains(" mm_compaction_deferred: ")) {
        Matcher m = DEFERRED.matcher(text);
        if (!m.find()) {
          throw line.wrong("does not say how compaction is deferred");
        }
        long failed = Long.parseLong(m.group(2));
        long considered = Long.parseLong(m.group(3)) - 1;
        long limit = Long.parseLong(m.group(4));
        if (failed > EqualMachine.ORDERS
            || Long.bitCount(limit) != 1
            || limit > MOST_DEFERRED
            || considered < 0
            || considered >= limit) {
          throw line.wrong(
              "is no deferral of compaction: order, considered or limit is impossible");
        }
        told.putIfAbsent(
            m.group(1), new long[] {considered, Long.numberOfTrailingZeros(limit), failed});
      }
    }
    return told;
  }

  private static final Pattern LOOKED_AT =
      Pattern.compile(
          " mm_vmscan_lru_shrink_inactive: .{1,200} nr_reclaimed=(\\d{1,9}) .*_ANON\\b");

  /**
   * What is in swap already needs no write to be reclaimed: as many pages as were reclaimed until
   * one was written, and beside it. The others in swap have gone to the young end since.
   */
  private static long cleanFirst(Field test) {
    Field trace = test.find("trace");
    if (trace == null) {
      return -1;
    }
    long clean = 0;
    boolean written = false;
    for (Field line : trace.items()) {
      String text = line.asText();
      written |= text.contains(" mm_vmscan_write_folio: ");
      Matcher m = LOOKED_AT.matcher(text);
      if (m.find()) {
        clean += Long.parseLong(m.group(1));
        if (written) {
          return clean;
        }
      }
    }
    return -1;
  }

  private static List<Turn> turns(
      List<Field> requests, long[][] values, List<String> columns, Field columnField) {
    int us = column(columns, "us", columnField);
    int scans = column(columns, "pgscan_kswapd", columnField);
    int free = column(columns, "freeAfter", columnField);
    List<Turn> turns = new ArrayList<>();
    for (int i = 0; i < values.length; i++) {
      Turn turn = new Turn(values[i][us], values[i][scans], values[i][free]);
      if (LongStream.of(turn.micros(), turn.kswapdPages(), turn.freeAfter())
          .anyMatch(n -> n < 0 || n > MOST_IN_A_REQUEST)) {
        throw requests
            .get(i)
            .wrong("us, pgscan_kswapd and freeAfter must be from 0 to " + MOST_IN_A_REQUEST);
      }
      turns.add(turn);
    }
    return turns;
  }

  /** Highest zone index that has memory. */
  static int highest(Snapshot snapshot) {
    return snapshot.zones().getLast().index();
  }

  private static int column(List<String> columns, String name, Field field) {
    int c = columns.indexOf(name);
    if (c < 0) {
      throw field.wrong("there is no column " + name);
    }
    return c;
  }

  private static long sum(Map<String, Long> sums, String name, Field field) {
    Long sum = sums.get(name);
    if (sum == null) {
      throw field.wrong("there is no column " + name);
    }
    return sum;
  }

  private static long delta(Field deltas, String name) {
    Field delta = deltas.find(name);
    return delta == null ? 0 : delta.asLong();
  }

  private static Map<String, Long> pressure(Field test, Snapshot pressed) {
    long held = test.at("pressurePages").asLong(0, 1L << 32);
    Map<String, Long> byZone = new HashMap<>();
    List<ZoneState> downwards = new ArrayList<>(pressed.zones()).reversed();
    for (ZoneState zone : downwards) {
      String event = "pgalloc_" + zone.name().toLowerCase(Locale.ROOT);
      long pages = Math.min(delta(test.at("deltaPressure"), event), held);
      held -= pages;
      byZone.put(zone.name(), pages);
    }
    return byZone;
  }
}
