package dev.buddyd.procfs;

import dev.buddyd.mm.gfp.ZoneKind;
import dev.buddyd.mm.reclaim.LruList;
import dev.buddyd.mm.reclaim.ReclaimCounts;
import dev.buddyd.mm.zone.PhysicalMemory;
import dev.buddyd.mm.zone.Watermarks;
import dev.buddyd.mm.zone.Zone;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** {@code /proc/meminfo} (T-20, T-21): the allocator's lines computed, all others carried over. */
public final class MeminfoText {

  private static final List<String> BEFORE_HIGHMEM =
      List.of(
          "MemTotal",
          "MemFree",
          "MemAvailable",
          "Buffers",
          "Cached",
          "SwapCached",
          "Active",
          "Inactive",
          "Active(anon)",
          "Inactive(anon)",
          "Active(file)",
          "Inactive(file)",
          "Unevictable",
          "Mlocked");
  private static final List<String> HIGHMEM =
      List.of("HighTotal", "HighFree", "LowTotal", "LowFree");
  private static final List<String> AFTER_HIGHMEM =
      List.of(
          "SwapTotal",
          "SwapFree",
          "Zswap",
          "Zswapped",
          "Dirty",
          "Writeback",
          "AnonPages",
          "Mapped",
          "Shmem",
          "KReclaimable",
          "Slab",
          "SReclaimable",
          "SUnreclaim",
          "KernelStack",
          "PageTables",
          "SecPageTables",
          "NFS_Unstable",
          "Bounce",
          "WritebackTmp",
          "CommitLimit",
          "Committed_AS",
          "VmallocTotal",
          "VmallocUsed",
          "VmallocChunk",
          "Percpu",
          "HardwareCorrupted",
          "AnonHugePages",
          "ShmemHugePages",
          "ShmemPmdMapped",
          "FileHugePages",
          "FilePmdMapped",
          "CmaTotal",
          "CmaFree",
          "Unaccepted",
          "HugePages_Total",
          "HugePages_Free",
          "HugePages_Rsvd",
          "HugePages_Surp",
          "Hugepagesize",
          "Hugetlb");

  private MeminfoText() {}

  /** The text of a machine on which nothing but the allocator runs. */
  public static String write(PhysicalMemory memory) {
    return write(memory, ReclaimCounts.none(memory));
  }

  /** The text of a machine, with what reclaim counts. */
  public static String write(PhysicalMemory memory, ReclaimCounts reclaim) {
    StringBuilder lines = new StringBuilder();
    append(lines, BEFORE_HIGHMEM);
    if (memory.geometry().zoneIndexOf(ZoneKind.HIGHMEM) >= 0) {
      append(lines, HIGHMEM);
    }
    for (String label : AFTER_HIGHMEM) {
      if (!label.startsWith("Cma") || memory.geometry().cmaBuilt()) {
        append(lines, List.of(label));
      }
    }
    return write(memory, lines.toString(), users(memory, reclaim));
  }

  /** Lines, in pages, that say what memory is used for. */
  private static Map<String, Long> users(PhysicalMemory memory, ReclaimCounts r) {
    long inactiveAnon = r.pages(LruList.INACTIVE_ANON);
    long activeAnon = r.pages(LruList.ACTIVE_ANON);
    long inactiveFile = r.pages(LruList.INACTIVE_FILE);
    long activeFile = r.pages(LruList.ACTIVE_FILE);
    long dirty = 0;
    long writeback = 0;
    long swapCached = 0;
    for (Zone zone : memory.zones()) {
      dirty += r.dirty(zone.ordinal());
      writeback += r.writeback(zone.ordinal());
      swapCached += r.swapCached(zone.ordinal());
    }
    Map<String, Long> pages = new HashMap<>();
    pages.put("Cached", inactiveFile + activeFile);
    pages.put("SwapCached", swapCached);
    pages.put("Active", activeAnon + activeFile);
    pages.put("Inactive", inactiveAnon + inactiveFile);
    pages.put("Active(anon)", activeAnon);
    pages.put("Inactive(anon)", inactiveAnon);
    pages.put("Active(file)", activeFile);
    pages.put("Inactive(file)", inactiveFile);
    pages.put("SwapTotal", r.swapTotal());
    pages.put("SwapFree", r.swapFree());
    pages.put("Dirty", dirty);
    pages.put("Writeback", writeback);
    pages.put("AnonPages", inactiveAnon + activeAnon);
    pages.put("KReclaimable", r.pages(LruList.SLAB));
    pages.put("Slab", r.pages(LruList.SLAB));
    pages.put("SReclaimable", r.pages(LruList.SLAB));
    return pages;
  }

  private static void append(StringBuilder lines, List<String> labels) {
    for (String label : labels) {
      lines.append(line(label, 0));
    }
  }

  /** A line: label in 16 columns and number in 8, but for the two that are set otherwise. */
  private static String line(String label, long value) {
    StringBuilder out = new StringBuilder();
    if (label.startsWith("HugePages_")) {
      Columns.left(out, label + ":", 19);
      Columns.right(out, value, 5);
      return out.append('\n').toString();
    }
    boolean corrupted = label.equals("HardwareCorrupted");
    Columns.left(out, label + ":", corrupted ? 19 : 16);
    Columns.right(out, value, corrupted ? 5 : 8);
    return out.append(" kB\n").toString();
  }

  /**
   * The text with the allocator's lines as they are now.
   *
   * @param template an earlier text of the same kernel; its other lines are carried over
   */
  public static String write(PhysicalMemory memory, String template) {
    return write(memory, template, Map.of());
  }

  private static String write(PhysicalMemory memory, String template, Map<String, Long> users) {
    Map<String, Long> carried = new HashMap<>();
    for (String line : template.lines().toList()) {
      int colon = line.indexOf(':');
      if (colon > 0) {
        carried.put(line.substring(0, colon), number(line.substring(colon + 1)));
      }
    }
    users.forEach((label, value) -> carried.put(label, value * memory.geometry().pageKbytes()));
    Map<String, Long> pages = computed(memory, carried);
    pages.putAll(users);
    StringBuilder out = new StringBuilder();
    for (String line : template.lines().toList()) {
      int colon = line.indexOf(':');
      Long value = colon > 0 ? pages.get(line.substring(0, colon)) : null;
      if (value == null) {
        out.append(line).append('\n');
      } else {
        out.append(line(line.substring(0, colon), value * memory.geometry().pageKbytes()));
      }
    }
    return out.toString();
  }

  private static long number(String text) {
    String digits = text.strip().split("\\s+", -1)[0];
    return digits.chars().allMatch(Character::isDigit) && !digits.isEmpty() && digits.length() < 19
        ? Long.parseLong(digits)
        : 0;
  }

  private static Map<String, Long> computed(PhysicalMemory memory, Map<String, Long> carried) {
    long total = 0;
    long free = 0;
    long highTotal = 0;
    long highFree = 0;
    long low = 0;
    long freeCma = 0;
    long cma = 0;
    for (Zone zone : memory.zones()) {
      total += zone.managedPages();
      free += zone.counter().stored();
      low += zone.watermarks().effective(Watermarks.LOW);
      cma += zone.span().cmaPages();
      freeCma += zone.counter().freeCma();
      if (highmem(memory, zone)) {
        highTotal += zone.managedPages();
        highFree += zone.counter().stored();
      }
    }
    free = Math.max(free, 0);
    highFree = Math.max(highFree, 0);
    int kbytes = memory.geometry().pageKbytes();
    long cache =
        (carried.getOrDefault("Active(file)", 0L) + carried.getOrDefault("Inactive(file)", 0L))
            / kbytes;
    long reclaimable = carried.getOrDefault("KReclaimable", 0L) / kbytes;
    long available = // T-21
        free
            - memory.tunables().totalReservePages()
            + (cache - Math.min(cache / 2, low))
            + (reclaimable - Math.min(reclaimable / 2, low));
    Map<String, Long> pages = new HashMap<>();
    pages.put("MemTotal", total);
    pages.put("MemFree", free);
    pages.put("MemAvailable", Math.max(available, 0));
    pages.put("HighTotal", highTotal);
    pages.put("HighFree", highFree);
    pages.put("LowTotal", total - highTotal);
    pages.put("LowFree", free - highFree);
    pages.put("CmaTotal", cma);
    pages.put("CmaFree", freeCma);
    pages.put("Hugepagesize", (long) memory.geometry().pageblockPages());
    return pages;
  }

  /** HighMem, and a Movable zone that was carved out of it (Z-6). */
  private static boolean highmem(PhysicalMemory memory, Zone zone) {
    return switch (zone.span().kind()) {
      case HIGHMEM -> true;
      case MOVABLE -> memory.geometry().zoneIndexOf(ZoneKind.HIGHMEM) >= 0;
      default -> false;
    };
  }
}
