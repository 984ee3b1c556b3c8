package dev.buddyd.api.reclaim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.buddyd.machine.MachineSession;
import dev.buddyd.machine.PageRequest.Call;
import dev.buddyd.machine.PageUse;
import dev.buddyd.mm.gfp.Gfp;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.springframework.test.web.servlet.assertj.MvcTestResult;

/** What a refused request is told when memory is in use that could be had. */
class NearMissesUnderPressureTest extends ShortOfMemory {

  /** May reclaim, but wakes nobody who would do it in its place. */
  private static final String ALONE = "__GFP_DIRECT_RECLAIM|__GFP_NORETRY";

  private MvcTestResult refused(String gfp, int order) {
    MvcTestResult answer =
        post(
            "/pages?explain=true",
            "{\"gfp\":\"%s\",\"order\":%d,\"owner\":\"asker\"}".formatted(gfp, order));
    assertProblem(answer, "page-allocation-failure", 409);
    return answer;
  }

  private static List<String> kinds(MvcTestResult answer) {
    return list(answer, "$.near_misses[*].kind");
  }

  private static List<String> masks(MvcTestResult answer) {
    return list(answer, "$.near_misses[*].values.gfp_mask");
  }

  private static String sentences(MvcTestResult answer) {
    return String.join("\n", ReclaimTest.<String>list(answer, "$.explanation.steps[*].sentence"));
  }

  @Test
  @DisplayName("F-35b GFP_NOWAIT: once kswapd has run; dropping caches; a request that may reclaim")
  void afterKswapd() {
    boot(0);
    fill(9_000, PageUse.FILE, false);
    pressToMin();

    MvcTestResult answer = refused("GFP_NOWAIT", 0);

    assertThat(kinds(answer)).startsWith("KSWAPD").contains("DROP_CACHES");
    assertThat(masks(answer)).contains("0x2cc0"); // GFP_KERNEL|__GFP_NOWARN
    assertThat(ask("GFP_NOWAIT", 0)).as("kswapd has run").hasStatus(201);
  }

  @Test
  @DisplayName("F-42 who wakes nobody gains nothing by waiting for kswapd, but by dropped caches")
  void dropCaches() {
    boot(0);
    fill(9_000, PageUse.FILE, false);
    pressToMin();

    MvcTestResult answer = refused("__GFP_NOWARN", 0);

    assertThat(kinds(answer)).contains("DROP_CACHES").doesNotContain("KSWAPD");
    assertThat(refused("__GFP_NOWARN", 0)).as("nothing was dropped in earnest").hasStatus(409);
    writeSysctl("drop_caches", "3");
    assertThat(ask("__GFP_NOWARN", 0)).hasStatus(201);
  }

  @Test
  @DisplayName("P-33 the frame that is told for dropped caches is the one of another CPU's request")
  void dropCachesOfAnotherCpu() {
    assertThat(
            put(
                "/machine",
                """
                {"name":"two","arch":"x86_64","swap_kb":0,
                 "nodes":[{"cpus":[0,1],"ranges":[{"start_pfn":1,"pages":16383}]}]}
                """))
        .hasStatus(200);
    fill(9_000, PageUse.FILE, false);
    pressToMin();
    String request = "{\"gfp\":\"__GFP_HIGHMEM|__GFP_MOVABLE|__GFP_NOWARN\",\"order\":0,\"cpu\":1}";

    MvcTestResult answer = post("/pages?explain=true&dry_run=true", request);
    List<Integer> told = list(answer, "$.near_misses[?(@.kind=='DROP_CACHES')].pfn");
    writeSysctl("drop_caches", "3");

    assertThat(told).containsExactly(number(post("/pages", request), "$.pfn"));
  }

  @Test
  @DisplayName("R-1 slab needs __GFP_FS, and the explanation says so")
  void slabNeedsFs() {
    boot(0);
    fill(9_000, PageUse.SLAB, false);
    pressToMin();

    MvcTestResult answer = refused("__GFP_DIRECT_RECLAIM|__GFP_IO", 0);

    assertThat(masks(answer)).contains("0x4c0"); // the same with __GFP_FS
    assertThat(kinds(answer)).contains("DROP_CACHES");
    assertThat(sentences(answer))
        .contains("9,000 slab pages need __GFP_FS")
        .contains("the pass ends without progress: looked at 0 pages");
    assertThat(ask("__GFP_DIRECT_RECLAIM|__GFP_IO|__GFP_FS", 0)).hasStatus(201);
  }

  @Test
  @DisplayName("R-1 anonymous memory needs __GFP_IO to go to swap")
  void swapNeedsIo() {
    boot(1 << 20);
    fill(9_000, PageUse.ANON, false);
    pressToMin();

    MvcTestResult answer = refused(ALONE, 0);

    assertThat(masks(answer)).contains("0x10440", "0x104c0"); // with __GFP_IO, and __GFP_FS
    assertThat(sentences(answer)).contains("9,000 anonymous pages need __GFP_IO to go to swap");
    assertThat(ask(ALONE + "|__GFP_IO", 0)).hasStatus(201);
  }

  @Test
  @DisplayName("R-3 without swap the price is a process, and it is told")
  void killed() {
    boot(0);
    fill(9_000, PageUse.ANON, false);
    press();

    MvcTestResult answer = refused("GFP_NOIO", 0);

    assertThat(sentences(answer)).contains("9,000 anonymous pages need a free slot in swap");
    assertThat(ReclaimTest.<Integer>list(answer, "$.near_misses[*].values.oom_kills"))
        .isNotEmpty()
        .containsOnly(1);
    assertThat(ReclaimTest.<String>list(answer, "$.near_misses[*].change"))
        .anyMatch(c -> c.startsWith("with __GFP_FS") && c.endsWith("at the price of 1 killed"));
    assertThat(vmstat("oom_kill")).as("on a copy only").isZero();
  }

  @Test
  @DisplayName("R-33 a block out of scattered pages: compaction first")
  void compaction() {
    boot(0);
    List<Long> cache = fill(16_000, PageUse.ANON, false);
    for (int i = 0; i < 6_000; i++) {
      if (i % 4 != 0) {
        delete("/allocations/" + cache.get(i));
      }
    }

    MvcTestResult answer = refused("__GFP_NOWARN", 9);

    assertThat(kinds(answer)).contains("COMPACTION").doesNotContain("DROP_CACHES");
    post("/compactions", "{\"order\":9}");
    assertThat(ask("__GFP_NOWARN", 9)).hasStatus(201);
  }

  @Test
  @DisplayName("Where nothing is in use that could be had, nobody is sent for it")
  void nothingToHave() {
    boot(0);
    press();
    assertThat(kinds(refused("GFP_NOWAIT", 3)))
        .doesNotContain("KSWAPD", "DROP_CACHES", "COMPACTION");
  }

  @Test
  @DisplayName("B-71 with the pageblocks given back that are reserved for atomic requests")
  void highatomic() {
    assertThat(
            put(
                "/machine",
                """
                {"name":"half","arch":"x86_64",
                 "nodes":[{"cpus":[0],"ranges":[{"start_pfn":1,"pages":131071}]}]}
                """))
        .hasStatus(200);
    takeAll(PRESSURE | Gfp.DMA, 0);
    takeAll(PRESSURE, 9);
    List<Long> blocks = takeAll(PRESSURE, 4);
    assertThat(text(ask("GFP_ATOMIC", 1), "$.block_migratetype")).isEqualTo("HIGHATOMIC");
    for (long sequence : blocks.subList(0, 8)) { // above min, but for what is reserved
      delete("/allocations/" + sequence);
    }

    MvcTestResult answer = refused("GFP_KERNEL|__GFP_NORETRY", 3);

    assertThat(kinds(answer)).contains("HIGHATOMIC").doesNotContain("KSWAPD");
    assertThat(json(answer, "$.near_misses_truncated")).isEqualTo(false);
  }

  private List<Long> takeAll(int gfp, int order) {
    MachineSession session = new MachineSession(machines.current(), false);
    List<Long> taken = new ArrayList<>();
    while (session.allocate(Call.ALLOC_PAGES, gfp, order, 0, 0, 0, PageUse.KERNEL) >= 0) {
      taken.add(session.sequence());
    }
    return taken;
  }
}
