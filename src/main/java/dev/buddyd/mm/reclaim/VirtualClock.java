package dev.buddyd.mm.reclaim;

/** The machine's virtual time. */
public interface VirtualClock {

  /** Microseconds since boot. */
  long micros();

  /** Somebody sleeps. */
  void sleep(long micros);

  /**
   * Pages have been handed to the disk, which takes the CPU time, too. Costs none unless a clock
   * says so.
   */
  default void wrote(long pages) {}

  /** Reclaim has looked at pages: a microsecond for each, as in the recordings. */
  default void looked(long pages) {
    sleep(pages);
  }
}
