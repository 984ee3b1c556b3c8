package dev.buddyd.machine;

import java.util.Locale;

/** What a block is used for; anonymous and file pages are on the reclaim lists (B-44). */
public enum PageUse {
  KERNEL,
  SLAB,
  ANON,
  FILE;

  /** Whether reclaim can do something about such pages. */
  public boolean reclaimable() {
    return this != KERNEL;
  }

  /** The name in the HTTP interface. */
  public String apiName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
