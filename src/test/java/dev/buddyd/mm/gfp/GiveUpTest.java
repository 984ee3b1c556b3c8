package dev.buddyd.mm.gfp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class GiveUpTest {

  @DisplayName("F-42: when a request gives up, by mask, order and highest zone")
  @ParameterizedTest(name = "{0} order {1} up to {2}: {3}")
  @CsvSource({
    "GFP_KERNEL, 0, NORMAL, AFTER_OOM_KILLS",
    "GFP_KERNEL, 3, NORMAL, AFTER_OOM_KILLS",
    "GFP_KERNEL, 4, NORMAL, AFTER_ONE_ROUND",
    "GFP_NOWAIT, 0, NORMAL, AT_ONCE",
    "GFP_ATOMIC, 0, NORMAL, AT_ONCE",
    "GFP_ATOMIC, 4, NORMAL, AT_ONCE",
    "none, 0, NORMAL, AT_ONCE",
    "GFP_TRANSHUGE_LIGHT, 9, MOVABLE, AT_ONCE",
    "GFP_TRANSHUGE, 9, MOVABLE, AFTER_ONE_ROUND",
    "GFP_KERNEL|__GFP_NORETRY, 0, NORMAL, AFTER_ONE_ROUND",
    "GFP_KERNEL|__GFP_RETRY_MAYFAIL, 0, NORMAL, WHEN_RECLAIM_STALLS",
    "GFP_KERNEL|__GFP_RETRY_MAYFAIL, 4, NORMAL, WHEN_RECLAIM_STALLS",
    "GFP_NOIO|__GFP_RETRY_MAYFAIL, 4, NORMAL, AFTER_ONE_ROUND",
    "GFP_KERNEL|__GFP_NOFAIL, 0, NORMAL, NEVER",
    "GFP_KERNEL|__GFP_NOFAIL, 4, NORMAL, NEVER",
    "GFP_KERNEL|__GFP_NOFAIL|__GFP_NORETRY, 0, NORMAL, NEVER",
    "GFP_ATOMIC|__GFP_NOFAIL, 0, NORMAL, AT_ONCE",
    "GFP_KERNEL|__GFP_THISNODE, 0, NORMAL, WHEN_RECLAIM_STALLS",
    "GFP_KERNEL|GFP_DMA, 0, DMA, WHEN_RECLAIM_STALLS",
    "GFP_KERNEL|GFP_DMA32, 0, DMA32, WHEN_RECLAIM_STALLS",
    "GFP_KERNEL|GFP_DMA, 0, NORMAL, AFTER_OOM_KILLS",
    "GFP_HIGHUSER, 0, HIGHMEM, AFTER_OOM_KILLS",
    "GFP_NOFS, 0, NORMAL, WAITS",
    "GFP_NOIO, 3, NORMAL, WAITS"
  })
  void outcomes(String names, int order, ZoneKind highest, GiveUp outcome) {
    assertThat(GiveUp.of(GfpMask.parse(names).bits(), order, highest)).isEqualTo(outcome);
  }

  @ParameterizedTest
  @EnumSource(GiveUp.class)
  void everyOutcomeHasASentence(GiveUp outcome) {
    assertThat(outcome.sentence()).endsWith(".");
  }
}
