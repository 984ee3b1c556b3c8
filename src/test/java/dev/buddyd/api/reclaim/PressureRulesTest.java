package dev.buddyd.api.reclaim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.buddyd.machine.PageUse;
import dev.buddyd.mm.zone.PhysicalMemory;
import dev.buddyd.mm.zone.Watermarks;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Rules that need memory with users: what a request does in which order, and MemAvailable. */
class PressureRulesTest extends ShortOfMemory {

  /** What "asker" did, one word for each step of reclaim and compaction. */
  private List<String> stepsOfAsker() {
    return body(get("/sys/kernel/tracing/trace"))
        .lines()
        .filter(line -> line.startsWith(" ".repeat(11) + "asker-"))
        .map(line -> line.replaceAll(".*\\d: (\\w+): (?:.*( priority=\\d)$)?.*", "$1$2"))
        .filter(step -> step.matches("mm_vmscan_direct.*|.*to_compact.*|.*retry.*|mm_page_alloc"))
        .toList();
  }

  @Test
  @DisplayName("F-33a, F-36, F-37 a costly request compacts before its pass and after it")
  void compactionAroundThePass() {
    scatteredCache();

    ask("GFP_KERNEL|__GFP_COMP", 9);

    assertThat(stepsOfAsker())
        .containsExactly(
            "mm_compaction_try_to_compact_pages priority=2",
            "mm_vmscan_direct_reclaim_begin",
            "mm_vmscan_direct_reclaim_end",
            "mm_compaction_try_to_compact_pages priority=1",
            "mm_page_alloc");
  }

  @Test
  @DisplayName("F-38d whether compaction is worth another try is asked after reclaim is not")
  void compactionAsLastResort() {
    scatteredCache();

    ask("GFP_KERNEL|__GFP_RETRY_MAYFAIL|__GFP_COMP", 9);

    assertThat(stepsOfAsker())
        .containsExactly(
            "mm_compaction_try_to_compact_pages priority=2",
            "mm_vmscan_direct_reclaim_begin",
            "mm_vmscan_direct_reclaim_end",
            "mm_compaction_try_to_compact_pages priority=1",
            "reclaim_retry_zone",
            "reclaim_retry_zone",
            "compact_retry",
            "mm_page_alloc");
  }

  @Test
  @DisplayName("F-33b a costly __GFP_NORETRY request whose compaction was skipped makes no pass")
  void costlyNoRetry() {
    scatteredCache();

    assertThat(ask("GFP_KERNEL|__GFP_NORETRY|__GFP_COMP", 9)).hasStatus(409);

    assertThat(stepsOfAsker())
        .containsExactly("mm_compaction_try_to_compact_pages priority=2", "mm_page_alloc");
    assertThat(stalls()).isZero();
  }

  @Test
  @DisplayName("T-21 MemAvailable: free memory and half of the cache, less reserves")
  void memAvailable() {
    boot(0);
    fill(6_000, PageUse.FILE, false);
    fill(500, PageUse.SLAB, false);
    PhysicalMemory memory = machines.current().memory();
    long low =
        memory.zones().stream().mapToLong(z -> z.watermarks().effective(Watermarks.LOW)).sum();
    assertThat(low).as("takes part of the cache, and half of the slab").isBetween(250L, 3_000L);

    long expected =
        meminfo("MemFree") - memory.tunables().totalReservePages() + (6_000 - low) + (500 - 250);

    assertThat(meminfo("MemAvailable")).isEqualTo(expected);
  }

  /** A line of meminfo, in pages. */
  private long meminfo(String name) {
    return body(get("/proc/meminfo"))
        .lines()
        .filter(line -> line.startsWith(name + ":"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 4)
        .findFirst()
        .orElseThrow();
  }
}
