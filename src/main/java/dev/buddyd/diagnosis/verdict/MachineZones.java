package dev.buddyd.diagnosis.verdict;

import dev.buddyd.diagnosis.report.KernelName;
import dev.buddyd.diagnosis.report.KernelReport;
import dev.buddyd.diagnosis.report.ZoneFacts;
import dev.buddyd.mm.gfp.KernelVersion;
import dev.buddyd.mm.gfp.ZoneKind;
import dev.buddyd.mm.gfp.ZoneTable;
import dev.buddyd.procfs.ZoneColumns;
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
    boolean movable = version == null || version.atLeast("2.6.23");
    List<ZoneKind> fitted = columns == null ? null : fit(kinds, columns, movable, wide, report);
    if (fitted != null) {
      return new MachineZones(fitted);
    }
    boolean full = columns != null && kinds.size() >= columns;
    if (movable && !full) {
      kinds.add(ZoneKind.MOVABLE);
    }
    return new MachineZones(new ArrayList<>(kinds)); // an EnumSet iterates in index order
  }

  /** The kinds that most likely make up the number of columns. */
  private static @Nullable List<ZoneKind> fit(
      Set<ZoneKind> kinds, int columns, boolean movable, boolean wide, KernelReport report) {
    List<ZoneKind> likely = new ArrayList<>();
    if (movable) {
      likely.add(ZoneKind.MOVABLE);
    }
    likely.addAll(
        wide
            ? List.of(ZoneKind.DMA32, ZoneKind.DEVICE, ZoneKind.DMA, ZoneKind.HIGHMEM)
            : List.of(ZoneKind.HIGHMEM, ZoneKind.DMA, ZoneKind.DMA32, ZoneKind.DEVICE));
    if (kinds.contains(ZoneKind.DMA32)) {
      likely.remove(ZoneKind.HIGHMEM); // only 64-bit kernels have DMA32, and they have no HighMem
    }
    List<ZoneColumns.Printed> printed = new ArrayList<>();
    for (ZoneFacts zone : report.zones()) {
      ZoneKind kind = kindOf(zone.zone());
      List<Long> reserve = zone.lowmemReserve();
      if (kind != null && reserve != null && reserve.size() == columns) {
        printed.add(new ZoneColumns.Printed(zone.node(), kind, reserve));
      }
    }
    return new ZoneColumns(printed, columns).fit(kinds, likely);
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
