package dev.buddyd.mm.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.buddyd.mm.fixture.Machine;
import dev.buddyd.mm.fixture.Machines;
import dev.buddyd.mm.fixture.Sketch;
import dev.buddyd.mm.gfp.Gfp;
import dev.buddyd.mm.gfp.ZoneKind;
import dev.buddyd.mm.trace.Decision;
import dev.buddyd.mm.zone.Kswapd;
import dev.buddyd.mm.zone.ZoneFlags;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** When kswapd and kcompactd are woken: spec 02, section 6. */
class KswapdRulesTest {

  private static final int DMA32 = 1;
  private static final int NORMAL = 2;

  @RegisterExtension final Machines machines = new Machines();

  /** DMA32 with {@code low} and Normal with {@code normal} free pages; high marks of 20. */
  private Machine free(int low, int normal) {
    var sketch = Sketch.x8664().zone(ZoneKind.DMA32, 0x80000, 0x1000).marks(10, 15, 20);
    for (int i = 0; i < low; i++) {
      sketch.free(0x80000 + 2L * i, 0);
    }
    sketch = sketch.zone(ZoneKind.NORMAL, 0x100000, 0x1000).marks(10, 15, 20);
    for (int i = 0; i < normal; i++) {
      sketch.free(0x100000 + 2L * i, 0);
    }
    return machines.watch(sketch.build());
  }

  private static Kswapd kswapd(Machine m) {
    return m.memory().node(0).kswapd();
  }

  private static void wake(Machine m, int gfp, int order, int highestZoneidx) {
    m.memory().node(0).wakeKswapd(m.zone("Normal"), gfp, order, highestZoneidx, m.decided());
  }

  @Test
  @DisplayName("Z-53: one balanced zone up to the index is enough")
  void oneBalancedZone() {
    assertThat(free(21, 0).memory().node(0).balanced(0, NORMAL)).isTrue();
    assertThat(free(0, 21).memory().node(0).balanced(0, NORMAL)).isTrue();
    assertThat(free(0, 21).memory().node(0).balanced(0, DMA32)).isFalse();
    assertThat(free(20, 20).memory().node(0).balanced(0, NORMAL)).isFalse();
    assertThat(free(0, 0).memory().node(0).balanced(0, 0)).isTrue(); // no managed zone
  }

  @Test
  @DisplayName("Z-52: a balanced node's kswapd sleeps on, but remembers what was asked")
  void balanced() {
    Machine m = free(21, 0);
    wake(m, Gfp.GFP_KERNEL, 0, NORMAL);
    assertThat(kswapd(m).sleeping()).isTrue();
    assertThat(kswapd(m).pendingHighestZoneidx()).isEqualTo(NORMAL);
    wake(m, Gfp.GFP_KERNEL, 0, 0);
    assertThat(kswapd(m).pendingHighestZoneidx()).isEqualTo(NORMAL);
  }

  @Test
  @DisplayName("Z-52: a boost of a zone up to the index wakes it all the same")
  void boosted() {
    Machine m = free(22, 0);
    m.zone("Normal").watermarks().loadBoost(1);
    wake(m, Gfp.GFP_KERNEL, 0, DMA32);
    assertThat(kswapd(m).sleeping()).isTrue();
    wake(m, Gfp.GFP_KERNEL, 0, NORMAL);
    assertThat(kswapd(m).sleeping()).isFalse();
  }

  @Test
  @DisplayName("Z-52: the largest order and the highest zone are pending")
  void pending() {
    Machine m = free(0, 0);
    wake(m, Gfp.GFP_KERNEL, 3, DMA32);
    assertThat(kswapd(m).sleeping()).isFalse();
    wake(m, Gfp.GFP_KERNEL, 1, NORMAL);
    wake(m, Gfp.GFP_KERNEL, 2, DMA32);
    assertThat(kswapd(m).pendingOrder()).isEqualTo(3);
    assertThat(kswapd(m).pendingHighestZoneidx()).isEqualTo(NORMAL);
    assertThat(m.decided().all(Decision.KSWAPD_PENDING).stream().map(e -> e.value("woken")))
        .containsExactly(1L, 0L, 0L);
  }

  @Test
  @DisplayName("Z-52: after sixteen failed runs nobody wakes it")
  void hopeless() {
    Machine m = free(0, 0);
    kswapd(m).sleep(16);
    wake(m, Gfp.GFP_KERNEL, 0, NORMAL);
    assertThat(kswapd(m).sleeping()).isTrue();
    kswapd(m).sleep(15);
    wake(m, Gfp.GFP_KERNEL, 0, NORMAL);
    assertThat(kswapd(m).sleeping()).isFalse();
  }

  @Test
  @DisplayName("Z-52: balanced for this call, whatever is pending")
  void thisCallDecides() {
    Machine m = free(21, 0);
    kswapd(m).sleep(16);
    wake(m, Gfp.GFP_KERNEL, 9, NORMAL); // there is no such block, but the node is given up
    kswapd(m).progress();
    wake(m, Gfp.GFP_KERNEL, 0, NORMAL);
    assertThat(kswapd(m).pendingOrder()).isEqualTo(9);
    assertThat(kswapd(m).sleeping()).isTrue();
    wake(m, Gfp.GFP_KERNEL, 9, NORMAL);
    assertThat(kswapd(m).sleeping()).isFalse();
  }

  @Test
  @DisplayName("Z-54: who cannot compact himself wakes kcompactd: largest order, lowest zone")
  void kcompactd() {
    Machine m = free(21, 0);
    kswapd(m).sleep(16);
    wake(m, Gfp.GFP_KERNEL, 3, NORMAL); // compacts himself
    wake(m, Gfp.GFP_ATOMIC, 0, NORMAL); // nothing to compact for
    assertThat(kswapd(m).compactOrder()).isZero();
    wake(m, Gfp.GFP_ATOMIC, 3, NORMAL);
    wake(m, Gfp.GFP_ATOMIC, 2, DMA32);
    wake(m, Gfp.GFP_ATOMIC, 1, NORMAL);
    assertThat(kswapd(m).compactOrder()).isEqualTo(3);
    assertThat(kswapd(m).compactHighestZoneidx()).isEqualTo(DMA32);
  }

  @Test
  @DisplayName("Z-43: below the drift mark the remainders of all CPUs count")
  void driftMark() {
    Machine m = free(0, 30);
    var zone = m.zone("Normal");
    zone.counter().load(15, 0, 0);
    zone.counter().loadRemainder(0, 15);
    assertThat(m.memory().node(0).balanced(0, NORMAL)).isFalse();
    zone.setDriftMark(15); // not below
    assertThat(m.memory().node(0).balanced(0, NORMAL)).isFalse();
    zone.setDriftMark(16);
    assertThat(m.memory().node(0).balanced(0, NORMAL)).isTrue();
  }

  @Test
  @DisplayName("Z-51, F-14: BOOSTED is cleared and kswapd woken for the zone's own index")
  void boostedFlag() {
    Machine m = free(30, 0);
    var zone = m.zone("DMA32");
    zone.watermarks().loadBoost(1);
    zone.flags().set(ZoneFlags.BOOSTED);
    m.alloc(Gfp.NOWARN | Gfp.MOVABLE, 0); // not who may not wake it
    assertThat(zone.flags().has(ZoneFlags.BOOSTED)).isTrue();
    m.alloc(Gfp.GFP_NOWAIT | Gfp.DMA32 | Gfp.MOVABLE, 0);
    assertThat(zone.flags().has(ZoneFlags.BOOSTED)).isFalse();
    assertThat(kswapd(m).sleeping()).isFalse();
    assertThat(kswapd(m).pendingHighestZoneidx()).isEqualTo(DMA32);
    assertThat(kswapd(m).pendingOrder()).isZero();
  }

  @Test
  @DisplayName("F-14: the same when the zone had no block to give")
  void boostedWithoutABlock() {
    Machine m = free(0, 0);
    var zone = m.zone("DMA32");
    zone.counter().load(50, 0, 0); // counted, but on no list
    zone.counter().loadRemainder(0, -50);
    zone.watermarks().loadBoost(1);
    zone.flags().set(ZoneFlags.BOOSTED);
    m.alloc(Gfp.GFP_NOWAIT | Gfp.DMA32, 0);
    assertThat(zone.flags().has(ZoneFlags.BOOSTED)).isFalse();
  }
}
