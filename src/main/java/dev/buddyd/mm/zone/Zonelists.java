package dev.buddyd.mm.zone;

import java.util.ArrayList;
import java.util.List;

/** Builds each node's zonelists (Z-10 to Z-12). */
public final class Zonelists {

  private Zonelists() {}

  /** Computes the order of nodes for every node and sets the lists. */
  public static void rebuild(PhysicalMemory memory) {
    int maxNodes = memory.geometry().maxNumnodes();
    List<Node> nodes = memory.nodes();
    int[] load = new int[nodes.size()];
    for (Node local : nodes) {
      List<Zone> own = descending(local);
      List<Zone> fallback = new ArrayList<>();
      for (Node node : order(local, nodes, load, maxNodes)) {
        fallback.addAll(descending(node));
      }
      local.setZonelists(fallback, memory.geometry().numaBuilt() ? own : fallback);
    }
  }

  /** Sets one node's lists outright: zones by (node, index), from a recording. */
  public static void load(Node node, List<Zone> fallback, List<Zone> own) {
    node.setZonelists(fallback, own);
  }

  /** Z-10: a node's populated zones from the highest index to the lowest. */
  private static List<Zone> descending(Node node) {
    return node.zones().reversed();
  }

  /** Z-12. */
  private static List<Node> order(Node local, List<Node> nodes, int[] load, int maxNodes) {
    List<Node> result = new ArrayList<>();
    boolean[] used = new boolean[nodes.size()];
    Node previous = local;
    while (true) {
      Node best = null;
      if (!used[local.id()] && local.hasMemory()) {
        best = local;
      } else {
        long bestScore = Long.MAX_VALUE;
        for (Node node : nodes) {
          if (used[node.id()] || !node.hasMemory()) {
            continue;
          }
          int distance =
              local.distance(node.id())
                  + (node.id() < local.id() ? 1 : 0)
                  + (node.cpus().length > 0 ? 1 : 0);
          long score = (long) distance * maxNodes + load[node.id()];
          if (score < bestScore) {
            bestScore = score;
            best = node;
          }
        }
      }
      if (best == null) {
        return result;
      }
      used[best.id()] = true;
      if (local.distance(best.id()) != local.distance(previous.id())) {
        load[best.id()]++;
      }
      previous = best;
      result.add(best);
    }
  }
}
