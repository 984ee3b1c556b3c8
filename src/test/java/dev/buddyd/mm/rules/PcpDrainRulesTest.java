package dev.buddyd.mm.rules;

import static dev.buddyd.mm.frame.MigrateType.HIGHATOMIC;
import static dev.buddyd.mm.frame.MigrateType.MOVABLE;
import static dev.buddyd.mm.frame.MigrateType.UNMOVABLE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.buddyd.mm.buddy.FreeCounter;
import dev.buddyd.mm.fixture.Machine;
import dev.buddyd.mm.fixture.Machines;
import dev.buddyd.mm.fixture.Sketch;
import dev.buddyd.mm.gfp.ZoneKind;
import dev.buddyd.mm.pcp.PerCpuPages;
import dev.buddyd.mm.trace.Decision;
import dev.buddyd.mm.trace.Trace;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Draining sets and the periodic tick: spec 04, section 5. */
class PcpDrainRulesTest {

  @RegisterExtension final Machines machines = new Machines();

  private Machine made(int batch, int lim, int cap) {
    return machines.watch(
        Sketch.x8664()
            .zone(ZoneKind.DMA32, 0x4000, 0x4000)
            .pageblock(0x4000, UNMOVABLE)
            .pageblock(0x4200, UNMOVABLE)
            .sets(batch, lim, cap)
            .build());
  }

  private static PerCpuPages set(Machine m) {
    return m.zone().set(0);
  }

  @Nested
  class Draining {

    @Test
    @DisplayName("P-40: it starts at the list just used, goes round from 13 to 0 and may overshoot")
    void roundTheLists() {
      Machine m = made(63, 1200, 1200);
      for (long p = 0x4000; p < 0x4000 + 700; p++) {
        m.free(p, 0); // list 0
      }
      m.free(0x6000, 9); // list 13; run 1212, drains clamp(1212, 63, 1200 - 63) = 1137
      assertThat(m.cached(13)).isEmpty();
      assertThat(m.cached(0)).hasSize(700 - (1137 - 512));
      assertThat(m.cached(0)).startsWith(0x4000L + 699); // the oldest went first
    }

    @Test
    @DisplayName("P-40: a large block at the tail overshoots, and the next list stays untouched")
    void overshoot() {
      Machine m = made(63, 500, 500);
      for (long p = 0x4000; p < 0x4010; p++) {
        m.free(p, 0);
      }
      m.free(0x6000, 9); // 437 wanted, 512 come
      assertThat(m.cached(13)).isEmpty();
      assertThat(m.cached(0)).hasSize(16);
      assertThat(set(m).count()).isEqualTo(16);
    }

    @Test
    @DisplayName("P-40: the list just used is emptied before the next one is looked at")
    void listByList() {
      Machine m = made(7, 28, 28);
      for (long p = 0x6000; p < 0x600a; p++) {
        m.free(p, 0); // list 1
      }
      for (long p = 0x4000; p < 0x4012; p++) {
        m.free(p, 0); // list 0; with the last one 28 pages: 21 go
      }
      assertThat(m.cached(0)).isEmpty();
      assertThat(m.cached(1)).hasSize(7);
    }

    @Test
    @DisplayName("P-41: draining all goes in pieces of batch * 32, each from list 0")
    void drainAll() {
      Machine m = made(1, 4000, 4000);
      for (long p = 0x6000; p < 0x6000 + 40; p++) {
        m.free(p, 0); // list 1
      }
      for (long p = 0x4000; p < 0x4000 + 40; p++) {
        m.free(p, 0); // list 0
      }
      m.forget();
      PerCpuPages before = new PerCpuPages(set(m));
      m.allocator().drain(0, m.decided());
      assertThat(m.decided().all(Decision.PCP_DRAIN))
          .extracting(e -> e.value("list"))
          .containsExactly(0L, 0L, 0L);
      assertThat(m.decided().all(Decision.MM_PAGE_PCPU_DRAIN).getFirst().value("pfn"))
          .isEqualTo(0x4000);
      assertThat(set(m).count()).isZero();
      assertThat(set(m).high()).isEqualTo(before.high());
      assertThat(set(m).freeRun()).isEqualTo(before.freeRun());
      assertThat(set(m).flags()).isEqualTo(before.flags());
    }

    @Test
    @DisplayName("P-40: the tracepoint names the type that the block returns to")
    void tracepoint() {
      Machine m = made(7, 1000, 1000);
      m.free(0x4004, 2);
      m.allocator().drain(0, m.decided());
      assertThat(m.decided().last(Decision.MM_PAGE_PCPU_DRAIN).values())
          .startsWith(0x4004L, 2L, (long) UNMOVABLE);
    }
  }

  /**
   * Who listens hears of every block by itself; without a listener blocks that lie behind each
   * other merge in one step.
   */
  @Nested
  class ListenedToOrNot {

    private Machine made(Random random) {
      Sketch.ZoneSketch zone =
          Sketch.x8664()
              .zone(ZoneKind.DMA32, 0x4000, 0x2000)
              .sets(63, random.nextInt(100, 2000), 2000)
              .threshold(random.nextInt(60));
      long reserved = 0;
      for (long pfn = 0x4000; pfn < 0x6000; pfn += 0x200) {
        int type = List.of(UNMOVABLE, MOVABLE, HIGHATOMIC).get(random.nextInt(3));
        zone.pageblock(pfn, type);
        reserved += type == HIGHATOMIC ? 0x200 : 0;
      }
      Machine m = machines.watch(zone.build());
      m.zone().highAtomic().load(reserved);
      return m;
    }

    private void freeRuns(Machine m, Random random, @Nullable Trace trace) {
      BitSet freed = new BitSet();
      for (int run = 0; run < 200; run++) {
        int order = random.nextInt(4);
        int first = random.nextInt(0x2000 >> order) << order;
        int end = Math.min(first + (random.nextInt(1, 150) << order), 0x2000);
        for (int frame = first; frame < end; frame += 1 << order) {
          if (freed.get(frame, frame + (1 << order)).isEmpty()) {
            freed.set(frame, frame + (1 << order));
            m.allocator().free(0x4000L + frame, order, 0, trace);
          }
        }
      }
      m.allocator().drain(0, trace);
    }

    private List<Object> left(Machine m) {
      List<Object> all = new ArrayList<>();
      for (int order = 0; order <= 10; order++) {
        for (int type = 0; type < m.memory().geometry().migrateTypes(); type++) {
          all.add(m.list(order, type));
        }
      }
      FreeCounter counter = m.zone().counter();
      all.add(counter.stored());
      all.add(counter.exact());
      all.add(counter.freeHighatomic());
      return all;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    @DisplayName("B-20, P-40: the same lists, ends and counter")
    void same(long seed) {
      Machine quiet = made(new Random(seed));
      Machine heard = made(new Random(seed));
      freeRuns(quiet, new Random(seed), null);
      freeRuns(heard, new Random(seed), heard.decided());
      assertThat(left(quiet)).isEqualTo(left(heard));
    }

    @Test
    @DisplayName("B-20.4: a run over two pageblocks whose types do not mix stays two blocks")
    void unlikePageblocks() {
      Machine m =
          machines.watch(
              Sketch.x8664()
                  .zone(ZoneKind.DMA32, 0x4000, 0x400)
                  .pageblock(0x4000, MOVABLE)
                  .pageblock(0x4200, HIGHATOMIC)
                  .sets(63, 2000, 2000)
                  .build());
      m.zone().highAtomic().load(0x200);
      for (long pfn = 0x4000; pfn < 0x4400; pfn++) {
        m.allocator().free(pfn, 0, 0, null);
      }
      assertThat(m.cached(1)).hasSize(0x400);
      m.allocator().drain(0, null);
      assertThat(m.list(9, MOVABLE)).containsExactly(0x4000L);
      assertThat(m.list(9, HIGHATOMIC)).containsExactly(0x4200L);
    }
  }

  @Nested
  class Tick {

    @Test
    @DisplayName("P-42.1, Z-62: remainders are folded; then expire is 3 on a remote node only")
    void fold() {
      Machine m = made(7, 28, 28);
      m.zone().counter().loadRemainder(0, 5);
      m.zone().counter().load(-5, 0, 0);
      assertThat(m.zone().counter().free()).isZero(); // a negative counter shows as 0
      m.allocator().tick(0, null);
      assertThat(m.zone().counter().stored()).isZero();
      assertThat(m.zone().counter().remainder(0)).isZero();
      assertThat(set(m).expire()).isEqualTo(3); // no page in the set: it is left so (P-42.4)
      m.free(0x4000, 0);
      m.allocator().tick(0, null);
      assertThat(set(m).expire()).isZero();
    }

    @Test
    @DisplayName("P-42.1: another counter of the zone with a remainder is folded, too")
    void otherCounters() {
      Machine m = made(7, 28, 28);
      m.zone().statistics().load(new long[6], new long[] {0, 100, 200}, new int[][] {{0, 0, -3}});
      m.allocator().tick(0, null);
      assertThat(m.zone().statistics().counters()).containsExactly(0, 100, 197);
      assertThat(set(m).expire()).isEqualTo(3);
    }

    @ParameterizedTest
    @CsvSource({
      "500, 0, 500", // not above the lower limit
      "800, 0, 700", // an eighth less
      "560, 0, 500", // but not below it
    })
    @DisplayName("P-42.2: the limit decays by an eighth down to the lower limit")
    void decay(int high, int cached, int expected) {
      Machine m = made(63, 500, 2000);
      set(m).load(high, 0, 0, 0, 0);
      for (int i = 0; i < cached; i++) {
        m.free(0x6000 + i, 0);
      }
      m.allocator().tick(0, null);
      assertThat(set(m).high()).isEqualTo(expected);
    }

    @Test
    @DisplayName("P-42.2, P-42.3: at most batch * 32 pages go in one tick, from list 0 on")
    void decayIsBounded() {
      Machine m = made(1, 4, 4000);
      set(m).load(2100, 0, 0, 0, 0);
      for (long p = 0x6000; p < 0x6000 + 2000; p++) {
        m.free(p, 0);
      }
      for (long p = 0x4000; p < 0x4010; p++) {
        m.free(p, 0);
      }
      assertThat(set(m).count()).isEqualTo(2016);
      m.allocator().tick(0, m.decided());
      assertThat(set(m).high()).isEqualTo(2016 - 32); // more than 2100 - 262
      assertThat(set(m).count()).isEqualTo(2016 - 32);
      assertThat(m.cached(0)).isEmpty();
      assertThat(m.cached(1)).hasSize(2000 - 16);
    }

    @Test
    @DisplayName("P-42.3: what is above the limit goes in steps of a batch, a whole block each")
    void decayInBatches() {
      Machine m = made(1, 4, 4000);
      set(m).load(2000, 0, 0, 0, 0);
      m.free(0x6000, 9);
      m.free(0x6200, 9);
      set(m).load(1168, 0, 0, 0, 0); // an eighth less is 1022, two pages below 1024
      m.allocator().tick(0, null);
      assertThat(set(m).high()).isEqualTo(1022);
      assertThat(set(m).count()).isZero();
    }

    @Test
    @DisplayName("P-42.4: pages of another node leave by a batch on the third tick")
    void remotePagesExpire() {
      Machine m =
          machines.watch(
              Sketch.x8664()
                  .node(0)
                  .zone(ZoneKind.NORMAL, 0x100000, 0x400)
                  .node(1)
                  .zone(ZoneKind.NORMAL, 0x200000, 0x400)
                  .sets(7, 28, 28)
                  .build());
      var remote = m.memory().zone(1);
      for (long p = 0x200000; p < 0x200014; p += 2) {
        m.free(p, 0); // on CPU 0
      }
      remote.counter().loadRemainder(0, 1);
      remote.counter().load(-1, 0, 0);
      m.allocator().tick(0, null);
      assertThat(remote.set(0).expire()).isEqualTo(2);
      m.allocator().tick(0, null);
      assertThat(remote.set(0).expire()).isEqualTo(1);
      assertThat(remote.set(0).count()).isEqualTo(10);
      m.allocator().tick(0, null);
      assertThat(remote.set(0).expire()).isZero();
      assertThat(remote.set(0).count()).isEqualTo(3);
      m.allocator().tick(0, null); // nothing folded, nothing to expire
      assertThat(remote.set(0).count()).isEqualTo(3);
      assertThat(m.list(remote, 0, MOVABLE)).hasSize(7);
    }

    @Test
    @DisplayName("P-42: without remainders, at the lower limit, the tick changes nothing")
    void quietTick() {
      Machine m = made(7, 28, 28);
      m.free(0x4000, 0);
      m.allocator().tick(0, m.decided());
      assertThat(set(m).count()).isEqualTo(1);
      assertThat(m.decidedOn(Decision.PCP_DRAIN)).isFalse();
    }
  }
}
