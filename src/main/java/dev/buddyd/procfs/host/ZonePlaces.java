package dev.buddyd.procfs.host;

import dev.buddyd.mm.frame.Geometry;
import dev.buddyd.mm.frame.MemoryRanges;
import dev.buddyd.mm.frame.MigrateType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Where everything in a zone lies: free blocks, pageblock types, and frames that are not free. */
final class ZonePlaces implements BlockLayout.Taker {

  /**
   * A free block.
   *
   * @param pfn its first frame
   */
  record FreeBlock(long pfn, int order, int type) {}

  private final HostZone zone;
  private final long base;
  private final int pageblockPages;
  private final List<FreeBlock> free = new ArrayList<>();
  private final Map<Long, Integer> types = new TreeMap<>();
  private final FrameRuns others = new FrameRuns();
  private boolean inSpare;

  private ZonePlaces(HostZone zone, Geometry geometry) {
    this.zone = zone;
    this.base = zone.startPfn() & -(1L << geometry.maxOrder());
    this.pageblockPages = geometry.pageblockPages();
  }

  static ZonePlaces of(HostZone zone, Geometry geometry, long seed) {
    ZonePlaces places = new ZonePlaces(zone, geometry);
    long first = zone.startPfn() - places.base;
    long end = first + zone.spanned();
    BlockPlan plan = new BlockPlan(geometry, first, end, zone.blocks(), zone.pageblocks());
    String reason = plan.make();
    if (reason == null) {
      places.grantSpare(plan);
      boolean pairs = zone.managed() / 100 >= geometry.pageblockPages(); // B-71
      BlockLayout layout = new BlockLayout(geometry, plan, first, end, zone.blocks(), seed);
      if (layout.place(pairs, places)) {
        places.others.sortForTaking();
        return places;
      }
      reason =
          "its free blocks of order %d and up would have been merged"
              .formatted(geometry.pageblockOrder());
    }
    throw new InvalidHostException(
        zone.blocksLine(), "buddyinfo", zone.title() + ": " + reason + " (B-20)");
  }

  /** Pageblocks that are not made of holes belong to somebody: Movable. */
  private void grantSpare(BlockPlan plan) {
    long holes = (zone.spanned() - zone.present()) / pageblockPages;
    if (plan.spare() > holes) {
      plan.grant(MigrateType.MOVABLE, plan.spare() - holes);
    }
  }

  @Override
  public void pageblock(long start, int type) {
    types.put(base + start, type);
    inSpare = false;
  }

  @Override
  public void spare(long start) {
    inSpare = true;
  }

  @Override
  public void free(long start, int order, int type) {
    free.add(new FreeBlock(base + start, order, type));
  }

  @Override
  public void solid(long start, int order) {
    others.add(base + start, base + start + (1L << order), inSpare);
  }

  List<FreeBlock> free() {
    return free;
  }

  /** Type by the first frame of each pageblock that is not spare. */
  Map<Long, Integer> types() {
    return types;
  }

  MemoryRanges takeHoles() {
    return others.take(zone.spanned() - zone.present());
  }

  MemoryRanges takeReserved() {
    return others.take(zone.present() - zone.managed());
  }

  /** Frames that are neither free, hole nor reserved. */
  FrameRuns others() {
    return others;
  }
}
