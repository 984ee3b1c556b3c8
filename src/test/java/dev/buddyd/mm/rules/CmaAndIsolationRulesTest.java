package dev.buddyd.mm.rules;

import static dev.buddyd.mm.frame.MigrateType.HIGHATOMIC;
import static dev.buddyd.mm.frame.MigrateType.MOVABLE;
import static dev.buddyd.mm.frame.MigrateType.UNMOVABLE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.buddyd.mm.boot.MachineDescription;
import dev.buddyd.mm.boot.MachineDescription.NodeDescription;
import dev.buddyd.mm.boot.MachineDescription.PfnRange;
import dev.buddyd.mm.fixture.Machine;
import dev.buddyd.mm.fixture.Machines;
import dev.buddyd.mm.fixture.Sketch;
import dev.buddyd.mm.frame.FrameTable;
import dev.buddyd.mm.gfp.Gfp;
import dev.buddyd.mm.gfp.ZoneKind;
import dev.buddyd.mm.trace.Decision;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** CMA pageblocks and isolation: spec 03, section 9. No recording has either. */
class CmaAndIsolationRulesTest {

  private static final int CMA = 4;
  private static final int ISOLATE = 4; // without CMA
  private static final int USER = Gfp.GFP_HIGHUSER_MOVABLE;

  @RegisterExtension final Machines machines = new Machines();

  private Machine made(Sketch.ZoneSketch sketch) {
    return machines.watch(sketch.build());
  }

  @Nested
  class Cma {

    private Sketch.ZoneSketch zone() {
      return Sketch.x8664()
          .withCma()
          .zone(ZoneKind.DMA32, 0x1000, 0x1000)
          .pageblock(0x1000, CMA)
          .pageblock(0x1600, UNMOVABLE);
    }

    @Test
    @DisplayName(
        "B-30.0: more than half of the free pages in CMA: MOVABLE requests take them first")
    void cmaFirstWhenItIsMostOfTheMemory() {
      Machine half = made(zone().free(0x1000, 6).free(0x1400, 6));
      assertThat(half.alloc(USER, 4)).isEqualTo(0x1400);
      Machine odd = made(zone().free(0x1000, 6).free(0x1400, 6).free(0x1480, 0));
      assertThat(odd.alloc(USER, 4)).isEqualTo(0x1400); // 64 of 129
      Machine more = made(zone().free(0x1000, 6).free(0x1080, 0).free(0x1400, 6));
      assertThat(more.alloc(USER, 4)).isEqualTo(0x1000); // 65 of 129: more than 129 / 2 = 64
    }

    @Test
    @DisplayName("B-30.2, B-82: when the own lists are empty CMA comes before any fallback")
    void cmaBeforeFallback() {
      Machine m = made(zone().free(0x1000, 6).free(0x1600, 9));
      assertThat(m.alloc(USER, 4)).isEqualTo(0x1000);
      assertThat(m.typeAt(0x1000)).isEqualTo(CMA);
    }

    @Test
    @DisplayName("B-30.2: within a refill, CMA goes on before the own lists are looked at again")
    void refillStaysWithCma() {
      Machine m = made(zone().free(0x1000, 1).free(0x1600, 4).sets(3, 12, 12));
      m.alloc(USER, 0);
      assertThat(m.cached(MOVABLE)).startsWith(0x1001L);
      assertThat(m.decided().all(Decision.TAKE)).hasSize(2);
      assertThat(m.typeAt(0x1600)).isEqualTo(UNMOVABLE);
    }

    @Test
    @DisplayName("Z-41.5: a block of the order on a CMA list counts for MOVABLE requests alone")
    void cmaBlockOfTheOrder() {
      Machine m = made(zone().free(0x1000, 3).free(0x1400, 2).free(0x1480, 2).marks(1, 1, 1));
      assertThat(m.alloc(Gfp.GFP_KERNEL | Gfp.NORETRY, 3)).isNegative();
      assertThat(m.alloc(USER, 3)).isEqualTo(0x1000);
    }

    @Test
    @DisplayName("B-82, Z-40: others neither take CMA pages nor count them as free")
    void othersDoNotSeeCma() {
      Machine m = made(zone().free(0x1000, 8).free(0x1400, 2).marks(8, 8, 8));
      int kernel = Gfp.GFP_KERNEL | Gfp.NORETRY;
      assertThat(m.alloc(kernel, 0)).isNegative(); // 4 usable pages are not above 8
      assertThat(m.alloc(USER, 0)).isEqualTo(0x1000); // 260 are, most of them in CMA
      m.zone().watermarks().set(0, 0, 0, 0);
      assertThat(m.alloc(kernel, 3)).isNegative();
      assertThat(m.alloc(kernel, 0)).isEqualTo(0x1400);
    }

    @Test
    @DisplayName("B-82: freed pages wait on the MOVABLE list and return to the CMA lists")
    void freedPagesReturn() {
      Machine m = made(zone().sets(3, 100, 100));
      m.free(0x1001, 0);
      assertThat(m.cached(MOVABLE)).containsExactly(0x1001L);
      m.allocator().drain(0, null);
      assertThat(m.list(0, CMA)).containsExactly(0x1001L);
      assertThat(m.zone().counter().freeCma()).isEqualTo(1);
    }

    @Test
    @DisplayName("S-3: areas are handed over pageblock by pageblock as CMA")
    void bootWithAreas() {
      var node = new NodeDescription(List.of(0), List.of(new PfnRange(0x1000, 0x4000)), null);
      Machine m =
          machines.boot(
              new MachineDescription(
                  "cma",
                  null,
                  null,
                  null,
                  null,
                  null,
                  null,
                  List.of(node),
                  null,
                  null,
                  null,
                  List.of(new PfnRange(0x3000, 0x400)),
                  null,
                  null));
      assertThat(m.zone().managedPages()).isEqualTo(0x4000);
      m.allocator().drain(0, null);
      assertThat(m.list(10, CMA)).containsExactly(0x3000L);
      assertThat(m.zone().counter().freeCma()).isEqualTo(1024);
      assertThat(m.list(10, MOVABLE)).hasSize(15).doesNotContain(0x3000L);
    }
  }

  @Nested
  class Isolating {

    private Sketch.ZoneSketch zone() {
      return Sketch.x8664().zone(ZoneKind.DMA32, 0x1000, 0x1000);
    }

    @Test
    @DisplayName(
        "B-80, B-4: a largest free block comes apart; the isolated half leaves the counter")
    void halfOfALargestBlock() {
      Machine m = made(zone().free(0x1000, 10).free(0x1800, 10));
      assertThat(m.allocator().isolatePageblock(0x1234, 0, null)).isTrue();
      assertThat(m.list(9, MOVABLE)).containsExactly(0x1000L);
      assertThat(m.list(9, ISOLATE)).containsExactly(0x1200L);
      assertThat(m.zone().counter().exact()).isEqualTo(1024 + 512);
      assertThat(m.alloc(USER, 9)).isEqualTo(0x1000);
      assertThat(m.alloc(USER, 10)).isEqualTo(0x1800);
      assertThat(m.alloc(USER | Gfp.NORETRY, 0)).isNegative();
    }

    @Test
    @DisplayName("B-80, B-43: otherwise the free blocks move to the tails of the ISOLATE lists")
    void scatteredBlocks() {
      Machine m = made(zone().free(0x1040, 3).free(0x1010, 3).free(0x1400, 3));
      m.allocator().isolatePageblock(0x1000, 0, null);
      assertThat(m.list(3, ISOLATE)).containsExactly(0x1010L, 0x1040L);
      assertThat(m.list(3, MOVABLE)).containsExactly(0x1400L);
      assertThat(m.zone().counter().exact()).isEqualTo(8);
    }

    @Test
    @DisplayName("P-31, B-23: pages freed into it go straight to the ISOLATE lists and merge there")
    void freedPages() {
      Machine m = made(zone().sets(7, 100, 100));
      m.free(0x1001, 0); // waits in the set while its pageblock is isolated
      m.allocator().isolatePageblock(0x1000, 0, null);
      m.free(0x1000, 0);
      assertThat(m.list(0, ISOLATE)).containsExactly(0x1000L);
      assertThat(m.zone().set(0).count()).isEqualTo(1);
      m.allocator().drain(0, null);
      assertThat(m.list(1, ISOLATE)).containsExactly(0x1000L);
      assertThat(m.zone().counter().exact()).isZero();
    }

    @Test
    @DisplayName("B-80: refused when isolated already, HIGHATOMIC, or sticking out of the zone")
    void refusals() {
      Machine m =
          made(
              Sketch.x8664()
                  .zone(ZoneKind.DMA32, 0x1010, 0xff0)
                  .pageblock(0x1400, HIGHATOMIC)
                  .reservedHighatomic(512));
      assertThat(m.allocator().isolatePageblock(0x1200, 0, null)).isTrue();
      assertThat(m.allocator().isolatePageblock(0x1200, 0, null)).isFalse();
      assertThat(m.allocator().isolatePageblock(0x1400, 0, null)).isFalse();
      assertThat(m.allocator().isolatePageblock(0x1010, 0, null)).isFalse();
      assertThat(m.allocator().restorePageblock(0x1400, MOVABLE, 0, null)).isFalse();
    }

    @Test
    @DisplayName("B-81, B-24: a free pageblock beside a free one is put back to merge, at the tail")
    void restoredBesideAFreePageblock() {
      Machine m = made(zone().free(0x1000, 10).free(0x1800, 10));
      m.allocator().isolatePageblock(0x1200, 0, null);
      assertThat(m.allocator().restorePageblock(0x1200, MOVABLE, 0, null)).isTrue();
      assertThat(m.list(10, MOVABLE)).containsExactly(0x1800L, 0x1000L);
      assertThat(m.zone().counter().exact()).isEqualTo(2048);
    }

    @Test
    @DisplayName("B-81: a free pageblock beside an isolated or held one just changes its lists")
    void restoredAlone() {
      Machine m = made(zone().free(0x1000, 10).free(0x1400, 9));
      m.allocator().isolatePageblock(0x1000, 0, null);
      m.allocator().isolatePageblock(0x1200, 0, null);
      m.allocator().isolatePageblock(0x1400, 0, null);
      m.allocator().restorePageblock(0x1000, UNMOVABLE, 0, null);
      m.allocator().restorePageblock(0x1400, UNMOVABLE, 0, null);
      assertThat(m.list(9, UNMOVABLE)).containsExactly(0x1000L, 0x1400L);
      m.allocator().restorePageblock(0x1200, UNMOVABLE, 0, null); // now its neighbour is back
      assertThat(m.list(10, UNMOVABLE)).containsExactly(0x1000L);
    }

    @Test
    @DisplayName("B-80, B-81: two isolated pageblocks that merged come apart again")
    void mergedInIsolation() {
      Machine m = made(zone());
      m.allocator().isolatePageblock(0x1000, 0, null);
      m.allocator().isolatePageblock(0x1200, 0, null);
      m.free(0x1000, 9);
      m.free(0x1200, 9);
      assertThat(m.list(10, ISOLATE)).containsExactly(0x1000L);
      m.allocator().restorePageblock(0x1200, MOVABLE, 0, null);
      assertThat(m.list(9, ISOLATE)).containsExactly(0x1000L);
      assertThat(m.list(9, MOVABLE)).containsExactly(0x1200L);
      m.allocator().restorePageblock(0x1000, MOVABLE, 0, null);
      assertThat(m.list(10, MOVABLE)).containsExactly(0x1000L);
    }

    @Test
    @DisplayName("B-81: a pageblock in use gets its type back")
    void restoredInUse() {
      Machine m = made(zone().free(0x1008, 3));
      FrameTable frames = m.zone().frames();
      m.allocator().isolatePageblock(0x1000, 0, null);
      m.allocator().restorePageblock(0x1000, MOVABLE, 0, null);
      assertThat(m.list(3, MOVABLE)).containsExactly(0x1008L);
      assertThat(frames.typeOf(frames.index(0x1000))).isEqualTo(MOVABLE);
      assertThat(m.zone().counter().exact()).isEqualTo(8);
    }
  }
}
