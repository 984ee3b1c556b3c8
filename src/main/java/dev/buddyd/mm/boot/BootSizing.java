package dev.buddyd.mm.boot;

import dev.buddyd.mm.zone.Node;
import dev.buddyd.mm.zone.PhysicalMemory;
import dev.buddyd.mm.zone.Sizing;
import dev.buddyd.mm.zone.Zone;

/**
 * Computes a machine's numbers in the order of a boot (Z-24): CPUs come online while there are no
 * marks yet, then marks, thresholds and reserves, then the huge page daemon. Only after that a boot
 * releases init memory and initrd (S-14), which changes none of them.
 */
public final class BootSizing {

  /** Below this much RAM the huge page daemon is not set up at all (Z-21), in MiB. */
  private static final long HUGE_PAGE_MEBIBYTES = 512;

  /** Pages of a memory section on x86_64 (S-20). */
  private static final long SECTION_PAGES = 32_768;

  private BootSizing() {}

  /**
   * Marks, thresholds and reserves, from what the zones manage now (Z-20, Z-22, Z-31, Z-61).
   *
   * @param deferredInit whether the last zone of each node is initialised only after the CPUs came
   *     online (S-20)
   */
  public static void early(PhysicalMemory memory, boolean deferredInit) {
    if (memory.cpus() > 1) { // Z-63: without marks, and before deferred memory is there
      long[] later = new long[memory.zones().size()];
      for (Zone zone : memory.zones()) {
        later[zone.ordinal()] = deferredInit ? zone.managedPages() - earlyPages(memory, zone) : 0;
        zone.addManaged(-later[zone.ordinal()]);
      }
      Sizing.thresholds(memory);
      for (Zone zone : memory.zones()) {
        zone.addManaged(later[zone.ordinal()]);
      }
    }
    Sizing.minFreeKbytes(memory);
    Sizing.watermarks(memory);
    Sizing.thresholds(memory);
    Sizing.lowmemReserve(memory);
  }

  /**
   * The huge page daemon starts (Z-21); on a machine with little RAM it does not.
   *
   * @param on whether huge pages are on
   */
  public static void hugePageDaemon(PhysicalMemory memory, boolean on) {
    long managed = memory.zones().stream().mapToLong(Zone::managedPages).sum();
    if (managed >= HUGE_PAGE_MEBIBYTES << (20 - memory.geometry().pageShift())) {
      hugePages(memory, on);
    }
  }

  /** Huge pages are switched on or off (Z-21). */
  static void hugePages(PhysicalMemory memory, boolean on) {
    if (on) {
      Sizing.hugePageMinFreeKbytes(memory);
    } else {
      Sizing.minFreeKbytes(memory);
    }
    Sizing.watermarks(memory);
  }

  /** S-20: what the last zone of a node manages until the rest is initialised late in boot. */
  private static long earlyPages(PhysicalMemory memory, Zone zone) {
    long managed = zone.managedPages();
    if (!last(memory, zone)) {
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
