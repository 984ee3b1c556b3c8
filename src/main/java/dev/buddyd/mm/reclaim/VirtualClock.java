package dev.buddyd.mm.reclaim;

/** The machine's virtual time. */
public interface VirtualClock {

  /** Microseconds since boot. */
  long micros();

  /** Somebody sleeps. */
  void sleep(long micros);
}
