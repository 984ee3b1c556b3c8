package dev.buddyd.mm.reference;

import static org.assertj.core.api.Assertions.assertThat;

import dev.buddyd.mm.boot.Boot;
import dev.buddyd.mm.boot.MachineDescription;
import dev.buddyd.mm.fixture.Machine;
import dev.buddyd.mm.frame.SectionBudget;
import dev.buddyd.mm.trace.Decision;
import dev.buddyd.mm.trace.Trace;
import dev.buddyd.mm.trace.WatermarkVerdict;
import dev.buddyd.mm.zone.AllocationRequest;
import dev.buddyd.mm.zone.Zone;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The same machine twice: as it is served, and as the reference model has it. Somebody listens to
 * every other request, which must not change anything.
 */
final class Twin {

  /** A block that both have handed out. */
  private record Block(long pfn, int order) {}

  /** A pageblock that was set aside, and the type it had. */
  private record Isolated(long pfn, int type) {}

  /** Wants to hear everything. */
  private static final Trace EAR =
      new Trace() {
        @Override
        public void decided(
            Decision decision, int zone, long v0, long v1, long v2, long v3, long v4, long v5) {}

        @Override
        public void watermark(WatermarkVerdict verdict) {}

        @Override
        public boolean wantsWatermarks() {
          return true;
        }
      };

  final Machine machine;
  final RefSizing sizing;
  final ReferenceAllocator reference;
  private final List<Block> live = new ArrayList<>();
  private final List<Isolated> isolated = new ArrayList<>();
  private final List<List<Integer>> bootedBuddyinfo = new ArrayList<>();
  private long heldPages;
  private int listened;

  Twin(MachineDescription description) {
    machine = new Machine(Boot.boot(description, SectionBudget.unlimited()));
    sizing = RefBoot.boot(description);
    reference = sizing.machine;
    for (int cpu = 0; cpu < cpus(); cpu++) {
      drain(cpu);
    }
    machine.memory().zones().forEach(zone -> bootedBuddyinfo.add(machine.buddyinfo(zone)));
  }

  /** Free blocks by order right after boot, with empty sets. */
  List<Integer> bootedBuddyinfo(int zone) {
    return bootedBuddyinfo.get(zone);
  }

  int cpus() {
    return machine.memory().cpus();
  }

  int nodes() {
    return machine.memory().nodes().size();
  }

  int liveBlocks() {
    return live.size();
  }

  /** Pages that callers hold. */
  long heldPages() {
    return heldPages;
  }

  private @Nullable Trace listener() {
    return listened++ % 2 == 0 ? null : EAR;
  }

  // ---- operations: each does the same to both and compares the answers

  boolean alloc(int gfp, int order, int node, int cpu) {
    long pfn =
        machine.allocator().allocate(AllocationRequest.of(gfp, order, node, cpu), listener());
    assertThat(pfn).as("pfn").isEqualTo(reference.allocate(gfp, order, node, cpu));
    if (pfn >= 0) {
      hold(pfn, order);
    }
    return pfn >= 0;
  }

  void bulk(int gfp, int node, int cpu, int count) {
    long[] pfns = new long[count];
    long got =
        machine
            .allocator()
            .allocateBulk(AllocationRequest.of(gfp, 0, node, cpu), pfns, count, listener());
    long[] refusal = new long[1];
    List<Long> expected = reference.allocateBulk(gfp, node, cpu, count, refusal);
    assertThat(got).as("bulk").isEqualTo(expected.isEmpty() ? refusal[0] : expected.size());
    for (int i = 0; i < got; i++) {
      assertThat(pfns[i]).as("bulk page %d", i).isEqualTo(expected.get(i));
      hold(pfns[i], 0);
    }
  }

  void exact(int gfp, int pages, int node, int cpu) {
    long pfn =
        machine
            .allocator()
            .allocateExact(AllocationRequest.of(gfp, 0, node, cpu), pages, listener());
    assertThat(pfn).as("exact").isEqualTo(reference.allocateExact(gfp, pages, node, cpu));
    for (int i = 0; pfn >= 0 && i < pages; i++) {
      hold(pfn + i, 0);
    }
  }

  void free(int which, int cpu) {
    if (live.isEmpty()) {
      return;
    }
    Block block = take(which);
    machine.allocator().free(block.pfn, block.order, cpu, listener());
    reference.free(block.pfn, block.order, cpu);
  }

  void freeReferenced(int which, int cpu) {
    if (!live.isEmpty()) {
      Block block = take(which);
      int left = machine.allocator().freeReferenced(block.pfn, block.order, cpu, listener());
      assertThat(left).isEqualTo(reference.freeReferenced(block.pfn, block.order, cpu));
      hold(block.pfn, left);
    }
  }

  /** Isolates the pageblock of some held block. */
  void isolate(int which, int cpu) {
    if (!live.isEmpty()) {
      long pfn = live.get(Math.floorMod(which, live.size())).pfn;
      RefZone zone = reference.zoneOf(pfn);
      int type = zone.typeAt(pfn);
      boolean done = machine.allocator().isolatePageblock(pfn, cpu, listener());
      assertThat(done).isEqualTo(zone.isolate(pfn, cpu));
      if (done) {
        isolated.add(new Isolated(pfn, type));
      }
    }
  }

  void restore(int which, int cpu) {
    if (!isolated.isEmpty()) {
      Isolated block = isolated.remove(Math.floorMod(which, isolated.size()));
      long pfn = block.pfn;
      assertThat(machine.allocator().restorePageblock(pfn, block.type, cpu, listener())).isTrue();
      assertThat(reference.zoneOf(pfn).restore(pfn, block.type, cpu)).isTrue();
    }
  }

  void split(int which) {
    if (live.isEmpty()) {
      return;
    }
    Block block = live.get(Math.floorMod(which, live.size()));
    if (reference.zoneOf(block.pfn).held.get(block.pfn).compound) {
      return; // B-91 is for blocks that are not compound
    }
    take(which);
    machine.allocator().split(block.pfn, block.order);
    reference.split(block.pfn, block.order);
    for (long p = block.pfn; p < block.pfn + (1L << block.order); p++) {
      hold(p, 0);
    }
  }

  void setMovable(int which, boolean movable) {
    if (!live.isEmpty()) {
      Block block = live.get(Math.floorMod(which, live.size()));
      machine.allocator().setMovable(block.pfn, block.order, movable);
      reference.setMovable(block.pfn, movable);
    }
  }

  void drain(int cpu) {
    machine.allocator().drain(cpu, listener());
    reference.drain(cpu);
  }

  void tick(int cpu) {
    machine.allocator().tick(cpu, listener());
    reference.tick(cpu);
  }

  void unreserve(int gfp, int node, boolean force, int cpu) {
    assertThat(machine.allocator().unreserveHighatomic(gfp, node, force, cpu, listener()))
        .as("unreserve")
        .isEqualTo(reference.unreserve(gfp, node, force, cpu));
  }

  /** A run of kswapd has ended without success; neither model has one of its own. */
  void kswapdSleeps(int node, int failures) {
    machine.memory().node(node).kswapd().sleep(failures);
    reference.nodes.get(node).sleep(failures);
  }

  void sysctl(String name, int value) {
    machine.sysctl(name, value);
    sizing.write(name, value);
  }

  void lowmemReserveRatio(List<Integer> ratios) {
    machine.sysctl(
        "lowmem_reserve_ratio",
        ratios.stream().map(Object::toString).collect(Collectors.joining("\t")));
    sizing.writeRatios(ratios);
  }

  /** Frees every block, ends every isolation and drains every set, in any order. */
  void freeEverything() {
    for (int i = 0; !isolated.isEmpty(); i++) {
      if (i % 2 == 0) {
        free(i, 0);
      }
      restore(i, 0);
    }
    while (!live.isEmpty()) {
      free(live.size() - 1, 0);
    }
    for (int cpu = 0; cpu < cpus(); cpu++) {
      drain(cpu);
    }
  }

  private void hold(long pfn, int order) {
    live.add(new Block(pfn, order));
    heldPages += 1L << order;
  }

  private Block take(int which) {
    int i = Math.floorMod(which, live.size());
    Block block = live.get(i);
    live.set(i, live.getLast());
    live.removeLast();
    heldPages -= 1L << block.order;
    return block;
  }

  // ---- comparison

  /** Everything that the spec calls state, and the machine's own invariants. */
  void assertSame() {
    for (int i = 0; i < reference.zones.size(); i++) {
      String name = "zone " + i;
      assertThat(describe(machine.memory().zone(i)))
          .as(name)
          .isEqualTo(describe(reference.zones.get(i)));
    }
    for (int i = 0; i < nodes(); i++) {
      var kswapd = machine.memory().node(i).kswapd();
      var node = reference.nodes.get(i);
      int none = machine.memory().node(i).noZoneIndex();
      assertThat(List.of(kswapd.sleeping(), kswapd.pendingOrder(), kswapd.pendingHighestZoneidx()))
          .as("kswapd of node %d", i)
          .isEqualTo(
              List.of(
                  !node.kswapdWoken,
                  node.pendingOrder,
                  node.pendingZone < 0 ? none : node.pendingZone));
    }
    assertThat(machine.memory().tunables().minFreeKbytes()).isEqualTo((int) sizing.minFreeKbytes);
    assertThat(machine.memory().tunables().totalReservePages()).isEqualTo(sizing.totalReserve);
    machine.assertSound();
  }

  private String describe(Zone zone) {
    StringBuilder text = new StringBuilder();
    int[] remainders = new int[cpus()];
    int[] thresholds = new int[cpus()];
    long[] reserves = new long[zone.lowmemReserves()];
    long[] statistics = new long[7];
    for (int cpu = 0; cpu < cpus(); cpu++) {
      remainders[cpu] = zone.counter().remainder(cpu);
      thresholds[cpu] = zone.counter().threshold(cpu);
      var set = zone.set(cpu);
      statistics[0] += set.pagesAllocated();
      statistics[1] += set.pagesFreed();
      statistics[2] += set.numaHit();
      statistics[3] += set.numaMiss();
      statistics[4] += set.numaLocal();
      statistics[5] += set.numaOther();
    }
    statistics[6] = zone.numaForeign();
    for (int j = 0; j < reserves.length; j++) {
      reserves[j] = zone.lowmemReserve(j);
    }
    var marks = zone.watermarks();
    text.append(
        "managed %d free %d %s of %s\n"
            .formatted(
                zone.managedPages(),
                zone.counter().stored(),
                Arrays.toString(remainders),
                Arrays.toString(thresholds)));
    text.append(
        "highatomic %d of %d cma %d\n"
            .formatted(
                zone.counter().freeHighatomic(),
                zone.highAtomic().reservedPages(),
                zone.counter().freeCma()));
    text.append(
        "marks %d %d %d %d boost %d drift %d reserve %s\n"
            .formatted(
                marks.stored(0),
                marks.stored(1),
                marks.stored(2),
                marks.stored(3),
                marks.boost(),
                zone.driftMark(),
                Arrays.toString(reserves)));
    text.append(
        "flags %d statistics %s\n".formatted(zone.flags().bits(), Arrays.toString(statistics)));
    for (int cpu = 0; cpu < cpus(); cpu++) {
      var set = zone.set(cpu);
      text.append(
          "cpu %d: count %d high %d of %d..%d batch %d shift %d run %d flags %d expire %d\n"
              .formatted(
                  cpu,
                  set.count(),
                  set.high(),
                  set.lim(),
                  set.cap(),
                  set.batch(),
                  set.allocShift(),
                  set.freeRun(),
                  set.flags(),
                  set.expire()));
      for (int list = 0; list < set.lists(); list++) {
        line(text, "cached " + list, machine.cached(zone, cpu, list));
      }
    }
    for (int type = 0; type < machine.memory().geometry().migrateTypes(); type++) {
      for (int order = 0; order <= machine.memory().geometry().maxOrder(); order++) {
        line(text, "free " + order + "/" + type, machine.list(zone, order, type));
      }
    }
    int pageblock = machine.memory().geometry().pageblockPages();
    var frames = zone.frames();
    StringBuilder types = new StringBuilder();
    for (long p = zone.span().startPfn() / pageblock * pageblock;
        p < zone.span().endPfn();
        p += pageblock) {
      types.append(frames.typeOf(frames.index(p)));
    }
    return text.append(types).toString();
  }

  private String describe(RefZone zone) {
    StringBuilder text = new StringBuilder();
    text.append(
        "managed %d free %d %s of %s\n"
            .formatted(
                zone.managed,
                zone.f,
                Arrays.toString(zone.remainder),
                Arrays.toString(zone.threshold)));
    text.append(
        "highatomic %d of %d cma %d\n"
            .formatted(zone.freeHighatomic, zone.reservedHighatomic, zone.freeCma));
    text.append(
        "marks %d %d %d %d boost %d drift %d reserve %s\n"
            .formatted(
                zone.min,
                zone.low,
                zone.high,
                zone.promo,
                zone.boost,
                zone.driftMark,
                Arrays.toString(zone.reserve)));
    int flags = (zone.boosted ? 1 : 0) | (zone.reclaiming ? 2 : 0) | (zone.belowHigh ? 4 : 0);
    long[] statistics = {
      zone.pagesAllocated,
      zone.pagesFreed,
      zone.numaHit,
      zone.numaMiss,
      zone.numaLocal,
      zone.numaOther,
      zone.numaForeign
    };
    text.append("flags %d statistics %s\n".formatted(flags, Arrays.toString(statistics)));
    for (RefSet set : zone.sets) {
      text.append(
          "cpu %d: count %d high %d of %d..%d batch %d shift %d run %d flags %d expire %d\n"
              .formatted(
                  set.cpu,
                  set.count(),
                  set.high,
                  set.lim,
                  set.cap,
                  set.batch,
                  set.ashift,
                  set.run,
                  (set.prevhi ? 1 : 0) | (set.keepbatch ? 2 : 0),
                  set.expire));
      for (int list = 0; list < set.lists.size(); list++) {
        line(text, "cached " + list, List.copyOf(set.lists.get(list)));
      }
    }
    for (int type = 0; type < zone.kernel.types(); type++) {
      for (int order = 0; order <= zone.kernel.top(); order++) {
        line(text, "free " + order + "/" + type, List.copyOf(zone.list(order, type)));
      }
    }
    for (long block = zone.start / zone.kernel.blockPages();
        block * zone.kernel.blockPages() < zone.end;
        block++) {
      text.append(zone.typeAt(block * zone.kernel.blockPages()));
    }
    return text.toString();
  }

  private static void line(StringBuilder text, String what, List<Long> pfns) {
    if (!pfns.isEmpty()) {
      text.append(what).append(": ").append(pfns).append('\n');
    }
  }
}
