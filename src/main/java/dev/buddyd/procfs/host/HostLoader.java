package dev.buddyd.procfs.host;

import dev.buddyd.mm.boot.MemoryBuilder;
import dev.buddyd.mm.frame.FrameTable;
import dev.buddyd.mm.frame.Geometry;
import dev.buddyd.mm.frame.MemoryRanges;
import dev.buddyd.mm.frame.SectionBudget;
import dev.buddyd.mm.gfp.ZoneKind;
import dev.buddyd.mm.zone.Kswapd;
import dev.buddyd.mm.zone.PhysicalMemory;
import dev.buddyd.mm.zone.Sizing;
import dev.buddyd.mm.zone.Tunables;
import dev.buddyd.mm.zone.Zone;
import dev.buddyd.mm.zone.ZoneSpan;
import dev.buddyd.mm.zone.Zonelists;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Builds the memory of a host. */
final class HostLoader {

  /** Sections of all zones together, holes too: the layout keeps something for each pageblock. */
  private static final long MAX_SECTIONS = 1L << 20;

  /** Free blocks below pageblock order. */
  private static final long MAX_BLOCKS = 1L << 22;

  private final HostState state;
  private final Geometry geometry;
  private final long seed;
  private final SectionBudget budget;

  HostLoader(HostState state, long seed, SectionBudget budget) {
    this.state = state;
    this.geometry = state.geometry();
    this.seed = seed;
    this.budget = budget;
  }

  PhysicalMemory load() {
    admit();
    List<ZonePlaces> places = new ArrayList<>();
    for (HostZone zone : state.zones()) {
      places.add(ZonePlaces.of(zone, geometry, seed + places.size()));
    }
    Tunables tunables = tunables();
    MemoryBuilder builder = new MemoryBuilder(geometry, tunables, state.cpus(), budget);
    for (int node = 0; node < state.nodes(); node++) {
      builder.node(cpusOf(node), distances(node), spans(node));
    }
    List<Zone> zones = new ArrayList<>();
    for (int i = 0; i < places.size(); i++) {
      HostZone zone = state.zones().get(i);
      MemoryRanges holes = places.get(i).takeHoles();
      zones.add(builder.zone(span(zone), holes, places.get(i).takeReserved()));
    }
    PhysicalMemory memory = builder.build();
    boolean done = false;
    try {
      for (int i = 0; i < zones.size(); i++) {
        new ZoneFiller(state.zones().get(i), zones.get(i)).fill(places.get(i));
      }
      Zonelists.rebuild(memory);
      finish(memory);
      done = true;
      return memory;
    } finally {
      if (!done) {
        memory.release();
      }
    }
  }

  /** Before anything is made: whether there is room in the worst case. */
  private void admit() {
    long frames = 0;
    long sections = 0;
    long blocks = 0;
    long bytes = 0;
    int top = geometry.maxOrder();
    for (HostZone zone : state.zones()) {
      long largest = 0;
      for (int type = 0; type < geometry.migrateTypes(); type++) {
        largest += zone.blocks()[top][type] << top;
        for (int order = 0; order < geometry.pageblockOrder(); order++) {
          blocks += zone.blocks()[order][type];
        }
      }
      frames += zone.present() - Math.min(largest, zone.present()) + (4L << top);
      sections += (zone.spanned() >> top) + 2;
      bytes += FrameTable.blockLevelBytes(geometry, zone.spanned());
    }
    if (!budget.admits(frames + bytes / 10)) {
      throw new HostMachine.TooLargeException(
          "%d frames of this host are not in large free blocks; the frame tables have %d bytes left"
              .formatted(frames, budget.remainingBytes()));
    }
    if (sections > MAX_SECTIONS || blocks > MAX_BLOCKS) {
      throw new HostMachine.TooLargeException(
          "this host spans %d blocks of the largest order and has %d smaller free ones; %d and %d"
                  .formatted(sections, blocks, MAX_SECTIONS, MAX_BLOCKS)
              + " are the most");
    }
  }

  private Tunables tunables() {
    int[] ratios =
        geometry.zoneKinds().stream()
            .mapToInt(
                kind ->
                    switch (kind) { // Z-30
                      case DMA, DMA32 -> 256;
                      case NORMAL -> 32;
                      default -> 0;
                    })
            .toArray();
    Tunables tunables = new Tunables(ratios);
    long min = 0;
    long managed = 0;
    for (HostZone zone : state.zones()) {
      managed += zone.managed();
      if (zone.kind() != ZoneKind.HIGHMEM && zone.kind() != ZoneKind.MOVABLE) {
        min += zone.marks()[0]; // Z-22
      }
    }
    tunables.setMinFreeKbytes((int) Math.min(min * geometry.pageKbytes(), Integer.MAX_VALUE));
    tunables.setGroupingDisabled(
        managed < (long) geometry.pageblockPages() * geometry.migrateTypes()); // S-2
    return tunables;
  }

  /** The files don't say where a CPU belongs: an equal share to each node. */
  private int[] cpusOf(int node) {
    int from = (int) ((long) state.cpus() * node / state.nodes());
    int to = (int) ((long) state.cpus() * (node + 1) / state.nodes());
    return IntStream.range(from, to).toArray();
  }

  private int[] distances(int node) {
    return IntStream.range(0, state.nodes()).map(other -> other == node ? 10 : 20).toArray();
  }

  private List<ZoneSpan> spans(int node) {
    List<ZoneSpan> spans = new ArrayList<>();
    for (int index = 0; index < geometry.zoneKinds().size(); index++) {
      ZoneKind kind = geometry.zoneKinds().get(index);
      ZoneSpan span = new ZoneSpan(node, index, kind, 0, 0, 0, 0);
      for (HostZone zone : state.zones()) {
        if (zone.node() == node && zone.kind() == kind) {
          span = span(zone);
        }
      }
      spans.add(span);
    }
    return spans;
  }

  private ZoneSpan span(HostZone zone) {
    return new ZoneSpan(
        zone.node(),
        geometry.zoneIndexOf(zone.kind()),
        zone.kind(),
        zone.startPfn(),
        zone.spanned(),
        zone.present(),
        zone.cmaPages());
  }

  /** Numbers that follow from the zones; marks and reserves are as the host has them. */
  private void finish(PhysicalMemory memory) {
    Sizing.thresholds(memory);
    for (int i = 0; i < state.zones().size(); i++) {
      HostZone host = state.zones().get(i);
      ZoneFiller.counter(host, memory.zone(i));
      if (host.unreclaimable()) {
        Kswapd kswapd = memory.node(host.node()).kswapd();
        kswapd.load(
            kswapd.sleeping(),
            kswapd.pendingOrder(),
            kswapd.pendingHighestZoneidx(),
            Kswapd.HOPELESS_FAILURES);
      }
    }
    Sizing.totalReserve(memory);
  }
}
