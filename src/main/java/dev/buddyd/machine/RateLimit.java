package dev.buddyd.machine;

/** Lets a few messages pass in each interval and counts the others (F-70, F-80). */
final class RateLimit {

  /** The answer to a message that must not be written. */
  static final long SUPPRESSED = -1;

  private final long intervalMicros;
  private final int burst;
  private long begin;
  private int passed;
  private long suppressed;

  /**
   * @param intervalMicros length of an interval in virtual time; it begins with a message
   * @param burst messages that pass in one
   */
  RateLimit(long intervalMicros, int burst) {
    this.intervalMicros = intervalMicros;
    this.burst = burst;
  }

  /**
   * Somebody has something to say.
   *
   * @return {@link #SUPPRESSED}, or how many were suppressed since the last interval began
   */
  synchronized long admit(long nowMicros) {
    long before = 0;
    if (passed == 0 || nowMicros - begin >= intervalMicros) {
      before = suppressed;
      suppressed = 0;
      passed = 0;
      begin = nowMicros;
    }
    if (passed == burst) {
      suppressed++;
      return SUPPRESSED;
    }
    passed++;
    return before;
  }
}
