package dev.buddyd.bench;

import dev.buddyd.mm.alloc.PageAllocator;
import dev.buddyd.mm.boot.Boot;
import dev.buddyd.mm.boot.MachineDescription;
import dev.buddyd.mm.boot.MachineDescription.NodeDescription;
import dev.buddyd.mm.boot.MachineDescription.PfnRange;
import dev.buddyd.mm.frame.SectionBudget;
import dev.buddyd.mm.reclaim.Reclaim;
import dev.buddyd.mm.zone.PhysicalMemory;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** The machines that are measured. */
final class BenchMachines {

  /** Frames in 1 GiB. */
  static final long GIB = 1L << 18;

  private BenchMachines() {}

  /** 4 GiB managed by one zone (Normal), as a kernel without DMA zones has it; 4 CPUs. */
  static MachineDescription oneZone() {
    return machine("one-zone", List.of(node(0, 4, new PfnRange(4 * GIB, 4 * GIB))));
  }

  /** A PC with 4 GiB: DMA, DMA32 and 1 GiB of Normal; 4 CPUs. */
  static MachineDescription pc() {
    return machine(
        "pc", List.of(node(0, 4, new PfnRange(256, 3 * GIB - 256), new PfnRange(4 * GIB, GIB))));
  }

  /** 1 TiB on one node with 64 CPUs. */
  static MachineDescription tebibyte() {
    return machine("1 TiB", List.of(node(0, 64, new PfnRange(256, 1024 * GIB - 256))));
  }

  /** 64 TiB on 16 nodes with 32 CPUs each. */
  static MachineDescription sixtyFourTebibytes() {
    List<NodeDescription> nodes = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      long start = Math.max(256, i * 4096L * GIB);
      nodes.add(node(32 * i, 32, new PfnRange(start, (i + 1) * 4096L * GIB - start)));
    }
    return machine("64 TiB", nodes);
  }

  static PhysicalMemory boot(MachineDescription description) {
    return Boot.boot(description, SectionBudget.unlimited());
  }

  static PageAllocator allocator(MachineDescription description) {
    return new PageAllocator(boot(description), Reclaim.none());
  }

  private static NodeDescription node(int firstCpu, int cpus, PfnRange... ranges) {
    return new NodeDescription(
        IntStream.range(firstCpu, firstCpu + cpus).boxed().toList(), List.of(ranges), null);
  }

  private static MachineDescription machine(String name, List<NodeDescription> nodes) {
    return new MachineDescription(
        name, "x86_64", 4, null, null, null, null, nodes, null, null, null, null, null, null);
  }
}
