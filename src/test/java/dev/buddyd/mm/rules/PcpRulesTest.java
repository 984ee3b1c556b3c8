package dev.buddyd.mm.rules;

import static dev.buddyd.mm.frame.MigrateType.MOVABLE;
import static dev.buddyd.mm.frame.MigrateType.RECLAIMABLE;
import static dev.buddyd.mm.frame.MigrateType.UNMOVABLE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.buddyd.mm.fixture.Machine;
import dev.buddyd.mm.fixture.Machines;
import dev.buddyd.mm.fixture.Sketch;
import dev.buddyd.mm.gfp.Gfp;
import dev.buddyd.mm.gfp.ZoneKind;
import dev.buddyd.mm.pcp.PerCpuPages;
import dev.buddyd.mm.trace.Decision;
import dev.buddyd.mm.zone.ZoneFlags;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Per-CPU page lists: spec 04, sections 1 to 4 and 6. */
class PcpRulesTest {

  private static final int KERNEL = Gfp.GFP_KERNEL;
  private static final int USER = Gfp.GFP_HIGHUSER_MOVABLE;

  @RegisterExtension final Machines machines = new Machines();

  /** Sixteen largest blocks free from 0x8000 on; the 16384 frames below are held. */
  private Machine made(int batch, int lim, int cap) {
    Sketch.ZoneSketch sketch =
        Sketch.x8664().zone(ZoneKind.DMA32, 0x4000, 0x8000).sets(batch, lim, cap);
    for (long p = 0x8000; p < 0xc000; p += 0x400) {
      sketch.free(p, 10);
    }
    return machines.watch(sketch.build());
  }

  private static PerCpuPages set(Machine m) {
    return m.zone().set(0);
  }

  private static void freeSingles(Machine m, int count) {
    for (long p = 0x4000; p < 0x4000 + count; p++) {
      m.free(p, 0);
    }
  }

  @Nested
  class Lists {

    @ParameterizedTest
    @CsvSource({
      "0, 0, 0",
      "0, 1, 1",
      "0, 2, 2",
      "1, 0, 3",
      "2, 1, 7",
      "3, 2, 11",
      "9, 0, 12",
      "9, 1, 13",
      "9, 2, 12"
    })
    @DisplayName("P-1: three lists per order up to 3, two for order 9")
    void listOfOrderAndType(int order, int type, int list) {
      Machine m = made(63, 4000, 4000);
      m.zone().frames().setType(m.zone().frames().index(0x4000), 0, type);
      m.free(0x4000, order);
      assertThat(m.cached(list)).containsExactly(0x4000L);
      assertThat(set(m).count()).isEqualTo(1 << order); // P-2
    }

    @Test
    @DisplayName(
        "P-3: allocations pop the head, frees push it, refills append, drains take the tail")
    void ends() {
      Machine m = made(7, 28, 28);
      assertThat(m.alloc(USER, 0)).isEqualTo(0x8000);
      assertThat(m.cached(MOVABLE)).startsWith(0x8001L).endsWith(0x8006L);
      m.free(0x4000, 0);
      assertThat(m.cached(MOVABLE)).startsWith(0x4000L);
      assertThat(m.alloc(USER, 0)).isEqualTo(0x4000);
      List<Long> before = m.cached(MOVABLE);
      for (long p = 0x4000; m.decided().all(Decision.PCP_DRAIN).isEmpty(); p += 2) {
        m.free(p, 0);
      }
      assertThat(m.cached(MOVABLE)).doesNotContain(before.getLast());
      assertThat(m.decided().all(Decision.MM_PAGE_PCPU_DRAIN).getFirst().value("pfn"))
          .isEqualTo(before.getLast());
    }

    @Test
    @DisplayName("P-20: UNMOVABLE and RECLAIMABLE order-9 requests share a list")
    void sharedHugeList() {
      Machine m = made(63, 4000, 4000);
      m.zone().frames().setType(m.zone().frames().index(0x4000), 0, UNMOVABLE);
      m.free(0x4000, 9);
      assertThat(m.alloc(KERNEL | Gfp.RECLAIMABLE, 9)).isEqualTo(0x4000);
      assertThat(m.typeAt(0x4000)).isEqualTo(UNMOVABLE);
    }
  }

  @Nested
  class Refill {

    /** Sizes of the first refills of order 0, by watching when the list was empty. */
    private List<Long> refills(Machine m, int how) {
      while (m.decided().all(Decision.PCP_REFILL).size() < how) {
        m.alloc(USER, 0);
      }
      return m.decided().all(Decision.PCP_REFILL).stream().map(e -> e.value("got_blocks")).toList();
    }

    @Test
    @DisplayName("P-21: the worked example of spec 04, section 8")
    void workedExample() {
      Machine m = made(63, 500, 2000);
      List<Integer> highs = new ArrayList<>();
      List<Integer> shifts = new ArrayList<>();
      for (int i = 1; i <= 6; i++) {
        refills(m, i);
        highs.add(set(m).high());
        shifts.add(set(m).allocShift());
      }
      assertThat(refills(m, 6)).containsExactly(63L, 126L, 252L, 504L, 1008L, 1937L);
      assertThat(highs).containsExactly(563, 689, 941, 1445, 2000, 2000);
      assertThat(shifts).containsExactly(1, 2, 3, 4, 5, 5);
    }

    @Test
    @DisplayName("P-21: with batch 1 the refill grows 1, 2, 4, ... up to the room")
    void batchOfOne() {
      assertThat(refills(made(1, 4, 100), 7)).containsExactly(1L, 2L, 4L, 8L, 16L, 32L, 32L);
      assertThat(refills(made(1, 4, 4), 4)).containsExactly(1L, 2L, 3L, 3L);
    }

    @ParameterizedTest
    @CsvSource({"63, 3, 7", "63, 9, 2", "63, 1, 31", "7, 2, 2", "1, 3, 1", "1, 9, 1"})
    @DisplayName("P-21.6: of larger orders batch / 2^r blocks, at least 2, but 1 with batch 1")
    void largerOrders(int batch, int order, long blocks) {
      Machine m = made(batch, 4 * batch, 4 * batch);
      m.alloc(USER, order);
      assertThat(m.decided().last(Decision.PCP_REFILL).value("got_blocks")).isEqualTo(blocks);
    }

    @Test
    @DisplayName("P-21.1, P-8: the limit starts at 0 and is clamped at first use")
    void limitIsClampedAtFirstUse() {
      Machine m = made(7, 28, 500);
      assertThat(set(m).high()).isZero();
      m.alloc(USER, 3);
      assertThat(set(m).high()).isEqualTo(28 + 7); // P-21.4 adds the batch
    }

    @Test
    @DisplayName("P-21.4: no growth below high, nor with equal limits")
    void noGrowth() {
      Machine equal = made(7, 28, 28);
      equal.alloc(USER, 0);
      assertThat(set(equal).high()).isEqualTo(28);
      Machine below = made(7, 28, 500);
      below.zone().flags().set(ZoneFlags.BELOW_HIGH);
      below.alloc(USER, 0);
      assertThat(set(below).high()).isEqualTo(28);
    }

    @Test
    @DisplayName("P-21.5: other lists take room; the shift rises only where the room suffices")
    void roomIsShared() {
      Machine m = made(7, 28, 28);
      m.zone().frames().setType(m.zone().frames().index(0x4000), 0, UNMOVABLE);
      freeSingles(m, 12); // on another list
      m.alloc(USER, 0); // room = max(28 - 12 - 7, 7) = 9: 7 fits
      assertThat(set(m).allocShift()).isEqualTo(1);
      m.allocs(7, USER, 0); // second refill: 14 > max(28 - 12 - 7, 7)
      assertThat(m.decided().last(Decision.PCP_REFILL).value("got_blocks")).isEqualTo(9);
      assertThat(set(m).allocShift()).isEqualTo(1);
    }

    @Test
    @DisplayName("P-10, P-21.2: a disabled set passes single blocks through")
    void disabledSet() {
      Machine m = made(1, 0, 0);
      m.alloc(USER, 0);
      assertThat(set(m).count()).isZero();
      m.free(0x4000, 3);
      assertThat(set(m).count()).isZero();
      assertThat(m.list(3, MOVABLE)).startsWith(0x4000L);
    }

    @Test
    @DisplayName("P-21.2: a limit of one batch is enough for a batch")
    void limitOfOneBatch() {
      Machine m = made(4, 4, 4);
      assertThat(set(m).refillBlocks(0, false)).isEqualTo(4);
      m.zone().resizeSets(4, 3, 3);
      assertThat(set(m).refillBlocks(0, false)).isEqualTo(1);
    }

    @Test
    @DisplayName(
        "P-20.2, P-20.4: a request halves the run and moves the limits even if it gets nothing")
    void failedRefillLeavesItsMarks() {
      Machine m =
          machines.watch(
              Sketch.x8664().zone(ZoneKind.DMA32, 0x4000, 0x4000).sets(7, 28, 500).build());
      m.zone().counter().load(50, 0, 0); // counted, but on no list
      m.zone().counter().loadRemainder(0, -50);
      set(m).load(0, 0, 9, 0, 0);
      assertThat(m.alloc(Gfp.GFP_NOWAIT, 0)).isNegative();
      assertThat(set(m).allocShift()).isPositive();
      assertThat(set(m).high()).isGreaterThan(28);
      assertThat(set(m).freeRun()).isLessThan(9);
    }
  }

  @Nested
  class Free {

    @Test
    @DisplayName("P-30: the list is that of the pageblock's type now, the lists that of the drain")
    void typeNow() {
      Machine m = made(7, 1000, 1000);
      m.zone().frames().setType(m.zone().frames().index(0x4000), 0, RECLAIMABLE);
      m.free(0x4000, 0);
      assertThat(m.cached(RECLAIMABLE)).containsExactly(0x4000L);
      m.zone().frames().setType(m.zone().frames().index(0x4000), 0, UNMOVABLE);
      m.allocator().drain(0, null);
      assertThat(m.list(0, UNMOVABLE)).containsExactly(0x4000L);
    }

    @Test
    @DisplayName("P-33.1, P-33.4: a free halves the shift and lengthens the run up to batch * 32")
    void shiftAndRun() {
      Machine m = made(1, 4000, 4000);
      set(m).load(0, 5, 0, 0, 0);
      m.free(0x4000, 3);
      assertThat(set(m).allocShift()).isEqualTo(2);
      assertThat(set(m).freeRun()).isEqualTo(8);
      for (int i = 1; i < 10; i++) {
        m.free(0x4000 + 1024 * i, 0);
        m.free(0x4000 + 1024 * i + 8, 3);
      }
      assertThat(set(m).freeRun()).isEqualTo(35); // 26 + 9: no further from 32 on
    }

    @Test
    @DisplayName("P-35.6, P-36: 600 frees: drained at the old limit, which then grows with the run")
    void manyFrees() {
      Machine m = made(63, 500, 2000);
      freeSingles(m, 499);
      assertThat(set(m).count()).isEqualTo(499);
      assertThat(set(m).high()).isEqualTo(500);
      m.free(0x4000 + 499, 0);
      // limit 500, run 500: drains clamp(500, 63, 500 - 63)
      assertThat(m.decided().last(Decision.PCP_DRAIN).value("pages")).isEqualTo(437);
      assertThat(set(m).count()).isEqualTo(63);
      assertThat(set(m).high()).isEqualTo(563);
      for (long p = 0x4000 + 500; p < 0x4000 + 600; p++) {
        m.free(p, 0);
      }
      assertThat(set(m).count()).isEqualTo(163);
      assertThat(m.decided().all(Decision.PCP_DRAIN)).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"2600, 500, 2000, 2000", "100, 500, 2000, 500", "1500, 500, 900, 900"})
    @DisplayName("P-35.1, P-9: the first free after a change puts the limit between its bounds")
    void limitOutsideItsBounds(int high, int lim, int cap, int after) {
      Machine m = made(63, 500, 2000);
      set(m).load(high, 0, 0, 0, 0);
      m.zone().resizeSets(63, lim, cap);
      assertThat(set(m).high()).isEqualTo(high);
      m.free(0x4000, 0);
      assertThat(set(m).high()).isEqualTo(after);
      assertThat(set(m).count()).isEqualTo(1);
    }

    @Test
    @DisplayName("P-35.4: equal limits stay what they are")
    void equalLimits() {
      Machine m = made(63, 500, 500);
      freeSingles(m, 500);
      assertThat(set(m).high()).isEqualTo(500);
      assertThat(set(m).count()).isEqualTo(63);
    }

    @Test
    @DisplayName("P-33.3, P-35.2, P-36.1: batch pages of orders 1 to 3 in a row flush the set")
    void flushAfterHighOrders() {
      Machine m = made(63, 500, 3000);
      set(m).load(2600, 0, 0, 0, 0);
      for (int i = 0; i < 8; i++) {
        m.free(0x4000 + 16 * i, 3);
      }
      assertThat(set(m).count()).isEqualTo(64);
      m.free(0x4000 + 16 * 8, 3); // run is 64 by now
      assertThat(set(m).count()).isZero();
      assertThat(set(m).high()).isEqualTo(2600 - 63 * 32);
      assertThat(m.decided().last(Decision.PCP_DRAIN).value("pages")).isEqualTo(72);
    }

    @Test
    @DisplayName("P-36.1: a flush takes at most batch * 32 pages")
    void flushIsBounded() {
      Machine m = made(1, 4000, 4000);
      freeSingles(m, 60);
      set(m).load(4000, 0, 32, 1, 0);
      m.free(0x6000, 1);
      assertThat(set(m).count()).isEqualTo(62 - 32);
    }

    @Test
    @DisplayName("P-33.3: one free of order 0 or 9 in between clears the marker")
    void markerIsCleared() {
      for (int between : new int[] {0, 9}) {
        Machine m = made(63, 3000, 3000);
        for (int i = 0; i < 8; i++) {
          m.free(0x4000 + 16 * i, 3);
        }
        m.free(0x5000, between);
        m.free(0x4000 + 16 * 8, 3);
        assertThat(m.decidedOn(Decision.PCP_DRAIN)).isFalse();
        assertThat(set(m).flags() & 1).isEqualTo(1);
        m.free(0x4000 + 16 * 9, 3);
        assertThat(m.decidedOn(Decision.PCP_DRAIN)).isTrue();
      }
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "2, 8"})
    @DisplayName("P-33.3, P-11: with KEEPBATCH less than a batch in the set is not flushed")
    void keepBatch(int flags, int left) {
      Machine m = made(63, 500, 2000);
      set(m).load(0, 0, 100, 1 | flags, 0);
      m.free(0x4000, 3);
      assertThat(set(m).count()).isEqualTo(left);
    }

    @Test
    @DisplayName("P-35.3: while kswapd scans the zone the limit is four batches and high shrinks")
    void whileReclaiming() {
      Machine m = made(63, 500, 2000);
      set(m).load(1000, 0, 0, 0, 0);
      m.zone().flags().set(ZoneFlags.RECLAIMING);
      m.free(0x4000, 0);
      assertThat(set(m).high()).isEqualTo(1000 - 63);
      for (long p = 0x4001; p < 0x4000 + 251; p++) {
        m.free(p, 0);
      }
      assertThat(set(m).count()).isEqualTo(251);
      m.free(0x4000 + 251, 0); // 252 = 4 * 63; run 252, drains clamp(252, 63, 252 - 63)
      assertThat(set(m).count()).isEqualTo(63);
      assertThat(set(m).high()).isEqualTo(500);
    }

    @Test
    @DisplayName("P-35.5: below high the set drains as soon as it holds its lower limit")
    void belowHigh() {
      Machine m = made(63, 500, 2000);
      m.zone().watermarks().set(0, 0, 100_000, 100_000); // it stays below
      set(m).load(2000, 0, 0, 0, 0);
      m.zone().flags().set(ZoneFlags.BELOW_HIGH);
      freeSingles(m, 499);
      assertThat(set(m).high()).isEqualTo(500);
      assertThat(set(m).count()).isEqualTo(499);
      m.free(0x4000 + 499, 0);
      assertThat(set(m).count()).isEqualTo(500 - 437);
    }

    @Test
    @DisplayName("P-33.6: a drain that finds the zone above high clears the flag")
    void belowHighIsCleared() {
      Machine m = made(7, 28, 28);
      m.zone().watermarks().set(0, 0, 16 * 1024 + 3, 20_000);
      m.zone().setLowmemReserve(3, 10); // this one counts: against Movable requests
      m.zone().setLowmemReserve(4, 10);
      m.zone().flags().set(ZoneFlags.BELOW_HIGH);
      freeSingles(m, 28); // 21 pages go back: 16405 > 16387 + 10
      assertThat(m.zone().flags().has(ZoneFlags.BELOW_HIGH)).isFalse();
      assertThat(m.decidedOn(Decision.BELOW_HIGH_CLEARED)).isTrue();
    }

    @Test
    @DisplayName("P-33.6: and leaves it while the zone is not strictly above")
    void belowHighStays() {
      Machine m = made(7, 28, 28);
      m.zone().watermarks().set(0, 0, 16 * 1024 + 11, 20_000);
      m.zone().setLowmemReserve(3, 10);
      m.zone().setLowmemReserve(4, 10);
      m.zone().flags().set(ZoneFlags.BELOW_HIGH);
      freeSingles(m, 28);
      assertThat(m.zone().counter().free()).isEqualTo(16 * 1024 + 21);
      assertThat(m.zone().flags().has(ZoneFlags.BELOW_HIGH)).isTrue();
    }
  }

  @Nested
  class Cpus {

    @Test
    @DisplayName("P-30: a page goes to the set of the CPU that frees it")
    void freedOnAnotherCpu() {
      Machine m =
          machines.watch(
              Sketch.x8664()
                  .node(0, 1)
                  .zone(ZoneKind.DMA32, 0x4000, 0x400)
                  .sets(7, 100, 100)
                  .build());
      m.onCpu(1).free(0x4000, 0);
      m.onCpu(0).free(0x4001, 0);
      assertThat(m.cached(m.zone(), 1, MOVABLE)).containsExactly(0x4000L);
      assertThat(m.cached(m.zone(), 0, MOVABLE)).containsExactly(0x4001L);
      assertThat(m.onCpu(0).alloc(USER, 0)).isNegative(); // nothing is free, only cached
    }
  }
}
