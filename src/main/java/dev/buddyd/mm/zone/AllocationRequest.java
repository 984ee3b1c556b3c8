package dev.buddyd.mm.zone;

/**
 * A request for one block, as the allocator sees it after the edge has checked it.
 *
 * @param gfp the mask, bits of 6.12
 * @param order order of the block
 * @param node the preferred node
 * @param cpu the simulated CPU that asks
 * @param use what the block is for: a number below 4 that is kept with it
 * @param tag a word of the caller that is kept with the block
 */
public record AllocationRequest(int gfp, int order, int node, int cpu, int use, int tag) {

  /** A request without use and tag. */
  public static AllocationRequest of(int gfp, int order, int node, int cpu) {
    return new AllocationRequest(gfp, order, node, cpu, 0, 0);
  }

  /** The same request with another mask and order. */
  public AllocationRequest with(int gfp, int order) {
    return new AllocationRequest(gfp, order, node, cpu, use, tag);
  }
}
