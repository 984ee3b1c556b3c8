package dev.buddyd.api.zone;

import dev.buddyd.api.zone.ZoneBody.CachedBlocks;
import dev.buddyd.api.zone.ZoneBody.FreeOrder;
import dev.buddyd.api.zone.ZoneBody.Marks;
import dev.buddyd.api.zone.ZoneBody.PageSet;
import dev.buddyd.machine.PageblockMap;
import dev.buddyd.mm.frame.Geometry;
import dev.buddyd.mm.frame.MigrateType;
import dev.buddyd.mm.pcp.PerCpuPages;
import dev.buddyd.mm.zone.Fragmentation;
import dev.buddyd.mm.zone.Watermarks;
import dev.buddyd.mm.zone.Zone;
import dev.buddyd.mm.zone.ZoneFlags;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads a zone as a whole, with its locks held. */
final class ZoneReader {

  private final Zone zone;
  private final Geometry geometry;
  private final List<String> types;

  private ZoneReader(Zone zone) {
    this.zone = zone;
    this.geometry = zone.geometry();
    this.types = MigrateType.names(geometry.cmaBuilt());
  }

  static ZoneBody read(Zone zone) {
    zone.lockSets();
    zone.lock();
    try {
      return new ZoneReader(zone).read();
    } finally {
      zone.unlock();
      zone.unlockSets();
    }
  }

  private ZoneBody read() {
    Watermarks marks = zone.watermarks();
    return new ZoneBody(
        zone.node(),
        zone.name(),
        zone.index(),
        zone.span().startPfn(),
        zone.span().spannedPages(),
        zone.span().presentPages(),
        zone.managedPages(),
        zone.span().cmaPages(),
        zone.counter().free(),
        new Marks(
            marks.effective(Watermarks.MIN),
            marks.effective(Watermarks.LOW),
            marks.effective(Watermarks.HIGH),
            marks.effective(Watermarks.PROMO)),
        marks.boost(),
        lowmemReserve(),
        zone.highAtomic().reservedPages(),
        flags(),
        free(),
        perCpu(),
        PageblockMap.firstPfn(zone),
        PageblockMap.count(zone));
  }

  private Map<String, Long> lowmemReserve() {
    Map<String, Long> reserve = new LinkedHashMap<>();
    for (int i = 0; i < zone.lowmemReserves(); i++) {
      reserve.put(geometry.zoneKinds().get(i).kernelName(), zone.lowmemReserve(i));
    }
    return reserve;
  }

  private List<String> flags() {
    List<String> flags = new ArrayList<>();
    if (zone.flags().has(ZoneFlags.BOOSTED)) {
      flags.add("BOOSTED");
    }
    if (zone.flags().has(ZoneFlags.RECLAIMING)) {
      flags.add("RECLAIMING");
    }
    if (zone.flags().has(ZoneFlags.BELOW_HIGH)) {
      flags.add("BELOW_HIGH");
    }
    return flags;
  }

  private List<FreeOrder> free() {
    long[] blocks = new long[geometry.maxOrder() + 1];
    for (int order = 0; order < blocks.length; order++) {
      blocks[order] = zone.lists().count(order);
    }
    List<FreeOrder> free = new ArrayList<>();
    for (int order = 0; order < blocks.length; order++) {
      Map<String, Integer> byType = new LinkedHashMap<>();
      for (int type = 0; type < types.size(); type++) {
        byType.put(types.get(type), zone.lists().count(order, type));
      }
      free.add(
          new FreeOrder(
              order,
              blocks[order],
              byType,
              Fragmentation.index(blocks, order) / 1000.0,
              Fragmentation.unusable(blocks, order) / 1000.0));
    }
    return free;
  }

  private List<PageSet> perCpu() {
    List<PageSet> sets = new ArrayList<>();
    for (int cpu = 0; cpu < zone.cpus(); cpu++) {
      PerCpuPages set = zone.set(cpu);
      List<CachedBlocks> lists = new ArrayList<>();
      for (int list = 0; list < set.lists(); list++) {
        if (set.size(list) > 0) {
          String type = types.get(geometry.pcpTypeOf(list));
          lists.add(new CachedBlocks(geometry.pcpOrderOf(list), type, set.size(list)));
        }
      }
      sets.add(new PageSet(cpu, set.count(), set.high(), set.batch(), lists));
    }
    return sets;
  }
}
