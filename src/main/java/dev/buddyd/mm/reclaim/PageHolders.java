package dev.buddyd.mm.reclaim;

/**
 * Those who hold pages, told when reclaim takes or moves them. Called with the lock of the LRU
 * lists held: must be quick and must not call back.
 */
public interface PageHolders {

  /**
   * Pages are about to be taken away.
   *
   * @param tag the holder's word, as given when the pages were allocated
   * @return false if the holder gives them back at this very moment: reclaim then leaves them alone
   */
  boolean leaves(int tag, PageFate fate);

  /**
   * Pages are about to move to other frames.
   *
   * @param pfn first frame from now on
   * @return false if the holder gives them back at this very moment
   */
  boolean moves(int tag, long pfn);

  /** The owner of a request under way, by its tag; 0 if nobody said. */
  int ownerAsking(int tag);

  /**
   * The OOM killer has chosen; the victim still has its memory.
   *
   * @param counts what reclaim counts at this moment
   */
  default void killing(OomKill kill, ReclaimCounts counts) {}

  /**
   * Whether a killed process may give back another page before those who wait for its memory have
   * the CPU again: until it has none left, unless the holder knows of a scheduler.
   */
  default boolean exitGoesOn() {
    return true;
  }

  /** A process was killed: what it had in swap is lost. */
  void swapLost(int owner);
}
