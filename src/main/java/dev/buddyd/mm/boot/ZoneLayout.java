package dev.buddyd.mm.boot;

import dev.buddyd.mm.boot.MachineDescription.NodeDescription;
import dev.buddyd.mm.boot.MachineDescription.PfnRange;
import dev.buddyd.mm.gfp.ZoneKind;
import dev.buddyd.mm.zone.ZoneSpan;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Cuts nodes into zones (Z-1 to Z-6). */
final class ZoneLayout {

  /** Alignment of the Movable zone's start, in pages (Z-6). */
  private static final long MOVABLE_ALIGN = 1024;

  private final Architecture arch;
  private final List<List<PfnRange>> ram;
  private final long[] movableStart;

  ZoneLayout(Architecture arch, MachineDescription description) {
    this.arch = arch;
    this.ram = new ArrayList<>();
    for (NodeDescription node : description.nodes()) {
      ram.add(merged(node.ranges()));
    }
    this.movableStart = movableStarts(description);
  }

  /** RAM of a node, ascending, adjacent ranges joined. */
  List<PfnRange> ram(int node) {
    return ram.get(node);
  }

  private static List<PfnRange> merged(List<PfnRange> ranges) {
    List<PfnRange> sorted = new ArrayList<>(ranges);
    sorted.sort(Comparator.comparingLong(PfnRange::startPfn));
    List<PfnRange> result = new ArrayList<>();
    for (PfnRange range : sorted) {
      PfnRange last = result.isEmpty() ? null : result.getLast();
      if (last != null && last.endPfn() == range.startPfn()) {
        result.set(result.size() - 1, new PfnRange(last.startPfn(), last.pages() + range.pages()));
      } else {
        result.add(range);
      }
    }
    return result;
  }

  /** The zone spans of a node, all zone types in index order. */
  List<ZoneSpan> spans(int node, List<PfnRange> cmaAreas) {
    List<ZoneSpan> spans = new ArrayList<>();
    List<ZoneKind> kinds = arch.zoneKinds();
    List<PfnRange> nodeRam = ram.get(node);
    for (int index = 0; index < kinds.size(); index++) {
      long low = 0;
      long high = 0;
      if (!nodeRam.isEmpty()) {
        low = Math.max(lowerLimit(node, index), nodeRam.getFirst().startPfn());
        high = Math.min(upperLimit(node, index), nodeRam.getLast().endPfn());
      }
      long present = pagesBetween(nodeRam, low, high);
      spans.add(
          present == 0
              ? new ZoneSpan(node, index, kinds.get(index), 0, 0, 0, 0)
              : new ZoneSpan(
                  node,
                  index,
                  kinds.get(index),
                  low,
                  high - low,
                  present,
                  pagesBetween(cmaAreas, low, high)));
    }
    return spans;
  }

  private long lowerLimit(int node, int index) {
    return switch (arch.zoneKinds().get(index)) {
      case MOVABLE -> movableStart[node];
      case DEVICE -> Long.MAX_VALUE;
      default -> index == 0 ? 0 : arch.zoneEndPfn(index - 1);
    };
  }

  private long upperLimit(int node, int index) {
    return switch (arch.zoneKinds().get(index)) {
      case MOVABLE -> Long.MAX_VALUE;
      case DEVICE -> Long.MAX_VALUE;
      default -> Math.min(arch.zoneEndPfn(index), movableStart[node]);
    };
  }

  static long pagesBetween(List<PfnRange> ranges, long start, long end) {
    long pages = 0;
    for (PfnRange range : ranges) {
      pages += Math.max(0, Math.min(end, range.endPfn()) - Math.max(start, range.startPfn()));
    }
    return pages;
  }

  /** Z-6: where each node's Movable zone starts; MAX_VALUE for nowhere. */
  private long[] movableStarts(MachineDescription description) {
    long[] starts = new long[ram.size()];
    java.util.Arrays.fill(starts, Long.MAX_VALUE);
    long total = description.ramPages();
    long kernel = CoreSize.pages(description.kernelcore(), "kernelcore", total, arch.pageShift());
    if (description.movablecore() != null) {
      long movable =
          CoreSize.pages(description.movablecore(), "movablecore", total, arch.pageShift());
      movable = Math.min((movable + MOVABLE_ALIGN - 1) / MOVABLE_ALIGN * MOVABLE_ALIGN, total);
      kernel = Math.max(kernel, total - movable); // Z-6.1
    }
    if (kernel == 0 || kernel >= total) { // Z-6.2
      return starts;
    }
    long baseStart = baseZoneStart();
    spread(kernel, baseStart, starts); // Z-6.3
    for (int node = 0; node < starts.length; node++) { // Z-6.4
      List<PfnRange> nodeRam = ram.get(node);
      long end = nodeRam.isEmpty() ? 0 : nodeRam.getLast().endPfn();
      if (starts[node] != Long.MAX_VALUE) {
        starts[node] = (starts[node] + MOVABLE_ALIGN - 1) / MOVABLE_ALIGN * MOVABLE_ALIGN;
      }
      if (starts[node] >= end) {
        starts[node] = Long.MAX_VALUE;
      }
    }
    return starts;
  }

  /** Start of the highest zone that has RAM on this machine. */
  private long baseZoneStart() {
    for (int index = arch.zoneKinds().size() - 1; index > 0; index--) {
      ZoneKind kind = arch.zoneKinds().get(index);
      if (kind == ZoneKind.MOVABLE || kind == ZoneKind.DEVICE) {
        continue;
      }
      long low = arch.zoneEndPfn(index - 1);
      long high = arch.zoneEndPfn(index);
      for (List<PfnRange> nodeRam : ram) {
        if (pagesBetween(nodeRam, low, high) > 0) {
          return low;
        }
      }
    }
    return 0;
  }

  /**
   * Gives each node its share of kernel pages, walking its ranges upwards; what small nodes could
   * not take is spread again over one node less.
   */
  private void spread(long kernelPages, long baseStart, long[] starts) {
    int usable = (int) ram.stream().filter(r -> !r.isEmpty()).count();
    long required = kernelPages;
    while (usable > 0 && required >= usable) {
      long share = kernelPages / Math.max(usable, 1);
      long left = required;
      for (int node = 0; node < ram.size(); node++) {
        left -= Math.min(left, place(node, share, baseStart, starts));
      }
      usable--;
      if (left == 0 || left == required) {
        return;
      }
      required = left;
    }
  }

  private long place(int node, long share, long baseStart, long[] starts) {
    long left = share;
    long used = 0;
    for (PfnRange range : ram.get(node)) {
      long start = range.startPfn();
      if (start < baseStart) { // pages below the base zone count first
        long below = Math.min(range.endPfn(), baseStart) - start;
        left -= Math.min(below, left);
        used += below;
        start += below;
        starts[node] = start;
        if (start >= range.endPfn()) {
          continue;
        }
      }
      long taken = Math.min(range.endPfn() - start, left);
      starts[node] = start + taken;
      used += taken;
      left -= taken;
      if (left == 0) {
        break;
      }
    }
    return used;
  }
}
