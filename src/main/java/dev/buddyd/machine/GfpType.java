package dev.buddyd.machine;

import dev.buddyd.mm.gfp.Gfp;

/** The usual kinds of request, told apart by what they may do, for counting. */
public enum GfpType {
  /** Kernel memory by a caller that may sleep, do I/O and enter file systems. */
  GFP_KERNEL("GFP_KERNEL"),
  /** A caller that may not sleep and may use reserves. */
  GFP_ATOMIC("GFP_ATOMIC"),
  /** Page cache and anonymous memory of processes. */
  GFP_HIGHUSER_MOVABLE("GFP_HIGHUSER_MOVABLE"),
  /** Everything else. */
  OTHER("other");

  private final String label;

  GfpType(String label) {
    this.label = label;
  }

  /** The kind of a mask; modifiers that only add to a kind don't change it. */
  public static GfpType of(int gfp) {
    if ((gfp & Gfp.GFP_HIGHUSER_MOVABLE) == Gfp.GFP_HIGHUSER_MOVABLE) {
      return GFP_HIGHUSER_MOVABLE;
    }
    if ((gfp & Gfp.DIRECT_RECLAIM) == 0) {
      return (gfp & Gfp.HIGH) != 0 ? GFP_ATOMIC : OTHER;
    }
    boolean kernel = (gfp & Gfp.GFP_KERNEL) == Gfp.GFP_KERNEL;
    return kernel && (gfp & (Gfp.HARDWALL | Gfp.ZONE_MASK)) == 0 ? GFP_KERNEL : OTHER;
  }

  /** As a metric's label. */
  public String label() {
    return label;
  }
}
