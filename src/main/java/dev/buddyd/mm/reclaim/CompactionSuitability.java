package dev.buddyd.mm.reclaim;

import dev.buddyd.mm.frame.Geometry;
import dev.buddyd.mm.gfp.RequestFlags;
import dev.buddyd.mm.zone.Fragmentation;
import dev.buddyd.mm.zone.PhysicalMemory;
import dev.buddyd.mm.zone.Sysctls.Knob;
import dev.buddyd.mm.zone.Watermarks;
import dev.buddyd.mm.zone.Zone;

/** Whether compacting a zone makes sense, and how much of it is in pieces. */
final class CompactionSuitability {

  /** What a look at a zone says. */
  enum Verdict {
    /** A block is there already. */
    FINE,
    /** Too little free memory, or fragmentation is not the problem. */
    SKIPPED,
    SUITABLE
  }

  private final PhysicalMemory memory;

  CompactionSuitability(PhysicalMemory memory) {
    this.memory = memory;
  }

  /** enough free pages to work with, and fragmentation is what stands in the way. */
  boolean suitable(Zone zone, int order, int highestZoneidx, long free) {
    int mark = order > Geometry.COSTLY_ORDER ? Watermarks.LOW : Watermarks.MIN;
    long target = zone.watermarks().effective(mark) + (2L << order);
    if (!zone.passesWith(0, target, highestZoneidx, RequestFlags.USECMA, free)) {
      return false;
    }
    if (order > Geometry.COSTLY_ORDER) {
      int index = Fragmentation.index(Fragmentation.counted(zone), order);
      return index < 0 || index > memory.tunables().get(Knob.EXTFRAG_THRESHOLD);
    }
    return true;
  }

  /** what a caller with these flags, who tests against a mark, is told. */
  Verdict worth(Zone zone, int order, int highestZoneidx, int mark, int flags) {
    long free = zone.counter().free();
    if (zone.passesWith(order, zone.watermarks().effective(mark), highestZoneidx, flags, free)) {
      return Verdict.FINE;
    }
    return suitable(zone, order, highestZoneidx, free) ? Verdict.SUITABLE : Verdict.SKIPPED;
  }

  /** reclaim may leave this zone to compaction. */
  boolean ready(Zone zone, int order, int highestZoneidx) {
    long free = zone.counter().free();
    Verdict verdict = worth(zone, order, highestZoneidx, Watermarks.MIN, 0);
    if (verdict != Verdict.SUITABLE) {
      return verdict == Verdict.FINE;
    }
    long target = zone.watermarks().effective(Watermarks.HIGH) + (2L << order);
    return zone.passesWith(0, target, highestZoneidx, 0, free);
  }

  /** percentage of a zone's free pages outside of blocks of huge page size. */
  static int score(Zone zone) {
    Geometry geometry = zone.geometry();
    long free = 0;
    long huge = 0;
    for (int o = 0; o <= geometry.maxOrder(); o++) {
      long pages = (long) zone.lists().count(o) << o;
      free += pages;
      huge += o >= geometry.pageblockOrder() ? pages : 0;
    }
    return free == 0 ? 0 : (int) ((free - huge) * 100 / free);
  }
}
