package dev.buddyd.metrics;

import dev.buddyd.machine.DecisionCounters;
import dev.buddyd.machine.SimulatedMachine;
import dev.buddyd.mm.frame.Geometry;
import dev.buddyd.mm.frame.SectionBudget;
import dev.buddyd.mm.reclaim.ReclaimCounts;
import dev.buddyd.mm.zone.Kswapd;
import dev.buddyd.mm.zone.Node;
import dev.buddyd.mm.zone.PhysicalMemory;
import dev.buddyd.mm.zone.Zone;
import dev.buddyd.mm.zone.ZoneSpan;
import dev.buddyd.procfs.CarriedCounters;
import dev.buddyd.procfs.MeminfoText;
import dev.buddyd.procfs.Pageblocks;
import dev.buddyd.procfs.VmstatText;
import dev.buddyd.procfs.ZoneReading;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The machine at the time of one scrape: what is said of a zone agrees with itself. Keeps numbers
 * only, so that a machine that was replaced does not live on until the next scrape.
 *
 * @param name the machine's name
 * @param epoch number of the boot or restore
 * @param sequence of the last change
 * @param timeMicros virtual microseconds since boot
 * @param liveAllocations blocks that somebody holds
 * @param geometry orders, types and zone types
 * @param nodes by id
 * @param zones populated zones by ordinal
 * @param pageblocks by ordinal of the zone: pageblocks by migratetype
 * @param carried counters of nodes that the allocator only carries along
 * @param vmstat by name, in the order of the file
 * @param meminfo the whole text
 * @param reclaim what reclaim counts
 * @param counters of decisions; they go on meanwhile
 * @param budget of the frame tables of this process
 */
record MachineReading(
    String name,
    long epoch,
    long sequence,
    long timeMicros,
    long liveAllocations,
    Geometry geometry,
    List<NodeReading> nodes,
    List<ZoneReading> zones,
    List<long[]> pageblocks,
    CarriedCounters carried,
    Map<String, Long> vmstat,
    String meminfo,
    ReclaimCounts reclaim,
    DecisionCounters counters,
    SectionBudget budget) {

  /**
   * A node.
   *
   * @param spans all its zone types by index, unpopulated ones too
   * @param ordinals ordinals of its zones by zone index; -1 for an unpopulated one
   * @param kswapdAwake whether kswapd has been woken and has not gone to sleep again
   * @param kswapdFailures consecutive runs without progress; at 16 the node counts as hopeless
   */
  record NodeReading(
      List<ZoneSpan> spans, int[] ordinals, boolean kswapdAwake, int kswapdFailures) {

    static NodeReading of(Node node) {
      Kswapd kswapd = node.kswapd();
      int[] ordinals =
          node.spans().stream()
              .map(span -> node.zone(span.index()))
              .mapToInt(zone -> zone == null ? -1 : zone.ordinal())
              .toArray();
      return new NodeReading(node.spans(), ordinals, !kswapd.sleeping(), kswapd.failures());
    }
  }

  static MachineReading of(SimulatedMachine machine) {
    PhysicalMemory memory = machine.memory();
    ReclaimCounts reclaim = machine.reclaim().counts();
    List<ZoneReading> zones = ZoneReading.all(memory, reclaim);
    List<long[]> pageblocks = new ArrayList<>();
    for (Zone zone : memory.zones()) {
      pageblocks.add(Pageblocks.byType(zone));
    }
    return new MachineReading(
        machine.name(),
        machine.epoch(),
        machine.events().lastSequence(),
        machine.timeMicros(),
        machine.liveAllocations(),
        memory.geometry(),
        memory.nodes().stream().map(NodeReading::of).toList(),
        zones,
        List.copyOf(pageblocks),
        CarriedCounters.of(memory, zones, reclaim),
        VmstatText.values(memory, zones, machine.counters(), reclaim),
        MeminfoText.write(memory, reclaim),
        reclaim,
        machine.counters(),
        memory.budget());
  }

  ZoneReading zone(int ordinal) {
    return zones.get(ordinal);
  }
}
