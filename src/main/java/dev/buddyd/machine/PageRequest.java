package dev.buddyd.machine;

import dev.buddyd.mm.gfp.Gfp;
import org.jspecify.annotations.Nullable;

/**
 * A request for pages as a client makes it.
 *
 * @param call which kernel function is called
 * @param gfp the mask, bits of 6.12
 * @param order order of the block; not used by {@link Call#ALLOC_PAGES_EXACT}
 * @param sizeBytes bytes wanted, for {@link Call#ALLOC_PAGES_EXACT} only
 * @param node preferred node, or null for that of the CPU
 * @param cpu simulated CPU, or null for the lowest of the node
 * @param owner who asks, or null
 * @param use what the pages are for
 * @param dirty whether page cache differs from what is on disk; {@link PageUse#FILE} only
 */
public record PageRequest(
    Call call,
    int gfp,
    int order,
    long sizeBytes,
    @Nullable Integer node,
    @Nullable Integer cpu,
    @Nullable String owner,
    PageUse use,
    boolean dirty) {

  /** A request for pages that are not dirty. */
  public PageRequest(
      Call call,
      int gfp,
      int order,
      long sizeBytes,
      @Nullable Integer node,
      @Nullable Integer cpu,
      @Nullable String owner,
      PageUse use) {
    this(call, gfp, order, sizeBytes, node, cpu, owner, use, false);
  }

  /** The kernel's functions that hand out pages (G-23). */
  public enum Call {
    ALLOC_PAGES("alloc_pages"),
    ALLOC_PAGE("alloc_page"),
    GET_FREE_PAGES("__get_free_pages"),
    GET_FREE_PAGE("__get_free_page"),
    GET_ZEROED_PAGE("get_zeroed_page"),
    GET_DMA_PAGES("__get_dma_pages"),
    ALLOC_PAGES_NODE("alloc_pages_node"),
    ALLOC_PAGES_EXACT("alloc_pages_exact");

    private final String kernelName;

    Call(String kernelName) {
      this.kernelName = kernelName;
    }

    /** The name in the kernel and in the HTTP interface. */
    public String kernelName() {
      return kernelName;
    }

    /** Whether the call gives one page whatever the order. */
    public boolean singlePage() {
      return this == ALLOC_PAGE || this == GET_FREE_PAGE || this == GET_ZEROED_PAGE;
    }

    /** Whether the answer is a kernel address, so that HighMem cannot serve (G-23). */
    public boolean givesAddress() {
      return switch (this) {
        case GET_FREE_PAGES, GET_FREE_PAGE, GET_ZEROED_PAGE, GET_DMA_PAGES, ALLOC_PAGES_EXACT ->
            true;
        default -> false;
      };
    }

    /** What the call adds to a mask (G-23). */
    int mask(int gfp) {
      return switch (this) {
        case GET_ZEROED_PAGE -> gfp | Gfp.ZERO;
        case GET_DMA_PAGES -> gfp | Gfp.DMA;
        default -> gfp;
      };
    }
  }
}
