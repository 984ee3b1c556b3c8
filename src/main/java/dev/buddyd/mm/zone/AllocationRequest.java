package dev.buddyd.mm.zone;

/**
 * A request for one block, as the allocator sees it after the edge has checked it.
 *
 * @param gfp the mask, bits of 6.12
 * @param order order of the block
 * @param node the preferred node
 * @param cpu the simulated CPU that asks
 * @param use what the block is for: {@link #KERNEL}, {@link #SLAB}, {@link #ANON} or {@link #FILE}
 * @param tag a word of the caller that is kept with the block
 */
public record AllocationRequest(int gfp, int order, int node, int cpu, int use, int tag) {

  public static final int KERNEL = 0;
  public static final int SLAB = 1;

  /** On a reclaim list: counts as movable (B-44). */
  public static final int ANON = 2;

  /** On a reclaim list: counts as movable (B-44). */
  public static final int FILE = 3;

  /** A request without use and tag. */
  public static AllocationRequest of(int gfp, int order, int node, int cpu) {
    return new AllocationRequest(gfp, order, node, cpu, 0, 0);
  }

  /** The same request with another mask and order. */
  public AllocationRequest with(int gfp, int order) {
    return new AllocationRequest(gfp, order, node, cpu, use, tag);
  }
}
