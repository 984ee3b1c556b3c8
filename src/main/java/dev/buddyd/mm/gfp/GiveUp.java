package dev.buddyd.mm.gfp;

import java.util.List;
import java.util.function.Predicate;

/** When a request that finds no page gives up (F-42, from F-33 to F-47). */
public enum GiveUp {
  AT_ONCE("Gives up as soon as its tries have failed; it never sleeps."),
  AFTER_ONE_ROUND("Gives up after one round of reclaim and compaction; kills no process."),
  WHEN_RECLAIM_STALLS(
      "Reclaims and compacts for up to 16 rounds without progress, then fails; kills no process."),
  AFTER_OOM_KILLS(
      "Never gives up of its own accord: reclaims, then lets the OOM killer make room. It fails"
          + " only for a process that is being killed itself."),
  WAITS(
      "Never gives up of its own accord, and may not kill for memory: it reclaims and waits for"
          + " others to free pages."),
  NEVER("Never fails: loops until a page is found.");

  private static final int CHEAP_ORDER = 3;

  /** What the rules look at. */
  private record Request(int gfp, boolean costly, boolean belowNormal) {
    boolean has(int flags) {
      return (gfp & flags) == flags;
    }
  }

  private record Rule(Predicate<Request> applies, GiveUp outcome) {}

  /** The first rule that applies decides. */
  private static final List<Rule> RULES =
      List.of(
          new Rule(r -> !r.has(Gfp.DIRECT_RECLAIM), AT_ONCE), // F-35b
          new Rule(r -> r.has(Gfp.NOFAIL), NEVER), // F-40
          new Rule(r -> r.has(Gfp.NORETRY), AFTER_ONE_ROUND), // F-38a
          new Rule(r -> r.costly && !r.has(Gfp.RETRY_MAYFAIL | Gfp.IO), AFTER_ONE_ROUND), // F-38b
          new Rule(r -> r.has(Gfp.RETRY_MAYFAIL), WHEN_RECLAIM_STALLS), // F-38c, F-47
          new Rule(r -> r.has(Gfp.THISNODE) || r.belowNormal, WHEN_RECLAIM_STALLS), // F-47
          new Rule(r -> !r.has(Gfp.FS), WAITS),
          new Rule(r -> true, AFTER_OOM_KILLS)); // F-39

  private final String sentence;

  GiveUp(String sentence) {
    this.sentence = sentence;
  }

  /**
   * When a request gives up.
   *
   * @param gfp a 6.12 mask
   * @param order 0 or more; orders above 3 are costly (F-38b)
   * @param highest the highest zone that the request may use
   */
  public static GiveUp of(int gfp, int order, ZoneKind highest) {
    boolean belowNormal = highest.compareTo(ZoneKind.NORMAL) < 0;
    Request request = new Request(gfp, order > CHEAP_ORDER, belowNormal);
    return RULES.stream()
        .filter(rule -> rule.applies.test(request))
        .findFirst()
        .orElseThrow()
        .outcome;
  }

  /** The behaviour, for people. */
  public String sentence() {
    return sentence;
  }
}
