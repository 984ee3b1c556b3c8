package dev.buddyd.mm.zone;

import dev.buddyd.mm.frame.HeldWord;
import dev.buddyd.mm.gfp.Gfp;

/** A request for one block, as the allocator sees it after the edge has checked it. */
public final class AllocationRequest {

  public static final int KERNEL = 0;
  public static final int SLAB = 1;

  /** On a reclaim list: counts as movable (B-44). */
  public static final int ANON = 2;

  /** On a reclaim list: counts as movable (B-44). */
  public static final int FILE = 3;

  private final int gfp;
  private final int order;
  private final int node;
  private final int cpu;
  private final int use;
  private final int tag;
  private final long heldWord;

  /**
   * A request.
   *
   * @param gfp the mask, bits of 6.12
   * @param order order of the block
   * @param node the preferred node
   * @param cpu the simulated CPU that asks
   * @param use what the block is for: {@link #KERNEL}, {@link #SLAB}, {@link #ANON} or {@link
   *     #FILE}
   * @param tag a word of the caller that is kept with the block
   */
  public AllocationRequest(int gfp, int order, int node, int cpu, int use, int tag) {
    this.gfp = gfp;
    this.order = order;
    this.node = node;
    this.cpu = cpu;
    this.use = use;
    this.tag = tag;
    boolean compound = order > 0 && (gfp & Gfp.COMP) != 0; // B-90
    this.heldWord = HeldWord.allocated(order, compound, use >= ANON, use, gfp, tag); // B-44
  }

  public int gfp() {
    return gfp;
  }

  public int order() {
    return order;
  }

  public int node() {
    return node;
  }

  public int cpu() {
    return cpu;
  }

  public int use() {
    return use;
  }

  public int tag() {
    return tag;
  }

  /** What the frame table keeps with the head of the block that this request gets. */
  long heldWord() {
    return heldWord;
  }

  /** A request without use and tag. */
  public static AllocationRequest of(int gfp, int order, int node, int cpu) {
    return new AllocationRequest(gfp, order, node, cpu, 0, 0);
  }

  /** The same request with another mask and order. */
  public AllocationRequest with(int gfp, int order) {
    return new AllocationRequest(gfp, order, node, cpu, use, tag);
  }
}
