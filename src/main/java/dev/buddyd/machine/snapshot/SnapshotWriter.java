package dev.buddyd.machine.snapshot;

import dev.buddyd.machine.MachineState;
import dev.buddyd.mm.frame.Geometry;
import dev.buddyd.mm.gfp.ZoneKind;
import dev.buddyd.mm.zone.Kswapd;
import dev.buddyd.mm.zone.Node;
import dev.buddyd.mm.zone.PhysicalMemory;
import dev.buddyd.mm.zone.Sysctls.Knob;
import dev.buddyd.mm.zone.Tunables;
import dev.buddyd.mm.zone.Zone;
import dev.buddyd.mm.zone.ZoneSpan;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Locale;

/** Writes a machine's state; what is written depends on the state alone. */
final class SnapshotWriter {

  private final MachineState state;
  private final PhysicalMemory memory;
  private final SnapshotText out;

  private SnapshotWriter(MachineState state, OutputStream to) {
    this.state = state;
    this.memory = state.memory();
    this.out = new SnapshotText(to);
  }

  /**
   * Writes a state that nobody changes meanwhile.
   *
   * @param to is flushed, not closed
   */
  static void write(MachineState state, OutputStream to) {
    new SnapshotWriter(state, to).write();
  }

  private void write() {
    out.object().line().name("format").text(Snapshots.FORMAT);
    out.line().name("name").text(state.name());
    out.line().number("time_us", state.timeMicros());
    out.line().number("sequence", state.sequence());
    geometry(memory.geometry());
    tunables(memory.tunables());
    out.line().name("owners").array();
    state.owners().forEach(name -> out.line().text(name));
    out.endArray();
    out.line().name("cpus").array();
    for (int cpu = 0; cpu < memory.cpus(); cpu++) {
      out.number(memory.nodeOfCpu(cpu));
    }
    out.endArray();
    out.line().name("nodes").array();
    memory.nodes().forEach(this::node);
    out.endArray();
    statistics();
    out.line().name("zones").array();
    for (Zone zone : memory.zones()) {
      new ZoneWriter(zone, state.allocations(), out).write();
    }
    out.endArray();
    new ReclaimWriter(state, out).write();
    out.line().name("counters").object();
    state.counters().values().forEach((name, counts) -> out.line().name(name).numbers(counts));
    out.endObject().endObject().end();
  }

  private void geometry(Geometry geometry) {
    out.line().name("geometry").object();
    out.name("arch").text(geometry.arch());
    out.number("page_shift", geometry.pageShift());
    out.number("max_order", geometry.maxOrder());
    out.number("pageblock_order", geometry.pageblockOrder());
    out.name("huge_pages").flag(geometry.hugePages());
    out.name("cma").flag(geometry.cmaBuilt());
    out.name("numa").flag(geometry.numaBuilt());
    out.number("batch_scale_max", geometry.batchScaleMax());
    out.number("max_numnodes", geometry.maxNumnodes());
    out.name("zone_types").array();
    for (ZoneKind kind : geometry.zoneKinds()) {
      out.text(kind.kernelName());
    }
    out.endArray().endObject();
  }

  private void tunables(Tunables tunables) {
    out.line().name("sysctls").object();
    for (Knob knob : Knob.values()) {
      if (Snapshots.numeric(knob)) {
        out.number(knob.name().toLowerCase(Locale.ROOT), tunables.get(knob));
      }
    }
    out.endObject();
    out.line().name("lowmem_reserve_ratio").array();
    for (int i = 0; i < tunables.lowmemReserveRatios(); i++) {
      out.number(tunables.lowmemReserveRatio(i));
    }
    out.endArray();
    out.line().number("user_min_free_kbytes", tunables.userMinFreeKbytes());
    out.line().name("grouping_disabled").flag(tunables.groupingDisabled());
    out.line().number("total_reserve_pages", tunables.totalReservePages());
  }

  private void node(Node node) {
    out.line().object();
    out.name("cpus").numbers(Arrays.stream(node.cpus()).asLongStream().toArray());
    out.name("distances").numbers(Arrays.stream(node.distances()).asLongStream().toArray());
    out.line().name("zones").array();
    for (ZoneSpan span : node.spans()) {
      out.numbers(span.startPfn(), span.spannedPages(), span.presentPages(), span.cmaPages());
    }
    out.endArray();
    Kswapd kswapd = node.kswapd();
    out.line().name("kswapd").object();
    out.name("sleeping").flag(kswapd.sleeping());
    out.number("order", kswapd.pendingOrder());
    out.number("highest_zoneidx", kswapd.pendingHighestZoneidx());
    out.number("failures", kswapd.failures());
    out.endObject();
    boolean compacts = kswapd.compactOrder() > 0;
    out.line().name("kcompactd").object();
    out.number("order", kswapd.compactOrder());
    out.number("highest_zoneidx", compacts ? kswapd.compactHighestZoneidx() : 0);
    out.endObject();
    out.line().number("total_reserve_pages", node.totalReservePages());
    zonelist("zonelist", node, false);
    zonelist("own_zonelist", node, true);
    out.endObject();
  }

  private void zonelist(String name, Node node, boolean own) {
    out.line().name(name).array();
    for (Zone zone : node.zonelist(memory.geometry().zoneKinds().size() - 1, own)) {
      out.numbers(zone.node(), zone.index());
    }
    out.endArray();
  }

  /** What was counted before the sets of this machine began to count (B-26, B-61). */
  private void statistics() {
    out.line().name("pages_allocated").array();
    for (int index = 0; index < memory.geometry().zoneKinds().size(); index++) {
      long counted = 0;
      for (Zone zone : memory.zones()) {
        for (int cpu = 0; cpu < memory.cpus() && zone.index() == index; cpu++) {
          counted += zone.set(cpu).pagesAllocated();
        }
      }
      out.number(memory.pagesAllocated(index) - counted);
    }
    out.endArray();
    long counted = 0;
    for (Zone zone : memory.zones()) {
      for (int cpu = 0; cpu < memory.cpus(); cpu++) {
        counted += zone.set(cpu).pagesFreed();
      }
    }
    out.line().number("pages_freed", memory.pagesFreed() - counted);
  }
}
