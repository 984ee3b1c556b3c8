package dev.buddyd.replay.table;

import dev.buddyd.mm.gfp.ZoneKind;
import dev.buddyd.mm.zone.Node;
import dev.buddyd.mm.zone.PhysicalMemory;
import dev.buddyd.mm.zone.Sizing;
import dev.buddyd.mm.zone.Zone;

/**
 * Computes a machine's numbers in the order of a boot: CPUs come online, early initcall, huge page
 * daemon, and only then the release of init memory and initrd (Z-24, S-14).
 */
final class BootSizing {

  /** Below this much RAM the huge page daemon is not set up at all (Z-21), in MiB. */
  private static final long HUGE_PAGE_MEBIBYTES = 512;

  /** Pages of a memory section on x86_64 (S-20). */
  private static final long SECTION_PAGES = 32_768;

  private BootSizing() {}

  /**
   * Computes everything that a booted machine shows.
   *
   * @param memory a machine whose zones manage what they manage now
   * @param released pages of each zone, by ordinal, that came only after the computations
   * @param hugePages whether transparent huge pages are on
   */
  static void run(PhysicalMemory memory, long[] released, boolean hugePages) {
    for (Zone zone : memory.zones()) {
      zone.addManaged(-released[zone.ordinal()]);
    }
    if (memory.cpus() > 1) { // Z-63: before there are marks, and before deferred memory is there
      long[] later = new long[released.length];
      for (Zone zone : memory.zones()) {
        later[zone.ordinal()] = zone.managedPages() - earlyPages(memory, zone);
        zone.addManaged(-later[zone.ordinal()]);
      }
      Sizing.thresholds(memory);
      for (Zone zone : memory.zones()) {
        zone.addManaged(later[zone.ordinal()]);
      }
    }
    Sizing.minFreeKbytes(memory); // Z-20
    Sizing.watermarks(memory);
    Sizing.thresholds(memory);
    Sizing.lowmemReserve(memory);
    long managed = memory.zones().stream().mapToLong(Zone::managedPages).sum();
    if (managed >= HUGE_PAGE_MEBIBYTES << (20 - memory.geometry().pageShift())) { // Z-21
      if (hugePages) {
        Sizing.hugePageMinFreeKbytes(memory);
      } else {
        Sizing.minFreeKbytes(memory);
      }
      Sizing.watermarks(memory);
    }
    for (Zone zone : memory.zones()) {
      zone.addManaged(released[zone.ordinal()]);
    }
  }

  /** S-20: what the last zone of a node manages until the rest is initialised late in boot. */
  private static long earlyPages(PhysicalMemory memory, Zone zone) {
    long managed = zone.managedPages();
    if (memory.geometry().zoneIndexOf(ZoneKind.DMA32) < 0 || !last(memory, zone)) {
      return managed;
    }
    long counted = zone.span().startPfn() + SECTION_PAGES;
    long deferred = (counted + SECTION_PAGES - 1) / SECTION_PAGES * SECTION_PAGES;
    return Math.min(managed, deferred - zone.span().startPfn());
  }

  private static boolean last(PhysicalMemory memory, Zone zone) {
    Node node = memory.node(zone.node());
    for (Zone other : node.zones()) {
      if (other.span().endPfn() > zone.span().endPfn()) {
        return false;
      }
    }
    return true;
  }
}
