package dev.buddyd.diagnosis.verdict;

import dev.buddyd.diagnosis.report.KernelName;
import dev.buddyd.diagnosis.report.KernelReport;
import dev.buddyd.diagnosis.report.ZoneFacts;
import dev.buddyd.mm.gfp.KernelVersion;
import dev.buddyd.mm.gfp.ZoneKind;
import dev.buddyd.mm.gfp.ZoneTable;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which kinds of zone the kernel of a report was built with, in index order. A report shows only
 * the zones that hold memory; the columns of {@code lowmem_reserve[]} tell how many kinds there
 * are.
 */
record MachineZones(List<ZoneKind> kinds) {

  MachineZones {
    kinds = List.copyOf(kinds);
  }

  static MachineZones of(KernelReport report, @Nullable KernelVersion version) {
    Set<ZoneKind> kinds = EnumSet.noneOf(ZoneKind.class);
    for (ZoneFacts zone : report.zones()) {
      ZoneKind kind = kindOf(zone.zone());
      if (kind != null) {
        kinds.add(kind);
      }
    }
    boolean wide = isWide(report, kinds);
    Long highmem = report.totals().pagesHighmem();
    if (!wide && highmem != null && highmem > 0) {
      kinds.add(
          ZoneKind.HIGHMEM); // from 5.19 its line is left out when the mask excludes it (V-17)
    }
    kinds.add(ZoneKind.NORMAL);
    Integer columns = columns(report);
    if (version == null || version.atLeast("2.6.23")) {
      kinds.add(ZoneKind.MOVABLE);
    }
    if (columns != null) {
      fit(kinds, columns, wide, report);
    }
    return new MachineZones(new ArrayList<>(kinds)); // an EnumSet iterates in index order
  }

  /** Adds the kinds that most likely make up the number of columns, or drops Movable. */
  private static void fit(Set<ZoneKind> kinds, int columns, boolean wide, KernelReport report) {
    List<ZoneKind> likely =
        wide
            ? List.of(ZoneKind.DMA32, ZoneKind.DEVICE, ZoneKind.DMA, ZoneKind.HIGHMEM)
            : List.of(ZoneKind.HIGHMEM, ZoneKind.DMA, ZoneKind.DMA32, ZoneKind.DEVICE);
    for (ZoneKind kind : likely) {
      if (kinds.size() < columns) {
        kinds.add(kind);
      }
    }
    boolean movableSeen = report.zones().stream().anyMatch(z -> z.zone().equals("Movable"));
    if (kinds.size() > columns && !movableSeen) {
      kinds.remove(ZoneKind.MOVABLE);
    }
  }

  /** The number of columns that most zones print. */
  private static @Nullable Integer columns(KernelReport report) {
    Map<Integer, Integer> votes = new HashMap<>();
    Integer best = null;
    for (ZoneFacts zone : report.zones()) {
      List<Long> reserve = zone.lowmemReserve();
      if (reserve != null) {
        int count = votes.merge(reserve.size(), 1, Integer::sum);
        if (best == null || count > votes.getOrDefault(best, 0)) {
          best = reserve.size();
        }
      }
    }
    return best;
  }

  /** Whether it is a 64-bit machine, which has no high memory. */
  private static boolean isWide(KernelReport report, Set<ZoneKind> seen) {
    if (seen.contains(ZoneKind.HIGHMEM)) {
      return false;
    }
    if (seen.contains(ZoneKind.DMA32)) {
      return true;
    }
    KernelName kernel = report.kernel();
    String name = kernel == null ? "" : kernel.text().toLowerCase(Locale.ROOT);
    String trace = String.join(" ", report.callTrace());
    boolean narrow =
        containsAny(name, "i386", "i486", "i586", "i686", "armv", "pmac", "powermac")
            || containsAny(
                trace,
                "syscall_32",
                "SYSENTER_32",
                "ia32",
                "ret_fast_syscall",
                "common_interrupt_ia32");
    return !narrow || containsAny(name, "64");
  }

  private static boolean containsAny(String text, String... parts) {
    for (String part : parts) {
      if (text.contains(part)) {
        return true;
      }
    }
    return false;
  }

  static @Nullable ZoneKind kindOf(String name) {
    for (ZoneKind kind : ZoneKind.values()) {
      if (kind.kernelName().equals(name)) {
        return kind;
      }
    }
    return null;
  }

  /** The zone's index, or -1 for a name that no kernel has. */
  int indexOf(String name) {
    ZoneKind kind = kindOf(name);
    return kind == null ? -1 : kinds.indexOf(kind);
  }

  /** Index of the highest zone that a 6.12 mask may use (G-20, G-21). */
  int highest(int gfp) {
    return new ZoneTable(kinds).lenientHighestZoneIndex(gfp);
  }

  /** The name of the zone with this index, or null. */
  @Nullable String nameOf(int index) {
    return index >= 0 && index < kinds.size() ? kinds.get(index).kernelName() : null;
  }
}
