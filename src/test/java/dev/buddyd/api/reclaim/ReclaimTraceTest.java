package dev.buddyd.api.reclaim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.buddyd.machine.PageUse;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** T-40, T-41: lines of reclaim and compaction are those of a 6.12 kernel's trace. */
class ReclaimTraceTest extends ShortOfMemory {

  private static final String AT = "-%d +\\[000\\] \\.{5} +\\d+\\.\\d{6}: ";
  private static final String ASKER = " +asker" + AT.replace("%d", "10\\d\\d");
  private static final String KSWAPD = " +kswapd0" + AT.formatted(44);
  private static final String KCOMPACTD = " +kcompactd0" + AT.formatted(33);

  private List<String> lines(String event) {
    return body(get("/sys/kernel/tracing/trace"))
        .lines()
        .filter(line -> line.contains(": " + event + ": "))
        .toList();
  }

  private static void assertAll(List<String> lines, String pattern) {
    assertThat(lines).isNotEmpty().allMatch(Pattern.compile(pattern).asMatchPredicate());
  }

  private static void assertAny(List<String> lines, String pattern) {
    assertThat(lines).anyMatch(Pattern.compile(pattern).asMatchPredicate());
  }

  @Test
  @DisplayName("Z-52, R-1, R-27 kswapd: woken by who asks, writes to swap, wakes kcompactd, sleeps")
  void kswapd() {
    boot(1 << 20);
    fill(9_000, PageUse.ANON, false);
    pressToMin();

    ask("GFP_KERNEL", 2);

    assertAny(
        lines("mm_vmscan_wakeup_kswapd"),
        ASKER + "mm_vmscan_wakeup_kswapd: nid=0 order=2 gfp_flags=GFP_KERNEL");
    assertAll(lines("mm_vmscan_kswapd_wake"), KSWAPD + "mm_vmscan_kswapd_wake: nid=0 order=\\d");
    String write =
        "mm_vmscan_write_folio: page=[0-9a-f]{16} pfn=0x[0-9a-f]+"
            + " flags=RECLAIM_WB_ANON\\|RECLAIM_WB_ASYNC";
    assertAny(lines("mm_vmscan_write_folio"), KSWAPD + write);
    assertAll(lines("mm_vmscan_write_folio"), "(" + KSWAPD + "|" + ASKER + ")" + write);
    assertThat(lines("mm_vmscan_write_folio")).hasSize((int) vmstat("nr_vmscan_write"));
    assertAll(
        lines("mm_compaction_wakeup_kcompactd"),
        KSWAPD + "mm_compaction_wakeup_kcompactd: nid=0 order=\\d classzone_idx=[A-Za-z0-9 ]{8}");
    assertAll(
        lines("mm_compaction_kcompactd_wake"),
        KCOMPACTD + "mm_compaction_kcompactd_wake: nid=0 order=\\d classzone_idx=[A-Za-z0-9 ]{8}");
    assertAll(lines("mm_vmscan_kswapd_sleep"), KSWAPD + "mm_vmscan_kswapd_sleep: nid=0");
    List<String> order =
        body(get("/sys/kernel/tracing/trace"))
            .lines()
            .map(line -> line.replaceAll(".*\\d: (\\w+): .*", "$1"))
            .filter(e -> e.contains("kswapd_") || e.contains("kcompactd"))
            .toList();
    assertThat(order)
        .containsSubsequence(
            "mm_vmscan_kswapd_wake",
            "mm_compaction_wakeup_kcompactd",
            "mm_vmscan_kswapd_sleep",
            "mm_compaction_kcompactd_wake");
  }

  @Test
  @DisplayName("R-35 what kcompactd does is told under its name, what a request does under its own")
  void kcompactd() {
    boot(0);
    List<Long> cache = fill(16_000, PageUse.FILE, false);
    for (int i = 0; i < cache.size(); i++) {
      if (i % 4 != 0 && i < 6_000) {
        delete("/allocations/" + cache.get(i));
      }
    }
    ask("GFP_KERNEL|__GFP_COMP|__GFP_NORETRY", 9);
    String begin =
        "mm_compaction_begin: zone_start=0x[0-9a-f]+ migrate_pfn=0x[0-9a-f]+ free_pfn=0x[0-9a-f]+"
            + " zone_end=0x[0-9a-f]+, mode=(async|sync)";
    String both = "(" + ASKER + "|" + KCOMPACTD + ")"; // kswapd wakes it for the order, too
    assertAny(lines("mm_compaction_begin"), ASKER + begin);
    assertAll(lines("mm_compaction_begin"), both + begin);
    assertAll(lines("mm_compaction_end"), both + "mm_compaction_end: .* status=\\w+");
    int requested = lines("mm_compaction_begin").size();

    writeSysctl("compaction_proactiveness", "100");
    post("/ticks", "{\"count\":1}"); // nobody asks

    List<String> begins = lines("mm_compaction_begin");
    List<String> ends = lines("mm_compaction_end");
    assertAll(begins.subList(requested, begins.size()), KCOMPACTD + begin);
    assertAll(
        ends.subList(requested, ends.size()),
        KCOMPACTD + "mm_compaction_end: .* mode=sync status=\\w+");
    assertThat(ask("GFP_KERNEL", 0)).hasStatus(201);
    assertThat(lines("mm_page_alloc")).last().asString().matches(ASKER + "mm_page_alloc: .*");
  }

  @Test
  @DisplayName("F-45 each zone that is asked whether reclaim would help is told")
  void reclaimRetryZone() {
    boot(0);
    fill(9_000, PageUse.ANON, false);
    press();

    ask("GFP_NOIO", 0);

    List<String> lines = lines("reclaim_retry_zone");
    assertAll(
        lines,
        ASKER
            + "reclaim_retry_zone: node=0 zone=(DMA32|DMA  ) {3} order=0 reclaimable=\\d+"
            + " available=\\d+ min_wmark=\\d+ no_progress_loops=\\d+ wmark_check=[01]");
    for (int round = 1; round <= 16; round++) {
      assertThat(String.join("\n", lines)).contains(" no_progress_loops=" + round + " ");
    }
    for (String line : lines) { // a zone without page on a list reports what is free
      long reclaimable = field(line, "reclaimable");
      long available = field(line, "available");
      assertThat(field(line, "wmark_check") == 1)
          .isEqualTo(line.contains("zone=DMA32") && available > field(line, "min_wmark"));
      assertThat(available).isEqualTo(2 * reclaimable);
    }
  }

  @Test
  @DisplayName("R-1 the flusher is woken by who finds dirty pages, and starts to write by itself")
  void flusher() {
    boot(0);
    fill(9_000, PageUse.FILE, true);
    pressToMin();

    ask("GFP_NOIO", 0);

    assertAll(
        lines("writeback_start"),
        " +kworker/u4:1"
            + AT.formatted(30)
            + "writeback_start: bdi \\d+:\\d+: sb_dev 0:0 nr_pages=\\d+ sync_mode=0 kupdate=0"
            + " range_cyclic=1 background=0 reason=vmscan cgroup_ino=1");
  }

  @Test
  @DisplayName("F-46 a costly order is not compacted again once that was put off or has failed")
  void compactRetry() {
    scatteredCache();

    for (int i = 0; i < 3; i++) {
      ask("GFP_KERNEL|__GFP_RETRY_MAYFAIL|__GFP_COMP", 9);
    }

    List<String> lines = lines("compact_retry");
    // as in recording r1-clean-256m, kernel_retry_mayfail-o9-min
    assertAll(
        lines,
        ASKER
            + "compact_retry: order=9 priority=COMPACT_PRIO_SYNC_LIGHT"
            + " compaction_result=(withdrawn|failed) retries=0 max_retries=16 should_retry=0");
    assertAny(lines, ".* compaction_result=failed .*");
    assertAny(lines, ".* compaction_result=withdrawn .*");
    List<String> around =
        body(get("/sys/kernel/tracing/trace"))
            .lines()
            .map(line -> line.replaceAll(".*\\d: (\\w+): .*", "$1"))
            .filter(e -> e.equals("compact_retry") || e.equals("reclaim_retry_zone"))
            .toList();
    assertThat(around)
        .containsSubsequence("reclaim_retry_zone", "reclaim_retry_zone", "compact_retry");
  }

  private static long field(String line, String name) {
    return Long.parseLong(line.replaceAll(".* " + name + "=(\\d+).*", "$1"));
  }
}
