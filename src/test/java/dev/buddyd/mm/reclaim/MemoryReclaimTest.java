package dev.buddyd.mm.reclaim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.buddyd.mm.alloc.KernelWould;
import dev.buddyd.mm.fixture.Machine;
import dev.buddyd.mm.fixture.Reservoir;
import dev.buddyd.mm.fixture.Sketch;
import dev.buddyd.mm.gfp.Gfp;
import dev.buddyd.mm.gfp.ZoneKind;
import dev.buddyd.mm.trace.Decision;
import dev.buddyd.mm.zone.AllocationRequest;
import dev.buddyd.mm.zone.Watermarks;
import dev.buddyd.mm.zone.Zone;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Dirty, anonymous and slab memory, ageing, kswapd, the OOM killer and compaction. */
class MemoryReclaimTest {

  private static final int FILE = AllocationRequest.FILE;
  private static final int ANON = AllocationRequest.ANON;
  private static final int KERNEL = Gfp.DIRECT_RECLAIM | Gfp.KSWAPD_RECLAIM | Gfp.IO | Gfp.FS;
  private static final int NOFS = KERNEL & ~Gfp.FS;
  private static final int NOIO = NOFS & ~Gfp.IO;

  private Reservoir r = Reservoir.of(new ReclaimSettings(0, true));

  @AfterEach
  void sound() {
    r.assertSound();
  }

  // ---- dirty page cache

  @ParameterizedTest
  @ValueSource(ints = {KERNEL, NOFS, NOIO})
  @DisplayName("R-1 only dirty page cache: left for the flusher, waited for, then taken")
  void dirty(int gfp) {
    r.fill(20_000, FILE, true);
    r.pressed();
    assertThat(r.alloc(gfp, 0)).isPositive();
    assertThat(r.count(VmEvent.NR_VMSCAN_IMMEDIATE_RECLAIM)).isPositive();
    assertThat(r.count(VmEvent.PGACTIVATE)).isPositive();
    assertThat(r.count(VmEvent.NR_WRITTEN)).as("the flusher wrote").isPositive();
    assertThat(r.micros()).as("the request waited").isGreaterThan(1_000);
    assertThat(r.machine().decidedOn(Decision.WRITEBACK_START)).isTrue();
    assertThat(r.count(VmEvent.OOM_KILL)).isZero();
  }

  @Test
  @DisplayName("R-1 GFP_NOWAIT cannot wait for dirty pages")
  void dirtyNowait() {
    r.fill(20_000, FILE, true);
    r.pressed();
    assertThat(r.alloc(Gfp.KSWAPD_RECLAIM, 0)).isEqualTo(KernelWould.FAIL.code());
    assertThat(r.micros()).isZero();
  }

  // ---- anonymous memory

  @Test
  @DisplayName("R-3 anonymous memory goes to swap, and is counted there")
  void swap() {
    r = Reservoir.of(new ReclaimSettings(50_000, true));
    r.fill(20_000, ANON, false);
    r.pressed();
    assertThat(r.alloc(KERNEL, 0)).isPositive();
    assertThat(r.fates(PageFate.SWAPPED)).isPositive();
    assertThat(r.count(VmEvent.PSWPOUT)).isGreaterThanOrEqualTo(r.fates(PageFate.SWAPPED));
    MemoryReclaim.Totals totals = r.reclaim().totals();
    assertThat(totals.swapTotal() - totals.swapFree())
        .isEqualTo(r.fates(PageFate.SWAPPED) + totals.swapCached());
    assertThat(r.reclaim().process(1).swapPages()).isEqualTo(r.fates(PageFate.SWAPPED));
    assertThat(r.reclaim().process(1).rssPages()).isEqualTo(r.anonPages());
  }

  @Test
  @DisplayName("R-1 pages on their way to swap are free once the disk has them, not before")
  void writeback() {
    r = Reservoir.of(new ReclaimSettings(50_000, false)).holdTime();
    r.fill(20_000, ANON, false);
    r.reclaim().directReclaim(AllocationRequest.of(KERNEL, 0, 0, 0), null);
    assertThat(r.reclaim().totals().writeback()).isPositive();
    assertThat(r.reclaim().totals().swapCached()).isEqualTo(r.reclaim().totals().writeback());
    long before = r.micros();
    assertThat(r.reclaim().directReclaim(AllocationRequest.of(NOIO, 0, 0, 0), null)).isPositive();
    assertThat(r.micros()).as("it waited for the disk").isGreaterThan(before);
  }

  @Test
  @DisplayName("R-1 an anonymous page that was touched becomes active again")
  void touchedAnon() {
    r = Reservoir.of(new ReclaimSettings(50_000, false));
    List<Integer> tags = r.fill(20_000, ANON, false);
    r.pressed();
    assertThat(r.alloc(KERNEL, 0)).isPositive();
    tags.forEach(tag -> r.reclaim().touched(tag, false));
    long before = r.count(VmEvent.PGACTIVATE);
    r.reclaim().directReclaim(AllocationRequest.of(KERNEL, 0, 0, 0), null);
    assertThat(r.count(VmEvent.PGACTIVATE)).isGreaterThan(before);
  }

  @Test
  @DisplayName("R-1 GFP_NOIO writes nothing to swap itself; kswapd does")
  void noioSwap() {
    r = Reservoir.of(new ReclaimSettings(50_000, true));
    r.fill(20_000, ANON, false);
    r.pressed();
    long written = r.count(VmEvent.PSWPOUT);
    AllocationRequest own = AllocationRequest.of(Gfp.DIRECT_RECLAIM, 0, 0, 0);
    assertThat(r.reclaim().directReclaim(own, r.machine().decided())).isZero();
    assertThat(r.count(VmEvent.PSWPOUT)).isEqualTo(written);
    assertThat(r.machine().decided().all(Decision.RECLAIM_LEFT)).isNotEmpty();
    assertThat(r.alloc(NOIO, 0)).as("kswapd writes, the request takes").isPositive();
    assertThat(r.count(VmEvent.PSWPOUT)).isGreaterThan(written);
  }

  @Test
  @DisplayName("R-15 a pass waits for what it has written at each priority, not only before it won")
  void waitsAtEachPriority() {
    r = Reservoir.of(new ReclaimSettings(10_000, true));
    for (int i = 0; i < 400; i++) { // steps of 64 pages end within a block
      r.alloc(Reservoir.PRESSURE | Gfp.HIGHMEM | Gfp.MOVABLE, i % 4, ANON, false);
    }
    for (int pass = 0; pass < 6; pass++) {
      long scanned = r.count(VmEvent.PGSCAN_DIRECT);
      long won = r.reclaim().directReclaim(AllocationRequest.of(KERNEL, 0, 0, 0), null);
      assertThat(won).as("pass %d", pass).isBetween(32L, 80L);
      assertThat(r.count(VmEvent.PGSCAN_DIRECT) - scanned).as("pass %d", pass).isLessThan(220);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 100})
  @DisplayName(
      "R-3, R-51 swap missing or full: 17 passes, the hog is killed, and exits during the 18th")
  void oomKill(long slots) {
    r = Reservoir.of(new ReclaimSettings(slots, true));
    r.as(7).fill(20_000, ANON, false);
    r.as(0).pressed();
    assertThat(r.alloc(KERNEL, 0)).isPositive();
    if (slots == 0) {
      assertThat(r.stalls()).isEqualTo(36);
      assertThat(r.count(VmEvent.OOM_KILL)).isEqualTo(1);
      assertThat(r.fates(PageFate.KILLED)).isEqualTo(20_000);
    }
    while (r.count(VmEvent.OOM_KILL) == 0 && r.alloc(KERNEL, 0) >= 0) {
      // until swap is full
    }
    assertThat(r.count(VmEvent.OOM_KILL)).isEqualTo(1);
    assertThat(r.anonPages()).isZero();
    MemoryReclaim.Totals totals = r.reclaim().totals();
    assertThat(totals.swapFree()).as("swap given back").isEqualTo(slots);
    assertThat(r.reclaim().process(7).killable()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {NOFS, NOIO})
  @DisplayName("R-50 without __GFP_FS nobody is killed: loops")
  void noKillWithoutFs(int gfp) {
    r.as(7).fill(20_000, ANON, false);
    r.as(0).pressed();
    assertThat(r.alloc(gfp, 0)).isEqualTo(KernelWould.LOOP.code());
    assertThat(r.count(VmEvent.OOM_KILL)).isZero();
  }

  @Test
  @DisplayName("F-47 __GFP_NOFAIL: somebody is killed, and a page there before his memory is")
  void nofail() {
    nofailKills();
    assertThat(r.stalls()).isEqualTo(34);
    assertThat(r.fates(PageFate.KILLED)).isZero();
    assertThat(r.alloc(KERNEL, 0)).as("the next one has to make a pass").isPositive();
    assertThat(r.stalls()).isEqualTo(36);
    assertThat(r.fates(PageFate.KILLED)).isEqualTo(20_000);
    assertThat(r.count(VmEvent.OOM_KILL)).isEqualTo(1);
  }

  private void nofailKills() {
    r.as(7).fill(20_000, ANON, false);
    r.as(0).pressed();
    assertThat(r.alloc(KERNEL | Gfp.NOFAIL, 1)).isPositive();
    assertThat(r.count(VmEvent.OOM_KILL)).isEqualTo(1);
  }

  @Test
  @DisplayName("R-51 as long as a victim has not exited nobody else is killed, in a copy neither")
  void dying() {
    r.as(8).fill(1_000, ANON, false);
    nofailKills();
    Reservoir copy = r.fork();
    for (Reservoir each : List.of(r, copy)) {
      AllocationRequest request = AllocationRequest.of(KERNEL, 0, 0, 0);
      assertThat(each.reclaim().outOfMemory(request, null)).isEqualTo(Reclaim.Oom.KILLED);
      assertThat(each.count(VmEvent.OOM_KILL)).isEqualTo(1);
    }
    r.reclaim().background(null);
    assertThat(r.fates(PageFate.KILLED)).as("when others get to run").isEqualTo(20_000);
    assertThat(r.anonPages()).isEqualTo(1_000);
    copy.reclaim().tick(null);
    assertThat(copy.anonPages()).isEqualTo(1_000);
  }

  @Test
  @DisplayName("R-54 a victim that loses the CPU goes on with its exit when it has it again")
  void interruptedExit() {
    r.as(8).fill(1_000, ANON, false);
    nofailKills();
    r.letExit(300);
    assertThat(r.alloc(KERNEL, 0)).as("300 pages are enough").isPositive();
    assertThat(r.fates(PageFate.KILLED)).isEqualTo(300);
    assertThat(r.reclaim().process(7).killable()).as("is still there").isTrue();
    r.letExit(300).reclaim().background(null);
    assertThat(r.fates(PageFate.KILLED)).isEqualTo(600);
    r.letExit(0).reclaim().background(null);
    assertThat(r.fates(PageFate.KILLED)).isEqualTo(600);
    r.letExit(Long.MAX_VALUE).reclaim().background(null);
    assertThat(r.fates(PageFate.KILLED)).isEqualTo(20_000);
    assertThat(r.reclaim().process(7).killable()).isFalse();
    assertThat(r.anonPages()).isEqualTo(1_000);
    assertThat(r.count(VmEvent.OOM_KILL)).isEqualTo(1);
  }

  @Test
  @DisplayName("R-53 nobody left to kill: panic")
  void panic() {
    r.as(7).fill(20_000, ANON, false);
    r.reclaim().declareProcess(7, -1000);
    r.as(0).pressed();
    assertThat(r.alloc(KERNEL, 0)).isEqualTo(KernelWould.PANIC.code());
    assertThat(r.anonPages()).isEqualTo(20_000);
  }

  @Test
  @DisplayName("R-50 panic_on_oom: panic although somebody could be killed")
  void panicOnOom() {
    r.as(7).fill(20_000, ANON, false);
    r.machine().sysctl("panic_on_oom", 1);
    r.as(0).pressed();
    assertThat(r.alloc(KERNEL, 0)).isEqualTo(KernelWould.PANIC.code());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  @DisplayName("R-50 panic_on_oom: panic, too, where no process was ever declared; not without FS")
  void panicWithoutProcesses(int mode) {
    r.machine().sysctl("panic_on_oom", mode);
    r.pressed();
    assertThat(r.alloc(KERNEL & ~Gfp.FS, 0)).isEqualTo(KernelWould.LOOP.code());
    assertThat(r.alloc(KERNEL, 0)).isEqualTo(KernelWould.PANIC.code());
    r.machine().sysctl("panic_on_oom", 0);
    assertThat(r.alloc(KERNEL, 0)).isEqualTo(KernelWould.OOM_KILL.code());
  }

  @Test
  @DisplayName(
      "R-51, R-52 the larger process dies; oom_score_adj outweighs size; equals: the later")
  void victim() {
    r.as(3).fill(5_000, ANON, false);
    r.as(4).fill(5_000, ANON, false);
    r.as(5).fill(4_000, ANON, false);
    r.as(0).pressed();
    assertThat(r.alloc(KERNEL, 0)).isPositive();
    assertThat(victims()).containsExactly(4L);
    r.reclaim().declareProcess(5, 500);
    r.pressed();
    assertThat(r.alloc(KERNEL, 0)).isPositive();
    assertThat(victims()).containsExactly(4L, 5L);
  }

  @Test
  @DisplayName("R-50 oom_kill_allocating_task: who asks dies, whatever its size")
  void allocatingTask() {
    r.as(3).fill(10_000, ANON, false);
    r.as(4).fill(1_000, ANON, false);
    r.machine().sysctl("oom_kill_allocating_task", 1);
    r.pressed();
    assertThat(r.alloc(KERNEL, 0)).isPositive();
    assertThat(victims()).containsExactly(4L);
  }

  private List<Long> victims() {
    return r.machine().decided().all(Decision.MARK_VICTIM).stream()
        .map(d -> d.value("owner"))
        .toList();
  }

  @Test
  @DisplayName("R-52 total / 1000 is truncated before the multiplication; R-54 oom_score")
  void badness() {
    assertThat(Processes.badness(100, 20, 8192, 1000, 999)).isEqualTo(122);
    assertThat(Processes.badness(100, 0, 0, -500, 10_000)).isEqualTo(-4_900);
    assertThat(OomScore.of(500, 1000)).isEqualTo(1000);
    assertThat(OomScore.of(0, 1000)).isEqualTo(666);
  }

  // ---- slab, ageing

  @Test
  @DisplayName("R-1 slab is shrunk for GFP_KERNEL; without __GFP_FS the shrinkers skip themselves")
  void slab() {
    r.fill(20_000, AllocationRequest.SLAB, false);
    r.pressed();
    AllocationRequest nofs = AllocationRequest.of(Gfp.DIRECT_RECLAIM | Gfp.IO, 0, 0, 0);
    assertThat(r.reclaim().directReclaim(nofs, r.machine().decided())).isZero();
    assertThat(r.machine().decided().all(Decision.RECLAIM_LEFT).getFirst().value("need_fs_pages"))
        .isPositive();
    assertThat(r.alloc(KERNEL, 0)).isPositive();
    assertThat(r.fates(PageFate.DROPPED)).isPositive();
  }

  @Test
  @DisplayName("R-1 a file page used twice becomes active and outlives older ones")
  void touchedPagesStay() {
    List<Integer> tags = r.fill(20_000, FILE, false);
    for (int i = 0; i < 100; i++) {
      r.reclaim().touched(tags.get(i), false);
      r.reclaim().touched(tags.get(i), false);
    }
    assertThat(r.pages(LruList.ACTIVE_FILE)).isEqualTo(100);
    r.pressed();
    assertThat(r.alloc(KERNEL, 0)).isPositive();
    assertThat(tags.subList(0, 100)).allMatch(tag -> r.where(tag) > 0);
    assertThat(tags.subList(100, 164)).allMatch(tag -> r.where(tag) < 0);
  }

  @Test
  @DisplayName("R-2 pages above the request's highest zone are left alone")
  void zonesAbove() {
    r.fill(31_000, FILE, false);
    AllocationRequest dma = AllocationRequest.of(KERNEL | Gfp.DMA, 0, 0, 0);
    long above = r.reclaim().pagesInZone(r.zone("DMA32"), LruList.INACTIVE_FILE);
    assertThat(r.reclaim().pagesInZone(r.zone("DMA"), LruList.INACTIVE_FILE)).isGreaterThan(64);
    assertThat(r.reclaim().directReclaim(dma, null)).isEqualTo(64);
    assertThat(r.reclaim().pagesInZone(r.zone("DMA32"), LruList.INACTIVE_FILE)).isEqualTo(above);
  }

  @Test
  @DisplayName("R-10 a pass that has its pages ends: no further priority shrinks slab")
  void enough() {
    r.fill(10_000, FILE, false);
    r.fill(5_000, AllocationRequest.SLAB, false);
    assertThat(r.reclaim().directReclaim(AllocationRequest.of(KERNEL, 0, 0, 0), null)).isPositive();
    assertThat(r.pages(LruList.SLAB)).isGreaterThan(4_900);
  }

  @Test
  @DisplayName("R-10, R-11 what compaction can make of free pages is left to it: progress of one")
  void readyForCompaction() {
    r.fill(20_000, FILE, false);
    AllocationRequest large = AllocationRequest.of(KERNEL, 9, 0, 0);
    assertThat(r.reclaim().directReclaim(large, null)).isEqualTo(1);
    assertThat(r.count(VmEvent.PGSCAN_DIRECT)).isZero();
  }

  // ---- kswapd

  @Test
  @DisplayName("Z-53, Z-50 kswapd stops when one zone is above high, clears the boost")
  void kswapdBalances() {
    r.fill(20_000, FILE, false);
    r.pressed();
    r.alloc(Gfp.KSWAPD_RECLAIM, 0);
    r.reclaim().background(null);
    assertThat(r.memory().node(0).balanced(0, 2)).isTrue();
    assertThat(r.memory().node(0).kswapd().sleeping()).isTrue();
    assertThat(r.memory().node(0).kswapd().failures()).isZero();
    assertThat(r.zone("DMA32").watermarks().boost()).isZero();
    assertThat(r.count(VmEvent.PAGEOUTRUN)).isEqualTo(1);
  }

  @Test
  @DisplayName(
      "R-25, Z-52 hopeless after 16 runs without progress, until direct reclaim makes some")
  void hopeless() {
    r.as(7).fill(10_000, ANON, false);
    r.pressed();
    for (int i = 0; i < 20; i++) {
      r.alloc(Gfp.KSWAPD_RECLAIM, 0);
      r.reclaim().background(null);
    }
    assertThat(r.memory().node(0).kswapd().failures()).isEqualTo(16);
    r.alloc(Gfp.KSWAPD_RECLAIM, 0);
    assertThat(r.memory().node(0).kswapd().sleeping()).as("not woken any more").isTrue();
    r.alloc(KERNEL, 0);
    assertThat(r.count(VmEvent.OOM_KILL)).isEqualTo(1);
    r.fill(5_000, FILE, false);
    assertThat(r.reclaim().directReclaim(AllocationRequest.of(KERNEL, 0, 0, 0), null)).isPositive();
    assertThat(r.memory().node(0).kswapd().failures()).isZero();
  }

  // ---- classic lists

  @Test
  @DisplayName("R-10 classic lists: a pass ends once it has 32 pages, at most one list share later")
  void classic() {
    r = Reservoir.of(new ReclaimSettings(0, false));
    r.fill(20_000, FILE, false);
    r.pressed();
    assertThat(r.alloc(KERNEL, 0)).isPositive();
    assertThat(r.stalls()).isEqualTo(1);
    assertThat(r.count(VmEvent.PGSTEAL_DIRECT)).isBetween(32L, 64L);
  }

  @Test
  @DisplayName("R-12, R-13 classic lists: where all pages are active, some are made inactive")
  void ageing() {
    r = Reservoir.of(new ReclaimSettings(0, false));
    for (int tag : r.fill(20_000, FILE, false)) {
      r.reclaim().touched(tag, false);
      r.reclaim().touched(tag, false);
    }
    assertThat(r.pages(LruList.INACTIVE_FILE)).isZero();
    r.pressed();
    assertThat(r.alloc(KERNEL, 0)).isPositive();
    assertThat(r.count(VmEvent.PGDEACTIVATE)).isPositive();
  }

  // ---- compaction

  @Test
  @DisplayName("R-27 after a run for a large block kcompactd is woken")
  void kcompactdAfterKswapd() {
    r.fill(20_000, FILE, false);
    r.pressed();
    assertThat(r.alloc(Gfp.KSWAPD_RECLAIM, 3)).isNegative();
    r.machine().forget();
    r.reclaim().background(r.machine().decided());
    assertThat(r.machine().decided().all(Decision.KCOMPACTD_WAKE)).isNotEmpty();
  }

  @ParameterizedTest
  @CsvSource({"8, 8, SKIPPED", "4, 128, SUITABLE", "9, 4, FINE", "4, 64, SKIPPED"})
  @DisplayName("R-30, R-31 compaction is for memory that is there in pieces, and lies in many")
  void suitability(int order, int blocks, CompactionSuitability.Verdict verdict) {
    Sketch.ZoneSketch sketch =
        Sketch.x8664().zone(ZoneKind.NORMAL, 0x100000, 0x4000).marks(100, 200, 300);
    for (int i = 0; i < blocks; i++) {
      sketch.free(0x100000 + ((long) i << (order + 1)), order); // their buddies are in use
    }
    Machine m = sketch.build();
    assertThat(new CompactionSuitability(m.memory()).worth(m.zone(), 9, 2, Watermarks.MIN, 0))
        .isEqualTo(verdict);
  }

  @ParameterizedTest
  @CsvSource({"800, false", "1200, true"})
  @DisplayName("F-46 compaction for order 3 may help if a third of what can be reclaimed is enough")
  void mayHelp(int filePages, boolean helps) {
    r.fill(filePages, FILE, false);
    r.pressedEvenly();
    Zone zone = r.zone("DMA32");
    long target = zone.watermarks().effective(Watermarks.MIN) + 16;
    long missing = target - zone.counter().exact();
    assertThat(filePages / 3 >= missing).isEqualTo(helps);
    assertThat(missing).as("all of it would be enough").isBetween(1L, (long) filePages);
    assertThat(r.reclaim().compactionMayHelp(AllocationRequest.of(KERNEL, 3, 0, 0)))
        .isEqualTo(helps);
  }

  @Test
  @DisplayName("R-33 compact_memory makes large blocks out of scattered movable pages")
  void compaction() {
    List<Integer> tags = r.fill(24_000, FILE, false);
    for (int i = 0; i < tags.size(); i += 2) {
      r.free(tags.get(i), 0);
    }
    r.machine().allocator().drain(0, null);
    int before = r.zone("DMA32").lists().count(9) + r.zone("DMA32").lists().count(10);
    long moved = r.reclaim().compactNode(0, 0, r.machine().decided());
    assertThat(moved).isPositive();
    int after = r.zone("DMA32").lists().count(9) + 2 * r.zone("DMA32").lists().count(10);
    assertThat(after).isGreaterThan(before + 5);
    for (int i = 1; i < tags.size(); i += 2) {
      long pfn = r.where(tags.get(i));
      assertThat(r.memory().zoneOf(pfn)).isNotNull();
      r.free(tags.get(i), 0);
    }
  }

  @Test
  @DisplayName("F-33a an order-9 request is rescued by compaction")
  void compactionRescues() {
    List<Integer> tags = r.fill(40_000, FILE, false);
    for (int i = 0; i < tags.size(); i += 3) {
      r.free(tags.get(i), 0);
    }
    r.machine().allocator().drain(0, null);
    assertThat(r.alloc(Reservoir.PRESSURE | Gfp.MOVABLE | Gfp.HIGHMEM, 9)).isNegative();
    assertThat(r.alloc(KERNEL | Gfp.MOVABLE | Gfp.HIGHMEM, 9)).isPositive();
    assertThat(r.count(VmEvent.COMPACT_STALL)).isEqualTo(1);
    assertThat(r.count(VmEvent.COMPACT_SUCCESS)).isEqualTo(1);
    assertThat(r.count(VmEvent.PGMIGRATE_SUCCESS)).isPositive();
    assertThat(r.stalls()).isZero();
  }

  @Test
  @DisplayName("R-32 failures defer: 2, 4, .. up to 64 requests are turned away")
  void deferral() {
    CompactionDeferral deferral = new CompactionDeferral(1, 10);
    assertThat(deferral.deferred(0, 4, false, null)).isFalse();
    deferral.failed(0, 4);
    assertThat(deferral.deferred(0, 3, false, null)).as("smaller orders go on").isFalse();
    assertThat(deferral.deferred(0, 4, false, null)).isTrue();
    assertThat(deferral.deferred(0, 4, false, null)).isFalse();
    for (int i = 0; i < 10; i++) {
      deferral.failed(0, 4);
    }
    assertThat(deferral.shift(0)).isEqualTo(6);
    int turnedAway = 0;
    while (deferral.deferred(0, 4, false, null)) {
      turnedAway++;
    }
    assertThat(turnedAway).isEqualTo(63);
    deferral.allocated(0, 4);
    assertThat(deferral.deferred(0, 4, false, null)).isFalse();
    assertThat(deferral.shift(0)).isZero();
  }

  // ---- administrator

  @Test
  @DisplayName("drop_caches frees clean page cache and slab, not dirty pages")
  void dropCaches() {
    r.fill(1_000, FILE, false);
    r.fill(500, FILE, true);
    r.fill(300, AllocationRequest.SLAB, false);
    assertThat(r.reclaim().dropCaches(1, 0, null)).isEqualTo(1_000);
    assertThat(r.filePages()).isEqualTo(500);
    assertThat(r.reclaim().dropCaches(2, 0, null)).isEqualTo(300);
  }
}
