package dev.buddyd.machine;

import dev.buddyd.machine.MachineException.Kind;
import dev.buddyd.machine.PageRequest.Call;
import dev.buddyd.mm.gfp.Gfp;
import dev.buddyd.mm.gfp.ZoneTable;
import dev.buddyd.mm.zone.AllocationRequest;
import dev.buddyd.mm.zone.PhysicalMemory;
import dev.buddyd.mm.zone.Zone;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Refuses, before anything changes, what the kernel would warn about, repair or ignore. */
final class RequestCheck {

  private final PhysicalMemory memory;
  private final ZoneTable zones;
  private final int maxOrder;
  private final int pageShift;

  RequestCheck(PhysicalMemory memory) {
    this.memory = memory;
    this.zones = new ZoneTable(memory.geometry().zoneKinds());
    this.maxOrder = memory.geometry().maxOrder();
    this.pageShift = memory.geometry().pageShift();
  }

  /** The mask that the allocator gets: that of the request and what the call adds. */
  int mask(Call call, int requested) {
    int gfp = call.mask(requested);
    if ((gfp & ~Gfp.VALID) != 0) {
      throw new MachineException(
          Kind.INVALID_GFP,
          "bits %#x of the mask %#x have no meaning in 6.12; the kernel would ignore them"
              .formatted(gfp & ~Gfp.VALID, gfp));
    }
    if (zones.highestZoneIndex(gfp) == ZoneTable.ILLEGAL) {
      throw new MachineException(
          Kind.INVALID_GFP,
          ("the mask %#x names more than one of __GFP_DMA, __GFP_DMA32, __GFP_HIGHMEM; the kernel"
                  + " would silently use the lowest zone")
              .formatted(gfp));
    }
    if (Gfp.migratetype(gfp) > 2) {
      throw new MachineException(
          Kind.INVALID_GFP,
          "__GFP_MOVABLE and __GFP_RECLAIMABLE exclude each other; the kernel would misplace"
              + " pages");
    }
    if (call.givesAddress() && (gfp & Gfp.HIGHMEM) != 0) {
      throw new MachineException(
          Kind.INVALID_GFP,
          call.kernelName()
              + " answers with an address, which HighMem pages do not have; the kernel would clear"
              + " __GFP_HIGHMEM");
    }
    return gfp;
  }

  /** Pages of an exact allocation (B-92). */
  int exactPages(long sizeBytes) {
    long most = 1L << (maxOrder + pageShift);
    if (sizeBytes <= 0 || sizeBytes > most) {
      throw new MachineException(
          Kind.INVALID_ORDER,
          "size_bytes " + sizeBytes + " is not within 1.." + most + "; the kernel would refuse it",
          Map.of("field", "size_bytes"));
    }
    return (int) ((sizeBytes + (1L << pageShift) - 1) >>> pageShift);
  }

  /** Order of the smallest block that holds this many pages. */
  static int orderOf(int pages) {
    return 32 - Integer.numberOfLeadingZeros(pages - 1);
  }

  int order(Call call, long order) {
    if (order < 0 || order > maxOrder) { // F-1
      throw new MachineException(
          Kind.INVALID_ORDER,
          "order "
              + order
              + " is not within 0.."
              + maxOrder
              + " (MAX_PAGE_ORDER); the kernel would warn and return no page");
    }
    if (call.singlePage() && order != 0) {
      throw new MachineException(
          Kind.INVALID_ORDER, call.kernelName() + " gives one page; its order is 0, not " + order);
    }
    return (int) order;
  }

  /**
   * The request as the allocator gets it, without a tag: mask, order, node and CPU decided.
   *
   * @throws MachineException if it cannot be made at all
   */
  AllocationRequest demand(PageRequest request) {
    int mask = mask(request.call(), request.gfp());
    int order =
        request.call() == Call.ALLOC_PAGES_EXACT
            ? orderOf(exactPages(request.sizeBytes()))
            : order(request.call(), request.order());
    int cpu = cpuOf(given(request.cpu()), given(request.node()));
    int node = nodeOf(given(request.node()), cpu);
    return new AllocationRequest(mask, order, node, cpu, request.use().ordinal(), 0);
  }

  /** A number of a client; no number of a client is taken for "not given". */
  static int given(@Nullable Integer number) {
    return number == null ? MachineSession.ANY : Math.max(number, MachineSession.ANY + 1);
  }

  /** The CPU that a request runs on: the one it names, the lowest of the node it names, or 0. */
  int cpuOf(int cpu, int node) {
    if (node != MachineSession.ANY) {
      node(node);
    }
    if (cpu != MachineSession.ANY) {
      return cpu(cpu);
    }
    int[] ofNode = node == MachineSession.ANY ? new int[0] : memory.node(node).cpus();
    return ofNode.length > 0 ? ofNode[0] : 0;
  }

  /** The node that a request prefers: the one it names, or that of its CPU. */
  int nodeOf(int node, int cpu) {
    return node == MachineSession.ANY ? memory.nodeOfCpu(cpu) : node(node);
  }

  int cpu(int cpu) {
    if (cpu < 0 || cpu >= memory.cpus()) {
      throw new MachineException(
          Kind.NO_SUCH_CPU,
          "CPU " + cpu + " does not exist: this machine has CPUs 0.." + (memory.cpus() - 1));
    }
    return cpu;
  }

  int node(int node) {
    int nodes = memory.nodes().size();
    if (node < 0 || node >= nodes) {
      throw new MachineException(
          Kind.NO_SUCH_NODE,
          "node " + node + " does not exist: this machine has nodes 0.." + (nodes - 1));
    }
    return node;
  }

  /** The zone of a node by its name. */
  Zone zone(int node, String name) {
    List<Zone> zones = memory.node(node(node)).zones();
    for (Zone zone : zones) {
      if (zone.name().equals(name)) {
        return zone;
      }
    }
    throw new MachineException(
        Kind.NO_SUCH_ZONE,
        "node %d has no zone '%.100s'; it has %s".formatted(node, name, names(zones)));
  }

  /** Refuses a name that no zone of any node has. */
  void zoneName(String name) {
    if (memory.zones().stream().noneMatch(zone -> zone.name().equals(name))) {
      throw new MachineException(
          Kind.NO_SUCH_ZONE,
          "this machine has no zone '%.100s'; there are %s".formatted(name, names(memory.zones())));
    }
  }

  private static String names(List<Zone> zones) {
    return String.join(", ", zones.stream().map(Zone::name).distinct().toList());
  }
}
