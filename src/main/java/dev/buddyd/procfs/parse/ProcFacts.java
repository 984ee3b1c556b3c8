package dev.buddyd.procfs.parse;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Everything that was recognised in a text from /proc.
 *
 * @param buddyinfo lines of buddyinfo
 * @param zones zones of zoneinfo
 * @param nodeStats per-node stats of zoneinfo (from 4.8) by node
 * @param pageTypes first table of pagetypeinfo
 * @param pageBlocks second table of pagetypeinfo
 * @param pageBlockOrder "Page block order", or null when there is no pagetypeinfo
 */
public record ProcFacts(
    List<BuddyRow> buddyinfo,
    List<ZoneRow> zones,
    Map<Integer, Map<String, Long>> nodeStats,
    List<PageTypeRow> pageTypes,
    List<PageBlockRow> pageBlocks,
    @Nullable Integer pageBlockOrder) {

  public ProcFacts {
    buddyinfo = List.copyOf(buddyinfo);
    zones = List.copyOf(zones);
    nodeStats = Map.copyOf(nodeStats);
    pageTypes = List.copyOf(pageTypes);
    pageBlocks = List.copyOf(pageBlocks);
  }

  /** Whether nothing was recognised. */
  public boolean isEmpty() {
    return buddyinfo.isEmpty() && zones.isEmpty() && pageTypes.isEmpty() && pageBlocks.isEmpty();
  }
}
