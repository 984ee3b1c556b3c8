package dev.buddyd.procfs;

import dev.buddyd.machine.DecisionCounters;
import dev.buddyd.mm.frame.Geometry;
import dev.buddyd.mm.gfp.ZoneKind;
import dev.buddyd.mm.reclaim.ReclaimCounts;
import dev.buddyd.mm.reclaim.VmEvent;
import dev.buddyd.mm.zone.PhysicalMemory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * {@code /proc/vmstat} (T-15): counters of all zones and nodes together, then events since boot.
 * Every name of a 6.12 kernel is there, so that tools find what they look for; what this machine
 * does not do is 0.
 */
public final class VmstatText {

  private static final List<String> AFTER_NODE_COUNTERS =
      List.of(
          "nr_dirty_threshold",
          "nr_dirty_background_threshold",
          "nr_memmap_pages",
          "nr_memmap_boot_pages",
          "pgpgin",
          "pgpgout",
          "pswpin",
          "pswpout");

  /** Events between those that are counted per zone type and those of compaction. */
  private static final List<String> RECLAIM_EVENTS =
      List.of(
          "pgfree",
          "pgactivate",
          "pgdeactivate",
          "pglazyfree",
          "pgfault",
          "pgmajfault",
          "pglazyfreed",
          "pgrefill",
          "pgreuse",
          "pgsteal_kswapd",
          "pgsteal_direct",
          "pgsteal_khugepaged",
          "pgscan_kswapd",
          "pgscan_direct",
          "pgscan_khugepaged",
          "pgscan_direct_throttle",
          "pgscan_anon",
          "pgscan_file",
          "pgsteal_anon",
          "pgsteal_file",
          "zone_reclaim_success",
          "zone_reclaim_failed",
          "pginodesteal",
          "slabs_scanned",
          "kswapd_inodesteal",
          "kswapd_low_wmark_hit_quickly",
          "kswapd_high_wmark_hit_quickly",
          "pageoutrun",
          "pgrotated",
          "drop_pagecache",
          "drop_slab",
          "oom_kill",
          "numa_pte_updates",
          "numa_huge_pte_updates",
          "numa_hint_faults",
          "numa_hint_faults_local",
          "numa_pages_migrated",
          "pgmigrate_success",
          "pgmigrate_fail",
          "thp_migration_success",
          "thp_migration_fail",
          "thp_migration_split");

  private static final List<String> COMPACTION_EVENTS =
      List.of(
          "compact_migrate_scanned",
          "compact_free_scanned",
          "compact_isolated",
          "compact_stall",
          "compact_fail",
          "compact_success",
          "compact_daemon_wake",
          "compact_daemon_migrate_scanned",
          "compact_daemon_free_scanned",
          "htlb_buddy_alloc_success",
          "htlb_buddy_alloc_fail");

  private static final List<String> CMA_EVENTS = List.of("cma_alloc_success", "cma_alloc_fail");

  private static final List<String> LAST_EVENTS =
      List.of(
          "unevictable_pgs_culled",
          "unevictable_pgs_scanned",
          "unevictable_pgs_rescued",
          "unevictable_pgs_mlocked",
          "unevictable_pgs_munlocked",
          "unevictable_pgs_cleared",
          "unevictable_pgs_stranded",
          "thp_fault_alloc",
          "thp_fault_fallback",
          "thp_fault_fallback_charge",
          "thp_collapse_alloc",
          "thp_collapse_alloc_failed",
          "thp_file_alloc",
          "thp_file_fallback",
          "thp_file_fallback_charge",
          "thp_file_mapped",
          "thp_split_page",
          "thp_split_page_failed",
          "thp_deferred_split_page",
          "thp_underused_split_page",
          "thp_split_pmd",
          "thp_scan_exceed_none_pte",
          "thp_scan_exceed_swap_pte",
          "thp_scan_exceed_share_pte",
          "thp_split_pud",
          "thp_zero_page_alloc",
          "thp_zero_page_alloc_failed",
          "thp_swpout",
          "thp_swpout_fallback",
          "balloon_inflate",
          "balloon_deflate",
          "balloon_migrate",
          "swap_ra",
          "swap_ra_hit",
          "swpin_zero",
          "swpout_zero",
          "ksm_swpin_copy",
          "cow_ksm",
          "zswpin",
          "zswpout",
          "zswpwb",
          "direct_map_level2_splits",
          "direct_map_level3_splits",
          "nr_unstable");

  /** Names that small kernels are built without: no NUMA, no KSM, no compressed swap. */
  private static final List<String> LARGE_ONLY =
      List.of("zone_reclaim_", "numa_", "thp_split_pud", "ksm_", "cow_ksm", "zswp");

  private final PhysicalMemory memory;
  private final Geometry geometry;
  private final List<ZoneReading> zones;
  private final DecisionCounters counters;
  private final ReclaimCounts reclaim;
  private final Map<String, Long> values = new LinkedHashMap<>();

  private VmstatText(
      PhysicalMemory memory,
      List<ZoneReading> zones,
      DecisionCounters counters,
      ReclaimCounts reclaim) {
    this.reclaim = reclaim;
    this.memory = memory;
    this.geometry = memory.geometry();
    this.zones = zones;
    this.counters = counters;
  }

  /** The whole text. */
  public static String write(
      PhysicalMemory memory, DecisionCounters counters, ReclaimCounts reclaim) {
    List<ZoneReading> zones = ZoneReading.all(memory, reclaim);
    StringBuilder out = new StringBuilder(4096);
    values(memory, zones, counters, reclaim)
        .forEach((name, value) -> out.append(name).append(' ').append(value).append('\n'));
    return out.toString();
  }

  /** The values by name, in the order of the file. */
  public static Map<String, Long> values(
      PhysicalMemory memory,
      List<ZoneReading> zones,
      DecisionCounters counters,
      ReclaimCounts reclaim) {
    return new VmstatText(memory, zones, counters, reclaim).collect();
  }

  private Map<String, Long> collect() {
    CarriedCounters carried = CarriedCounters.of(memory, zones, reclaim);
    for (int i = 0; i < carried.zoneCounters().size(); i++) {
      values.put(carried.zoneCounters().get(i), zoneCounter(carried.zoneCounters().get(i), i));
    }
    if (geometry.numaBuilt()) {
      for (int event = 0; event < ZoneinfoText.NUMA_EVENTS.size(); event++) {
        int number = event;
        values.put(
            ZoneinfoText.NUMA_EVENTS.get(event),
            zones.stream().mapToLong(zone -> zone.numaEvents(number)).sum());
      }
    }
    for (int node = 0; node < memory.nodes().size(); node++) {
      carried.node(node).forEach(c -> values.merge(c.name(), c.value(), Long::sum));
    }
    zeros(AFTER_NODE_COUNTERS);
    perZoneType();
    zeros(RECLAIM_EVENTS);
    zeros(COMPACTION_EVENTS);
    zeros(geometry.cmaBuilt() ? CMA_EVENTS : List.of());
    zeros(LAST_EVENTS);
    events();
    return values;
  }

  private long zoneCounter(String name, int number) {
    return switch (name) {
      case "nr_free_pages" -> zones.stream().mapToLong(ZoneReading::freePages).sum();
      case "nr_free_cma" -> zones.stream().mapToLong(ZoneReading::freeCmaPages).sum();
      default -> zones.stream().mapToLong(zone -> zone.counter(number)).sum();
    };
  }

  private void zeros(List<String> names) {
    boolean x86 = geometry.arch().startsWith("x86");
    for (String name : names) {
      boolean large = LARGE_ONLY.stream().anyMatch(name::startsWith);
      boolean foreign = name.startsWith("direct_map_") && !x86;
      if ((geometry.numaBuilt() || !large) && !foreign) {
        values.put(name, 0L);
      }
    }
  }

  private void perZoneType() {
    List<String> suffixes = new ArrayList<>();
    for (ZoneKind kind : geometry.zoneKinds()) {
      suffixes.add(kind == ZoneKind.HIGHMEM ? "high" : kind.kernelName().toLowerCase(Locale.ROOT));
    }
    for (int i = 0; i < suffixes.size(); i++) {
      values.put("pgalloc_" + suffixes.get(i), memory.pagesAllocated(i)); // B-61
    }
    for (int i = 0; i < suffixes.size(); i++) {
      values.put("allocstall_" + suffixes.get(i), reclaim.allocstall(i));
    }
    suffixes.forEach(suffix -> values.put("pgskip_" + suffix, 0L));
  }

  private void events() {
    values.put("pgfree", memory.pagesFreed()); // B-26
    for (VmEvent event : VmEvent.values()) {
      values.computeIfPresent(event.vmstatName(), (name, zero) -> told(event, zero));
    }
    int kbytes = geometry.pageKbytes();
    values.put("pgpgin", reclaim.get(VmEvent.PSWPIN) * kbytes);
    values.put("pgpgout", reclaim.get(VmEvent.NR_WRITTEN) * kbytes);
    long runs = 0;
    for (int node = 0; node < memory.nodes().size(); node++) {
      runs += counters.kswapdRuns(node);
    }
    values.put("pageoutrun", runs);
  }

  /** Node counters are summed over the nodes already. */
  private long told(VmEvent event, long before) {
    return event.ordinal() >= VmEvent.NR_VMSCAN_WRITE.ordinal() ? before : reclaim.get(event);
  }
}
