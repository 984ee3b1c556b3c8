package dev.buddyd.procfs.host;

import dev.buddyd.mm.frame.Geometry;
import dev.buddyd.mm.gfp.ZoneKind;
import dev.buddyd.procfs.ZoneColumns;
import dev.buddyd.procfs.ZoneColumns.Printed;
import dev.buddyd.procfs.parse.BuddyRow;
import dev.buddyd.procfs.parse.PageTypeRow;
import dev.buddyd.procfs.parse.ProcFacts;
import dev.buddyd.procfs.parse.ProcFacts.File;
import dev.buddyd.procfs.parse.ZoneRow;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a host's files tell about its kernel's build: orders, page size, kinds of zones, CMA. */
final class HostShape {

  private static final int MAX_ORDER = 15;

  private final ProcFacts facts;

  HostShape(ProcFacts facts) {
    this.facts = facts;
  }

  Geometry geometry(@Nullable Integer pageSizeKb) {
    int maxOrder = maxOrder();
    int shift =
        10 + Integer.numberOfTrailingZeros(pageSizeKb == null ? guess(maxOrder) : pageSizeKb);
    List<ZoneKind> kinds = kinds();
    boolean small = shift == 12;
    Integer told = facts.pageBlockOrder();
    int pageblockOrder = told != null ? told : Math.min(small ? 9 : maxOrder, maxOrder);
    if (pageblockOrder < 1 || pageblockOrder > maxOrder) {
      throw new InvalidHostException(
          0,
          "Page block order",
          "%d does not lie within 1 and %d, the largest order".formatted(pageblockOrder, maxOrder));
    }
    boolean huge = small ? pageblockOrder == 9 : pageblockOrder == maxOrder;
    return new Geometry(
        arch(kinds, shift),
        shift,
        maxOrder,
        pageblockOrder,
        huge,
        cmaBuilt(),
        facts.zones().stream().anyMatch(z -> z.counters().containsKey("numa_hit")),
        kinds,
        5,
        1024);
  }

  /** Kernels with large pages have more orders (T-1). */
  private static int guess(int maxOrder) {
    return maxOrder == 13 ? 64 : maxOrder == 11 ? 16 : 4;
  }

  private static String arch(List<ZoneKind> kinds, int shift) {
    if (shift != 12) {
      return "arm64";
    }
    return kinds.contains(ZoneKind.HIGHMEM) ? "x86_32" : "x86_64";
  }

  /** All lines have as many columns. */
  private int maxOrder() {
    int columns = -1;
    for (BuddyRow row : facts.buddyinfo()) {
      int line = facts.line(File.BUDDYINFO, row.node(), row.zone(), "");
      columns = same(columns, row.free().size(), line, "buddyinfo");
    }
    for (PageTypeRow row : facts.pageTypes()) {
      int line = facts.line(File.PAGETYPEINFO, row.node(), row.zone(), row.type());
      columns = same(columns, row.free().size(), line, "pagetypeinfo");
    }
    if (columns < 0) {
      throw new InvalidHostException(
          0, "buddyinfo", "is missing: without it nobody knows the free blocks by order");
    }
    return columns - 1;
  }

  private static int same(int columns, int here, int line, String field) {
    if (columns >= 0 && here != columns) {
      throw new InvalidHostException(
          line, field, "has %d orders, another line has %d".formatted(here, columns));
    }
    if (here < 2 || here > MAX_ORDER + 1) {
      throw new InvalidHostException(
          line, field, "has %d orders, not 2 to %d".formatted(here, MAX_ORDER + 1));
    }
    return here;
  }

  private boolean cmaBuilt() {
    return facts.pageTypes().stream().anyMatch(row -> row.type().equals("CMA"))
        || facts.zones().stream()
            .anyMatch(
                z ->
                    z.counters().getOrDefault("nr_free_cma", 0L) > 0
                        || z.pages().getOrDefault("cma", 0L) > 0);
  }

  // ---- kinds of zones

  /** The kinds by index: those that are named, and what {@code protection} has columns for. */
  List<ZoneKind> kinds() {
    Set<ZoneKind> kinds = EnumSet.of(ZoneKind.NORMAL);
    List<Printed> printed = new ArrayList<>();
    int columns = 0;
    for (ZoneRow zone : facts.zones()) {
      ZoneKind kind = kind(zone.zone(), facts.line(File.ZONEINFO, zone.node(), zone.zone(), ""));
      kinds.add(kind);
      printed.add(new Printed(zone.node(), kind, zone.protection()));
      columns = Math.max(columns, zone.protection().size());
    }
    List<ZoneKind> fitted = new ZoneColumns(printed, columns).fit(kinds, likely(kinds));
    if (fitted != null) {
      kinds.addAll(fitted);
    }
    kinds.add(ZoneKind.MOVABLE); // kernels before 2.6.23 have none; it stays empty
    return new ArrayList<>(kinds); // an EnumSet iterates in index order
  }

  /** What else a kernel with these zones has, the likeliest first. */
  private static List<ZoneKind> likely(Set<ZoneKind> kinds) {
    boolean wide = kinds.contains(ZoneKind.DMA32) && !kinds.contains(ZoneKind.HIGHMEM);
    return wide
        ? List.of(ZoneKind.MOVABLE, ZoneKind.DEVICE, ZoneKind.DMA)
        : List.of(ZoneKind.MOVABLE, ZoneKind.HIGHMEM, ZoneKind.DMA, ZoneKind.DMA32);
  }

  static ZoneKind kind(String name, int line) {
    for (ZoneKind kind : ZoneKind.values()) {
      if (kind.kernelName().equals(name)) {
        return kind;
      }
    }
    throw new InvalidHostException(line, "zone", "no kernel has a zone " + name);
  }
}
