package dev.buddyd.mm.boot;

import dev.buddyd.mm.frame.FrameTable;
import dev.buddyd.mm.frame.Geometry;
import dev.buddyd.mm.frame.MemoryRanges;
import dev.buddyd.mm.frame.SectionBudget;
import dev.buddyd.mm.zone.Node;
import dev.buddyd.mm.zone.PhysicalMemory;
import dev.buddyd.mm.zone.Tunables;
import dev.buddyd.mm.zone.Zone;
import dev.buddyd.mm.zone.ZoneSpan;
import java.util.ArrayList;
import java.util.List;

/**
 * Puts a machine's empty shell together: nodes, zones without a single managed page, CPUs. What
 * lies in the zones is then loaded or handed over by the caller.
 */
public final class MemoryBuilder {

  private record NodePlan(int id, int[] cpus, int[] distances, List<ZoneSpan> spans) {}

  private final Geometry geometry;
  private final Tunables tunables;
  private final int cpus;
  private final SectionBudget budget;
  private final List<NodePlan> nodes = new ArrayList<>();
  private final List<Zone> zones = new ArrayList<>();

  /**
   * @param cpus number of CPUs of the machine, numbered from 0
   */
  public MemoryBuilder(Geometry geometry, Tunables tunables, int cpus, SectionBudget budget) {
    this.geometry = geometry;
    this.tunables = tunables;
    this.cpus = cpus;
    this.budget = budget;
  }

  /**
   * Adds the next node; ids ascend from 0.
   *
   * @param nodeCpus its CPUs, ascending
   * @param distances to every node, 10 to itself
   * @param spans all zone types in index order, unpopulated ones too
   */
  public MemoryBuilder node(int[] nodeCpus, int[] distances, List<ZoneSpan> spans) {
    nodes.add(new NodePlan(nodes.size(), nodeCpus, distances, spans));
    return this;
  }

  /**
   * Adds a populated zone of a node added before; zones come by (node, index).
   *
   * @param holes frames inside the span that are no frames of this zone
   * @param reserved frames that are never handed to the buddy allocator
   */
  public Zone zone(ZoneSpan span, MemoryRanges holes, MemoryRanges reserved) {
    FrameTable frames = new FrameTable(geometry, span.startPfn(), span.spannedPages(), budget);
    Zone zone = new Zone(zones.size(), span, tunables, frames, holes, reserved, cpus);
    zones.add(zone);
    return zone;
  }

  /** The machine. Zonelists are not set yet: see {@link dev.buddyd.mm.zone.Zonelists}. */
  public PhysicalMemory build() {
    int[] nodeOfCpu = new int[cpus];
    List<Node> built = new ArrayList<>();
    for (NodePlan plan : nodes) {
      for (int cpu : plan.cpus()) {
        nodeOfCpu[cpu] = plan.id();
      }
      List<Zone> own = zones.stream().filter(z -> z.node() == plan.id()).toList();
      built.add(new Node(plan.id(), plan.cpus(), plan.distances(), plan.spans(), own));
    }
    return new PhysicalMemory(geometry, tunables, built, zones, nodeOfCpu, budget);
  }
}
