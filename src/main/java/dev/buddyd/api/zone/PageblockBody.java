package dev.buddyd.api.zone;

import dev.buddyd.machine.PageblockMap;
import dev.buddyd.machine.PageblockMap.Pageblock;
import dev.buddyd.mm.zone.Zone;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A pageblock.
 *
 * @param number its place in the map
 * @param pfn its first frame
 * @param node its node
 * @param zone its zone
 * @param migratetype its type; null if there is no RAM in it
 * @param freePages frames on the free lists
 * @param freeLevel 0 nothing free, 15 all free, 1 to 14 in even steps between
 * @param mixed whether a page was allocated here by a request of another type
 */
record PageblockBody(
    long number,
    long pfn,
    int node,
    String zone,
    @Nullable String migratetype,
    int freePages,
    int freeLevel,
    boolean mixed) {

  /**
   * A page of the map.
   *
   * @param pageblockPages frames of a pageblock
   * @param pageblocks in the order of the map: zones by their place in memory
   * @param next path of the next page, or null at the end
   */
  record Pageblocks(int pageblockPages, List<PageblockBody> pageblocks, @Nullable String next) {}

  static PageblockBody of(Zone zone, Pageblock block, PageblockMap map, List<String> types) {
    return new PageblockBody(
        block.number(),
        block.pfn(),
        zone.node(),
        zone.name(),
        block.type() == PageblockMap.HOLE ? null : types.get(block.type()),
        block.freePages(),
        map.level(block.freePages()),
        block.mixed());
  }
}
