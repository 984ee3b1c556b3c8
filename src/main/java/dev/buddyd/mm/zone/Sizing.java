package dev.buddyd.mm.zone;

import dev.buddyd.mm.frame.Geometry;
import dev.buddyd.mm.gfp.ZoneKind;
import java.util.List;

/**
 * The numbers that follow from managed pages and sysctls: min_free_kbytes, marks, reserves, per-CPU
 * sizes, counter thresholds. The machine must be quiesced. Each method recomputes its own group
 * only (Z-24).
 */
public final class Sizing {

  private static final int MIN_KBYTES = 128;
  private static final int MAX_KBYTES = 262_144;

  private Sizing() {}

  // ---- min_free_kbytes

  /** Z-20: the square root rule. */
  public static void minFreeKbytes(PhysicalMemory memory) {
    Tunables tunables = memory.tunables();
    long kbytes = bufferPages(memory) * memory.geometry().pageKbytes();
    int root = (int) Math.sqrt((double) (kbytes * 16));
    if (root > tunables.userMinFreeKbytes()) {
      tunables.setMinFreeKbytes(Math.min(Math.max(root, MIN_KBYTES), MAX_KBYTES));
    } else {
      tunables.setMinFreeKbytes(tunables.userMinFreeKbytes());
    }
  }

  /** Z-21: room for huge pages of every type. */
  public static void hugePageMinFreeKbytes(PhysicalMemory memory) {
    Geometry geometry = memory.geometry();
    int normal = geometry.zoneIndexOf(ZoneKind.NORMAL);
    long zones = memory.zones().stream().filter(z -> z.index() <= normal).count();
    long pages = zones * geometry.pageblockPages() * (2 + 9);
    pages = Math.min(pages, bufferPages(memory) / 20);
    long kbytes = pages * geometry.pageKbytes();
    if (kbytes > memory.tunables().minFreeKbytes()) {
      memory.tunables().setMinFreeKbytes(Math.toIntExact(kbytes));
    }
  }

  /** Z-20: pages above high in the zones up to Normal of the boot node's list. */
  private static long bufferPages(PhysicalMemory memory) {
    int normal = memory.geometry().zoneIndexOf(ZoneKind.NORMAL);
    long pages = 0;
    for (Zone zone : memory.node(0).zonelist(normal, false)) {
      long high = zone.watermarks().effective(Watermarks.HIGH);
      if (zone.managedPages() > high) {
        pages += zone.managedPages() - high;
      }
    }
    return pages;
  }

  // ---- marks

  /** Z-22: marks of all zones from min_free_kbytes, then set sizes and the total reserve. */
  public static void watermarks(PhysicalMemory memory) {
    Tunables tunables = memory.tunables();
    long minPages = tunables.minFreeKbytes() / memory.geometry().pageKbytes();
    long lowmem = 0;
    for (Zone zone : memory.zones()) {
      if (lowmem(zone)) {
        lowmem += zone.managedPages();
      }
    }
    for (Zone zone : memory.zones()) {
      long managed = zone.managedPages();
      long share = lowmem == 0 ? 0 : muldivWide(minPages, managed, lowmem);
      long min = lowmem(zone) ? share : Math.min(Math.max(managed / 1024, 32), 128);
      long gap =
          Math.max(share / 4, Watermarks.muldiv(managed, tunables.watermarkScaleFactor(), 10_000));
      zone.watermarks().set(min, min + gap, min + 2 * gap, min + 3 * gap);
    }
    pagesets(memory);
    totalReserve(memory);
  }

  private static long muldivWide(long x, long n, long d) {
    long product = x * n;
    return Math.multiplyHigh(x, n) == 0 && product >= 0
        ? product / d
        : java.math.BigInteger.valueOf(x)
            .multiply(java.math.BigInteger.valueOf(n))
            .divide(java.math.BigInteger.valueOf(d))
            .longValueExact();
  }

  private static boolean lowmem(Zone zone) {
    ZoneKind kind = zone.span().kind();
    return kind != ZoneKind.HIGHMEM && kind != ZoneKind.MOVABLE && kind != ZoneKind.DEVICE;
  }

  // ---- per-CPU sets

  /** P-5 to P-7, P-9. */
  public static void pagesets(PhysicalMemory memory) {
    int fraction = memory.tunables().percpuPagelistHighFraction();
    for (Zone zone : memory.zones()) {
      long managed = zone.managedPages();
      int batch = batch(managed, memory.geometry());
      int cpus = memory.node(zone.node()).cpus().length;
      if (cpus == 0) {
        cpus = memory.cpus();
      }
      long base = fraction == 0 ? zone.watermarks().effective(Watermarks.LOW) : managed / fraction;
      long lim = Math.max(base / cpus, 4L * batch); // P-6
      long cap = fraction == 0 ? Math.max(managed / 8 / cpus, 4L * batch) : lim; // P-7
      zone.resizeSets(batch, Math.toIntExact(lim), Math.toIntExact(cap));
    }
  }

  /** P-5. */
  static int batch(long managedPages, Geometry geometry) {
    long mebibyte = (1L << 20) >> geometry.pageShift();
    long b = Math.max(Math.min(managedPages / 1024, mebibyte) / 4, 1);
    return (int) Math.max(Long.highestOneBit(b + b / 2) - 1, 1);
  }

  // ---- reserves

  /** Z-31 with the ratios in force, then the total reserve (Z-33). */
  public static void lowmemReserve(PhysicalMemory memory) {
    Tunables tunables = memory.tunables();
    for (Node node : memory.nodes()) {
      int kinds = memory.geometry().zoneKinds().size();
      for (Zone zone : node.zones()) {
        int ratio = tunables.lowmemReserveRatio(zone.index());
        long above = 0;
        for (int j = 0; j < kinds; j++) {
          if (j <= zone.index() || zone.index() >= kinds - 1) {
            zone.setLowmemReserve(j, 0);
            continue;
          }
          Zone upper = node.zone(j);
          above += upper == null ? 0 : upper.managedPages();
          boolean clear = ratio == 0 || zone.managedPages() == 0;
          zone.setLowmemReserve(j, clear ? 0 : above / ratio);
        }
      }
    }
    totalReserve(memory);
  }

  /** Z-33. */
  public static void totalReserve(PhysicalMemory memory) {
    long total = 0;
    for (Node node : memory.nodes()) {
      long ofNode = 0;
      for (Zone zone : node.zones()) {
        long most = 0;
        for (int j = zone.index(); j < zone.lowmemReserves(); j++) {
          most = Math.max(most, zone.lowmemReserve(j));
        }
        ofNode +=
            Math.min(zone.managedPages(), most + zone.watermarks().effective(Watermarks.HIGH));
      }
      node.setTotalReservePages(ofNode);
      total += ofNode;
    }
    memory.tunables().setTotalReservePages(total);
  }

  // ---- counter precision

  /** Z-61 and Z-63 for all populated zones. */
  public static void thresholds(PhysicalMemory memory) {
    List<Zone> zones = memory.zones();
    int cpus = memory.cpus();
    for (Zone zone : zones) {
      long unit = 1L << (27 - memory.geometry().pageShift());
      int threshold = Math.min(125, 2 * bits(cpus) * (1 + bits(zone.managedPages() / unit)));
      for (int cpu = 0; cpu < cpus; cpu++) {
        zone.counter().setThreshold(cpu, threshold);
      }
      Watermarks marks = zone.watermarks();
      long gap = marks.stored(Watermarks.LOW) - marks.stored(Watermarks.MIN);
      if ((long) cpus * threshold > gap) {
        zone.setDriftMark(marks.effective(Watermarks.HIGH) + (long) cpus * threshold);
      }
    }
  }

  private static int bits(long n) {
    return 64 - Long.numberOfLeadingZeros(n);
  }
}
