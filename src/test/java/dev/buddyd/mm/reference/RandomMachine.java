package dev.buddyd.mm.reference;

import static dev.buddyd.mm.reference.RefKernel.MOVABLE;

import dev.buddyd.mm.reference.ReferenceAllocator.RefNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;

/**
 * A reference model that no description would boot: any build, any nodes and zones that a snapshot
 * can hold, RAM with holes and odd ends, numbers that no formula gives (Z-24).
 */
final class RandomMachine {

  private static final List<String> WITH_DMA32 =
      List.of("DMA", "DMA32", "Normal", "Movable", "Device");
  private static final List<String> WITH_HIGHMEM = List.of("DMA", "Normal", "HighMem", "Movable");
  private static final List<String> WITHOUT_DMA = List.of("Normal", "Movable");

  private final Random random;
  private final RefKernel kernel;
  private final int cpus;
  private final List<RefNode> nodes = new ArrayList<>();
  private final List<RefZone> zones = new ArrayList<>();
  private long nextPfn;

  private RandomMachine(Random random) {
    this.random = random;
    int nodeCount = oneIn(2) ? 1 : 1 + random.nextInt(4);
    this.kernel = kernel(nodeCount > 1);
    this.cpus = 1 + random.nextInt(4);
    this.nextPfn = oneIn(2) ? 1 + random.nextInt(0x40) : random.nextInt(1 << 20);
    for (int id = 0; id < nodeCount; id++) {
      nodes.add(new RefNode(id));
    }
  }

  static RefSizing of(Random random) {
    return new RandomMachine(random).machine();
  }

  private boolean oneIn(int n) {
    return random.nextInt(n) == 0;
  }

  private RefKernel kernel(boolean severalNodes) {
    boolean highmem = !severalNodes && oneIn(4);
    List<String> names = highmem ? WITH_HIGHMEM : oneIn(5) ? WITHOUT_DMA : WITH_DMA32;
    boolean large = oneIn(12); // arm64 with pages of 16 KiB
    int top = large ? 11 : 10;
    // no machine has small pageblocks, but with them a small one has many, and a reserve (B-70)
    int pbo = large || oneIn(8) ? top : oneIn(2) ? 4 + random.nextInt(4) : 9;
    boolean numa = severalNodes || (!highmem && random.nextBoolean());
    int scale = oneIn(3) ? random.nextInt(7) : 5;
    return new RefKernel(top, pbo, scale, !oneIn(4), oneIn(3), numa, large ? 16 : 4, names);
  }

  private RefSizing machine() {
    layOut();
    int[] nodeOfCpu = random.ints(cpus, 0, nodes.size()).toArray();
    ReferenceAllocator machine = new ReferenceAllocator(kernel, nodes, zones, nodeOfCpu);
    zonelists();
    long ram = zones.stream().mapToLong(z -> z.ram.cardinality()).sum();
    machine.groupingDisabled = oneIn(12) || ram < (long) kernel.blockPages() * kernel.types();
    for (RefZone zone : zones) {
      zone.groupingDisabled = machine.groupingDisabled;
      fill(zone);
    }
    RefSizing sizing = new RefSizing(machine);
    if (cpus > 1) {
      sizing.thresholds();
    }
    sizing.bootMinFree();
    sizing.watermarks();
    sizing.thresholds();
    sizing.reserves();
    zones.forEach(this::oddNumbers);
    return sizing;
  }

  // ---- zones

  /** Ranges of RAM one behind the other; a few zones get a second one behind other zones. */
  private void layOut() {
    List<TreeMap<Integer, BitSet>> ram = new ArrayList<>();
    int big = oneIn(6) ? random.nextInt(nodes.size()) : -1; // may reserve HIGHATOMIC (B-70)
    for (RefNode node : nodes) {
      TreeMap<Integer, BitSet> ofNode = new TreeMap<>();
      ram.add(ofNode);
      if (node.id > 0 && oneIn(6)) {
        continue; // CPUs without memory
      }
      int kinds = Math.min(kernel.zoneNames().indexOf("Movable") + 1, 4);
      int must = random.nextInt(kinds);
      for (int index = 0; index < kinds; index++) {
        if (index == must || oneIn(2)) {
          BitSet frames = new BitSet();
          ofNode.put(index, frames);
          do {
            range(frames, index == must && node.id == big ? 51_200 : 0);
          } while (oneIn(3));
        }
      }
    }
    for (RefNode node : nodes) {
      ram.get(node.id)
          .forEach(
              (index, frames) -> {
                if (oneIn(8)) { // a pageblock inside such a hole is nobody else's
                  nextPfn = (nextPfn + kernel.blockPages()) & -kernel.blockPages();
                  range(frames, 0);
                  nextPfn = (nextPfn + kernel.blockPages()) & -kernel.blockPages();
                }
                add(node, index, frames);
              });
    }
  }

  private void range(BitSet frames, int least) {
    long pages = least + 1L + random.nextInt(4096);
    if (oneIn(2)) { // whole pageblocks
      nextPfn = (nextPfn + kernel.blockPages() - 1) & -kernel.blockPages();
      pages = (pages + kernel.blockPages()) & -kernel.blockPages();
    }
    frames.set((int) nextPfn, (int) (nextPfn + pages));
    nextPfn += pages + (oneIn(2) ? 0 : 1 + random.nextInt(1500));
  }

  private void add(RefNode node, int index, BitSet frames) {
    long start = frames.nextSetBit(0);
    RefZone zone = new RefZone(kernel, node.id, index, start, frames.length(), cpus);
    frames.stream().forEach(p -> zone.ram.set((int) (p - start)));
    node.zones.add(zone);
    zones.add(zone);
  }

  /** Z-11 with the other nodes in any order. */
  private void zonelists() {
    for (RefNode local : nodes) {
      List<RefNode> others = new ArrayList<>(nodes);
      others.remove(local);
      Collections.shuffle(others, random);
      others.addFirst(local);
      local.own = local.zones.reversed();
      local.fallback = others.stream().flatMap(node -> node.zones.reversed().stream()).toList();
    }
  }

  // ---- memory

  private void fill(RefZone zone) {
    BitSet free = (BitSet) zone.ram.clone();
    for (int runs = random.nextInt(4); runs > 0; runs--) { // firmware, image
      int from = random.nextInt(free.length() + 1);
      free.clear(from, from + random.nextInt(0x200));
    }
    int block = kernel.blockPages();
    for (long first = zone.start & -block; first < zone.end; first += block) {
      int at = (int) (first - zone.start);
      if (at < 0 || !zone.ram.get(at) || zone.groupingDisabled) {
        continue;
      }
      zone.setType(first, 0, MOVABLE); // S-1
      if (kernel.cma() && free.nextClearBit(at) >= at + block && oneIn(5)) { // S-3
        zone.setType(first, 0, kernel.cmaType());
        zone.cma += block;
      }
    }
    RefBoot.handOver(zone, free, oneIn(4));
  }

  /**
   * What a snapshot may hold because it was computed long ago, or by another machine's firmware.
   */
  private void oddNumbers(RefZone zone) {
    zone.sets.forEach(set -> set.keepbatch = random.nextBoolean());
    zone.reclaiming = oneIn(8);
    if (oneIn(3)) {
      Arrays.fill(zone.threshold, 1 + random.nextInt(125));
      zone.driftMark = random.nextInt((int) zone.managed + 2);
    }
    if (oneIn(4)) {
      int more = random.nextInt(200);
      for (int index = zone.index + 1; index < zone.reserve.length; index++) {
        zone.reserve[index] += more;
      }
    }
    for (int cpu = 0; cpu < cpus; cpu++) {
      zone.otherRemainder[cpu] = oneIn(2) ? 0 : random.nextInt(50) - 25;
    }
    if (oneIn(4)) {
      int batch = 1 + random.nextInt(63);
      int lim = oneIn(8) ? 0 : 4 * batch + random.nextInt(300);
      int cap = oneIn(3) ? lim : lim + random.nextInt(2000);
      for (RefSet set : zone.sets) {
        set.batch = batch;
        set.lim = lim;
        set.cap = cap;
      }
    }
  }
}
