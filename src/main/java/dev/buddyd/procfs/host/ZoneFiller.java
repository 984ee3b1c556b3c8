package dev.buddyd.procfs.host;

import dev.buddyd.mm.frame.FrameTable;
import dev.buddyd.mm.frame.Geometry;
import dev.buddyd.mm.frame.MigrateType;
import dev.buddyd.mm.gfp.Gfp;
import dev.buddyd.mm.pcp.PcpList;
import dev.buddyd.mm.pcp.PerCpuPages;
import dev.buddyd.mm.zone.Zone;

/** Fills one zone: pageblock types, free lists, page sets, what is in use, numbers. */
final class ZoneFiller {

  /** KEEPBATCH (P-11). */
  private static final int KEEP_BATCH = 2;

  private final HostZone host;
  private final Zone zone;
  private final FrameTable frames;
  private final Geometry geometry;

  ZoneFiller(HostZone host, Zone zone) {
    this.host = host;
    this.zone = zone;
    this.frames = zone.frames();
    this.geometry = zone.geometry();
  }

  void fill(ZonePlaces places) {
    long[] pageblocks = new long[geometry.migrateTypes()];
    places
        .types()
        .forEach(
            (pfn, type) -> {
              frames.setType(frames.index(pfn), 0, type);
              pageblocks[type]++;
            });
    for (ZonePlaces.FreeBlock block : places.free()) {
      zone.buddy().place(frames.index(block.pfn()), block.order(), block.type());
    }
    zone.highAtomic().load(pageblocks[MigrateType.HIGHATOMIC] << geometry.pageblockOrder());
    pageSets(places.others());
    places.others().blocks(geometry.pageblockOrder(), this::inUse);
    zone.addManaged(host.managed());
    long[] marks = host.marks();
    zone.watermarks().set(marks[0], marks[1], marks[2], marks[3]);
    zone.watermarks().loadBoost(host.boost());
    for (int i = 0; i < host.reserve().length; i++) {
      zone.setLowmemReserve(i, host.reserve()[i]);
    }
    zone.statistics().load(host.numaEvents(), new long[0], new int[0][]);
  }

  private void pageSets(FrameRuns others) {
    HostZone.PageSet any = host.sets().getFirst();
    zone.resizeSets(Math.max(any.batch(), 1), any.lim(), any.cap());
    for (int cpu = 0; cpu < host.sets().size(); cpu++) {
      HostZone.PageSet told = host.sets().get(cpu);
      PerCpuPages set = zone.set(cpu);
      set.load(told.high(), 0, 0, KEEP_BATCH, 0);
      for (int i = 0; i < told.count(); i++) {
        int index = frames.index(others.takeOne());
        int type = frames.typeOf(index);
        int cached = MigrateType.ordinary(type) ? type : MigrateType.MOVABLE; // P-31
        PcpList list = set.list(geometry.pcpListOf(0, cached));
        frames.touch(index);
        frames.setHeld(index, list.heldWord());
        set.append(list, index);
      }
    }
  }

  /** A block that somebody on the host holds: with the mask that its pageblock suggests. */
  private void inUse(long pfn, int order) {
    int index = frames.index(pfn);
    int type = frames.typeOf(index);
    boolean movable = type == MigrateType.MOVABLE || type == geometry.cmaType();
    int gfp = movable ? Gfp.GFP_HIGHUSER_MOVABLE : Gfp.GFP_KERNEL;
    if (type == MigrateType.RECLAIMABLE) {
      gfp |= Gfp.RECLAIMABLE;
    }
    frames.touch(index);
    frames.setAllocated(index, order, order > 0, 0, order > 0 ? gfp | Gfp.COMP : gfp, 0);
    frames.setMovable(index, movable);
  }

  /** The free counter as the host prints it; what lacks of it is with the CPUs (Z-60). */
  static void counter(HostZone host, Zone zone) {
    Geometry geometry = zone.geometry();
    long cma = geometry.cmaBuilt() ? host.listed(geometry.cmaType()) : 0;
    zone.counter().load(host.free(), host.listed(MigrateType.HIGHATOMIC), cma);
    long left = host.listed() - host.listed(geometry.isolateType()) - host.free();
    for (int cpu = 0; cpu < zone.cpus(); cpu++) {
      int told = host.sets().get(cpu).threshold();
      int threshold = told >= 0 ? told : zone.counter().threshold(cpu);
      zone.counter().setThreshold(cpu, threshold);
      int part = Math.clamp(left, -threshold, threshold);
      zone.counter().loadRemainder(cpu, part);
      left -= part;
    }
    if (left != 0) {
      zone.counter()
          .load(host.free() + left, zone.counter().freeHighatomic(), zone.counter().freeCma());
    }
  }
}
