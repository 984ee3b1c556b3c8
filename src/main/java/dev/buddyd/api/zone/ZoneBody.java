package dev.buddyd.api.zone;

import java.util.List;
import java.util.Map;

/**
 * A zone. All quantities are pages unless the name says otherwise.
 *
 * @param node its node
 * @param zone its name
 * @param index its zone index
 * @param startPfn first frame
 * @param spannedPages frames from the first to the last, holes included
 * @param presentPages frames that are RAM
 * @param managedPages frames given to the buddy allocator
 * @param cmaPages frames in CMA pageblocks
 * @param nrFreePages frames on the free lists
 * @param watermarks marks in force: each contains the boost
 * @param boostPages watermark boost
 * @param lowmemReserve reserve against requests that could use higher zones, by their highest zone
 * @param highatomicPages frames in HIGHATOMIC pageblocks
 * @param flags {@code BOOSTED}, {@code RECLAIMING}, {@code BELOW_HIGH}
 * @param free free blocks and fragmentation by order
 * @param perCpu the page set of each CPU
 * @param firstPageblockPfn first frame of its first pageblock
 * @param pageblocks number of its pageblocks
 */
record ZoneBody(
    int node,
    String zone,
    int index,
    long startPfn,
    long spannedPages,
    long presentPages,
    long managedPages,
    long cmaPages,
    long nrFreePages,
    Marks watermarks,
    long boostPages,
    Map<String, Long> lowmemReserve,
    long highatomicPages,
    List<String> flags,
    List<FreeOrder> free,
    List<PageSet> perCpu,
    long firstPageblockPfn,
    int pageblocks) {

  /** All zones. */
  record Zones(List<ZoneBody> zones) {}

  /** The marks in force, boost included. */
  record Marks(long min, long low, long high, long promo) {}

  /**
   * Free blocks of one order.
   *
   * @param order the order
   * @param blocks free blocks of exactly this order
   * @param byMigratetype the same by migratetype
   * @param fragmentationIndex why a request of this order would fail: -1 it would not, 0 for lack
   *     of memory, towards 1 for fragmentation
   * @param unusableIndex part of the free memory that a request of this order cannot use, 0 to 1
   *     (R-41)
   */
  record FreeOrder(
      int order,
      long blocks,
      Map<String, Integer> byMigratetype,
      double fragmentationIndex,
      double unusableIndex) {}

  /**
   * The page set of a CPU.
   *
   * @param cpu whose
   * @param count pages on its lists
   * @param high most pages before some are given back
   * @param batch pages that come and go at once
   * @param lists blocks on each list that is not empty
   */
  record PageSet(int cpu, int count, int high, int batch, List<CachedBlocks> lists) {}

  /**
   * A list of a page set.
   *
   * @param order order of its blocks
   * @param migratetype their type; for the huge-page order UNMOVABLE stands for all but MOVABLE
   * @param blocks how many
   */
  record CachedBlocks(int order, String migratetype, int blocks) {}
}
