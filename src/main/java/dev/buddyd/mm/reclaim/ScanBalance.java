package dev.buddyd.mm.reclaim;

/** How many pages of which list a round of reclaim looks at: pure arithmetic. */
public final class ScanBalance {

  /** Goal of one pass of direct reclaim, in pages. */
  public static final int GOAL_PAGES = 32;

  /** Pages that the multi-generational LRU takes in one step. */
  public static final int GENERATION_STEP_PAGES = 64;

  /** Where a pass starts: a list contributes 1/4096 of its pages. */
  public static final int FIRST_PRIORITY = 12;

  private ScanBalance() {}

  /**
   * Pages that a list contributes at a priority. Few pages contribute nothing before the
   * priority is urgent enough (18 of them at 4).
   */
  public static long share(long pages, int priority) {
    return pages >>> priority;
  }

  /**
   * The priority at which kswapd starts with the multi-generational LRU: the most careful one that
   * can reach its goal in one round, but half of the first at the most urgent.
   */
  public static int kswapdPriority(long pages, long goal) {
    int priority = FIRST_PRIORITY;
    while (priority > FIRST_PRIORITY / 2 && share(pages, priority) < goal) {
      priority--;
    }
    return priority;
  }

  /**
   * Share of anonymous pages in a scan, in 1/1000.
   *
   * @param swappiness 0..200
   * @param anonCost recent refaults of anonymous pages
   * @param fileCost recent refaults of file pages
   */
  public static int anonPermille(int swappiness, long anonCost, long fileCost) {
    long total = anonCost + fileCost;
    long a = total + anonCost;
    long c = total + fileCost;
    long both = a + c;
    long ap = swappiness * (both + 1) / (a + 1);
    long fp = (200L - swappiness) * (both + 1) / (c + 1);
    return ap + fp == 0 ? 0 : (int) (1000 * ap / (ap + fp));
  }

  /** Whether an inactive list is so short that active pages must be aged. */
  public static boolean inactiveIsLow(long inactivePages, long activePages, int pageShift) {
    long gib = (inactivePages + activePages) >>> (30 - pageShift);
    long ratio = gib > 0 ? (long) Math.floor(Math.sqrt(10.0 * gib)) : 1;
    return inactivePages * ratio < activePages;
  }
}
