package dev.buddyd.procfs.parse;

import java.util.List;

/**
 * One line of buddyinfo (T-1).
 *
 * @param node the node
 * @param zone the zone's name
 * @param free number of free blocks by order, all types
 */
public record BuddyRow(int node, String zone, List<Long> free) {

  public BuddyRow {
    free = List.copyOf(free);
  }
}
