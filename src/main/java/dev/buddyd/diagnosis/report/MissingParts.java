package dev.buddyd.diagnosis.report;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Names what a complete report would have had (F-70..F-81). */
final class MissingParts {

  private MissingParts() {}

  static List<String> of(
      ReportKind kind,
      boolean hasHeader,
      @Nullable Integer order,
      @Nullable MaskText mask,
      @Nullable KernelName kernel,
      List<ZoneFacts> zones) {
    List<String> missing = new ArrayList<>();
    if (!hasHeader) {
      missing.add("header");
    }
    boolean asked = kind != ReportKind.SHOW_MEMORY;
    if (asked && order == null) {
      missing.add("order");
    }
    if (asked && mask == null) {
      missing.add("gfp_mask");
    }
    if (kernel == null) {
      missing.add("kernel");
    }
    if (kind == ReportKind.MEMCG_OOM) {
      return missing; // the zones are not asked for a limit
    }
    if (zones.isEmpty()) {
      missing.add("zones");
    }
    for (ZoneFacts zone : zones) {
      if (zone.values().containsKey(MemInfoScanner.ANCIENT_FREE)) {
        continue; // 2.4 prints no reserves, and lists without names
      }
      String name = "Node " + zone.node() + " " + zone.zone();
      if (zone.freeKb() == null || zone.minKb() == null) {
        missing.add("zone line of " + name);
      } else if (zone.presentKb() == null && zone.managedKb() == null) {
        missing.add("end of the zone line of " + name);
      }
      if (zone.lowmemReserve() == null) {
        missing.add("lowmem_reserve[] of " + name);
      }
      FreeList list = zone.freeList();
      if (list == null) {
        missing.add("free lists of " + name);
      } else if (!list.complete()) {
        missing.add("end of the free lists of " + name);
      }
    }
    return missing;
  }
}
