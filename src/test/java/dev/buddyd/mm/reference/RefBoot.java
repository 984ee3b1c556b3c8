package dev.buddyd.mm.reference;

import static dev.buddyd.mm.reference.RefKernel.MOVABLE;

import dev.buddyd.mm.boot.MachineDescription;
import dev.buddyd.mm.boot.MachineDescription.NodeDescription;
import dev.buddyd.mm.boot.MachineDescription.PfnRange;
import dev.buddyd.mm.boot.MachineDescription.ReservedRange;
import dev.buddyd.mm.reference.ReferenceAllocator.RefNode;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;

/** Boots a description by spec 08 and sections 1 and 2 of spec 02. Without a Movable zone. */
final class RefBoot {

  private RefBoot() {}

  static RefSizing boot(MachineDescription description) {
    boolean x86 = description.arch().equals("x86_64");
    boolean x32 = description.arch().equals("x86_32");
    int kb = description.pageSizeKb();
    boolean cma = description.cmaAreas() != null && !description.cmaAreas().isEmpty();
    int top = kb == 64 ? 13 : kb == 16 ? 11 : 10;
    RefKernel kernel =
        new RefKernel(
            top,
            kb == 4 ? 9 : top,
            5,
            true,
            cma,
            !x32,
            kb,
            x32
                ? List.of("DMA", "Normal", "HighMem", "Movable")
                : List.of("DMA", "DMA32", "Normal", "Movable", "Device"));
    long pagesIn4g = (4L << 20) / kb;
    long[] borders; // ends of zones 0, 1, 2
    if (x86) {
      borders = new long[] {0x1000, pagesIn4g, Long.MAX_VALUE}; // Z-1
    } else if (x32) {
      borders = new long[] {0x1000, description.lowmemEndPfn(), Long.MAX_VALUE}; // Z-3
    } else {
      borders = new long[] {pagesIn4g, pagesIn4g, Long.MAX_VALUE}; // Z-4
    }
    int cpus = description.nodes().stream().mapToInt(n -> n.cpus().size()).sum();
    int[] nodeOfCpu = new int[cpus];
    List<RefNode> nodes = new ArrayList<>();
    List<RefZone> zones = new ArrayList<>();
    for (int id = 0; id < description.nodes().size(); id++) {
      NodeDescription plan = description.nodes().get(id);
      RefNode node = new RefNode(id);
      for (int cpu : plan.cpus()) {
        nodeOfCpu[cpu] = id;
      }
      long nodeStart = plan.ranges().stream().mapToLong(PfnRange::startPfn).min().orElse(0);
      long nodeEnd = plan.ranges().stream().mapToLong(PfnRange::endPfn).max().orElse(0);
      for (int index = 0; index < 3; index++) {
        long start = Math.max(index == 0 ? 0 : borders[index - 1], nodeStart);
        long end = Math.min(borders[index], nodeEnd);
        RefZone zone = new RefZone(kernel, id, index, start, Math.max(start, end), cpus);
        for (PfnRange range : plan.ranges()) {
          long from = Math.max(range.startPfn(), start);
          long to = Math.min(range.endPfn(), end);
          if (from < to) {
            zone.ram.set((int) (from - start), (int) (to - start));
          }
        }
        if (!zone.ram.isEmpty()) {
          node.zones.add(zone);
          zones.add(zone);
        }
      }
      nodes.add(node);
    }
    ReferenceAllocator machine = new ReferenceAllocator(kernel, nodes, zones, nodeOfCpu);
    zonelists(machine, description);
    machine.groupingDisabled = // S-2
        description.ramPages() < (long) kernel.blockPages() * kernel.types();
    for (RefZone zone : zones) {
      zone.groupingDisabled = machine.groupingDisabled;
      memory(zone, description, x32 && kernel.zoneNames().get(zone.index).equals("HighMem"));
    }
    return numbers(machine, description);
  }

  /** S-1, S-10 to S-15. */
  private static void memory(RefZone zone, MachineDescription description, boolean highmem) {
    int blockPages = zone.kernel.blockPages();
    if (!zone.groupingDisabled) {
      for (long block = zone.start / blockPages; block * blockPages < zone.end; block++) {
        long first = block * blockPages;
        if (first >= zone.start && zone.ram.get((int) (first - zone.start))) { // S-1
          zone.blockType.put(block, MOVABLE);
        }
      }
    }
    BitSet free = (BitSet) zone.ram.clone();
    List<ReservedRange> taken =
        new ArrayList<>(description.reserved() == null ? List.of() : description.reserved());
    if (description.cmaAreas() != null) {
      for (PfnRange area : description.cmaAreas()) {
        taken.add(new ReservedRange(area.startPfn(), area.pages(), null, null));
      }
    }
    for (ReservedRange range : taken) {
      long from = Math.max(range.startPfn(), zone.start);
      long to = Math.min(range.endPfn(), zone.end);
      if (from < to) {
        free.clear((int) (from - zone.start), (int) (to - zone.start));
      }
    }
    handOver(zone, free, highmem);
  }

  /**
   * S-10 to S-15: gives the frames to the buddy lists.
   *
   * @param free frames by their place in the zone
   */
  static void handOver(RefZone zone, BitSet free, boolean highmem) {
    int at = free.nextSetBit(0);
    while (at >= 0) { // S-10: ranges ascending
      int stop = free.nextClearBit(at);
      long s = zone.start + at;
      long e = zone.start + stop;
      while (s < e) { // S-11
        int order = s == 0 ? zone.kernel.top() : Long.numberOfTrailingZeros(s);
        order = Math.min(order, zone.kernel.top());
        while (s + (1L << order) > e) {
          order--;
        }
        zone.managed += 1L << order;
        if (highmem) { // S-15
          for (long p = s; p < s + (1L << order); p++) {
            zone.freeDirect(p, 0, false, 0);
          }
        } else {
          zone.freeDirect(s, order, true, 0); // S-12
        }
        s += 1L << order;
      }
      at = free.nextSetBit(stop);
    }
  }

  private static RefSizing numbers(ReferenceAllocator machine, MachineDescription description) {
    RefSizing sizing = new RefSizing(machine);
    if (machine.nodeOfCpu.length > 1) { // Z-63: before marks exist
      sizing.thresholds();
    }
    sizing.bootMinFree();
    sizing.watermarks();
    sizing.thresholds();
    sizing.reserves();
    machine.zones.forEach(z -> z.sets.forEach(set -> set.keepbatch = true)); // P-11
    if (description.cmaAreas() != null) {
      for (PfnRange area : description.cmaAreas()) { // S-3
        for (long p = area.startPfn(); p < area.endPfn(); p += machine.kernel.blockPages()) {
          RefZone zone = machine.zoneOf(p);
          zone.setType(p, 0, machine.kernel.cmaType());
          zone.managed += machine.kernel.blockPages();
          machine.free(p, machine.kernel.pbo(), 0);
        }
      }
    }
    if (description.reserved() != null) {
      for (ReservedRange range : description.reserved()) { // S-14
        if (Boolean.TRUE.equals(range.released())) {
          for (long p = range.startPfn(); p < range.endPfn(); p++) {
            machine.zoneOf(p).managed++;
            machine.free(p, 0, 0);
          }
        }
      }
    }
    if (description.ramPages() * machine.kernel.kbPerPage() >= 512 * 1024) { // Z-21
      sizing.hugePages();
    }
    return sizing;
  }

  /** Z-10 to Z-12. */
  private static void zonelists(ReferenceAllocator machine, MachineDescription description) {
    int n = machine.nodes.size();
    int[] load = new int[n];
    for (RefNode local : machine.nodes) {
      List<RefNode> order = new ArrayList<>();
      List<RefNode> left = new ArrayList<>(machine.nodes);
      left.removeIf(node -> node.zones.isEmpty());
      int previousDistance = distance(description, local.id, local.id);
      while (!left.isEmpty()) {
        RefNode next =
            left.contains(local)
                ? local
                : left.stream()
                    .min(
                        Comparator.<RefNode>comparingLong(
                                node -> score(description, local.id, node.id, load))
                            .thenComparingInt(node -> node.id))
                    .orElseThrow();
        int distance = distance(description, local.id, next.id);
        if (distance != previousDistance) {
          load[next.id]++;
        }
        previousDistance = distance;
        left.remove(next);
        order.add(next);
      }
      local.fallback = order.stream().flatMap(node -> node.zones.reversed().stream()).toList();
      local.own = local.zones.reversed();
    }
  }

  private static long score(MachineDescription description, int local, int node, int[] load) {
    int hasCpus = description.nodes().get(node).cpus().isEmpty() ? 0 : 1;
    int lower = node < local ? 1 : 0;
    return (long) (distance(description, local, node) + lower + hasCpus) * 1024 + load[node];
  }

  private static int distance(MachineDescription description, int from, int to) {
    List<Integer> given = description.nodes().get(from).distances();
    return given != null ? given.get(to) : from == to ? 10 : 20;
  }
}
