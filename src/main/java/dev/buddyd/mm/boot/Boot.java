package dev.buddyd.mm.boot;

import dev.buddyd.mm.boot.MachineDescription.PfnRange;
import dev.buddyd.mm.boot.MachineDescription.ReservedRange;
import dev.buddyd.mm.frame.FrameTable;
import dev.buddyd.mm.frame.Geometry;
import dev.buddyd.mm.frame.MemoryRanges;
import dev.buddyd.mm.frame.MigrateType;
import dev.buddyd.mm.frame.SectionBudget;
import dev.buddyd.mm.gfp.ZoneKind;
import dev.buddyd.mm.zone.FreePath;
import dev.buddyd.mm.zone.PhysicalMemory;
import dev.buddyd.mm.zone.Sysctls;
import dev.buddyd.mm.zone.Tunables;
import dev.buddyd.mm.zone.Zone;
import dev.buddyd.mm.zone.ZoneSpan;
import dev.buddyd.mm.zone.Zonelists;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * Boots a described machine (spec 08): zones, pageblock types, free lists in the kernel's order,
 * then marks, reserves and per-CPU sizes.
 */
public final class Boot {

  /** KEEPBATCH: CPUs report a last-level cache that is worth keeping pages for (P-11). */
  private static final int KEEP_BATCH = 2;

  private final MachineDescription description;
  private final Architecture arch;
  private final Geometry geometry;
  private final ZoneLayout layout;
  private final List<PfnRange> cmaAreas;
  private final List<ReservedRange> reserved;
  private final SectionBudget budget;

  private Boot(MachineDescription description, SectionBudget budget) {
    new DescriptionCheck(description).check();
    this.description = description;
    this.arch = Architecture.of(description);
    this.cmaAreas = description.cmaAreas() == null ? List.of() : description.cmaAreas();
    this.reserved = description.reserved() == null ? List.of() : description.reserved();
    Boolean cma = description.cma();
    this.geometry = arch.geometry(cma == null ? !cmaAreas.isEmpty() : cma);
    this.layout = new ZoneLayout(arch, description);
    this.budget = budget;
  }

  /**
   * Boots a machine.
   *
   * @throws InvalidMachineException if the description contradicts itself
   */
  public static PhysicalMemory boot(MachineDescription description, SectionBudget budget) {
    return new Boot(description, budget).run();
  }

  private PhysicalMemory run() {
    Tunables tunables = new Tunables(arch.lowmemReserveRatio());
    int cpus = description.nodes().stream().mapToInt(n -> n.cpus().size()).sum();
    MemoryBuilder builder = new MemoryBuilder(geometry, tunables, cpus, budget);
    for (int node = 0; node < description.nodes().size(); node++) {
      var plan = description.nodes().get(node);
      int[] nodeCpus = plan.cpus().stream().mapToInt(Integer::intValue).sorted().toArray();
      List<ZoneSpan> spans = layout.spans(node, cmaAreas);
      builder.node(nodeCpus, distances(node), spans);
      for (ZoneSpan span : spans) {
        if (span.populated()) {
          admit(span);
          builder.zone(span, holes(span), reservedIn(span));
        }
      }
    }
    PhysicalMemory memory = builder.build();
    Zonelists.rebuild(memory);
    tunables.setGroupingDisabled(groupingDisabled());
    for (Zone zone : memory.zones()) {
      pageblockTypes(zone);
      handOver(zone, freeRanges(zone, false));
    }
    BootSizing.early(memory, false);
    for (int cpu = 0; cpu < cpus; cpu++) {
      for (Zone zone : memory.zones()) {
        zone.set(cpu).load(0, 0, 0, KEEP_BATCH, 0);
      }
    }
    cmaAreas(memory);
    hugePages(memory);
    release(memory);
    writeSysctls(memory);
    WarmUpLoad.run(description.warmUp(), memory);
    return memory;
  }

  private void admit(ZoneSpan span) {
    long bytes = FrameTable.blockLevelBytes(geometry, span.spannedPages());
    if (budget.remainingBytes() < bytes) {
      throw new MachineTooLargeException(
          "nodes[" + span.node() + "]",
          "zone %s needs %d bytes of frame tables; %d of %d are left"
              .formatted(span.name(), bytes, budget.remainingBytes(), budget.limitBytes()));
    }
  }

  private int[] distances(int node) {
    var given = description.nodes().get(node).distances();
    int[] distances = new int[description.nodes().size()];
    for (int i = 0; i < distances.length; i++) {
      distances[i] = given != null ? given.get(i) : i == node ? 10 : 20;
    }
    return distances;
  }

  // ---- what lies where

  private MemoryRanges holes(ZoneSpan span) {
    RangeList holes = new RangeList();
    long at = span.startPfn();
    for (PfnRange range : layout.ram(span.node())) {
      long start = Math.max(range.startPfn(), span.startPfn());
      long end = Math.min(range.endPfn(), span.endPfn());
      if (start < end) {
        holes.add(at, start);
        at = end;
      }
    }
    holes.add(at, span.endPfn());
    return holes.build();
  }

  private MemoryRanges reservedIn(ZoneSpan span) {
    RangeList list = new RangeList();
    MemoryRanges holes = holes(span);
    for (ReservedRange range : sorted(reserved)) {
      if (released(range)) {
        continue;
      }
      addOutside(
          holes,
          Math.max(range.startPfn(), span.startPfn()),
          Math.min(range.endPfn(), span.endPfn()),
          list);
    }
    return list.build();
  }

  private static void addOutside(MemoryRanges holes, long from, long to, RangeList into) {
    long at = from;
    for (int i = 0; i < holes.count() && at < to; i++) {
      into.add(at, Math.min(to, holes.start(i)));
      at = Math.max(at, holes.end(i));
    }
    into.add(at, to);
  }

  private static boolean released(ReservedRange range) {
    return Boolean.TRUE.equals(range.released());
  }

  /** What is not handed over at first, ascending: reservations and CMA areas; or only S-14's. */
  private List<ReservedRange> sortedTaken(boolean releasedOnly) {
    List<ReservedRange> taken = new ArrayList<>(reserved);
    if (releasedOnly) {
      taken.removeIf(range -> !released(range));
    } else {
      for (PfnRange area : cmaAreas) {
        taken.add(new ReservedRange(area.startPfn(), area.pages(), "CMA", false));
      }
    }
    return sorted(taken);
  }

  private static List<ReservedRange> sorted(List<ReservedRange> ranges) {
    return ranges.stream().sorted(Comparator.comparingLong(ReservedRange::startPfn)).toList();
  }

  /** S-10: RAM of the zone less all reservations, or only what is released late (S-14). */
  private MemoryRanges freeRanges(Zone zone, boolean late) {
    ZoneSpan span = zone.span();
    RangeList taken = new RangeList();
    for (ReservedRange range : sortedTaken(late)) {
      long start = Math.max(range.startPfn(), span.startPfn());
      long end = Math.min(range.endPfn(), span.endPfn());
      if (late) {
        addOutside(zone.holes(), start, end, taken);
      } else {
        taken.add(start, end);
      }
    }
    MemoryRanges used = taken.build();
    if (late) {
      return used;
    }
    RangeList free = new RangeList();
    for (PfnRange range : layout.ram(span.node())) {
      addOutside(
          used,
          Math.max(range.startPfn(), span.startPfn()),
          Math.min(range.endPfn(), span.endPfn()),
          free);
    }
    return free.build();
  }

  /** S-1. */
  private void pageblockTypes(Zone zone) {
    FrameTable frames = zone.frames();
    int pages = geometry.pageblockPages();
    if (groupingDisabled()) {
      return;
    }
    for (int i = 0; i < frames.endIndex(); i += pages) {
      long pfn = frames.pfn(i);
      if (frames.spans(pfn) && !zone.holes().contains(pfn)) {
        frames.setType(i, 0, MigrateType.MOVABLE);
      }
    }
  }

  /** S-2. */
  private boolean groupingDisabled() {
    return description.ramPages() < (long) geometry.pageblockPages() * geometry.migrateTypes();
  }

  /** S-11, S-12, S-15. */
  private void handOver(Zone zone, MemoryRanges free) {
    boolean highmem =
        zone.span().kind() == ZoneKind.HIGHMEM
            || (arch.hasHighmem() && zone.span().kind() == ZoneKind.MOVABLE);
    for (int i = 0; i < free.count(); i++) {
      long at = free.start(i);
      while (at < free.end(i)) {
        int order = Math.min(geometry.maxOrder(), Long.numberOfTrailingZeros(at));
        while (at + (1L << order) > free.end(i)) {
          order--;
        }
        handOver(zone, zone.frames().index(at), order, highmem);
        at += 1L << order;
      }
    }
  }

  private void handOver(Zone zone, int index, int order, boolean pageByPage) {
    zone.addManaged(1L << order);
    if (order == geometry.maxOrder() && oneType(zone, index, order)) {
      // S-12 / S-15: ends as one largest block, at the tail or, merged from pages, at the head
      zone.buddy().handOver(index, order, zone.frames().typeOf(index), !pageByPage);
    } else if (pageByPage) {
      for (int i = index; i < index + (1 << order); i++) {
        zone.buddy().free(i, 0, false, 0, null);
      }
    } else {
      zone.buddy().free(index, order, true, 0, null);
    }
  }

  private boolean oneType(Zone zone, int index, int order) {
    int type = zone.frames().typeOf(index);
    for (int i = index; i < index + (1 << order); i += geometry.pageblockPages()) {
      if (zone.frames().typeOf(i) != type) {
        return false;
      }
    }
    return true;
  }

  // ---- numbers

  /** S-3. */
  private void cmaAreas(PhysicalMemory memory) {
    for (PfnRange area : cmaAreas) {
      for (long pfn = area.startPfn(); pfn < area.endPfn(); pfn += geometry.pageblockPages()) {
        Zone zone = memory.zoneOf(pfn);
        if (zone == null) {
          throw new InvalidMachineException("cma_areas", "pfn " + pfn + " is no RAM");
        }
        int index = zone.frames().index(pfn);
        zone.frames().setType(index, 0, geometry.cmaType());
        zone.addManaged(geometry.pageblockPages());
        zone.frames().touch(index);
        FreePath.free(zone, index, geometry.pageblockOrder(), 0, null);
      }
    }
  }

  /** S-14. */
  private void release(PhysicalMemory memory) {
    for (Zone zone : memory.zones()) {
      MemoryRanges late = freeRanges(zone, true);
      for (int i = 0; i < late.count(); i++) {
        for (long pfn = late.start(i); pfn < late.end(i); pfn++) {
          int index = zone.frames().index(pfn);
          zone.addManaged(1);
          zone.frames().touch(index);
          FreePath.free(zone, index, 0, 0, null);
        }
      }
    }
  }

  /** Z-21. */
  private void hugePages(PhysicalMemory memory) {
    String thp = description.transparentHugepage();
    if (thp == null || thp.equals("never")) {
      BootSizing.hugePageDaemon(memory, thp == null);
    } else {
      BootSizing.hugePages(memory, true);
    }
  }

  private void writeSysctls(PhysicalMemory memory) {
    if (description.sysctls() == null) {
      return;
    }
    for (Map.Entry<String, String> entry : description.sysctls().entrySet()) {
      try {
        Sysctls.write(memory, entry.getKey(), entry.getValue());
      } catch (Sysctls.InvalidSysctlException e) {
        throw new InvalidMachineException("sysctls." + entry.getKey(), e.reason());
      }
    }
  }
}
