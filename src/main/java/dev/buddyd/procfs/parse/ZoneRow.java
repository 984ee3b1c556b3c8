package dev.buddyd.procfs.parse;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One zone of zoneinfo (T-10), all versions (T-11).
 *
 * @param node the node
 * @param zone the zone's name
 * @param pages the lines from {@code pages free} on by name: free, boost, min, low, high, promo,
 *     spanned, present, managed, cma, and in old kernels scanned, active, inactive; in pages
 * @param counters {@code nr_*}, {@code numa_*} and {@code workingset_*} lines of the zone
 * @param protection the array behind {@code protection:} (lowmem_reserve), in pages; empty when not
 *     printed
 * @param pagesets per CPU, in printed order
 * @param trailer the lines behind the pagesets by name: start_pfn, node_unreclaimable,
 *     all_unreclaimable, inactive_ratio ..., and {@code vm stats threshold}
 */
public record ZoneRow(
    int node,
    String zone,
    Map<String, Long> pages,
    Map<String, Long> counters,
    List<Long> protection,
    List<PagesetRow> pagesets,
    Map<String, Long> trailer) {

  /** What tells of memory, the best first: people paste what grep left. */
  private static final List<String> SIZES = List.of("present", "managed", "spanned", "free");

  public ZoneRow {
    pages = Collections.unmodifiableMap(new LinkedHashMap<>(pages));
    counters = Collections.unmodifiableMap(new LinkedHashMap<>(counters));
    protection = List.copyOf(protection);
    pagesets = List.copyOf(pagesets);
    trailer = Collections.unmodifiableMap(new LinkedHashMap<>(trailer));
  }

  /** The line {@code name} of the block that starts with {@code pages free}, or null. */
  public @Nullable Long page(String name) {
    return pages.get(name);
  }

  /** Pages that the allocator manages; before 3.9 the present pages stand for them. */
  public @Nullable Long managed() {
    Long managed = pages.get("managed");
    return managed != null ? managed : pages.get("present");
  }

  /** Whether the zone has memory: zones without are listed too, with zeros (T-10). */
  public boolean isPopulated() {
    for (String size : SIZES) {
      Long value = pages.get(size);
      if (value != null) {
        return value > 0;
      }
    }
    return false;
  }
}
