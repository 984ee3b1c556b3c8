package dev.buddyd.procfs.parse;

import java.util.List;

/**
 * One line of the first table of pagetypeinfo (T-5).
 *
 * @param node the node
 * @param zone the zone's name
 * @param type the type's name as printed, e.g. {@code Unmovable} or, before 4.4, {@code Reserve}
 * @param free number of free blocks by order
 * @param atLeast whether a count was printed as {@code >100000}, so that the numbers are lower
 *     bounds
 */
public record PageTypeRow(int node, String zone, String type, List<Long> free, boolean atLeast) {

  public PageTypeRow {
    free = List.copyOf(free);
  }
}
