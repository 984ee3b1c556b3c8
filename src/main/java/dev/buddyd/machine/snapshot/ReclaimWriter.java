package dev.buddyd.machine.snapshot;

import dev.buddyd.machine.AllocationTable;
import dev.buddyd.machine.Kill;
import dev.buddyd.machine.MachineState;
import dev.buddyd.mm.reclaim.LruList;
import dev.buddyd.mm.reclaim.ReclaimState;
import dev.buddyd.mm.reclaim.VmEvent;
import dev.buddyd.mm.zone.PhysicalMemory;
import dev.buddyd.mm.zone.Zone;
import java.util.Map;

/** Writes what reclaim knows: allocations that are not in memory, lists, swap, processes. */
final class ReclaimWriter {

  private final PhysicalMemory memory;
  private final AllocationTable allocations;
  private final ReclaimState state;
  private final Map<Integer, Kill> kills;
  private final SnapshotText out;

  ReclaimWriter(MachineState machine, SnapshotText out) {
    this.memory = machine.memory();
    this.allocations = machine.allocations();
    this.state = machine.reclaim().state();
    this.kills = machine.kills();
    this.out = out;
  }

  void write() {
    out.line().name("away").array();
    for (AllocationTable.Away a : allocations.away()) {
      out.line().numbers(a.sequence(), a.kind(), mask(a.gfp()), a.pages(), a.owner(), a.cpu());
    }
    out.endArray();
    out.line().name("reclaim").object();
    out.line().number("swap_pages", state.settings().swapPages());
    out.line().name("lru_gen").flag(state.settings().multiGenerational());
    processes();
    lists();
    out.line().name("writeback").array();
    for (int tag : state.underWay()) {
      out.number(state.pfn(tag));
    }
    out.endArray();
    out.line().number("disk_idle_at_us", state.diskIdleAt());
    if (state.flusherAt() >= 0) {
      out.line().number("flusher_at_us", state.flusherAt());
    }
    out.line().name("compaction_deferral").array();
    for (Zone zone : memory.zones()) {
      out.numbers(state.deferral(zone));
    }
    out.endArray();
    out.line().name("next_proactive_us").array();
    for (int node = 0; node < memory.nodes().size(); node++) {
      out.number(state.nextProactive(node));
    }
    out.endArray();
    out.line().name("allocstall").numbers(state.stalls());
    out.line().name("events").object();
    long[] events = state.events();
    for (VmEvent event : VmEvent.values()) {
      out.number(event.vmstatName(), events[event.ordinal()]);
    }
    out.endObject();
    boolean dying = state.dying() >= 0;
    if (dying || state.swapForeign() > 0) {
      out.line().number("swap_foreign_pages", state.swapForeign());
    }
    if (dying) {
      out.line().number("dying", state.dying());
    }
    out.endObject();
  }

  private void processes() {
    out.line().name("processes").array();
    for (int owner = 0; owner < state.processes(); owner++) {
      if (state.isProcess(owner)) {
        out.line().numbers(process(owner));
      }
    }
    out.endArray();
  }

  private long[] process(int owner) {
    int adj = state.oomScoreAdj(owner);
    long inSwap = state.inSwap(owner);
    if (!state.killed(owner)) {
      return new long[] {owner, adj, 0, inSwap};
    }
    Kill kill = kills.get(owner);
    return kill == null
        ? new long[] {owner, adj, 1, inSwap}
        : new long[] {
          owner, adj, 1, inSwap, kill.timeMicros(), kill.asking(), mask(kill.gfp()), kill.order()
        };
  }

  private static long mask(int gfp) {
    return Integer.toUnsignedLong(gfp);
  }

  private void lists() {
    out.line().name("lists").array();
    for (int node = 0; node < memory.nodes().size(); node++) {
      for (int list = LruList.INACTIVE_ANON; list <= LruList.SLAB; list++) {
        out.line().object().number("node", node).number("list", list).name("pages").array();
        state.visit(
            node,
            list,
            (tag, pfn, order, owner, flags, writtenAt) -> out.numbers(pfn, flags, writtenAt));
        out.endArray().endObject();
      }
    }
    out.endArray();
  }
}
