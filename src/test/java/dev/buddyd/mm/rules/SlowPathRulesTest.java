package dev.buddyd.mm.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.buddyd.mm.alloc.KernelWould;
import dev.buddyd.mm.fixture.Machine;
import dev.buddyd.mm.fixture.Machines;
import dev.buddyd.mm.fixture.Sketch;
import dev.buddyd.mm.frame.MigrateType;
import dev.buddyd.mm.gfp.Gfp;
import dev.buddyd.mm.gfp.ZoneKind;
import dev.buddyd.mm.reclaim.Reclaim;
import dev.buddyd.mm.trace.Decision;
import dev.buddyd.mm.trace.NoKill;
import dev.buddyd.mm.trace.Trace;
import dev.buddyd.mm.trace.WatermarkVerdict;
import dev.buddyd.mm.zone.AllocationRequest;
import dev.buddyd.mm.zone.Zone;
import dev.buddyd.mm.zone.ZoneFlags;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Requests that no zone has its low mark for: spec 05, section 3, without anything to reclaim. */
class SlowPathRulesTest {

  private static final long BASE = 0x100000;
  private static final int KERNEL = Gfp.GFP_KERNEL;

  @RegisterExtension final Machines machines = new Machines();

  /** One zone Normal with eight free pages and these marks. */
  private Machine eightFree(long min, long low, long high) {
    return machines.watch(
        Sketch.x8664()
            .zone(ZoneKind.NORMAL, BASE, 0x1000)
            .free(BASE, 3)
            .marks(min, low, high)
            .build());
  }

  /** Ten passes of direct reclaim win a page each, which somebody else takes. */
  private static final class TenPages implements Reclaim {
    private int passes;

    @Override
    public long directReclaim(AllocationRequest request, @Nullable Trace trace) {
      return passes++ < 10 ? 1 : 0;
    }

    @Override
    public Compaction compact(
        AllocationRequest request, CompactionPriority priority, @Nullable Trace trace) {
      return Compaction.SKIPPED;
    }

    @Override
    public long reclaimablePages(Zone zone) {
      return 0;
    }

    @Override
    public Oom outOfMemory(AllocationRequest request, @Nullable Trace trace) {
      return Oom.INVOKED;
    }
  }

  private static KernelWould would(long refusal) {
    assertThat(refusal).isNegative();
    return KernelWould.of(refusal);
  }

  @Test
  @DisplayName("F-1: an order above the largest fails at once, without any trace")
  void orderTooLarge() {
    Machine m = eightFree(0, 0, 0);
    assertThat(would(m.alloc(KERNEL | Gfp.NOFAIL, 11))).isEqualTo(KernelWould.FAIL);
    assertThat(m.decidedOn(Decision.REQUEST)).isFalse();
    assertThat(m.decidedOn(Decision.SCAN)).isFalse();
  }

  @Test
  @DisplayName("F-2: bits without a meaning do not matter")
  void unknownBits() {
    int unknown = ~Gfp.VALID & Integer.MAX_VALUE;
    for (int gfp : new int[] {Gfp.GFP_KERNEL, Gfp.GFP_KERNEL | unknown}) {
      Machine m =
          machines.watch(
              Sketch.x8664().zone(ZoneKind.NORMAL, 0x100000, 0x400).free(0x100000, 4).build());
      assertThat(m.alloc(gfp, 2)).isEqualTo(0x100000);
      assertThat(m.alloc(gfp, 5)).isNegative();
    }
  }

  @Test
  @DisplayName(
      "F-4, F-10: highest zone, list and type come from the mask; the list is gone through")
  void route() {
    Machine m =
        machines.watch(
            Sketch.x8664()
                .zone(ZoneKind.DMA, 0x400, 0x400)
                .free(0x400, 4)
                .zone(ZoneKind.DMA32, 0x1000, 0x400)
                .free(0x1000, 4)
                .zone(ZoneKind.NORMAL, 0x100000, 0x400)
                .free(0x100000, 4)
                .build());
    int gfp = Gfp.GFP_KERNEL | Gfp.RECLAIMABLE;
    assertThat(List.of(m.alloc(gfp, 4), m.alloc(gfp | Gfp.DMA, 4), m.alloc(gfp, 4)))
        .as("Normal; DMA as the mask says; then the list's next")
        .containsExactly(0x100000L, 0x400L, 0x1000L);
    assertThat(m.decided().all(Decision.REQUEST))
        .extracting(e -> e.value("highest_zoneidx"), e -> e.value("migratetype"))
        .containsExactly(
            tuple(2L, (long) MigrateType.RECLAIMABLE),
            tuple(0L, (long) MigrateType.RECLAIMABLE),
            tuple(2L, (long) MigrateType.RECLAIMABLE));
  }

  @Test
  @DisplayName("F-8: the slow path starts only when the fast scan found nothing")
  void fastFirst() {
    Machine m = eightFree(0, 0, 0);
    assertThat(m.alloc(KERNEL, 0)).isNotNegative();
    assertThat(m.decidedOn(Decision.SLOW_START)).isFalse();
    assertThat(m.alloc(KERNEL | Gfp.NORETRY, 3)).isNegative();
    assertThat(m.decidedOn(Decision.SLOW_START)).isTrue();
  }

  @Test
  @DisplayName("F-12: the high mark is tried first; failing it sets BELOWHIGH")
  void highMarkFirst() {
    Machine m = eightFree(1, 2, 7);
    m.alloc(Gfp.GFP_HIGHUSER_MOVABLE, 0); // 8 > 7
    assertThat(m.zone().flags().has(ZoneFlags.BELOW_HIGH)).isFalse();
    m.alloc(Gfp.GFP_HIGHUSER_MOVABLE, 0); // 7 is not, but is above low
    assertThat(m.zone().flags().has(ZoneFlags.BELOW_HIGH)).isTrue();
    assertThat(m.decidedOn(Decision.SLOW_START)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "32, 6, false", // 8 is above 6 - 3, the stored min
    "32, 16, true", // 8 is not above 16 - 8
    "0, 6, true", // without a boost nothing is tried again
  })
  @DisplayName("F-12, Z-42.3: at the min mark a boost is ignored for the high mark, too")
  void boostIgnoredAtHigh(long boost, long min, boolean belowHigh) {
    Machine m = eightFree(min, 50, 200);
    m.zone().watermarks().loadBoost(boost);
    Trace otherCpu = new Trace() { // between the two scans it frees, as much as clears BELOWHIGH
          @Override
          public void decided(
              Decision decision, int zone, long v0, long v1, long v2, long v3, long v4, long v5) {
            if (decision == Decision.SLOW_START) {
              assertThat(m.zone().flags().clear(ZoneFlags.BELOW_HIGH)).isTrue();
            }
          }

          @Override
          public void watermark(WatermarkVerdict verdict) {}

          @Override
          public boolean wantsWatermarks() {
            return false;
          }
        };
    var request = AllocationRequest.of(KERNEL | Gfp.HIGH | Gfp.NORETRY, 0, 0, 0);
    m.allocator().allocate(request, otherCpu);
    assertThat(m.zone().flags().has(ZoneFlags.BELOW_HIGH)).isEqualTo(belowHigh);
  }

  @ParameterizedTest
  @CsvSource({
    "7, 0, true",
    "8, 0, false",
    "14, 32, true",
    "15, 32, false",
  })
  @DisplayName("F-13, F-20, F-32: the slow scan is at the min mark, __GFP_HIGH gets half of it")
  void slowScan(long min, int extra, boolean granted) {
    assertThat(extra == 0 || extra == Gfp.HIGH).isTrue();
    Machine m = eightFree(min, 100, 200);
    assertThat(m.alloc(KERNEL | Gfp.NORETRY | extra, 0) >= 0).isEqualTo(granted);
  }

  @Test
  @DisplayName("F-20, Z-41.2: who cannot sleep and is __GFP_HIGH gets a quarter more of the rest")
  void atomicReserves() {
    assertThat(eightFree(18, 100, 200).alloc(Gfp.GFP_ATOMIC, 0)).isNotNegative(); // 18 - 9 - 2 = 7
    assertThat(eightFree(20, 100, 200).alloc(Gfp.GFP_ATOMIC, 0)).isNegative();
  }

  @Test
  @DisplayName("F-21, F-34: __GFP_MEMALLOC ignores the marks, __GFP_NOMEMALLOC takes that back")
  void reserveRights() {
    int nowait = Gfp.GFP_NOWAIT;
    assertThat(eightFree(100, 200, 300).alloc(nowait | Gfp.MEMALLOC, 0)).isEqualTo(BASE);
    assertThat(eightFree(100, 200, 300).alloc(nowait | Gfp.MEMALLOC | Gfp.NOMEMALLOC, 0))
        .isNegative();
  }

  @Test
  @DisplayName("F-6, F-30: no zone at all: the request fails")
  void noZone() {
    Machine m =
        machines.watch(
            Sketch.x8664()
                .node(0)
                .zone(ZoneKind.NORMAL, BASE, 0x400)
                .free(BASE, 3)
                .node(1)
                .zone(ZoneKind.NORMAL, 0x200000, 0x400)
                .free(0x200000, 3)
                .build());
    int gfp = Gfp.GFP_NOWAIT | Gfp.DMA | Gfp.THISNODE; // there is no zone DMA
    assertThat(would(m.alloc(gfp, 0))).isEqualTo(KernelWould.FAIL);
    assertThat(m.decidedOn(Decision.NO_PREFERRED_ZONE)).isTrue();
  }

  @Test
  @DisplayName("F-31, F-34: kswapd is asked twice, once per run of zones of a node")
  void wakesEveryNode() {
    Machine m =
        machines.watch(
            Sketch.x8664()
                .node(0)
                .zone(ZoneKind.DMA32, 0x80000, 0x400)
                .marks(1, 1, 1)
                .zone(ZoneKind.NORMAL, BASE, 0x400)
                .marks(1, 1, 1)
                .node(1)
                .zone(ZoneKind.NORMAL, 0x200000, 0x400)
                .marks(1, 1, 1)
                .build());
    assertThat(m.alloc(Gfp.GFP_NOWAIT, 0)).isNegative();
    assertThat(m.decided().all(Decision.KSWAPD_PENDING).stream().map(e -> e.value("node")))
        .containsExactly(0L, 1L, 0L, 1L);
    m.forget();
    assertThat(m.alloc(Gfp.NOWARN, 0)).isNegative(); // without __GFP_KSWAPD_RECLAIM
    assertThat(m.decidedOn(Decision.KSWAPD_PENDING)).isFalse();
  }

  @Test
  @DisplayName("F-35b, F-42: who cannot sleep fails after the second scan")
  void cannotSleep() {
    Machine m = eightFree(100, 200, 300);
    assertThat(would(m.alloc(Gfp.GFP_NOWAIT, 0))).isEqualTo(KernelWould.FAIL);
    assertThat(m.decided().all(Decision.SCAN)).hasSize(3); // F-8, F-32, F-35a
    assertThat(m.decidedOn(Decision.DIRECT_RECLAIM)).isFalse();
    assertThat(m.decidedOn(Decision.NO_SLEEP)).isTrue();
  }

  @Test
  @DisplayName("F-36, F-38a, F-38b: __GFP_NORETRY and costly orders give up after one round")
  void oneRound() {
    Machine m = eightFree(100, 200, 300);
    assertThat(would(m.alloc(KERNEL | Gfp.NORETRY, 0))).isEqualTo(KernelWould.FAIL);
    assertThat(m.decided().all(Decision.DIRECT_RECLAIM)).hasSize(1);
    assertThat(m.decidedOn(Decision.ONE_PASS)).isTrue();
    assertThat(m.decidedOn(Decision.COSTLY_ONE_PASS)).isFalse();
    assertThat(would(m.alloc(KERNEL, 4))).isEqualTo(KernelWould.FAIL);
    assertThat(m.decided().all(Decision.DIRECT_RECLAIM)).hasSize(2);
    assertThat(m.decidedOn(Decision.COSTLY_ONE_PASS)).isTrue();
    assertThat(m.decidedOn(Decision.RETRY_RECLAIM)).isFalse();
  }

  @Test
  @DisplayName("F-45, F-38c: sixteen rounds without progress are worth another one")
  void sixteenRounds() {
    Machine m = eightFree(15, 200, 300); // 8 free pages counted twice are above 15
    assertThat(m.alloc(KERNEL, 0)).isNegative();
    var rounds = m.decided().all(Decision.RETRY_RECLAIM);
    assertThat(rounds).hasSize(17);
    assertThat(rounds.get(15).value("worth")).isEqualTo(1);
    assertThat(rounds.get(16).value("no_progress_rounds")).isEqualTo(17);
    assertThat(rounds.get(16).value("worth")).isZero();
    Machine hopeless = eightFree(16, 200, 300);
    assertThat(hopeless.alloc(KERNEL, 0)).isNegative();
    assertThat(hopeless.decided().all(Decision.RETRY_RECLAIM)).hasSize(1);
  }

  @Test
  @DisplayName("F-45: progress begins the count of rounds without it anew")
  void progress() {
    Machine m = new Machine(eightFree(15, 200, 300).memory(), new TenPages());
    assertThat(m.alloc(KERNEL, 0)).isNegative();
    var rounds = m.decided().all(Decision.RETRY_RECLAIM);
    assertThat(rounds).hasSize(10 + 17);
    assertThat(rounds.get(9).value("no_progress_rounds")).isZero();
    assertThat(rounds.get(10).value("no_progress_rounds")).isEqualTo(1);
  }

  @Test
  @DisplayName("F-39, F-47: nobody is killed for RETRY_MAYFAIL, THISNODE or a low zone")
  void whoKills() {
    assertThat(would(eightFree(100, 200, 300).alloc(KERNEL, 0))).isNotEqualTo(KernelWould.FAIL);
    noKill(eightFree(100, 200, 300), KERNEL | Gfp.RETRY_MAYFAIL, NoKill.RETRY_MAYFAIL);
    noKill(eightFree(100, 200, 300), KERNEL | Gfp.THISNODE, NoKill.THIS_NODE);
    Machine low =
        machines.watch(
            Sketch.x8664().zone(ZoneKind.DMA32, 0x1000, 0x1000).marks(100, 200, 300).build());
    noKill(low, KERNEL | Gfp.DMA32, NoKill.LOW_ZONE);
    Machine withoutFs = eightFree(100, 200, 300);
    assertThat(would(withoutFs.alloc(Gfp.GFP_NOFS, 0))).isEqualTo(KernelWould.LOOP);
    assertThat(reason(withoutFs)).isEqualTo(NoKill.NO_FS);
  }

  private static void noKill(Machine m, int gfp, NoKill reason) {
    assertThat(would(m.alloc(gfp, 0))).isEqualTo(KernelWould.FAIL);
    assertThat(reason(m)).isEqualTo(reason);
  }

  private static NoKill reason(Machine m) {
    return NoKill.values()[(int) m.decided().all(Decision.NO_KILL).getFirst().value("reason")];
  }

  @Test
  @DisplayName("F-40, F-41: __GFP_NOFAIL scans once more with half of the min mark, then loops")
  void noFail() {
    int gfp = KERNEL | Gfp.NORETRY;
    assertThat(eightFree(12, 200, 300).alloc(gfp, 0)).isNegative();
    assertThat(eightFree(12, 200, 300).alloc(gfp | Gfp.NOFAIL, 0)).isEqualTo(BASE);
    assertThat(would(eightFree(100, 200, 300).alloc(gfp | Gfp.NOFAIL, 0)))
        .isEqualTo(KernelWould.LOOP);
    int nosleep = Gfp.GFP_NOWAIT | Gfp.NOFAIL; // only for who may sleep
    assertThat(would(eightFree(100, 200, 300).alloc(nosleep, 0))).isEqualTo(KernelWould.FAIL);
  }

  // ---- bulk and exact

  private static Sketch.ZoneSketch twoNodes() {
    return Sketch.x8664()
        .node(0)
        .zone(ZoneKind.NORMAL, BASE, 0x400)
        .free(BASE, 3)
        .marks(1, 4, 6)
        .node(1)
        .zone(ZoneKind.NORMAL, 0x200000, 0x400)
        .free(0x200000, 9)
        .marks(1, 4, 6);
  }

  private static long bulk(Machine m, int wanted, long[] pfns) {
    return m.allocator()
        .allocateBulk(AllocationRequest.of(KERNEL, 0, 0, 0), pfns, wanted, m.decided());
  }

  @Test
  @DisplayName("F-60, F-62: a bulk request does not leave its node: one ordinary page then")
  void bulkStaysOnItsNode() {
    Machine m = machines.watch(twoNodes().build());
    long[] pfns = new long[4];
    assertThat(bulk(m, 4, pfns)).isEqualTo(1); // 8 free are not above 4 + 4
    assertThat(pfns[0]).isEqualTo(BASE);
    Machine enough = machines.watch(twoNodes().build());
    assertThat(bulk(enough, 3, pfns)).isEqualTo(3);
    assertThat(enough.decided().all(Decision.BULK_PAGE)).hasSize(3);
    assertThat(enough.zone().flags().has(ZoneFlags.BELOW_HIGH)).isFalse(); // no F-12 here
  }

  @Test
  @DisplayName("F-60: the lowmem reserve of a bulk request is that of its preferred zone's index")
  void bulkReserve() {
    Machine m =
        machines.watch(
            Sketch.x8664()
                .zone(ZoneKind.DMA32, 0x80000, 0x400)
                .free(0x80000, 4)
                .marks(1, 2, 3)
                .build());
    for (int index = 2; index < m.zone().lowmemReserves(); index++) {
      m.zone().setLowmemReserve(index, 1000); // asked for Normal, but DMA32 is preferred
    }
    assertThat(bulk(m, 4, new long[4])).isEqualTo(4);
  }

  @Test
  @DisplayName("F-61: a bulk request does not halve the run of frees")
  void bulkLeavesTheRun() {
    Machine m = machines.watch(twoNodes().sets(7, 28, 28).build());
    m.zone().set(0).load(28, 0, 9, 0, 0);
    bulk(m, 2, new long[2]);
    assertThat(m.zone().set(0).freeRun()).isEqualTo(9);
    m.alloc(KERNEL, 0);
    assertThat(m.zone().set(0).freeRun()).isEqualTo(4);
  }

  @Test
  @DisplayName("B-92: an exact request drops __GFP_COMP and __GFP_HIGHMEM")
  void exactMask() {
    Machine m =
        machines.watch(
            Sketch.x8664()
                .x8632()
                .zone(ZoneKind.NORMAL, 0x1000, 0x1000)
                .free(0x1000, 3)
                .zone(ZoneKind.HIGHMEM, 0x10000, 0x1000)
                .free(0x10000, 3)
                .build());
    var request = AllocationRequest.of(Gfp.GFP_HIGHUSER | Gfp.COMP, 0, 0, 0);
    assertThat(m.allocator().allocateExact(request, 3, m.decided())).isEqualTo(0x1000);
    long gfp = m.decided().last(Decision.MM_PAGE_ALLOC).value("gfp");
    assertThat(gfp & (Gfp.COMP | Gfp.HIGHMEM)).isZero();
  }
}
