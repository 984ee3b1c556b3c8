package dev.buddyd.diagnosis.rules;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The state of one zone of some machine, as far as it is known. Pages; null where the source does
 * not tell.
 *
 * @param node the node
 * @param zone the zone's name
 * @param index its index on that machine, or -1 if the name is unknown
 * @param free free pages
 * @param boost the boost contained in the marks; null before 5.14
 * @param min the min mark with boost
 * @param low the low mark with boost
 * @param high the high mark with boost
 * @param managed managed pages, before 3.9 the present ones
 * @param freeCma free pages in CMA areas
 * @param reservedHighatomic pages of HIGHATOMIC pageblocks
 * @param freeHighatomic free ones of these
 * @param lowmemReserve the reserve by zone index, or null
 * @param blocks the free lists
 */
public record ZoneState(
    int node,
    String zone,
    int index,
    @Nullable Long free,
    @Nullable Long boost,
    @Nullable Long min,
    @Nullable Long low,
    @Nullable Long high,
    @Nullable Long managed,
    @Nullable Long freeCma,
    @Nullable Long reservedHighatomic,
    @Nullable Long freeHighatomic,
    @Nullable List<Long> lowmemReserve,
    FreeBlocks blocks) {

  public ZoneState {
    lowmemReserve = lowmemReserve == null ? null : List.copyOf(lowmemReserve);
  }

  /** The same zone with other marks, for what-if questions. */
  public ZoneState withMarks(long newMin, long newLow, long newHigh) {
    return new ZoneState(
        node,
        zone,
        index,
        free,
        boost == null ? null : Long.valueOf(0),
        newMin,
        newLow,
        newHigh,
        managed,
        freeCma,
        reservedHighatomic,
        freeHighatomic,
        lowmemReserve,
        blocks);
  }

  /** "Node 0 Normal", as people call it. */
  public String title() {
    return "Node " + node + " " + zone;
  }
}
