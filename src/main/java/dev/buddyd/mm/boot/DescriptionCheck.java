package dev.buddyd.mm.boot;

import dev.buddyd.mm.boot.MachineDescription.NodeDescription;
import dev.buddyd.mm.boot.MachineDescription.PfnRange;
import dev.buddyd.mm.boot.MachineDescription.ReservedRange;
import dev.buddyd.mm.boot.MachineDescription.WarmUp;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Refuses descriptions that contradict themselves or exceed the limits, before anything is built.
 */
final class DescriptionCheck {

  /** As many as an x86_64 kernel can be built for; the service takes fewer by default. */
  static final int MAX_NODES = 1_024;

  static final int MAX_CPUS = 8_192;
  static final int MAX_RANGES = 1 << 16;

  /** 1 PiB. */
  private static final long MAX_SWAP_KB = 1L << 40;

  /** Physical addresses have at most 52 bits. */
  private static final long MAX_PFN = 1L << 40;

  /** Frames of one node: a zone's links are zone-relative 31-bit numbers. */
  private static final long MAX_NODE_SPAN = (1L << 31) - (1L << 16);

  private final MachineDescription description;

  DescriptionCheck(MachineDescription description) {
    this.description = description;
  }

  void check() {
    if (description.nodes() == null || description.nodes().isEmpty()) {
      throw new InvalidMachineException("nodes", "a machine has at least one node");
    }
    limit("nodes", description.nodes().size(), MAX_NODES);
    checkCpus();
    checkRanges();
    checkDistances();
    checkReserved();
    String thp = description.transparentHugepage();
    if (thp != null && !Set.of("always", "madvise", "never").contains(thp)) {
      throw new InvalidMachineException(
          "transparent_hugepage", "'" + thp + "' is not one of always, madvise, never");
    }
    Long swap = description.swapKb();
    if (swap != null && (swap < 0 || swap > MAX_SWAP_KB)) {
      throw new InvalidMachineException("swap_kb", swap + " is not within 0.." + MAX_SWAP_KB);
    }
    Long lowmemEnd = description.lowmemEndPfn();
    if (lowmemEnd != null && (lowmemEnd <= 0x1000 || lowmemEnd > 1L << 20)) {
      throw new InvalidMachineException(
          "lowmem_end_pfn", lowmemEnd + " is not within 0x1001..0x100000");
    }
    Long dmaEnd = description.dmaEndPfn();
    if (dmaEnd != null && dmaEnd <= 0) {
      throw new InvalidMachineException("dma_end_pfn", dmaEnd + " is not positive");
    }
    checkWarmUp(description.warmUp());
  }

  private static void limit(String field, int count, int limit) {
    if (count > limit) {
      throw new InvalidMachineException(field, count + " are more than the limit of " + limit);
    }
  }

  private void checkCpus() {
    BitSet seen = new BitSet();
    int count = 0;
    for (int n = 0; n < description.nodes().size(); n++) {
      String field = "nodes[" + n + "].cpus";
      List<Integer> cpus = description.nodes().get(n).cpus();
      if (cpus == null) {
        throw new InvalidMachineException(field, "is missing; a node without CPUs has []");
      }
      for (Integer cpu : cpus) {
        if (cpu == null || cpu < 0 || cpu >= MAX_CPUS) {
          throw new InvalidMachineException(
              field, "CPU " + cpu + " is not within 0.." + (MAX_CPUS - 1));
        }
        if (seen.get(cpu)) {
          throw new InvalidMachineException(field, "CPU " + cpu + " is named twice");
        }
        seen.set(cpu);
        count++;
      }
    }
    if (count == 0) {
      throw new InvalidMachineException("nodes", "a machine has at least one CPU");
    }
    if (seen.length() != count) {
      throw new InvalidMachineException(
          "nodes", "CPUs must be numbered 0.." + (count - 1) + " without a gap");
    }
  }

  private void checkRanges() {
    record Owned(int node, PfnRange range) {}
    List<Owned> all = new ArrayList<>();
    for (int n = 0; n < description.nodes().size(); n++) {
      String field = "nodes[" + n + "].ranges";
      NodeDescription node = description.nodes().get(n);
      if (node.ranges() == null) {
        throw new InvalidMachineException(field, "is missing; a node without memory has []");
      }
      limit(field, node.ranges().size(), MAX_RANGES);
      for (PfnRange range : node.ranges()) {
        checkRange(field, range.startPfn(), range.pages());
        all.add(new Owned(n, range));
      }
      long start = node.ranges().stream().mapToLong(PfnRange::startPfn).min().orElse(0);
      long end = node.ranges().stream().mapToLong(PfnRange::endPfn).max().orElse(0);
      if (end - start > MAX_NODE_SPAN) {
        throw new MachineTooLargeException(
            field, "spans " + (end - start) + " frames; a zone holds at most " + MAX_NODE_SPAN);
      }
    }
    limit("nodes[].ranges", all.size(), MAX_RANGES);
    if (all.isEmpty()) {
      throw new InvalidMachineException("nodes", "a machine has some RAM");
    }
    all.sort(Comparator.comparingLong(o -> o.range().startPfn()));
    for (int i = 1; i < all.size(); i++) {
      Owned before = all.get(i - 1);
      Owned after = all.get(i);
      if (after.range().startPfn() < before.range().endPfn()) {
        throw new InvalidMachineException(
            "nodes[" + after.node() + "].ranges",
            "the range at pfn %#x overlaps that of node %d at pfn %#x"
                .formatted(after.range().startPfn(), before.node(), before.range().startPfn()));
      }
    }
  }

  private static void checkRange(String field, long startPfn, long pages) {
    if (startPfn < 0 || pages <= 0 || startPfn > MAX_PFN || pages > MAX_PFN - startPfn) {
      throw new InvalidMachineException(
          field,
          "start_pfn " + startPfn + " with " + pages + " pages is no range of frames below 2^40");
    }
  }

  private void checkDistances() {
    int nodes = description.nodes().size();
    for (int n = 0; n < nodes; n++) {
      List<Integer> distances = description.nodes().get(n).distances();
      if (distances == null) {
        continue;
      }
      String field = "nodes[" + n + "].distances";
      if (distances.size() != nodes) {
        throw new InvalidMachineException(field, "must name a distance to each of " + nodes);
      }
      for (int i = 0; i < nodes; i++) {
        Integer distance = distances.get(i);
        if (distance == null || (i == n ? distance != 10 : distance <= 10 || distance > 255)) {
          throw new InvalidMachineException(
              field, "distance to node " + i + " must be " + (i == n ? "10" : "within 11..255"));
        }
      }
    }
  }

  private void checkReserved() {
    List<ReservedRange> reserved = description.reserved();
    if (reserved != null) {
      limit("reserved", reserved.size(), MAX_RANGES);
      for (ReservedRange range : reserved) {
        checkRange("reserved", range.startPfn(), range.pages());
      }
    }
    List<PfnRange> areas = description.cmaAreas();
    if (areas == null) {
      return;
    }
    limit("cma_areas", areas.size(), MAX_RANGES);
    if (Boolean.FALSE.equals(description.cma()) && !areas.isEmpty()) {
      throw new InvalidMachineException("cma_areas", "the kernel is built without CMA");
    }
    int pageblock = Architecture.of(description).geometry(true).pageblockPages();
    for (PfnRange area : areas) {
      checkRange("cma_areas", area.startPfn(), area.pages());
      if (area.startPfn() % pageblock != 0 || area.pages() % pageblock != 0) {
        throw new InvalidMachineException(
            "cma_areas", "areas are made of whole pageblocks of " + pageblock + " pages");
      }
      boolean inRam =
          description.nodes().stream()
              .flatMap(n -> n.ranges().stream())
              .anyMatch(r -> r.startPfn() <= area.startPfn() && area.endPfn() <= r.endPfn());
      if (!inRam) {
        throw new InvalidMachineException(
            "cma_areas", "the area at pfn %#x is not in RAM".formatted(area.startPfn()));
      }
      for (ReservedRange range : reserved == null ? List.<ReservedRange>of() : reserved) {
        if (range.startPfn() < area.endPfn() && area.startPfn() < range.endPfn()) {
          throw new InvalidMachineException(
              "cma_areas", "the area at pfn %#x is reserved".formatted(area.startPfn()));
        }
      }
    }
    List<PfnRange> sorted =
        areas.stream().sorted(Comparator.comparingLong(PfnRange::startPfn)).toList();
    for (int i = 1; i < sorted.size(); i++) {
      if (sorted.get(i).startPfn() < sorted.get(i - 1).endPfn()) {
        throw new InvalidMachineException(
            "cma_areas", "two areas overlap at pfn %#x".formatted(sorted.get(i).startPfn()));
      }
    }
  }

  private static void checkWarmUp(@Nullable WarmUp warmUp) {
    if (warmUp == null) {
      return;
    }
    if (warmUp.unmovableKb() < 0 || warmUp.reclaimableKb() < 0 || warmUp.movableKb() < 0) {
      throw new InvalidMachineException("warm_up", "amounts cannot be negative");
    }
    if (warmUp.freePercent() < 0 || warmUp.freePercent() > 100) {
      throw new InvalidMachineException("warm_up.free_percent", "is not within 0..100");
    }
  }
}
