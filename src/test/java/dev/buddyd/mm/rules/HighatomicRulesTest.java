package dev.buddyd.mm.rules;

import static dev.buddyd.mm.frame.MigrateType.HIGHATOMIC;
import static dev.buddyd.mm.frame.MigrateType.MOVABLE;
import static dev.buddyd.mm.frame.MigrateType.RECLAIMABLE;
import static dev.buddyd.mm.frame.MigrateType.UNMOVABLE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.buddyd.mm.fixture.Machine;
import dev.buddyd.mm.fixture.Machines;
import dev.buddyd.mm.fixture.Sketch;
import dev.buddyd.mm.gfp.Gfp;
import dev.buddyd.mm.gfp.ZoneKind;
import dev.buddyd.mm.trace.Decision;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The HIGHATOMIC reserve: spec 03, sections 7 and 8. */
class HighatomicRulesTest {

  private static final int KERNEL = Gfp.GFP_KERNEL;
  private static final int ATOMIC = Gfp.GFP_ATOMIC;
  private static final long BASE = 0x100000;

  @RegisterExtension final Machines machines = new Machines();

  /** A zone below its low mark, so that every request takes the slow path. */
  private static Sketch.ZoneSketch pressed(long pages) {
    return Sketch.x8664().zone(ZoneKind.NORMAL, BASE, pages).marks(16, 5000, 6000);
  }

  /** A zone with a HIGHATOMIC pageblock at its start and no marks. */
  private static Sketch.ZoneSketch reserved() {
    return Sketch.x8664()
        .zone(ZoneKind.NORMAL, BASE, 51_200)
        .pageblock(BASE, HIGHATOMIC)
        .reservedHighatomic(512);
  }

  private Machine made(Sketch.ZoneSketch sketch) {
    return machines.watch(sketch.build());
  }

  private static long reserve(Machine m) {
    return m.zone().highAtomic().reservedPages();
  }

  @Nested
  class Watermark {

    @Test
    @DisplayName("Z-40: what is free in the reserve does not count for others, what is used does")
    void freeNotReserved() {
      Machine m = made(reserved().marks(100, 200, 300).free(BASE + 0x20, 5).free(BASE + 0x400, 9));
      assertThat(m.zone().counter().freeHighatomic()).isEqualTo(32);
      assertThat(reserve(m)).isEqualTo(512);
      // 544 free: 497 without the block itself and the 32 are above low; without the 512, 17 are
      // not
      assertThat(m.alloc(KERNEL, 4)).isEqualTo(BASE + 0x400);
    }

    @Test
    @DisplayName("Z-40: a zone with little but the reserve refuses")
    void onlyTheReserve() {
      Machine m = made(reserved().marks(100, 200, 300).free(BASE, 9).free(BASE + 0x400, 5));
      assertThat(m.alloc(KERNEL | Gfp.NORETRY, 4)).isNegative();
    }
  }

  @Nested
  class Reserving {

    @ParameterizedTest
    @CsvSource({"51199, 0", "51200, 512"})
    @DisplayName("B-70: only zones whose hundredth is a pageblock have a reserve")
    void smallestZone(long pages, long expected) {
      Machine m = made(pressed(pages).free(BASE + 0x20, 5).free(BASE + 0x200, 5));
      long pfn = m.alloc(ATOMIC | Gfp.MOVABLE, 2);
      assertThat(pfn).isEqualTo(BASE + 0x20);
      assertThat(reserve(m)).isEqualTo(expected);
      assertThat(m.typeAt(pfn)).isEqualTo(expected > 0 ? HIGHATOMIC : MOVABLE);
    }

    @Test
    @DisplayName("B-70, B-43: the free blocks of the pageblock move along")
    void freeBlocksMove() {
      Machine m = made(pressed(51_200).free(BASE + 0x20, 5).free(BASE + 0x100, 1));
      m.alloc(ATOMIC | Gfp.MOVABLE, 4);
      assertThat(m.list(4, HIGHATOMIC)).containsExactly(BASE + 0x30);
      assertThat(m.list(1, HIGHATOMIC)).containsExactly(BASE + 0x100);
      assertThat(m.zone().counter().freeHighatomic()).isEqualTo(18);
    }

    @ParameterizedTest
    @CsvSource({"51200, 1", "51299, 1", "51300, 2"})
    @DisplayName("B-70: at most a hundredth of the zone, rounded up to pageblocks")
    void limit(long pages, int pageblocks) {
      Machine m =
          made(
              pressed(pages)
                  .free(BASE + 0x20, 1)
                  .free(BASE + 0x220, 2)
                  .free(BASE + 0x420, 3)
                  .free(BASE + 0x800, 0));
      m.alloc(ATOMIC | Gfp.MOVABLE, 1);
      m.alloc(ATOMIC | Gfp.MOVABLE, 2);
      m.alloc(ATOMIC | Gfp.MOVABLE, 3);
      assertThat(reserve(m)).isEqualTo(512L * pageblocks);
    }

    @Test
    @DisplayName("B-70: a block of pageblock size or more turns all its pageblocks over")
    void wholePageblocks() {
      Machine m = made(pressed(102_400).free(BASE, 10).free(BASE + 0x800, 4));
      m.alloc(ATOMIC | Gfp.MOVABLE, 10);
      assertThat(reserve(m)).isEqualTo(1024);
      assertThat(m.typeAt(BASE)).isEqualTo(HIGHATOMIC);
      assertThat(m.typeAt(BASE + 0x200)).isEqualTo(HIGHATOMIC);
    }

    @Test
    @DisplayName("B-70: a pageblock that the zone does not span is left alone")
    void pageblockAtTheZoneEdge() {
      Machine m =
          made(
              Sketch.x8664()
                  .zone(ZoneKind.NORMAL, BASE + 0x10, 60_000)
                  .marks(16, 5000, 6000)
                  .free(BASE + 0x20, 5));
      assertThat(m.alloc(ATOMIC | Gfp.MOVABLE, 2)).isEqualTo(BASE + 0x20);
      assertThat(reserve(m)).isZero();
      assertThat(m.typeAt(BASE + 0x20)).isEqualTo(MOVABLE);
    }

    @Test
    @DisplayName("B-70: a block out of a HIGHATOMIC pageblock reserves nothing more")
    void alreadyReserved() {
      Machine m =
          made(
              pressed(102_400)
                  .pageblock(BASE, HIGHATOMIC)
                  .reservedHighatomic(512)
                  .free(BASE + 0x40, 6));
      assertThat(m.alloc(ATOMIC, 5)).isEqualTo(BASE + 0x40);
      assertThat(reserve(m)).isEqualTo(512);
    }

    @ParameterizedTest
    @CsvSource({"0x820, 0", "0x800, 2", "0xce0, 2", "0x80820, 2"})
    @DisplayName("B-70, F-20: order 0, without __GFP_HIGH, able to sleep, NOMEMALLOC: no reserve")
    void othersDoNotReserve(String gfp, int order) {
      Machine m = made(pressed(51_200).free(BASE + 0x20, 5));
      assertThat(m.alloc(Integer.decode(gfp) | Gfp.MOVABLE, order)).isPositive();
      assertThat(reserve(m)).isZero();
    }

    @Test
    @DisplayName("B-70: the fast path reserves nothing")
    void fastPathDoesNotReserve() {
      Machine m = made(Sketch.x8664().zone(ZoneKind.NORMAL, BASE, 51_200).free(BASE, 10));
      assertThat(m.alloc(ATOMIC, 2)).isPositive();
      assertThat(reserve(m)).isZero();
    }
  }

  @Nested
  class Using {

    @Test
    @DisplayName("B-60.1: who may reserve looks at the HIGHATOMIC lists first")
    void reserveFirst() {
      Machine m =
          made(
              pressed(51_200)
                  .pageblock(BASE, HIGHATOMIC)
                  .reservedHighatomic(512)
                  .free(BASE, 6)
                  .free(BASE + 0x400, 6));
      assertThat(m.alloc(ATOMIC | Gfp.MOVABLE, 5)).isEqualTo(BASE);
      assertThat(m.alloc(Gfp.GFP_NOWAIT | Gfp.MOVABLE, 5)).isEqualTo(BASE + 0x400);
    }

    @Test
    @DisplayName("B-60: entries of the set and its refill come before the reserve")
    void setBeforeReserve() {
      Machine m =
          made(
              pressed(51_200)
                  .pageblock(BASE, HIGHATOMIC)
                  .reservedHighatomic(512)
                  .pageblock(BASE + 0x400, UNMOVABLE)
                  .free(BASE, 6)
                  .free(BASE + 0x400, 6)
                  .sets(7, 28, 28));
      assertThat(m.alloc(ATOMIC, 2)).isEqualTo(BASE + 0x400);
    }

    @Test
    @DisplayName("B-60.3: one that cannot block takes the reserve as a last resort")
    void lastResort() {
      Machine m = made(reserved().free(BASE, 6));
      m.zone().counter().load(128, 64, 0); // drift: pages that are counted, but not there
      m.zone().counter().loadRemainder(0, -64);
      assertThat(m.alloc(Gfp.GFP_NOWAIT, 0)).isEqualTo(BASE);
      assertThat(m.alloc(KERNEL | Gfp.NORETRY, 0)).isNegative();
    }

    @Test
    @DisplayName("Z-41.5: a HIGHATOMIC block counts for those only who may take it")
    void reserveInTheWatermarkTest() {
      Machine m = made(reserved().free(BASE, 6).free(BASE + 0x400, 0));
      assertThat(m.alloc(Gfp.GFP_NOWAIT, 4)).isNegative();
      assertThat(m.alloc(ATOMIC, 4)).isEqualTo(BASE);
    }

    @Test
    @DisplayName("B-72: what is freed goes by the MOVABLE list back to the HIGHATOMIC lists")
    void freedPages() {
      Machine m = made(reserved().sets(7, 100, 100));
      m.free(BASE + 3, 0);
      assertThat(m.cached(MOVABLE)).containsExactly(BASE + 3);
      assertThat(m.alloc(Gfp.GFP_HIGHUSER_MOVABLE, 0)).isNegative(); // no page is free yet
      m.allocator().drain(0, null);
      assertThat(m.list(0, HIGHATOMIC)).containsExactly(BASE + 3);
      assertThat(m.zone().counter().freeHighatomic()).isEqualTo(1);
    }
  }

  @Nested
  class Unreserving {

    private boolean unreserve(Machine m, int gfp, boolean force) {
      return m.allocator().unreserveHighatomic(gfp, 0, force, 0, m.decided());
    }

    @Test
    @DisplayName("B-71: the last pageblock is kept, unless forced")
    void keepsOne() {
      Machine m = made(reserved().free(BASE + 0x10, 2).free(BASE + 0x20, 3));
      assertThat(unreserve(m, KERNEL, false)).isFalse();
      assertThat(reserve(m)).isEqualTo(512);
      assertThat(unreserve(m, KERNEL, true)).isTrue();
      assertThat(reserve(m)).isZero();
      assertThat(m.typeAt(BASE)).isEqualTo(UNMOVABLE);
      assertThat(m.list(2, UNMOVABLE)).containsExactly(BASE + 0x10);
      assertThat(m.list(3, UNMOVABLE)).containsExactly(BASE + 0x20);
    }

    @Test
    @DisplayName("B-71: one pageblock a call, the smallest order first, to the requester's type")
    void onePageblockPerCall() {
      Machine m =
          made(
              reserved()
                  .pageblock(BASE + 0x400, HIGHATOMIC)
                  .reservedHighatomic(1024)
                  .free(BASE + 0x10, 2)
                  .free(BASE + 0x410, 1));
      assertThat(unreserve(m, KERNEL | Gfp.RECLAIMABLE, false)).isTrue();
      assertThat(m.typeAt(BASE + 0x400)).isEqualTo(RECLAIMABLE);
      assertThat(m.typeAt(BASE)).isEqualTo(HIGHATOMIC);
      assertThat(unreserve(m, KERNEL, false)).isFalse();
    }

    @Test
    @DisplayName("B-71: a free block of pageblock size moves to the tail where it is")
    void wholePageblocks() {
      Machine m =
          made(
              Sketch.x8664()
                  .zone(ZoneKind.NORMAL, BASE, 153_600)
                  .pageblock(BASE, HIGHATOMIC)
                  .pageblock(BASE + 0x200, HIGHATOMIC)
                  .reservedHighatomic(1024)
                  .free(BASE + 0x800, 10)
                  .free(BASE, 10));
      assertThat(unreserve(m, Gfp.GFP_HIGHUSER_MOVABLE, false)).isTrue();
      assertThat(reserve(m)).isZero();
      assertThat(m.list(10, MOVABLE)).containsExactly(BASE + 0x800, BASE);
      assertThat(m.typeAt(BASE + 0x200)).isEqualTo(MOVABLE);
    }

    @Test
    @DisplayName("B-71: without a free block nothing changes")
    void nothingFree() {
      Machine m = made(reserved());
      assertThat(unreserve(m, KERNEL, true)).isFalse();
      assertThat(reserve(m)).isEqualTo(512);
    }

    @Test
    @DisplayName("B-71: zones are tried in the order of the list")
    void zonesInOrder() {
      Machine m =
          made(
              Sketch.x8664()
                  .zone(ZoneKind.DMA32, 0x80000, 0x10000)
                  .pageblock(0x80000, HIGHATOMIC)
                  .reservedHighatomic(512)
                  .free(0x80001, 0)
                  .zone(ZoneKind.NORMAL, BASE, 0x10000)
                  .pageblock(BASE, HIGHATOMIC)
                  .reservedHighatomic(512)
                  .free(BASE + 1, 0));
      assertThat(unreserve(m, KERNEL, true)).isTrue();
      assertThat(m.typeAt(BASE)).isEqualTo(UNMOVABLE);
      assertThat(m.typeAt(0x80000)).isEqualTo(HIGHATOMIC);
      assertThat(unreserve(m, KERNEL | Gfp.DMA32, true)).isTrue();
      assertThat(m.typeAt(0x80000)).isEqualTo(UNMOVABLE);
    }

    @Test
    @DisplayName("Z-60: each moved block is two accounting steps")
    void accounting() {
      Machine m = made(reserved().free(BASE + 0x10, 2).free(BASE + 0x20, 3).threshold(5));
      m.zone().counter().loadRemainder(0, 3);
      m.zone().counter().load(9, 12, 0);
      unreserve(m, KERNEL, true);
      // 3 - 4 = -1, -1 + 4 = 3, 3 - 8 = -5, -5 + 8 = 3: never beyond the threshold
      assertThat(m.zone().counter().remainder(0)).isEqualTo(3);
      assertThat(m.zone().counter().stored()).isEqualTo(9);
      assertThat(m.decidedOn(Decision.HIGHATOMIC_UNRESERVE)).isTrue();
    }
  }
}
