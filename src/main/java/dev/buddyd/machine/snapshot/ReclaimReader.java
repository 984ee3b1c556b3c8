package dev.buddyd.machine.snapshot;

import dev.buddyd.machine.AllocationTable;
import dev.buddyd.machine.AllocationTable.Away;
import dev.buddyd.machine.Holder;
import dev.buddyd.machine.Kill;
import dev.buddyd.machine.MachineException;
import dev.buddyd.machine.MachineState;
import dev.buddyd.machine.snapshot.SnapshotReader.HolderLimits;
import dev.buddyd.mm.frame.FrameTable;
import dev.buddyd.mm.gfp.Gfp;
import dev.buddyd.mm.reclaim.LruList;
import dev.buddyd.mm.reclaim.MemoryReclaim;
import dev.buddyd.mm.reclaim.ReclaimSettings;
import dev.buddyd.mm.reclaim.ReclaimState;
import dev.buddyd.mm.reclaim.VmEvent;
import dev.buddyd.mm.zone.AllocationRequest;
import dev.buddyd.mm.zone.PhysicalMemory;
import dev.buddyd.mm.zone.Zone;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/** Reads what {@link ReclaimWriter} wrote, into the reclaim of a machine whose frames are there. */
final class ReclaimReader {

  private final SnapshotParser in;
  private final PhysicalMemory memory;
  private final AllocationTable allocations;
  private final HolderLimits limits;
  private final Supplier<MachineException> tooLarge;
  private final Map<Integer, Kill> kills = new HashMap<>();
  private long pagesUnderWriteback;

  ReclaimReader(
      SnapshotParser in,
      PhysicalMemory memory,
      AllocationTable allocations,
      HolderLimits limits,
      Supplier<MachineException> tooLarge) {
    this.in = in;
    this.memory = memory;
    this.allocations = allocations;
    this.limits = limits;
    this.tooLarge = tooLarge;
  }

  MemoryReclaim read() {
    away();
    in.member("reclaim").beginObject();
    long swapPages = in.member("swap_pages").number(0, SnapshotReader.MANY);
    ReclaimSettings settings = new ReclaimSettings(swapPages, in.member("lru_gen").flag());
    MemoryReclaim reclaim = MachineState.idle(memory, settings);
    boolean done = false;
    try {
      fill(reclaim);
      done = true;
    } finally {
      if (!done) {
        reclaim.release();
      }
    }
    return reclaim;
  }

  private void fill(MemoryReclaim reclaim) {
    ReclaimState state = reclaim.state();
    processes(state);
    lists(reclaim, state);
    writeback(state);
    long idleAt = in.member("disk_idle_at_us").number(0, Long.MAX_VALUE / 2);
    boolean flusher = in.optionalMember("flusher_at_us");
    state.loadDisk(idleAt, flusher ? in.number(0, Long.MAX_VALUE / 2) : -1);
    in.member("compaction_deferral").beginArray();
    for (Zone zone : memory.zones()) {
      in.element().beginArray();
      long[] values = {
        in.element().number(0, 64),
        in.element().number(0, 6),
        in.element().number(0, memory.geometry().maxOrder() + 1L)
      };
      in.endArray();
      state.loadDeferral(zone, values);
    }
    in.endArray();
    in.member("next_proactive_us").beginArray();
    for (int node = 0; node < memory.nodes().size(); node++) {
      state.loadNextProactive(node, in.element().number(0, Long.MAX_VALUE / 2));
    }
    in.endArray();
    long[] stalls = state.stalls();
    in.member("allocstall").beginArray();
    for (int i = 0; i < stalls.length; i++) {
      stalls[i] = in.element().number(0, Long.MAX_VALUE);
    }
    in.endArray();
    state.loadStalls(stalls);
    long[] events = state.events();
    in.member("events").beginObject();
    boolean more = true;
    for (VmEvent event : VmEvent.values()) {
      boolean later = event.ordinal() > VmEvent.NR_WRITTEN.ordinal();
      if (!later) {
        in.member(event.vmstatName());
      } else if (more) {
        more = in.lastMember(event.vmstatName());
      }
      if (more) {
        events[event.ordinal()] = in.number(0, Long.MAX_VALUE);
      }
    }
    if (more) {
      in.endObject();
    }
    state.loadEvents(events);
    if (in.lastMember("swap_foreign_pages")) {
      long foreign = in.number(0, SnapshotReader.MANY);
      if (!state.loadSwapForeign(foreign)) {
        throw in.wrong("there are not as many free slots in swap");
      }
      if (in.lastMember("dying")) {
        if (!state.loadDying(in.whole(1, limits.owners()))) {
          throw in.wrong("is no process that can have been killed");
        }
        in.endObject();
      }
    }
  }

  private void away() {
    in.member("away").beginArray();
    while (in.more()) {
      in.beginArray();
      long sequence = in.element().number(0, limits.sequence());
      int kind = in.element().whole(0, Away.KINDS - 1L);
      int gfp = in.element().whole(0, Gfp.VALID);
      int pages = in.element().whole(1, 1L << memory.geometry().maxOrder());
      int owner = in.element().whole(0, limits.owners());
      int cpu = in.element().whole(0, limits.cpus() - 1L);
      in.endArray();
      if (Integer.bitCount(pages) != 1) {
        throw in.wrong("a block on a reclaim list has a power of two of pages, not " + pages);
      }
      try {
        allocations.addAway(new Away(sequence, kind, gfp, pages, owner, cpu));
      } catch (MachineException e) {
        throw tooLarge.get();
      }
    }
  }

  private void processes(ReclaimState state) {
    int last = -1;
    in.member("processes").beginArray();
    while (in.more()) {
      in.beginArray();
      last = in.element().whole(last + 1L, limits.owners());
      int adj = in.element().whole(-1000, 1000);
      boolean killed = in.element().whole(0, 1) == 1;
      long inSwap = in.element().number(0, SnapshotReader.MANY);
      if (in.more()) {
        kill(last, killed);
      }
      if (!state.loadProcess(last, adj, killed, inSwap)) {
        throw in.wrong("process " + last + " has more pages in swap than there are slots");
      }
    }
  }

  /** What the process was killed for: older files do not say. */
  private void kill(int owner, boolean killed) {
    if (!killed) {
      throw in.wrong("process " + owner + " was not killed: there is no more to say of it");
    }
    long time = in.number(0, limits.timeMicros());
    int asking = in.element().whole(0, limits.owners());
    int gfp = in.element().whole(0, Gfp.VALID);
    int order = in.element().whole(0, memory.geometry().maxOrder());
    in.endArray();
    kills.put(owner, new Kill(time, asking, gfp, order));
  }

  /** The last kill of each owner that was killed, by its number. */
  Map<Integer, Kill> kills() {
    return kills;
  }

  private void lists(MemoryReclaim reclaim, ReclaimState state) {
    in.member("lists").beginArray();
    for (int node = 0; node < memory.nodes().size(); node++) {
      for (int list = LruList.INACTIVE_ANON; list <= LruList.SLAB; list++) {
        in.element().beginObject();
        in.member("node").whole(node, node);
        in.member("list").whole(list, list);
        in.member("pages").beginArray();
        while (in.more()) {
          page(reclaim, state, node, list);
        }
        in.endObject();
      }
    }
    in.endArray();
  }

  private void page(MemoryReclaim reclaim, ReclaimState state, int node, int list) {
    in.beginArray();
    long pfn = in.element().number(0, SnapshotReader.MANY);
    int flags = in.element().whole(0, ReclaimState.ALL_FLAGS);
    long writtenAt = in.element().number(0, Long.MAX_VALUE / 2);
    in.endArray();
    int slot = slot(pfn);
    Holder holder = slot == 0 ? null : allocations.holder(slot);
    Zone zone = memory.zoneOf(pfn);
    if (holder == null || zone == null || holder.pfn() != pfn || state.resident(slot)) {
      throw in.wrong("pfn " + pfn + " is no block that waits to be put on a list");
    }
    FrameTable frames = zone.frames();
    int index = frames.index(pfn);
    int order = frames.orderOf(index);
    if (zone.node() != node || holder.pages() != 1 << order || frames.useOf(index) != useOn(list)) {
      throw in.wrong("pfn " + pfn + " does not belong on list " + list + " of node " + node);
    }
    if (!reclaim.reserve(slot)) {
      throw tooLarge.get();
    }
    state.place(zone, list, slot, pfn, order, holder.owner(), flags, writtenAt);
    if (state.underWriteback(slot)) {
      pagesUnderWriteback++;
    }
  }

  private static int useOn(int list) {
    return switch (list) {
      case LruList.SLAB -> AllocationRequest.SLAB;
      case LruList.INACTIVE_ANON, LruList.ACTIVE_ANON -> AllocationRequest.ANON;
      default -> AllocationRequest.FILE;
    };
  }

  private void writeback(ReclaimState state) {
    BitSet seen = new BitSet();
    long last = 0;
    in.member("writeback").beginArray();
    while (in.more()) {
      long pfn = in.number(0, SnapshotReader.MANY);
      int slot = slot(pfn);
      if (!state.resident(slot) || !state.underWriteback(slot) || seen.get(slot)) {
        throw in.wrong("pfn " + pfn + " is not being written, or twice");
      }
      if (state.writtenAt(slot) < last) {
        throw in.wrong("pfn " + pfn + " would be written before the one before it");
      }
      last = state.writtenAt(slot);
      seen.set(slot);
      state.writes(slot);
    }
    if (seen.cardinality() != pagesUnderWriteback) {
      throw in.wrong(
          "%d blocks are being written, but writeback names %d"
              .formatted(pagesUnderWriteback, seen.cardinality()));
    }
  }

  /** The tag of the allocated block that starts at a frame, or 0. */
  private int slot(long pfn) {
    Zone zone = memory.zoneOf(pfn);
    if (zone == null) {
      return 0;
    }
    int index = zone.frames().index(pfn);
    return zone.frames().isTouched(index) && zone.frames().stateOf(index) == FrameTable.ALLOCATED
        ? zone.frames().word1(index)
        : 0;
  }
}
