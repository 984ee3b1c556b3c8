package dev.buddyd.replay.reclaim;

import dev.buddyd.mm.frame.Geometry;
import dev.buddyd.mm.gfp.Gfp;
import dev.buddyd.replay.reclaim.TestVerdict.Item;
import java.util.ArrayList;
import java.util.List;

/**
 * How far the kernel is from itself, and so how far a simulation may be from it. Each bound comes
 * from tests of the recordings that repeat each other under other names; none is set per test.
 */
final class Spread {

  /**
   * Pages that may or may not wait on the per-CPU lists when requests begin: a batch of a zone of
   * 256 MiB. With free memory at low, 0, 16, 32 and 64 of 1500 single pages were granted.
   */
  static final int CACHED_PAGES = 63;

  /**
   * Costly blocks depend on how free memory lies: of 40 blocks of order 9, 12, 20, 26 and 31 were
   * granted in memories filled with clean pages.
   */
  static final int COSTLY_SHARE = 2;

  /** Passes: 8, 11, 15 and 17 for the same 3000 pages; 24 to 35 for the same 40 blocks. */
  static final int PASSES_FACTOR = 2;

  /**
   * Passes that a few requests may differ by: 1 to 3 for the same 200 pages, 0 to 2 for 10 blocks.
   */
  static final int FEW_PASSES = 2;

  /** Compactions per request: 0 to 2 for the same 3 blocks of order 9. */
  static final int COMPACTIONS_PER_REQUEST = 2;

  /**
   * Other programs take pages while all settles: they wake kswapd where the test did not, and after
   * 10 of 329 runs of kswapd no zone was balanced any more.
   */
  private static final String OTHERS = "other programs took pages or woke kswapd";

  private Spread() {}

  static TestVerdict judge(RecordedTest test, Outcome simulated) {
    Outcome recorded = test.outcome();
    boolean costly = test.order() > Geometry.COSTLY_ORDER;
    List<Item> items = new ArrayList<>();
    long blocks = costly ? test.requests() / COSTLY_SHARE : CACHED_PAGES >> test.order();
    items.add(
        number(
            "granted",
            recorded.granted(),
            simulated.granted(),
            blocks,
            costly ? "half of the costly blocks" : "a batch of per-CPU pages"));
    long passes =
        Math.max(FEW_PASSES, Math.max(recorded.stalls(), simulated.stalls()) / PASSES_FACTOR);
    items.add(
        number(
            "stalls", recorded.stalls(), simulated.stalls(), passes, "twice as many, or 2 passes"));
    items.add(
        number(
            "compact_stalls",
            recorded.compactStalls(),
            simulated.compactStalls(),
            (long) COMPACTIONS_PER_REQUEST * (costly ? test.requests() : 1),
            "2 for each costly request, else 2"));
    items.add(number("oom_kills", recorded.oomKills(), simulated.oomKills(), 0, "none"));
    items.add(flag("endless", recorded.endless(), simulated.endless()));
    if (test.released()) {
      return verdict(test, items);
    }
    boolean wakes = (test.gfp() & Gfp.KSWAPD_RECLAIM) != 0;
    List<Item> kswapd =
        List.of(
            flag("kswapd_ran", recorded.kswapdScanned() > 0, simulated.kswapdScanned() > 0),
            number(
                "kswapd_stolen",
                recorded.kswapdStolen(),
                simulated.kswapdStolen(),
                Math.max(round(test), recorded.kswapdStolen() / 2),
                "one round: the high marks with boost, or half"),
            flag("balanced", recorded.balanced(), simulated.balanced()));
    for (Item item : kswapd) {
      boolean others =
          item.agreement() == Agreement.DIFFERS
              && (!wakes
                  || (item.name().equals("balanced")
                      && !recorded.balanced()
                      && recorded.kswapdScanned() > 0));
      items.add(others ? item.within(OTHERS) : item);
    }
    return verdict(test, items);
  }

  private static TestVerdict verdict(RecordedTest test, List<Item> items) {
    Agreement all = Agreement.AGREES;
    for (Item item : items) {
      all = all.and(item.agreement());
    }
    return new TestVerdict(test.name(), all, items);
  }

  /** Pages of one round of kswapd. */
  private static long round(RecordedTest test) {
    return test.pressed().zones().stream().mapToLong(z -> z.high() + z.boost()).sum();
  }

  private static Item number(
      String name, long recorded, long simulated, long bound, String inWords) {
    long apart = Math.abs(recorded - simulated);
    Agreement agreement =
        apart == 0
            ? Agreement.AGREES
            : apart <= bound ? Agreement.WITHIN_SPREAD : Agreement.DIFFERS;
    String why = apart == 0 ? "" : apart + " apart, the spread is " + bound + " (" + inWords + ")";
    return new Item(name, Long.toString(recorded), Long.toString(simulated), agreement, why);
  }

  private static Item flag(String name, boolean recorded, boolean simulated) {
    boolean same = recorded == simulated;
    return new Item(
        name,
        Boolean.toString(recorded),
        Boolean.toString(simulated),
        same ? Agreement.AGREES : Agreement.DIFFERS,
        same ? "" : "has no spread");
  }
}
