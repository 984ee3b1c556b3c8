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

  /** Bits of a route's number that come from the mask; those above are the node. */
  public static final int ROUTE_BITS = 7;

  private static final int WAKE_SHIFT = Integer.numberOfTrailingZeros(Gfp.KSWAPD_RECLAIM) - 6;
  private static final int OWN_SHIFT = Integer.numberOfTrailingZeros(Gfp.THISNODE) - 5;

  private final int gfp;
  private final int order;
  private final int node;
  private final int cpu;
  private final int use;
  private final int tag;
  private final long heldWord;
  private final int route;
  private final int listPlace;

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
    this.route = route(node, gfp);
    this.listPlace = Zone.listPlace(cpu, order);
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

  public int tag() {
    return tag;
  }

  /**
   * The number of all in a node and a mask that decides what a request is served from, and how:
   * node, {@code __GFP_KSWAPD_RECLAIM}, {@code __GFP_THISNODE}, migratetype, zone bits.
   */
  public static int route(int node, int gfp) {
    return node << ROUTE_BITS
        | (gfp & Gfp.KSWAPD_RECLAIM) >>> WAKE_SHIFT
        | (gfp & Gfp.THISNODE) >>> OWN_SHIFT
        | (gfp & (Gfp.MIGRATETYPE_MASK | Gfp.ZONE_MASK));
  }

  /** See {@link #route(int, int)}. */
  public int route() {
    return route;
  }

  /** See {@link Zone#list}. */
  int listPlace() {
    return listPlace;
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
