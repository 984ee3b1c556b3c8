package dev.buddyd.mm.reclaim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.buddyd.mm.alloc.KernelWould;
import dev.buddyd.mm.fixture.Reservoir;
import dev.buddyd.mm.gfp.Gfp;
import dev.buddyd.mm.zone.AllocationRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a request does when no zone is above min: with and without memory that can be reclaimed. */
class GfpUnderPressureTest {

  private static final int NOWAIT = Gfp.KSWAPD_RECLAIM | Gfp.NOWARN;
  private static final int ATOMIC = Gfp.HIGH | Gfp.KSWAPD_RECLAIM;
  private static final int KERNEL = Gfp.DIRECT_RECLAIM | Gfp.KSWAPD_RECLAIM | Gfp.IO | Gfp.FS;
  private static final int NOFS = KERNEL & ~Gfp.FS;
  private static final int NOIO = NOFS & ~Gfp.IO;
  private static final int HIGHUSER_MOVABLE = KERNEL | Gfp.HARDWALL | Gfp.HIGHMEM | Gfp.MOVABLE;
  private static final int TRANSHUGE_LIGHT =
      (HIGHUSER_MOVABLE | Gfp.COMP | Gfp.NOMEMALLOC | Gfp.NOWARN)
          & ~(Gfp.DIRECT_RECLAIM | Gfp.KSWAPD_RECLAIM);
  private static final int TRANSHUGE = TRANSHUGE_LIGHT | Gfp.DIRECT_RECLAIM;

  private static final int NO_REFUSAL = 0;

  private Reservoir r = Reservoir.of(new ReclaimSettings(0, true));

  @AfterEach
  void sound() {
    r.assertSound();
  }

  private long refusal(KernelWould would) {
    return would.code();
  }

  @Nested
  @DisplayName("clean page cache")
  class Reclaimable {

    Reclaimable() {
      r.fill(20_000, AllocationRequest.FILE, false);
      r.pressed();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3, 9})
    @DisplayName("F-35b GFP_NOWAIT: refused at once, kswapd woken")
    void nowait(int order) {
      assertThat(r.alloc(NOWAIT, order)).isEqualTo(refusal(KernelWould.FAIL));
      assertThat(r.stalls()).isZero();
      assertThat(r.memory().node(0).kswapd().sleeping()).isFalse();
      r.reclaim().background(null);
      assertThat(r.count(VmEvent.PGSTEAL_KSWAPD)).isPositive();
      assertThat(r.alloc(NOWAIT, 0)).as("after kswapd").isPositive();
    }

    @Test
    @DisplayName("F-20 GFP_ATOMIC: from the reserve, without waiting, kswapd woken")
    void atomic() {
      assertThat(r.alloc(ATOMIC, 0)).isPositive();
      assertThat(r.stalls()).isZero();
      assertThat(r.micros()).isZero();
      assertThat(r.memory().node(0).kswapd().sleeping()).isFalse();
    }

    @Test
    @DisplayName("F-21 __GFP_MEMALLOC: takes every page down to 0")
    void memalloc() {
      int gfp = ATOMIC | Gfp.MEMALLOC;
      while (r.alloc(gfp, 0) >= 0) {
        // until nothing is left
      }
      assertThat(r.zone("DMA32").counter().exact()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
        ints = {
          KERNEL,
          NOFS,
          NOIO,
          KERNEL | Gfp.NOFAIL,
          HIGHUSER_MOVABLE,
          KERNEL | Gfp.RETRY_MAYFAIL,
          KERNEL | Gfp.NORETRY
        })
    @DisplayName("R-10 one pass of 64 pages, then success; kswapd works at the same time")
    void onePass(int gfp) {
      assertThat(r.alloc(gfp, 0)).isPositive();
      assertThat(r.stalls()).isEqualTo(1);
      assertThat(r.count(VmEvent.PGSCAN_DIRECT)).isEqualTo(64);
      assertThat(r.count(VmEvent.PGSTEAL_DIRECT)).isEqualTo(64);
      assertThat(r.count(VmEvent.PGSTEAL_KSWAPD)).isPositive();
      assertThat(r.count(VmEvent.OOM_KILL)).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    @DisplayName("R-10 GFP_KERNEL up to order 3: served")
    void smallOrders(int order) {
      assertThat(r.alloc(KERNEL, order)).isPositive();
      assertThat(r.stalls()).isLessThanOrEqualTo(1);
    }
  }

  @Nested
  @DisplayName("nothing to reclaim, no process")
  class NothingReclaimable {

    NothingReclaimable() {
      r.pressed();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3, 9})
    @DisplayName("F-35b GFP_NOWAIT: refused at once")
    void nowait(int order) {
      assertThat(r.alloc(NOWAIT, order)).isEqualTo(refusal(KernelWould.FAIL));
      assertThat(r.stalls()).isZero();
    }

    @Test
    @DisplayName("F-20 GFP_ATOMIC: from the reserve until it is used up")
    void atomic() {
      assertThat(r.alloc(ATOMIC, 0)).isPositive();
      long last = 0;
      for (int i = 0; i < 10_000 && last >= NO_REFUSAL; i++) {
        last = r.alloc(ATOMIC, 0);
      }
      assertThat(last).isEqualTo(refusal(KernelWould.FAIL));
      assertThat(r.stalls()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    @DisplayName("F-45 GFP_KERNEL up to order 3: 17 passes of 2 stalls, then the OOM killer")
    void kernel(int order) {
      assertThat(r.alloc(KERNEL, order)).isEqualTo(refusal(KernelWould.OOM_KILL));
      assertThat(r.stalls()).isEqualTo(34);
    }

    @ParameterizedTest
    @ValueSource(ints = {NOFS, NOIO})
    @DisplayName("R-50 GFP_NOFS, GFP_NOIO: nobody is killed, the kernel loops")
    void loops(int gfp) {
      assertThat(r.alloc(gfp, 0)).isEqualTo(refusal(KernelWould.LOOP));
      assertThat(r.stalls()).isEqualTo(34);
    }

    @ParameterizedTest
    @ValueSource(ints = {KERNEL, NOIO, TRANSHUGE})
    @DisplayName("F-38b costly orders: one pass, refused")
    void costly(int gfp) {
      assertThat(r.alloc(gfp, 9)).isEqualTo(refusal(KernelWould.FAIL));
      assertThat(r.stalls()).isEqualTo(2);
    }

    @Test
    @DisplayName("F-38a __GFP_NORETRY order 0: one pass, refused")
    void noretry() {
      assertThat(r.alloc(KERNEL | Gfp.NORETRY, 0)).isEqualTo(refusal(KernelWould.FAIL));
      assertThat(r.stalls()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 9})
    @DisplayName("F-33b __GFP_NORETRY of a costly order: compaction skipped, no pass")
    void noretryCostly(int order) {
      assertThat(r.alloc(KERNEL | Gfp.NORETRY, order)).isEqualTo(refusal(KernelWould.FAIL));
      assertThat(r.stalls()).isZero();
    }

    @Test
    @DisplayName("F-47 __GFP_RETRY_MAYFAIL: 17 passes, refused, nobody killed")
    void retryMayfail() {
      assertThat(r.alloc(KERNEL | Gfp.RETRY_MAYFAIL, 0)).isEqualTo(refusal(KernelWould.FAIL));
      assertThat(r.stalls()).isEqualTo(34);
    }

    @Test
    @DisplayName("F-42 GFP_TRANSHUGE_LIGHT: refused at once")
    void transhugeLight() {
      assertThat(r.alloc(TRANSHUGE_LIGHT, 9)).isEqualTo(refusal(KernelWould.FAIL));
      assertThat(r.stalls()).isZero();
    }
  }
}
