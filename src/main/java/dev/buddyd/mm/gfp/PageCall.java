package dev.buddyd.mm.gfp;

/** The kernel's functions that allocate pages, as far as they change the mask (G-23, B-92). */
public enum PageCall {
  ALLOC_PAGES("alloc_pages", 0, 0),
  ALLOC_PAGE("alloc_page", 0, 0),
  ALLOC_PAGES_NODE("alloc_pages_node", 0, 0),
  FOLIO_ALLOC("folio_alloc", Gfp.COMP, 0),
  GET_FREE_PAGES("__get_free_pages", 0, Gfp.HIGHMEM),
  GET_FREE_PAGE("__get_free_page", 0, Gfp.HIGHMEM),
  GET_ZEROED_PAGE("get_zeroed_page", Gfp.ZERO, Gfp.HIGHMEM),
  GET_DMA_PAGES("__get_dma_pages", Gfp.DMA, Gfp.HIGHMEM),
  ALLOC_PAGES_EXACT("alloc_pages_exact", 0, Gfp.HIGHMEM | Gfp.COMP);

  private final String kernelName;
  private final int adds;
  private final int clears;

  PageCall(String kernelName, int adds, int clears) {
    this.kernelName = kernelName;
    this.adds = adds;
    this.clears = clears;
  }

  /** The function's name, for example {@code __get_free_pages}. */
  public String kernelName() {
    return kernelName;
  }

  /** The mask that the allocator sees when this function is called with {@code gfp}. */
  public int mask(int gfp) {
    return (gfp & ~clears) | adds;
  }
}
