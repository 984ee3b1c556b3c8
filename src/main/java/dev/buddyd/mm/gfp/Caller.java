package dev.buddyd.mm.gfp;

/** Who asks, as far as it changes what a mask entitles to (F-20, F-21, V-1 to V-3). */
public enum Caller {
  /** Any other task, and interrupts. */
  ORDINARY,
  /** A task with realtime or deadline scheduling. */
  REALTIME,
  /** A task that the OOM killer has chosen. */
  OOM_VICTIM,
  /** A task that works for reclaim itself, such as kswapd. */
  RECLAIMER
}
