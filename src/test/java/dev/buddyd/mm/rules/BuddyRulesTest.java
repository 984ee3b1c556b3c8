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
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Split, merge and list ends: spec 03, sections 1 to 3. */
class BuddyRulesTest {

  @RegisterExtension final Machines machines = new Machines();

  /** 4096 frames from 0x1000 on, all held, all MOVABLE. */
  private static Sketch.ZoneSketch zone() {
    return Sketch.x8664().zone(ZoneKind.DMA32, 0x1000, 0x1000);
  }

  private Machine made(Sketch.ZoneSketch sketch) {
    return machines.watch(sketch.build());
  }

  @Nested
  class Taking {

    @Test
    @DisplayName("B-11: a split leaves one upper half per order and gives the lowest part")
    void splitOfALargestBlock() {
      Machine m = made(zone().free(0x1000, 10));
      assertThat(m.alloc(Gfp.GFP_HIGHUSER_MOVABLE, 0)).isEqualTo(0x1000);
      for (int order = 0; order < 10; order++) {
        assertThat(m.list(order, MOVABLE)).containsExactly(0x1000L + (1 << order));
      }
    }

    @Test
    @DisplayName("B-10, B-11: single pages come in ascending order until the block is used up")
    void ascendingUntilEmpty() {
      Machine m = made(zone().free(0x1000, 10));
      List<Long> expected = LongStream.range(0x1000, 0x1400).boxed().toList();
      assertThat(m.allocs(1024, Gfp.GFP_HIGHUSER_MOVABLE, 0)).isEqualTo(expected);
      assertThat(m.buddyinfo(m.zone())).containsOnly(0);
    }

    @Test
    @DisplayName("B-10: the smallest sufficient block is split, the head of its list first")
    void smallestSufficientBlock() {
      Machine m = made(zone().free(0x1000, 10).free(0x1480, 6).free(0x1800, 5).free(0x1700, 5));
      assertThat(m.alloc(Gfp.GFP_HIGHUSER_MOVABLE, 5)).isEqualTo(0x1800);
      assertThat(m.alloc(Gfp.GFP_HIGHUSER_MOVABLE, 4)).isEqualTo(0x1700);
      assertThat(m.list(4, MOVABLE)).containsExactly(0x1710L);
      assertThat(m.list(6, MOVABLE)).containsExactly(0x1480L);
    }

    @Test
    @DisplayName("B-10.5: the tracepoint tells order, type and whether it refills a set")
    void zoneLockedTracepoint() {
      Machine m = made(zone().free(0x1000, 10).sets(7, 28, 28));
      m.alloc(Gfp.GFP_HIGHUSER_MOVABLE, 4);
      var direct = m.decided().last(Decision.MM_PAGE_ALLOC_ZONE_LOCKED);
      assertThat(direct.value("percpu_refill")).isZero();
      m.alloc(Gfp.GFP_HIGHUSER_MOVABLE, 3);
      var refill = m.decided().last(Decision.MM_PAGE_ALLOC_ZONE_LOCKED);
      assertThat(refill.value("percpu_refill")).isEqualTo(1);
      assertThat(refill.value("order")).isEqualTo(3);
      assertThat(refill.value("migratetype")).isEqualTo(MOVABLE);
    }

    @Test
    @DisplayName("B-90: __GFP_COMP changes nothing in placement")
    void compoundBlocksArePlacedAlike() {
      Machine plain = made(zone().free(0x1000, 10));
      Machine compound = made(zone().free(0x1000, 10));
      for (int order : new int[] {0, 3, 5, 9}) {
        assertThat(compound.alloc(Gfp.GFP_HIGHUSER_MOVABLE | Gfp.COMP, order))
            .isEqualTo(plain.alloc(Gfp.GFP_HIGHUSER_MOVABLE, order));
      }
    }
  }

  @Nested
  class Merging {

    @Test
    @DisplayName("B-20: 1024 pages freed ascending end as one largest block")
    void ascending() {
      Machine m = made(zone());
      LongStream.range(0x1000, 0x1400).forEach(p -> m.free(p, 0));
      assertThat(m.list(10, MOVABLE)).containsExactly(0x1000L);
    }

    @Test
    @DisplayName("B-20: 1024 pages freed descending end as one largest block")
    void descending() {
      Machine m = made(zone());
      for (long p = 0x13ff; p >= 0x1000; p--) {
        m.free(p, 0);
      }
      assertThat(m.list(10, MOVABLE)).containsExactly(0x1000L);
    }

    @Test
    @DisplayName("B-20, B-21: even pages gather at heads, odd ones then merge everything")
    void evenThenOdd() {
      Machine m = made(zone());
      List<Long> expected = new ArrayList<>();
      for (long p = 0x1000; p < 0x1400; p += 2) {
        m.free(p, 0);
        expected.addFirst(p);
      }
      assertThat(m.list(0, MOVABLE)).isEqualTo(expected);
      m.free(0x1001, 0); // order 1; nothing free of order 2 beside it
      m.free(0x1007, 0);
      assertThat(m.list(1, MOVABLE)).containsExactly(0x1006L, 0x1000L);
      m.free(0x1003, 0); // becomes order 2 at 0x1000
      assertThat(m.list(2, MOVABLE)).containsExactly(0x1000L);
      m.free(0x1005, 0);
      assertThat(m.list(3, MOVABLE)).containsExactly(0x1000L);
      for (long p = 0x1009; p < 0x1400; p += 2) {
        m.free(p, 0);
      }
      assertThat(m.list(10, MOVABLE)).containsExactly(0x1000L);
    }

    @Test
    @DisplayName("B-20.3: a buddy that is split, cached or held does not merge")
    void buddiesThatDoNotMerge() {
      Machine m = made(zone().free(0x1002, 1).free(0x1200, 0).sets(7, 1000, 1000));
      m.free(0x1040, 4); // its buddy 0x1050 is held
      m.free(0x1008, 3); // cached, so no buddy for anybody
      assertThat(m.list(4, MOVABLE)).containsExactly(0x1040L);
      m.free(0x1050, 4);
      assertThat(m.list(5, MOVABLE)).containsExactly(0x1040L);
      m.free(0x1001, 0);
      m.allocator().drain(0, null);
      assertThat(m.list(0, MOVABLE)).contains(0x1001L, 0x1200L);
    }

    @Test
    @DisplayName("B-20.6: pageblocks of unlike ordinary types merge; the type freed last wins")
    void unlikeOrdinaryTypes() {
      Machine m = made(zone().pageblock(0x1200, UNMOVABLE));
      m.free(0x1000, 9);
      m.free(0x1200, 9);
      assertThat(m.list(10, UNMOVABLE)).containsExactly(0x1000L);
      assertThat(m.typeAt(0x1000)).isEqualTo(UNMOVABLE);

      m.free(0x1600, 9);
      machineTypeIs(m, 0x1400, RECLAIMABLE);
      m.free(0x1400, 9);
      assertThat(m.list(10, RECLAIMABLE)).containsExactly(0x1400L);
      assertThat(m.typeAt(0x1600)).isEqualTo(RECLAIMABLE);
    }

    private void machineTypeIs(Machine m, long pfn, int type) {
      m.zone().frames().setType(m.zone().frames().index(pfn), 0, type);
    }

    @ParameterizedTest
    @ValueSource(ints = {HIGHATOMIC, 4, 5})
    @DisplayName("B-20.4: HIGHATOMIC, CMA and ISOLATE merge with their own kind only")
    void unlikeSpecialTypes(int special) {
      Machine m =
          machines.watch(
              Sketch.x8664()
                  .withCma()
                  .zone(ZoneKind.DMA32, 0x1000, 0x1000)
                  .pageblock(0x1200, special)
                  .pageblock(0x1800, special)
                  .pageblock(0x1a00, special)
                  .reservedHighatomic(special == HIGHATOMIC ? 3 * 512 : 0)
                  .build());
      m.free(0x1000, 9);
      m.free(0x1200, 9);
      assertThat(m.list(9, MOVABLE)).containsExactly(0x1000L);
      assertThat(m.list(9, special)).containsExactly(0x1200L);
      m.free(0x1800, 9);
      m.free(0x1a00, 9);
      assertThat(m.list(10, special)).containsExactly(0x1800L);
    }

    @Test
    @DisplayName("B-20.3: blocks never merge across zones, inside a largest block or not")
    void zonesDoNotMerge() {
      Machine m =
          made(
              Sketch.x8664()
                  .zone(ZoneKind.DMA32, 0x1000, 0x200)
                  .zone(ZoneKind.NORMAL, 0x1200, 0x200));
      m.free(0x1000, 9);
      m.free(0x1200, 9);
      assertThat(m.list(m.zone("DMA32"), 9, MOVABLE)).containsExactly(0x1000L);
      assertThat(m.list(m.zone("Normal"), 9, MOVABLE)).containsExactly(0x1200L);
    }

    @Test
    @DisplayName("B-22: a largest block goes in pageblocks, ascending, each with its own type")
    void largestBlockInPieces() {
      Machine m =
          made(
              zone()
                  .pageblock(0x1200, UNMOVABLE)
                  .pageblock(0x1600, HIGHATOMIC)
                  .reservedHighatomic(512));
      m.free(0x1000, 10); // the second piece is UNMOVABLE and wins
      assertThat(m.list(10, UNMOVABLE)).containsExactly(0x1000L);
      m.free(0x1400, 10);
      assertThat(m.list(9, MOVABLE)).containsExactly(0x1400L);
      assertThat(m.list(9, HIGHATOMIC)).containsExactly(0x1600L);
    }
  }

  @Nested
  class ListEnds {

    @Test
    @DisplayName("B-21: to the tail if the parent's buddy is free and whole")
    void tailBesideAFreeParent() {
      Machine m = made(zone().free(0x1080, 0).free(0x1002, 1));
      m.free(0x1000, 0); // 0x1001 is held, 0x1002 is free of order 1
      assertThat(m.list(0, MOVABLE)).containsExactly(0x1080L, 0x1000L);
      m.free(0x1100, 0);
      assertThat(m.list(0, MOVABLE)).containsExactly(0x1100L, 0x1080L, 0x1000L);
    }

    @Test
    @DisplayName("B-21: the parent's buddy must be free of exactly the parent's order")
    void headBesideASplitParent() {
      Machine m = made(zone().free(0x1080, 0).free(0x1002, 0));
      m.free(0x1000, 0);
      assertThat(m.list(0, MOVABLE)).containsExactly(0x1000L, 0x1080L, 0x1002L);
    }

    @Test
    @DisplayName("B-21: order 8 beside a free pageblock goes to the tail")
    void orderEightBesideAPageblock() {
      Machine m = made(zone().free(0x1800, 8).free(0x1200, 9));
      m.free(0x1000, 8);
      assertThat(m.list(8, MOVABLE)).containsExactly(0x1800L, 0x1000L);
      m.free(0x1c00, 8);
      assertThat(m.list(8, MOVABLE)).containsExactly(0x1c00L, 0x1800L, 0x1000L);
    }

    @Test
    @DisplayName("B-21: order 9 and 10 always go to the head")
    void largeOrdersGoToTheHead() {
      Machine m = made(zone().free(0x1200, 9).free(0x1800, 10));
      m.free(0x1400, 9);
      assertThat(m.list(9, MOVABLE)).containsExactly(0x1400L, 0x1200L);
      m.free(0x1c00, 10);
      assertThat(m.list(10, MOVABLE)).containsExactly(0x1c00L, 0x1800L);
    }

    @Test
    @DisplayName("B-21: the test does not look at types")
    void parentsBuddyOfAnotherType() {
      Machine m = made(zone().pageblock(0x1200, UNMOVABLE).free(0x1200, 9).free(0x1800, 8));
      m.free(0x1000, 8);
      assertThat(m.list(8, MOVABLE)).containsExactly(0x1800L, 0x1000L);
    }

    @Test
    @DisplayName("B-21: after merging, the end is chosen for the block that came out")
    void endOfTheMergedBlock() {
      Machine m = made(zone().free(0x1800, 1).free(0x1001, 0).free(0x1004, 2));
      m.free(0x1000, 0); // order 1 at 0x1000; its parent's buddy 0x1004 is free of order 2
      assertThat(m.list(1, MOVABLE)).containsExactly(0x1800L, 0x1000L);
    }
  }

  @Nested
  class Ways {

    @Test
    @DisplayName("B-23: orders 0 to 3 and 9 go to the set, 4 to 8 and 10 to the lists")
    void cachedAndDirectOrders() {
      for (int order : new int[] {4, 5, 6, 7, 8, 10}) {
        Machine fresh = made(zone().sets(63, 4000, 4000));
        fresh.free(0x1800, order);
        assertThat(fresh.zone().set(0).count()).as("order %d", order).isZero();
        assertThat(fresh.list(order, MOVABLE)).containsExactly(0x1800L);
      }
      for (int order : new int[] {9, 3, 2, 1, 0}) {
        Machine fresh = made(zone().sets(63, 4000, 4000));
        fresh.free(0x1000, order);
        assertThat(fresh.zone().set(0).count()).as("order %d", order).isEqualTo(1 << order);
      }
    }

    @Test
    @DisplayName("B-26, B-61: pages handed out and given back count once, whatever their way")
    void counts() {
      Machine m = made(zone().free(0x1000, 10).sets(7, 28, 28));
      int dma32 = m.zone().index();
      long single = m.alloc(Gfp.GFP_HIGHUSER_MOVABLE, 0);
      long direct = m.alloc(Gfp.GFP_HIGHUSER_MOVABLE, 5);
      assertThat(m.memory().pagesAllocated(dma32)).isEqualTo(33);
      m.free(single, 0);
      m.free(direct, 5);
      m.allocator().drain(0, null);
      assertThat(m.memory().pagesFreed()).isEqualTo(33);
      assertThat(m.decided().all(Decision.MM_PAGE_FREE)).hasSize(2);
    }

    @Test
    @DisplayName("B-25: a compound block with another reference stays whole")
    void referencedCompoundBlock() {
      Machine m = made(zone().free(0x1000, 10));
      long pfn = m.alloc(Gfp.GFP_HIGHUSER_MOVABLE | Gfp.COMP, 3);
      assertThat(m.allocator().freeReferenced(pfn, 3, 0, null)).isEqualTo(3);
      assertThat(m.memory().pagesFreed()).isZero();
    }

    @Test
    @DisplayName("B-25: of any other block all but the first page goes, the upper half first")
    void referencedBlock() {
      Machine m = made(zone().sets(63, 4000, 4000));
      m.free(0x1000, 4);
      long pfn = m.alloc(Gfp.GFP_HIGHUSER_MOVABLE, 4);
      m.allocator().setMovable(pfn, 4, true);
      m.forget();
      assertThat(m.allocator().freeReferenced(pfn, 4, 0, m.decided())).isZero();
      assertThat(m.decided().all(Decision.MM_PAGE_FREE))
          .extracting(e -> e.value("pfn"))
          .containsExactly(0x1008L, 0x1004L, 0x1002L, 0x1001L);
      assertThat(m.zone().frames().isMovable(m.zone().frames().index(pfn))).isTrue();
      m.free(pfn, 0);
      m.allocator().drain(0, null);
      assertThat(m.list(4, MOVABLE)).containsExactly(0x1000L);
    }

    @Test
    @DisplayName("B-94: a range given back page by page goes ascending through the set")
    void rangePageByPage() {
      Machine m = made(zone().sets(7, 1000, 1000));
      for (long p = 0x1000; p < 0x1004; p++) {
        m.free(p, 0);
      }
      assertThat(m.cached(MOVABLE)).containsExactly(0x1003L, 0x1002L, 0x1001L, 0x1000L);
    }
  }
}
