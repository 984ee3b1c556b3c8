package dev.buddyd.replay.reclaim;

import java.util.Locale;

/** How a simulated outcome stands to the recorded one. */
public enum Agreement {
  /** Equal. */
  AGREES,
  /** As far apart as the kernel is from itself: see {@link Spread}. */
  WITHIN_SPREAD,
  DIFFERS;

  /** The name in the HTTP interface. */
  public String apiName() {
    return name().toLowerCase(Locale.ROOT);
  }

  Agreement and(Agreement other) {
    return compareTo(other) >= 0 ? this : other;
  }
}
