package dev.buddyd.mm.alloc;

import dev.buddyd.mm.gfp.Gfp;
import dev.buddyd.mm.gfp.RequestFlags;
import dev.buddyd.mm.gfp.ZoneKind;
import dev.buddyd.mm.zone.Node;
import dev.buddyd.mm.zone.PhysicalMemory;
import dev.buddyd.mm.zone.Zone;

/**
 * What follows from a request's node and the zone bits of its mask: the zones it may use. Made once
 * for all combinations, because every request begins here.
 */
final class Route {

  /** From the bit that says {@code __GFP_THISNODE} to the one above the zone bits. */
  private static final int OWN_SHIFT =
      Integer.numberOfTrailingZeros(Gfp.THISNODE) - Integer.bitCount(Gfp.ZONE_MASK);

  private static final int NODE_SHIFT = Integer.bitCount(Gfp.ZONE_MASK) + 1;

  /** Zones in order, the preferred one first (F-4); may be empty (F-6). */
  final Zone[] zones;

  /** Highest zone index the mask may use (G-20). */
  final int highestZoneidx;

  /** NOMIX, if the fast path looks at other zones before it mixes types (F-7), or 0. */
  final int nomix;

  private Route(PhysicalMemory memory, Zone[] zones, int highestZoneidx) {
    this.zones = zones;
    this.highestZoneidx = highestZoneidx;
    this.nomix = nomix(memory, zones) ? RequestFlags.NOMIX : 0;
  }

  /** F-7: Normal is preferred and there is a DMA32, on its node or on the only node. */
  private static boolean nomix(PhysicalMemory memory, Zone[] zones) {
    int dma32 = memory.geometry().zoneIndexOf(ZoneKind.DMA32);
    return dma32 >= 0
        && zones.length > 0
        && zones[0].index() == memory.geometry().zoneIndexOf(ZoneKind.NORMAL)
        && (memory.nodes().size() == 1 || memory.node(zones[0].node()).zone(dma32) != null);
  }

  /** All routes of a machine whose zonelists are made; see {@link #at}. */
  static Route[] all(PhysicalMemory memory) {
    Route[] routes = new Route[memory.nodes().size() << NODE_SHIFT];
    for (Node node : memory.nodes()) {
      for (int bits = 0; bits <= Gfp.ZONE_MASK; bits++) {
        int highest = memory.highestZoneidx(bits);
        Zone[] fallback = node.zonelist(highest, false);
        Zone[] own = node.zonelist(highest, true);
        routes[at(node.id(), bits)] = new Route(memory, fallback, highest);
        routes[at(node.id(), bits | Gfp.THISNODE)] = new Route(memory, own, highest);
      }
    }
    return routes;
  }

  /** Place of the route of a node and a mask: node, {@code __GFP_THISNODE}, zone bits. */
  static int at(int node, int gfp) {
    return node << NODE_SHIFT | (gfp & Gfp.THISNODE) >>> OWN_SHIFT | (gfp & Gfp.ZONE_MASK);
  }
}
