package dev.buddyd.procfs.host;

import dev.buddyd.mm.gfp.ZoneKind;
import java.util.List;

/**
 * What the files tell about one zone with memory. Pages unless named blocks.
 *
 * @param kind what kind of zone it is
 * @param startPfn its first frame
 * @param spanned frames from the first to the last
 * @param present frames that are RAM
 * @param managed frames given to the buddy allocator
 * @param free the free counter
 * @param marks min, low, high and promo without boost
 * @param boost on top of the marks
 * @param reserve lowmem reserve by zone index
 * @param blocks free blocks by order and migratetype
 * @param pageblocks pageblocks by migratetype; 0 where they are not told
 * @param cmaPages frames of CMA areas
 * @param sets page sets by CPU
 * @param numaEvents hit, miss, foreign, interleave, local, other
 * @param unreclaimable whether kswapd has given up on the zone's node
 * @param line where zoneinfo begins to tell about it
 * @param blocksLine where the free blocks stand
 */
record HostZone(
    int node,
    ZoneKind kind,
    long startPfn,
    long spanned,
    long present,
    long managed,
    long free,
    long[] marks,
    long boost,
    long[] reserve,
    long[][] blocks,
    long[] pageblocks,
    long cmaPages,
    List<PageSet> sets,
    long[] numaEvents,
    boolean unreclaimable,
    int line,
    int blocksLine) {

  /**
   * The pages that one CPU keeps of this zone.
   *
   * @param threshold what the CPU keeps back from the free counter at most, or -1 if not told
   */
  record PageSet(int count, int high, int batch, int lim, int cap, int threshold) {}

  String title() {
    return "Node " + node + ", zone " + kind.kernelName();
  }

  long endPfn() {
    return startPfn + spanned;
  }

  /** Pages on the free lists, those of a type. */
  long listed(int type) {
    long pages = 0;
    for (int order = 0; order < blocks.length; order++) {
      pages += blocks[order][type] << order;
    }
    return pages;
  }

  long listed() {
    long pages = 0;
    for (int type = 0; type < pageblocks.length; type++) {
      pages += listed(type);
    }
    return pages;
  }

  HostZone at(long pfn) {
    return new HostZone(
        node,
        kind,
        pfn,
        spanned,
        present,
        managed,
        free,
        marks,
        boost,
        reserve,
        blocks,
        pageblocks,
        cmaPages,
        sets,
        numaEvents,
        unreclaimable,
        line,
        blocksLine);
  }
}
