package dev.buddyd.mm.alloc;

import dev.buddyd.mm.frame.MigrateType;
import dev.buddyd.mm.gfp.Gfp;
import dev.buddyd.mm.gfp.RequestFlags;
import dev.buddyd.mm.gfp.ZoneKind;
import dev.buddyd.mm.zone.AllocationRequest;
import dev.buddyd.mm.zone.Node;
import dev.buddyd.mm.zone.PhysicalMemory;
import dev.buddyd.mm.zone.Zone;

/**
 * What follows from a request's node and from the bits of its mask that say what it is to be served
 * from, and how: {@link AllocationRequest#route}. Made once for all combinations, because every
 * request begins here.
 */
final class Route {

  /** Zones in order, the preferred one first (F-4); may be empty (F-6). */
  final Zone[] zones;

  /** Highest zone index the mask may use (G-20). */
  final int highestZoneidx;

  /** Type of the pages (G-30, G-31). */
  final int type;

  /** {@link RequestFlags} of the first attempt (F-7). */
  final int flags;

  private Route(PhysicalMemory memory, Node node, int gfp) {
    boolean grouping = !memory.tunables().groupingDisabled();
    this.highestZoneidx = memory.highestZoneidx(gfp);
    this.zones = node.zonelist(highestZoneidx, (gfp & Gfp.THISNODE) != 0);
    this.type = grouping ? Gfp.migratetype(gfp) : MigrateType.UNMOVABLE;
    this.flags =
        RequestFlags.WM_LOW
            | ((gfp & Gfp.KSWAPD_RECLAIM) != 0 ? RequestFlags.WAKE : 0)
            | (type == MigrateType.MOVABLE ? RequestFlags.USECMA : 0)
            | (nomix(memory, zones) ? RequestFlags.NOMIX : 0);
  }

  /**
   * F-7: the fast path looks at other zones before it mixes types, if Normal is preferred and there
   * is a DMA32, on its node or on the only node.
   */
  private static boolean nomix(PhysicalMemory memory, Zone[] zones) {
    int dma32 = memory.geometry().zoneIndexOf(ZoneKind.DMA32);
    return dma32 >= 0
        && zones.length > 0
        && zones[0].index() == memory.geometry().zoneIndexOf(ZoneKind.NORMAL)
        && (memory.nodes().size() == 1 || memory.node(zones[0].node()).zone(dma32) != null);
  }

  /** All routes of a machine whose zonelists are made, by their numbers. */
  static Route[] all(PhysicalMemory memory) {
    Route[] routes = new Route[memory.nodes().size() << AllocationRequest.ROUTE_BITS];
    for (Node node : memory.nodes()) {
      for (int bits = 0; bits <= (Gfp.MIGRATETYPE_MASK | Gfp.ZONE_MASK); bits++) {
        for (int own : new int[] {0, Gfp.THISNODE}) {
          for (int wake : new int[] {0, Gfp.KSWAPD_RECLAIM}) {
            int gfp = bits | own | wake;
            routes[AllocationRequest.route(node.id(), gfp)] = new Route(memory, node, gfp);
          }
        }
      }
    }
    return routes;
  }
}
