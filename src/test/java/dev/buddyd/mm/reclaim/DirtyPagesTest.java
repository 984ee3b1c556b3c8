package dev.buddyd.mm.reclaim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.buddyd.mm.fixture.Reservoir;
import dev.buddyd.mm.gfp.Gfp;
import dev.buddyd.mm.trace.Decision;
import dev.buddyd.mm.zone.AllocationRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who meets dirty page cache, and when the flusher has written it. */
class DirtyPagesTest {

  private static final int KERNEL = Gfp.DIRECT_RECLAIM | Gfp.KSWAPD_RECLAIM | Gfp.IO | Gfp.FS;
  private static final int DIRTY = 3_000;

  private Reservoir r = Reservoir.of(new ReclaimSettings(0, true));

  @AfterEach
  void sound() {
    r.assertSound();
  }

  private void fill(long dirty, long clean) {
    r.fill(dirty, AllocationRequest.FILE, true);
    r.fill(clean, AllocationRequest.FILE, false);
  }

  private long pass(int order) {
    return r.reclaim()
        .directReclaim(AllocationRequest.of(KERNEL, order, 0, 0), r.machine().decided());
  }

  private long decided(Decision decision) {
    return r.machine().decided().all(decision).size();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  @DisplayName("R-1 nobody waits for dirty pages while there may be others behind them")
  void goesOn(boolean generations) {
    r = Reservoir.of(new ReclaimSettings(0, generations));
    fill(DIRTY, 20_000);

    assertThat(pass(0)).isGreaterThanOrEqualTo(ScanBalance.GOAL_PAGES);

    assertThat(r.count(VmEvent.NR_VMSCAN_IMMEDIATE_RECLAIM)).as("all of them").isEqualTo(DIRTY);
    assertThat(decided(Decision.MM_VMSCAN_THROTTLED)).as("waits").isZero();
    assertThat(decided(Decision.WRITEBACK_START)).as("the flusher is woken once").isEqualTo(1);
    assertThat(r.count(VmEvent.NR_WRITTEN)).as("and has no page ready yet").isZero();
    assertThat(r.micros()).as("1 us for each page").isEqualTo(r.count(VmEvent.PGSCAN_DIRECT));
    assertThat(r.reclaim().totals().dirty()).isEqualTo(DIRTY);
  }

  @Test
  @DisplayName("R-1 nor does kswapd")
  void kswapdGoesOn() {
    fill(DIRTY, 20_000);
    r.pressed();
    r.alloc(Gfp.KSWAPD_RECLAIM, 0);

    r.reclaim().runKswapd(r.machine().decided());

    assertThat(r.count(VmEvent.PGSTEAL_KSWAPD)).isPositive();
    assertThat(r.count(VmEvent.NR_VMSCAN_IMMEDIATE_RECLAIM)).isEqualTo(DIRTY);
    assertThat(r.micros()).isEqualTo(r.count(VmEvent.PGSCAN_KSWAPD));
  }

  @Test
  @DisplayName("R-1, R-10 with dirty pages only a pass waits after its last priority, not before")
  void waitsAtTheEnd() {
    fill(DIRTY, 0);

    assertThat(pass(0)).isGreaterThanOrEqualTo(ScanBalance.GOAL_PAGES);

    assertThat(r.stalls()).as("still one pass with progress").isEqualTo(1);
    assertThat(decided(Decision.MM_VMSCAN_THROTTLED)).isEqualTo(1);
    assertThat(r.count(VmEvent.PGSCAN_DIRECT))
        .as("from priority 12 to 0 their share, which is all of them twice; then what it takes")
        .isBetween(2L * DIRTY, 2L * DIRTY + 13 * 64);
    assertThat(r.micros()).isGreaterThan(Writeback.FLUSHER_MICROS);
    assertThat(r.count(VmEvent.NR_WRITTEN)).isEqualTo(DIRTY);
  }

  @Test
  @DisplayName("R-1, R-25 kswapd waits at its last priority, too, and wins")
  void kswapdWaitsAtTheEnd() {
    fill(20_000, 0);
    r.pressed();
    r.alloc(Gfp.KSWAPD_RECLAIM, 0);

    r.reclaim().runKswapd(r.machine().decided());

    assertThat(decided(Decision.MM_VMSCAN_THROTTLED)).isEqualTo(1);
    assertThat(r.count(VmEvent.PGSTEAL_KSWAPD)).isPositive();
    assertThat(r.memory().node(0).kswapd().failures()).isZero();
  }

  @Test
  @DisplayName("R-1 the flusher hands pages to the disk some time after it was woken")
  void flusherTakesTime() {
    r.holdTime();
    fill(DIRTY, 20_000);
    pass(0);
    r.pass(Writeback.FLUSHER_MICROS - 1);
    assertThat(r.reclaim().totals().dirty()).isEqualTo(DIRTY);
    r.pass(1);
    assertThat(r.reclaim().totals().dirty()).isZero();
    assertThat(r.reclaim().totals().writeback()).isEqualTo(DIRTY);
    r.pass(Writeback.MICROS_PER_PAGE * 1_000);
    assertThat(r.reclaim().totals().writeback()).isEqualTo(DIRTY - 1_000);
    r.pass(Writeback.MICROS_PER_PAGE * DIRTY);
    assertThat(r.reclaim().totals().writeback()).isZero();
    assertThat(r.pages(LruList.INACTIVE_FILE)).as("wanted at once").isGreaterThan(DIRTY);
  }

  @Test
  @DisplayName("R-1 what becomes dirty later needs the flusher once more")
  void flusherSleepsAgain() {
    fill(DIRTY, 0);
    pass(0);
    r.pass(1_000_000);
    r.fill(DIRTY, AllocationRequest.FILE, true);
    r.pass(1_000_000);
    assertThat(r.reclaim().totals().dirty()).as("nobody has woken it").isEqualTo(DIRTY);
  }

  @Test
  @DisplayName("R-10 over generations a pass behind dirty pages takes two blocks of a large order")
  void twoBlocks() {
    fill(12_000, 8_000);
    r.pressed();
    assertThat(pass(9)).as("in steps of 64").isBetween(1_024L, 1_024L + 63);
  }

  @Test
  @DisplayName("R-10 and one that finds pages at its first priority takes no more than those")
  void oneStep() {
    fill(0, 20_000);
    r.pressed();
    assertThat(pass(9)).isEqualTo(ScanBalance.GENERATION_STEP_PAGES);
  }
}
