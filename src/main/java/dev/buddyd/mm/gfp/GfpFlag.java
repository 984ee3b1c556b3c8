package dev.buddyd.mm.gfp;

/**
 * Every flag that a mask has had since 2.6.32, with what it means to the allocator (G-1, G-2, G-50)
 * and what it becomes in 6.12 (G-50, G-56). Its number moved over time: {@link GfpLayout}.
 */
public enum GfpFlag {
  DMA(Gfp.DMA, "Only the lowest zone may be used: DMA, on x86 the first 16 MiB."),
  HIGHMEM(
      Gfp.HIGHMEM, "High memory may be used too; on a machine without it this means zone Normal."),
  DMA32(Gfp.DMA32, "Only memory below 4 GiB may be used: zone DMA32 and what lies under it."),
  MOVABLE(
      Gfp.MOVABLE,
      "The pages can be moved or reclaimed later, so they come from movable pageblocks and may use"
          + " CMA areas; together with __GFP_HIGHMEM also zone Movable."),
  RECLAIMABLE(
      Gfp.RECLAIMABLE,
      "The pages hold objects that a shrinker can free, so they come from reclaimable pageblocks."),
  HIGH(Gfp.HIGH, "High priority: part of the reserve below the min watermark may be used."),
  IO(
      Gfp.IO,
      "Reclaim may start physical I/O, such as swapping out; memory compaction needs this flag"
          + " too."),
  FS(Gfp.FS, "Reclaim may call into file systems, and the OOM killer may kill for this request."),
  WAIT(
      Gfp.RECLAIM,
      "The caller may sleep; since 4.4 written as __GFP_DIRECT_RECLAIM and __GFP_KSWAPD_RECLAIM."),
  DIRECT_RECLAIM(
      Gfp.DIRECT_RECLAIM, "The caller may sleep, and reclaims memory itself when none is free."),
  KSWAPD_RECLAIM(
      Gfp.KSWAPD_RECLAIM, "kswapd is woken to reclaim in the background when a zone runs low."),
  ATOMIC(
      0,
      "The caller cannot sleep and may go deeper into the reserves; since 6.3 this follows from"
          + " __GFP_HIGH without __GFP_DIRECT_RECLAIM."),
  ZERO(Gfp.ZERO, "The pages are filled with zeroes; which pages are chosen does not change."),
  COLD(0, "A page that is not in the CPU's cache is preferred; ignored since 4.15."),
  WRITE(
      Gfp.WRITE,
      "The page will be written to soon, so nodes above their share of dirty pages are passed over"
          + " at first."),
  NOWARN(Gfp.NOWARN, "No failure report is printed when the request fails."),
  REPEAT(
      Gfp.RETRY_MAYFAIL,
      "The allocator tries harder but may fail; since 4.13 called __GFP_RETRY_MAYFAIL."),
  RETRY_MAYFAIL(
      Gfp.RETRY_MAYFAIL, "The allocator tries hard, then fails; it never kills a process for it."),
  NOFAIL(
      Gfp.NOFAIL,
      "The request must not fail: the allocator loops for ever. It needs __GFP_DIRECT_RECLAIM, and"
          + " orders above 1 draw a warning."),
  NORETRY(
      Gfp.NORETRY,
      "One light attempt at reclaim and compaction, then the request fails; no OOM kill."),
  MEMALLOC(
      Gfp.MEMALLOC,
      "All reserves may be used, below every watermark: for requests that help to free memory."),
  COMP(Gfp.COMP, "The block becomes a compound page; which pages are chosen does not change."),
  NOMEMALLOC(Gfp.NOMEMALLOC, "No reserves may be used, not even where __GFP_MEMALLOC is given."),
  HARDWALL(Gfp.HARDWALL, "The nodes of the caller's cpuset are obeyed strictly."),
  THISNODE(Gfp.THISNODE, "Only the asked node is used, and no memory policy applies."),
  KMEMCG(Gfp.ACCOUNT, "The pages are charged to the memory cgroup; since 4.5 __GFP_ACCOUNT."),
  NOACCOUNT(0, "The pages are not charged to the memory cgroup; the default since 4.5."),
  ACCOUNT(Gfp.ACCOUNT, "The pages are charged to the memory cgroup, which may refuse them."),
  NOTRACK(0, "The memory checker kmemcheck leaves the pages alone; removed in 4.15."),
  NO_KSWAPD(
      0, Gfp.KSWAPD_RECLAIM, "kswapd is not woken; since 4.4 the absence of __GFP_KSWAPD_RECLAIM."),
  OTHER_NODE(0, "The page is for another node: changes statistics only; removed in 4.10."),
  ZEROTAGS(Gfp.ZEROTAGS, "Memory tags are zeroed together with the data; arm64 only."),
  SKIP_ZERO(0, "Zeroing is left to the memory tagging that follows; tag-based KASAN only."),
  SKIP_KASAN(0, "Memory tagging skips these pages; tag-based KASAN only."),
  SKIP_KASAN_POISON(0, "Memory is not poisoned for KASAN when freed; until 6.3."),
  SKIP_KASAN_UNPOISON(0, "Memory is not unpoisoned for KASAN when allocated; until 6.3."),
  NOLOCKDEP(0, "Lock dependency checking ignores this request; 0 on kernels without it."),
  NO_OBJ_EXT(
      Gfp.NO_OBJ_EXT, "Slab makes no object extension for the page; the choice does not change.");

  private final int modernBits;
  private final int modernClears;
  private final String meaning;

  GfpFlag(int modernBits, String meaning) {
    this(modernBits, 0, meaning);
  }

  GfpFlag(int modernBits, int modernClears, String meaning) {
    this.modernBits = modernBits;
    this.modernClears = modernClears;
    this.meaning = meaning;
  }

  /** The kernel's name, for example {@code __GFP_HIGH}. */
  public String symbol() {
    return "__GFP_" + name();
  }

  /** The 6.12 bits that stand for this flag, 0 if nothing does (G-50, G-56). */
  public int modernBits() {
    return modernBits;
  }

  /** The 6.12 bits that this flag takes away, 0 for all but {@link #NO_KSWAPD} (G-50, G-56). */
  public int modernClears() {
    return modernClears;
  }

  /** One plain sentence: what the flag asks for. */
  public String meaning() {
    return meaning;
  }
}
