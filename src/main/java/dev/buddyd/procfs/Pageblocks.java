package dev.buddyd.procfs;

import dev.buddyd.mm.frame.FrameTable;
import dev.buddyd.mm.frame.MemoryRanges;
import dev.buddyd.mm.zone.Zone;

/** How many pageblocks of a zone have which migratetype (T-5). */
public final class Pageblocks {

  private Pageblocks() {}

  /**
   * Counts by migratetype, looking from the zone's first frame on in steps of a pageblock and
   * passing over frames that do not exist. Takes no lock: a type changes by one byte, and a large
   * zone must not stand still for being counted.
   */
  public static long[] byType(Zone zone) {
    FrameTable frames = zone.frames();
    MemoryRanges holes = zone.holes();
    int step = zone.geometry().pageblockPages();
    long[] counts = new long[zone.geometry().migrateTypes()];
    int index = frames.firstIndex();
    for (int i = 0; i < holes.count(); i++) {
      index = frames.countTypes(index, frames.index(holes.start(i)), counts);
      int missing = frames.index(holes.end(i)) - index;
      if (missing > 0) {
        index += (missing + step - 1) / step * step;
      }
    }
    frames.countTypes(index, frames.endIndex(), counts);
    return counts;
  }
}
