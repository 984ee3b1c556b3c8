package dev.buddyd.api.zone;

import dev.buddyd.mm.zone.Kswapd;
import dev.buddyd.mm.zone.Node;
import dev.buddyd.mm.zone.PhysicalMemory;
import dev.buddyd.mm.zone.Zone;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A NUMA node.
 *
 * @param node its number
 * @param cpus its CPUs
 * @param distances to every node, 10 to itself
 * @param zones its zones that have memory
 * @param zonelists the zones a request may use in their order, by the highest zone it may use
 * @param thisnodeZonelists the same for {@code __GFP_THISNODE}
 * @param kswapd its kswapd
 */
record NodeBody(
    int node,
    int[] cpus,
    int[] distances,
    List<String> zones,
    Map<String, List<ZoneRef>> zonelists,
    Map<String, List<ZoneRef>> thisnodeZonelists,
    KswapdBody kswapd) {

  /** All nodes. */
  record Nodes(List<NodeBody> nodes) {}

  /** A zone on a list. */
  record ZoneRef(int node, String zone) {}

  /**
   * A node's kswapd.
   *
   * @param sleeping whether it waits to be woken
   * @param pendingOrder order it was woken for
   * @param pendingHighestZone highest zone it was woken for, or null
   * @param failures runs without success since the last one that had it
   */
  record KswapdBody(
      boolean sleeping, int pendingOrder, @Nullable String pendingHighestZone, int failures) {}

  static NodeBody of(PhysicalMemory memory, Node node) {
    return new NodeBody(
        node.id(),
        node.cpus(),
        node.distances(),
        node.zones().stream().map(Zone::name).toList(),
        lists(memory, node, false),
        lists(memory, node, true),
        kswapd(memory, node.kswapd()));
  }

  private static Map<String, List<ZoneRef>> lists(
      PhysicalMemory memory, Node node, boolean ownOnly) {
    Map<String, List<ZoneRef>> lists = new LinkedHashMap<>();
    for (int i = 0; i < memory.geometry().zoneKinds().size(); i++) {
      lists.put(
          memory.geometry().zoneKinds().get(i).kernelName(),
          Arrays.stream(node.zonelist(i, ownOnly))
              .map(zone -> new ZoneRef(zone.node(), zone.name()))
              .toList());
    }
    return lists;
  }

  private static KswapdBody kswapd(PhysicalMemory memory, Kswapd kswapd) {
    int highest = kswapd.pendingHighestZoneidx();
    List<?> kinds = memory.geometry().zoneKinds();
    return new KswapdBody(
        kswapd.sleeping(),
        kswapd.pendingOrder(),
        highest < kinds.size() ? memory.geometry().zoneKinds().get(highest).kernelName() : null,
        kswapd.failures());
  }
}
