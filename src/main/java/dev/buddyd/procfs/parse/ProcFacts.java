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
 * @param meminfoKb MemTotal, SwapTotal and SwapFree of meminfo by name, in KiB
 * @param lines where what stands in the text, see {@link #line}
 */
public record ProcFacts(
    List<BuddyRow> buddyinfo,
    List<ZoneRow> zones,
    Map<Integer, Map<String, Long>> nodeStats,
    List<PageTypeRow> pageTypes,
    List<PageBlockRow> pageBlocks,
    @Nullable Integer pageBlockOrder,
    Map<String, Long> meminfoKb,
    Map<String, Integer> lines) {

  /** The files, as {@link #line} calls them. */
  public enum File {
    BUDDYINFO,
    ZONEINFO,
    PAGETYPEINFO,
    MEMINFO
  }

  public ProcFacts {
    buddyinfo = List.copyOf(buddyinfo);
    zones = List.copyOf(zones);
    nodeStats = Map.copyOf(nodeStats);
    pageTypes = List.copyOf(pageTypes);
    pageBlocks = List.copyOf(pageBlocks);
    meminfoKb = Map.copyOf(meminfoKb);
    lines = Map.copyOf(lines);
  }

  /** Whether nothing was recognised. */
  public boolean isEmpty() {
    return buddyinfo.isEmpty() && zones.isEmpty() && pageTypes.isEmpty() && pageBlocks.isEmpty();
  }

  /**
   * The line, from 1, that tells something about a zone; that of the zone itself if there is none;
   * 0 if the zone is not there either.
   *
   * @param field name of the field, {@code cpu N count} for what belongs to a CPU, in pagetypeinfo
   *     the type or {@code blocks}; empty for the zone itself
   */
  public int line(File file, int node, String zone, String field) {
    Integer line = lines.get(key(file, node, zone, field));
    return line != null ? line : lines.getOrDefault(key(file, node, zone, ""), 0);
  }

  static String key(File file, int node, String zone, String field) {
    return file + " " + node + " " + zone + " " + field;
  }
}
