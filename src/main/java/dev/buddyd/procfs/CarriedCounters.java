package dev.buddyd.procfs;

import dev.buddyd.mm.reclaim.LruList;
import dev.buddyd.mm.reclaim.ReclaimCounts;
import dev.buddyd.mm.reclaim.VmEvent;
import dev.buddyd.mm.zone.Node;
import dev.buddyd.mm.zone.PhysicalMemory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Counters in {@code /proc/zoneinfo} that the allocator knows nothing of: the per-node statistics
 * of each node, and the names of the zone counters in their order.
 *
 * @param nodes by node: lines {@code name value}, in order
 * @param zoneCounters names of the zone counters, {@code nr_free_pages} first
 */
public record CarriedCounters(Map<Integer, List<Counter>> nodes, List<String> zoneCounters) {

  private static final Pattern NODE = Pattern.compile("Node (\\d{1,4}), zone");
  private static final Pattern COUNTER = Pattern.compile(" {6}(\\w+) +(\\d{1,18})");

  /** One counter with its value. */
  public record Counter(String name, long value) {}

  /** Zone counters of a 6.12 distribution kernel for x86_64 (T-10). */
  public static final List<String> ZONE_COUNTERS =
      List.of(
          "nr_free_pages",
          "nr_zone_inactive_anon",
          "nr_zone_active_anon",
          "nr_zone_inactive_file",
          "nr_zone_active_file",
          "nr_zone_unevictable",
          "nr_zone_write_pending",
          "nr_mlock",
          "nr_bounce",
          "nr_zspages",
          "nr_free_cma",
          "nr_unaccepted");

  /** Node counters of a 6.12 distribution kernel for x86_64. */
  public static final List<String> NODE_COUNTERS =
      List.of(
          "nr_inactive_anon",
          "nr_active_anon",
          "nr_inactive_file",
          "nr_active_file",
          "nr_unevictable",
          "nr_slab_reclaimable",
          "nr_slab_unreclaimable",
          "nr_isolated_anon",
          "nr_isolated_file",
          "workingset_nodes",
          "workingset_refault_anon",
          "workingset_refault_file",
          "workingset_activate_anon",
          "workingset_activate_file",
          "workingset_restore_anon",
          "workingset_restore_file",
          "workingset_nodereclaim",
          "nr_anon_pages",
          "nr_mapped",
          "nr_file_pages",
          "nr_dirty",
          "nr_writeback",
          "nr_writeback_temp",
          "nr_shmem",
          "nr_shmem_hugepages",
          "nr_shmem_pmdmapped",
          "nr_file_hugepages",
          "nr_file_pmdmapped",
          "nr_anon_transparent_hugepages",
          "nr_vmscan_write",
          "nr_vmscan_immediate_reclaim",
          "nr_dirtied",
          "nr_written",
          "nr_throttled_written",
          "nr_kernel_misc_reclaimable",
          "nr_foll_pin_acquired",
          "nr_foll_pin_released",
          "nr_kernel_stack",
          "nr_page_table_pages",
          "nr_sec_page_table_pages",
          "nr_iommu_pages",
          "nr_swapcached",
          "pgpromote_success",
          "pgpromote_candidate",
          "pgdemote_kswapd",
          "pgdemote_direct",
          "pgdemote_khugepaged");

  /** Zone counters of a 32-bit kernel without zsmalloc. */
  private static final List<String> SMALL_ZONE_COUNTERS =
      ZONE_COUNTERS.stream()
          .filter(name -> !name.equals("nr_zspages") && !name.equals("nr_unaccepted"))
          .toList();

  /** Node counters that are sums over the node's zones. */
  private static final Set<String> SUMS =
      Set.of(
          "nr_inactive_anon",
          "nr_active_anon",
          "nr_inactive_file",
          "nr_active_file",
          "nr_unevictable");

  /** Node counters of NUMA kernels only. */
  private static final Set<String> NUMA_ONLY =
      Set.of("nr_iommu_pages", "pgpromote_success", "pgpromote_candidate");

  /**
   * The counters of a machine as its zones have them: what is on the reclaim lists; everything that
   * a machine without processes and devices does not have is 0.
   */
  public static CarriedCounters of(PhysicalMemory memory, List<ZoneReading> zones) {
    return of(memory, zones, ReclaimCounts.none(memory));
  }

  /**
   * The counters of a machine as its zones have them.
   *
   * @param zones read with these counts
   * @param counts what reclaim counts
   */
  public static CarriedCounters of(
      PhysicalMemory memory, List<ZoneReading> zones, ReclaimCounts counts) {
    boolean numa = memory.geometry().numaBuilt();
    List<String> names = numa ? ZONE_COUNTERS : SMALL_ZONE_COUNTERS;
    Map<Integer, List<Counter>> nodes = new HashMap<>();
    for (Node node : memory.nodes()) {
      List<Counter> counters = new ArrayList<>();
      for (String name : NODE_COUNTERS) {
        if (numa || !NUMA_ONLY.contains(name)) {
          int number = SUMS.contains(name) ? names.indexOf(name.replace("nr_", "nr_zone_")) : -1;
          long value =
              zones.stream()
                  .filter(zone -> zone.node() == node.id() && number >= 0)
                  .mapToLong(zone -> zone.counter(number))
                  .sum();
          counters.add(new Counter(name, value + reclaimCounter(memory, node, name, counts)));
        }
      }
      nodes.put(node.id(), counters);
    }
    return new CarriedCounters(nodes, names);
  }

  /** What reclaim counts under a node counter's name; events are told by the first node. */
  private static long reclaimCounter(
      PhysicalMemory memory, Node node, String name, ReclaimCounts counts) {
    boolean first = node.id() == 0;
    return switch (name) {
      case "nr_vmscan_write" -> first ? counts.get(VmEvent.NR_VMSCAN_WRITE) : 0;
      case "nr_vmscan_immediate_reclaim" ->
          first ? counts.get(VmEvent.NR_VMSCAN_IMMEDIATE_RECLAIM) : 0;
      case "nr_dirtied" -> first ? counts.get(VmEvent.NR_DIRTIED) : 0;
      case "nr_written" -> first ? counts.get(VmEvent.NR_WRITTEN) : 0;
      case "workingset_refault_anon" -> first ? counts.get(VmEvent.WORKINGSET_REFAULT_ANON) : 0;
      case "workingset_refault_file" -> first ? counts.get(VmEvent.WORKINGSET_REFAULT_FILE) : 0;
      default ->
          memory.node(node.id()).zones().stream()
              .mapToLong(zone -> zoneShare(zone.ordinal(), name, counts))
              .sum();
    };
  }

  private static long zoneShare(int zone, String name, ReclaimCounts counts) {
    return switch (name) {
      case "nr_slab_reclaimable" -> counts.pages(zone, LruList.SLAB);
      case "nr_anon_pages" ->
          counts.pages(zone, LruList.INACTIVE_ANON) + counts.pages(zone, LruList.ACTIVE_ANON);
      case "nr_file_pages" -> // swap cache is page cache, too
          counts.pages(zone, LruList.INACTIVE_FILE)
              + counts.pages(zone, LruList.ACTIVE_FILE)
              + counts.swapCached(zone);
      case "nr_dirty" -> counts.dirty(zone);
      case "nr_writeback" -> counts.writeback(zone);
      case "nr_swapcached" -> counts.swapCached(zone);
      default -> 0;
    };
  }

  /** A machine on which nothing but the allocator runs: every counter 0. */
  public static CarriedCounters none() {
    return new CarriedCounters(Map.of(), ZONE_COUNTERS);
  }

  /** Counters of a node, in order. */
  public List<Counter> node(int node) {
    List<Counter> counters = nodes.get(node);
    return counters != null
        ? counters
        : NODE_COUNTERS.stream().map(name -> new Counter(name, 0)).toList();
  }

  /** What a zoneinfo text says; lines that it does not know are passed over. */
  public static CarriedCounters parse(String zoneinfo) {
    Map<Integer, List<Counter>> nodes = new HashMap<>();
    List<String> zoneCounters = new ArrayList<>();
    List<Counter> block = new ArrayList<>();
    int node = 0;
    for (String line : zoneinfo.lines().toList()) {
      Matcher head = NODE.matcher(line);
      Matcher counter = COUNTER.matcher(line);
      if (head.lookingAt()) {
        node = Integer.parseInt(head.group(1));
      } else if (line.equals("  per-node stats")) {
        block = new ArrayList<>();
        nodes.put(node, block);
      } else if (line.startsWith("  pages free")) {
        block = new ArrayList<>();
      } else if (line.equals("  pagesets") && zoneCounters.isEmpty()) {
        block.stream()
            .map(Counter::name)
            .filter(name -> !name.startsWith("numa_"))
            .forEach(zoneCounters::add);
      } else if (counter.matches()) {
        block.add(new Counter(counter.group(1), Long.parseLong(counter.group(2))));
      }
    }
    return new CarriedCounters(nodes, zoneCounters.isEmpty() ? ZONE_COUNTERS : zoneCounters);
  }
}
