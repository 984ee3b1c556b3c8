package dev.buddyd.replay.trace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.buddyd.replay.trace.TraceEvent.Kind;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TraceLineTest {

  private static TraceEvent parse(String line) {
    return Objects.requireNonNull(TraceLine.parse(line));
  }

  @Test
  void ftrace() {
    TraceEvent event =
        parse(
            "  <...>-22275 [006] ....   889.213383: mm_page_alloc: page=00000000d2be5665 pfn=970744"
                + " order=2 migratetype=0 nr_free=3650 gfp_flags=GFP_HIGHUSER|__GFP_ZERO");
    assertThat(event)
        .isEqualTo(
            new TraceEvent(
                Kind.ALLOC, 6, 889.213383, 970_744, 2, 0, -1, "GFP_HIGHUSER|__GFP_ZERO"));
  }

  @Test
  void aFailedAllocationOfAnOldKernelHasABlankInItsPage() {
    TraceEvent event =
        parse(
            "kswapd0-1207  [005] ...1   889.213398: mm_page_alloc: page= (null) pfn=0 order=0"
                + " migratetype=1 gfp_flags=GFP_NOWAIT");
    assertThat(event.pfn()).isZero();
    assertThat(event.cpu()).isEqualTo(5);
    assertThat(event.mask()).isEqualTo("GFP_NOWAIT");
  }

  @Test
  void extfragTellsBothTypes() {
    TraceEvent event =
        parse(
            "<idle>-0     [006] d.s.  1110.217281: mm_page_alloc_extfrag: page=ffffea0064142000"
                + " pfn=26235008 alloc_order=3 fallback_order=3 pageblock_order=9"
                + " alloc_migratetype=0 fallback_migratetype=2 fragmenting=1 change_ownership=1");
    assertThat(event.kind()).isEqualTo(Kind.EXTFRAG);
    assertThat(event.type()).isZero();
    assertThat(event.fallbackType()).isEqualTo(2);
    assertThat(event.order()).isEqualTo(3);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          perf  6429 [003]    22.498450:   kmem:mm_page_alloc: page=0x176a17 pfn=1534487 order=0 migratetype=0 gfp_flags=GFP_KERNEL | 3 | 22.498450
          " 24)               |  /* mm_page_alloc: page=0000000000000000 pfn=0 order=9 migratetype=1 gfp_flags=GFP_KERNEL */" | 24 | -1
          make [2]-812  [001] .....  7.5: mm_page_alloc: page=x pfn=0x10 order=0 migratetype=1 gfp_flags=GFP_KERNEL | 1 | 7.5
          mm_page_alloc:  page=0xffffffff981685f3 pfn=0x1d1ac1 order=0 migratetype=1 gfp_flags=0x140cca | 0 | -1
          """)
  void cpuAndTimeAreFoundWhoeverPrintedTheLine(String line, int cpu, double seconds) {
    TraceEvent event = parse(line);
    assertThat(event.kind()).isEqualTo(Kind.ALLOC);
    assertThat(event.cpu()).isEqualTo(cpu);
    assertThat(event.seconds()).isEqualTo(seconds);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "mm_page_alloc",
        "mm_page_alloc: page=1 order=0",
        "mm_page_alloc: pfn=zz order=0",
        "mm_page_alloc: pfn=1 order=99",
        "mm_page_alloc: pfn=99999999999999999999 order=0",
        " => free_pcp_prepare",
        "x: mm_page_other: pfn=1 order=0",
        "iomap_finish_ioend: 1090: bio 00000000bc8445c7 index 192"
      })
  void whatIsNoEventIsNone(String line) {
    assertThat(TraceLine.parse(line)).isNull();
  }

  @Test
  void theFreeOfABatchHasNoOrder() {
    TraceEvent event =
        parse("make-8 [001] ..... 10.5: mm_page_free_batched: page=00000000d2be5665 pfn=0x1a2b1");
    assertThat(event.kind()).isEqualTo(Kind.FREE_BATCHED);
    assertThat(parse("a-1 [000] 1.0: mm_page_free_direct: page=1 pfn=12 order=3").kind())
        .isEqualTo(Kind.FREE);
  }
}
