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
import dev.buddyd.mm.trace.Decision;
import dev.buddyd.mm.zone.PhysicalMemory;
import dev.buddyd.mm.zone.ZoneFlags;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The mode machine, claim, steal and boost: spec 03, sections 4 to 6. */
class FallbackRulesTest {

  private static final int KERNEL = Gfp.GFP_KERNEL;
  private static final int SLAB = Gfp.GFP_KERNEL | Gfp.RECLAIMABLE;
  private static final int USER = Gfp.GFP_HIGHUSER_MOVABLE;

  @RegisterExtension final Machines machines = new Machines();

  private static Sketch.ZoneSketch zone() {
    return Sketch.x8664().zone(ZoneKind.DMA32, 0x1000, 0x2000);
  }

  private Machine made(Sketch.ZoneSketch sketch) {
    return machines.watch(sketch.build());
  }

  private static void movable(Machine m, long from, int frames) {
    for (long p = from; p < from + frames; p++) {
      m.allocator().setMovable(p, 0, true);
    }
  }

  @Nested
  class Preference {

    @ParameterizedTest
    @CsvSource({
      "0xcc0, 2, 1",
      "0xcc0, 1, 1",
      "0x100cca, 2, 0",
      "0x100cca, 0, 0",
      "0xcd0, 0, 1",
      "0xcd0, 1, 1"
    })
    @DisplayName("B-31: the first fallback type with a block at the order is taken")
    void order(String gfp, int first, int second) {
      Sketch.ZoneSketch sketch = zone().pageblock(0x1000, first).free(0x1000, 9);
      if (second != first) {
        sketch.pageblock(0x1400, second).free(0x1400, 9);
      }
      assertThat(made(sketch).alloc(Integer.decode(gfp), 9)).isEqualTo(0x1000);
    }

    @Test
    @DisplayName("B-31: HIGHATOMIC and ISOLATE are never sources")
    void neverFromSpecialTypes() {
      Machine m =
          made(
              zone()
                  .pageblock(0x1000, 3)
                  .reservedHighatomic(512)
                  .free(0x1000, 9)
                  .pageblock(0x1400, 4)
                  .free(0x1400, 9)
                  .free(0x2000, 0));
      assertThat(m.alloc(Gfp.GFP_KERNEL | Gfp.NORETRY, 5)).isNegative();
    }

    @Test
    @DisplayName("B-40.2.3: at one order only the head of the first fallback type is tried")
    void onlyOneCandidatePerOrder() {
      // the RECLAIMABLE candidate cannot be claimed (nothing alike), the MOVABLE one could
      Machine m = made(zone().pageblock(0x1000, RECLAIMABLE).free(0x1000, 5).free(0x1400, 5));
      assertThat(m.alloc(KERNEL, 4)).isEqualTo(0x1000); // so it is stolen
      assertThat(m.typeAt(0x1400)).isEqualTo(MOVABLE);
      assertThat(m.decidedOn(Decision.STEAL)).isTrue();
    }
  }

  @Nested
  class Claim {

    @Test
    @DisplayName("B-41.2: a largest block is claimed with both pageblocks, without boost")
    void largestBlock() {
      Machine m = made(zone().marks(10, 20, 30).free(0x1000, 10).free(0x1800, 10));
      assertThat(m.alloc(KERNEL, 0)).isEqualTo(0x1000);
      assertThat(m.typeAt(0x1000)).isEqualTo(UNMOVABLE);
      assertThat(m.typeAt(0x1200)).isEqualTo(UNMOVABLE);
      assertThat(m.typeAt(0x1800)).isEqualTo(MOVABLE);
      for (int order = 0; order < 10; order++) {
        assertThat(m.list(order, UNMOVABLE)).containsExactly(0x1000L + (1 << order));
      }
      assertThat(m.zone().watermarks().boost()).isZero();
      assertThat(m.decided().last(Decision.MM_PAGE_ALLOC_EXTFRAG).value("fallback_order"))
          .isEqualTo(10);
    }

    @Test
    @DisplayName("B-40: the largest order is looked at first")
    void fromTheTop() {
      Machine m = made(zone().free(0x1000, 4).free(0x1400, 9).free(0x1800, 10));
      assertThat(m.alloc(KERNEL, 2)).isEqualTo(0x1800);
    }

    @ParameterizedTest
    @CsvSource({"256, true", "257, false"})
    @DisplayName("B-41.7: 256 free and alike pages suffice, 255 do not (out of MOVABLE)")
    void halfOfAMovablePageblock(int movablePages, boolean claims) {
      Machine m = made(zone().free(0x1000, 3));
      movable(m, 0x1100, movablePages > 256 ? 256 : movablePages);
      movable(m, 0x1010, movablePages - 256);
      m.alloc(KERNEL, 0);
      assertThat(m.typeAt(0x1000)).isEqualTo(claims ? UNMOVABLE : MOVABLE);
      assertThat(m.decidedOn(Decision.STEAL)).isEqualTo(!claims);
    }

    @ParameterizedTest
    @CsvSource({"240, true", "239, false"})
    @DisplayName("B-41.6: for a MOVABLE request the movable pages are alike")
    void alikeForMovable(int movablePages, boolean claims) {
      Machine m = made(zone().pageblock(0x1000, UNMOVABLE).free(0x1000, 4));
      movable(m, 0x1010, movablePages);
      m.alloc(USER, 0);
      assertThat(m.typeAt(0x1000)).isEqualTo(claims ? MOVABLE : UNMOVABLE);
    }

    @Test
    @DisplayName("B-41.6: between UNMOVABLE and RECLAIMABLE nothing is alike")
    void nothingAlike() {
      Machine free256 = made(zone().pageblock(0x1000, UNMOVABLE).free(0x1000, 8));
      free256.alloc(SLAB, 0);
      assertThat(free256.typeAt(0x1000)).isEqualTo(RECLAIMABLE);
      Machine free255 =
          made(
              zone()
                  .pageblock(0x1000, UNMOVABLE)
                  .free(0x1000, 7)
                  .free(0x1080, 6)
                  .free(0x10c0, 5)
                  .free(0x10e0, 4)
                  .free(0x10f0, 3)
                  .free(0x10f8, 2)
                  .free(0x10fc, 1)
                  .free(0x10fe, 0));
      free255.alloc(SLAB, 0);
      assertThat(free255.typeAt(0x1000)).isEqualTo(UNMOVABLE);
    }

    @Test
    @DisplayName("B-41.5: cached pages are neither free nor movable")
    void cachedPagesDoNotCount() {
      Machine m = made(zone().pageblock(0x1000, UNMOVABLE).free(0x1000, 7).sets(7, 9999, 9999));
      for (long p = 0x1080; p < 0x1180; p++) {
        m.free(p, 0); // 256 pages of the pageblock wait in the set
      }
      m.alloc(SLAB, 4);
      assertThat(m.decided().last(Decision.CLAIM_COUNT).value("free_pages")).isEqualTo(128);
      assertThat(m.typeAt(0x1000)).isEqualTo(UNMOVABLE);
    }

    @Test
    @DisplayName("B-44: of a block without __GFP_COMP one page counts as movable, else all")
    void movablePagesOfBlocks() {
      for (int comp : new int[] {0, Gfp.COMP}) {
        Machine m = made(zone().pageblock(0x1000, UNMOVABLE).free(0x1000, 9));
        long block = m.alloc(KERNEL | comp, 8);
        m.allocator().setMovable(block, 8, true);
        m.alloc(KERNEL, 7);
        m.forget();
        m.alloc(USER, 4);
        assertThat(m.decided().last(Decision.CLAIM_COUNT).value("alike_pages"))
            .isEqualTo(comp == 0 ? 1 : 256);
      }
    }

    @Test
    @DisplayName("B-43: moved blocks go to the tails, ascending; then the smallest sufficient one")
    void movedBlocksGoToTails() {
      Machine m =
          made(
              zone()
                  .pageblock(0x2000, UNMOVABLE)
                  .free(0x2010, 2)
                  .free(0x1040, 2)
                  .free(0x1010, 2)
                  .free(0x1100, 5)
                  .free(0x1080, 4));
      assertThat(m.alloc(KERNEL, 3)).isEqualTo(0x1080); // not the block of order 5 looked at
      assertThat(m.list(2, UNMOVABLE)).containsExactly(0x2010L, 0x1010L, 0x1040L);
      assertThat(m.list(3, UNMOVABLE)).containsExactly(0x1088L);
      assertThat(m.list(5, UNMOVABLE)).containsExactly(0x1100L);
    }

    @Test
    @DisplayName(
        "B-40.2.4, B-42: a refused candidate leaves its boost, the next order adds another")
    void twoBoosts() {
      Sketch.ZoneSketch sketch = zone().marks(100, 400, 700).free(0x1000, 7).free(0x1400, 6);
      for (long block = 0x2000; block < 0x2800; block += 0x200) {
        sketch.pageblock(block, UNMOVABLE);
        for (long p = block; p < block + 0x200; p += 0x20) {
          sketch.free(p, 4); // enough free pages, but none of order 5
        }
      }
      Machine m = made(sketch);
      movable(m, 0x1080, 257);
      assertThat(m.alloc(KERNEL, 5)).isEqualTo(0x1400);
      assertThat(m.decided().all(Decision.CLAIM_COUNT)).hasSize(2);
      assertThat(m.zone().watermarks().boost()).isEqualTo(1024);
      assertThat(m.typeAt(0x1000)).isEqualTo(MOVABLE);
      assertThat(m.typeAt(0x1400)).isEqualTo(UNMOVABLE);
    }

    @Test
    @DisplayName("B-32, B-40.2.2: a MOVABLE request does not claim below order 4")
    void movableClaimsFromOrderFour() {
      Machine small = made(zone().pageblock(0x1000, UNMOVABLE).free(0x1000, 3).marks(1, 2, 3));
      movable(small, 0x1100, 256);
      assertThat(small.alloc(USER, 0)).isEqualTo(0x1000);
      assertThat(small.decidedOn(Decision.CLAIM_TOO_SMALL)).isTrue();
      assertThat(small.zone().watermarks().boost()).isZero();
      assertThat(small.typeAt(0x1000)).isEqualTo(UNMOVABLE);
      Machine four = made(zone().pageblock(0x1000, UNMOVABLE).free(0x1000, 4).marks(1, 2, 3));
      movable(four, 0x1100, 256);
      four.alloc(USER, 0);
      assertThat(four.typeAt(0x1000)).isEqualTo(MOVABLE);
    }

    @ParameterizedTest
    @ValueSource(longs = {0x1100, 0x2f00})
    @DisplayName("B-41.4: a pageblock that sticks out of the zone is boosted for, but not claimed")
    void pageblockAtTheZoneEdge(long pfn) {
      Machine m =
          made(Sketch.x8664().zone(ZoneKind.DMA32, 0x1080, 0x1f00).marks(1, 2, 3).free(pfn, 6));
      assertThat(m.alloc(KERNEL, 0)).isEqualTo(pfn);
      assertThat(m.decidedOn(Decision.CLAIM_EDGE)).isTrue();
      assertThat(m.zone().watermarks().boost()).isEqualTo(512);
      assertThat(m.typeAt(pfn)).isEqualTo(MOVABLE);
      assertThat(m.list(0, MOVABLE)).containsExactly(pfn + 1);
    }

    @Test
    @DisplayName("B-41.7, B-32: without mobility grouping everything is claimed")
    void withoutGrouping() {
      PhysicalMemory memory =
          zone().pageblock(0x1000, RECLAIMABLE).free(0x1000, 3).build().memory();
      memory.tunables().setGroupingDisabled(true);
      Machine m = machines.watch(new Machine(memory));
      m.alloc(USER, 0); // UNMOVABLE, as every request (G-31)
      assertThat(m.typeAt(0x1000)).isEqualTo(UNMOVABLE);
    }
  }

  @Nested
  class Boost {

    private Machine claimed(int gfp, Sketch.ZoneSketch sketch, Object factor) {
      Machine m = made(sketch);
      m.sysctl("watermark_boost_factor", factor);
      assertThat(m.alloc(gfp, 0)).isPositive();
      assertThat(m.decidedOn(Decision.CLAIM_COUNT)).isTrue();
      return m;
    }

    private Sketch.ZoneSketch one() {
      return zone().marks(1, 2, 3).free(0x1000, 8);
    }

    @Test
    @DisplayName("B-42: one pageblock per attempt, at most max(512, 1.5 times high)")
    void limit() {
      assertThat(claimed(KERNEL, one(), 15_000).zone().watermarks().boost()).isEqualTo(512);
      Machine m =
          made(
              zone()
                  .marks(200, 240, 250)
                  .free(0x1000, 7)
                  .free(0x1400, 6)
                  .free(0x1800, 5)
                  .free(0x1a00, 7));
      movable(m, 0x1100, 256);
      movable(m, 0x1080, 1);
      movable(m, 0x1b00, 256);
      movable(m, 0x1a80, 1);
      m.alloc(KERNEL, 0); // order 7 refused, order 6 claims
      assertThat(m.zone().watermarks().boost()).isEqualTo(512);
    }

    @Test
    @DisplayName("B-42: factor 0 disables it, and so does a zone below 2048 pages")
    void disabled() {
      assertThat(claimed(KERNEL, one(), 0).zone().watermarks().boost()).isZero();
      for (int pages : new int[] {2047, 2048}) {
        Machine m =
            claimed(
                KERNEL,
                Sketch.x8664().zone(ZoneKind.DMA32, 0x1000, pages).marks(1, 2, 3).free(0x1000, 8),
                15_000);
        assertThat(m.zone().watermarks().boost()).isEqualTo(pages < 2048 ? 0 : 512);
      }
    }

    @Test
    @DisplayName("B-42: the limit uses high without boost, rounded as Z-22 rounds")
    void roundedLimit() {
      Sketch.ZoneSketch sketch = zone().marks(1, 2, 683);
      for (long p = 0x1000; p < 0x2000; p += 0x200) {
        sketch.free(p, 8);
      }
      Machine m = made(sketch);
      m.alloc(KERNEL, 0);
      m.alloc(SLAB, 0);
      m.alloc(KERNEL, 8);
      assertThat(m.decided().all(Decision.CLAIM_COUNT)).hasSize(3);
      assertThat(m.zone().watermarks().boost()).isEqualTo(1024); // 683 * 1.5 = 1024.5
    }

    @Test
    @DisplayName("B-42: only a request that may wake kswapd leaves the flag that wakes it")
    void flag() {
      Machine wakes = claimed(Gfp.GFP_NOWAIT, one(), 15_000);
      assertThat(wakes.decidedOn(Decision.KSWAPD_PENDING)).isTrue();
      assertThat(wakes.memory().node(0).kswapd().sleeping()).isFalse();
      Machine silent = claimed(0, one(), 15_000);
      assertThat(silent.zone().watermarks().boost()).isEqualTo(512);
      assertThat(silent.zone().flags().has(ZoneFlags.BOOSTED)).isFalse();
      assertThat(silent.memory().node(0).kswapd().sleeping()).isTrue();
    }
  }

  @Nested
  class Steal {

    @Test
    @DisplayName("B-50: the smallest order first, remainders stay with their type")
    void smallestOrderFirst() {
      Machine m = made(zone().pageblock(0x1000, UNMOVABLE).free(0x1010, 3).free(0x1004, 2));
      assertThat(m.alloc(USER, 0)).isEqualTo(0x1004);
      assertThat(m.list(1, UNMOVABLE)).containsExactly(0x1006L);
      assertThat(m.list(0, UNMOVABLE)).containsExactly(0x1005L);
      assertThat(m.typeAt(0x1004)).isEqualTo(UNMOVABLE);
      m.free(0x1004, 0); // B-50: back to its pageblock's type
      assertThat(m.list(2, UNMOVABLE)).containsExactly(0x1004L);
    }

    @Test
    @DisplayName("B-50: the tracepoint tells both orders and types")
    void tracepoint() {
      Machine m = made(zone().pageblock(0x1000, RECLAIMABLE).free(0x1004, 2));
      m.alloc(USER, 1);
      var event = m.decided().last(Decision.MM_PAGE_ALLOC_EXTFRAG);
      assertThat(event.values()).startsWith(0x1004L, 1L, 2L, (long) MOVABLE, (long) RECLAIMABLE);
    }
  }

  @Nested
  class Modes {

    @Test
    @DisplayName("B-30: within a refill a steal is followed by steals, the remainder first")
    void refillGoesOnStealing() {
      Machine m =
          made(zone().pageblock(0x1000, UNMOVABLE).free(0x1020, 2).free(0x1006, 1).sets(7, 28, 28));
      assertThat(m.alloc(USER, 0)).isEqualTo(0x1006);
      assertThat(m.cached(MOVABLE)).containsExactly(0x1007L, 0x1020L, 0x1021L, 0x1022L, 0x1023L);
      assertThat(m.decided().all(Decision.STEAL)).hasSize(6);
    }

    @Test
    @DisplayName("B-30.3: within a refill a claim is followed by the own lists again")
    void refillGoesOnNormallyAfterAClaim() {
      Machine m = made(zone().free(0x1000, 9).sets(7, 28, 28));
      m.alloc(KERNEL, 0);
      assertThat(m.cached(UNMOVABLE))
          .containsExactly(0x1001L, 0x1002L, 0x1003L, 0x1004L, 0x1005L, 0x1006L);
      assertThat(m.decided().all(Decision.CLAIM_BLOCK)).hasSize(1);
      assertThat(m.decided().all(Decision.TAKE)).hasSize(6);
    }

    @Test
    @DisplayName("B-30: the next refill starts with the own lists, whatever the last one did")
    void nextRefillStartsAfresh() {
      Machine m = made(zone().pageblock(0x1000, UNMOVABLE).free(0x1006, 0).sets(1, 4, 4));
      m.alloc(USER, 0);
      m.free(0x1400, 4);
      m.forget();
      assertThat(m.alloc(USER, 0)).isEqualTo(0x1400);
      assertThat(m.decidedOn(Decision.STEAL)).isFalse();
    }
  }

  @Nested
  class WithoutMixing {

    private Sketch.ZoneSketch normal() {
      return Sketch.x8664().zone(ZoneKind.NORMAL, 0x100000, 0x2000);
    }

    @Test
    @DisplayName("B-40.1, F-15: the pass without mixing takes no part of a foreign pageblock")
    void secondPassMixes() {
      Machine m = made(normal().free(0x100000, 5));
      assertThat(m.alloc(KERNEL, 0)).isEqualTo(0x100000);
      assertThat(m.decidedOn(Decision.NOMIX_CLEARED)).isTrue();
    }

    @Test
    @DisplayName("B-40.1: it does claim whole pageblocks")
    void firstPassClaimsPageblocks() {
      Machine m = made(normal().free(0x100000, 9).free(0x100400, 5));
      assertThat(m.alloc(KERNEL, 0)).isEqualTo(0x100000);
      assertThat(m.decidedOn(Decision.NOMIX_CLEARED)).isFalse();
      assertThat(m.typeAt(0x100000)).isEqualTo(UNMOVABLE);
    }

    @Test
    @DisplayName("B-40.1: a request of order 9 or 10 looks as far down as itself in any case")
    void largeRequests() {
      Machine m = made(normal().free(0x100000, 9));
      assertThat(m.alloc(KERNEL, 9)).isEqualTo(0x100000);
      assertThat(m.decidedOn(Decision.NOMIX_CLEARED)).isFalse();
    }

    @Test
    @DisplayName("F-7: a zone below Normal is never kept from mixing")
    void dma32Mixes() {
      Machine m = made(zone().free(0x1000, 5));
      m.alloc(KERNEL, 0);
      assertThat(m.decidedOn(Decision.NOMIX_CLEARED)).isFalse();
    }
  }
}
