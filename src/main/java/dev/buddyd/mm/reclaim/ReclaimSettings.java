package dev.buddyd.mm.reclaim;

import org.jspecify.annotations.Nullable;

/**
 * What reclaim works with.
 *
 * @param swapPages size of the swap device, in pages; 0 for none
 * @param multiGenerational whether the multi-generational LRU is on, the default of distribution
 *     kernels; otherwise the classic two lists
 */
public record ReclaimSettings(long swapPages, boolean multiGenerational) {

  /** Swap of a machine whose description does not say: 2 GiB. */
  public static final long DEFAULT_SWAP_KB = 2L << 20;

  /** The defaults for a page size. */
  public static ReclaimSettings defaults(int pageKbytes) {
    return new ReclaimSettings(DEFAULT_SWAP_KB / pageKbytes, true);
  }

  /**
   * What a description says.
   *
   * @param swapKb size of the swap device in KiB, or null for the default
   * @param multiGenerational or null for the default
   */
  public static ReclaimSettings of(
      @Nullable Long swapKb, @Nullable Boolean multiGenerational, int pageKbytes) {
    return new ReclaimSettings(
        (swapKb == null ? DEFAULT_SWAP_KB : swapKb) / pageKbytes,
        multiGenerational == null || multiGenerational);
  }
}
