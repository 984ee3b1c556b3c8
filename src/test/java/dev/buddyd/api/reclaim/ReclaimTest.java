package dev.buddyd.api.reclaim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.buddyd.machine.PageUse;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.assertj.MvcTestResult;

/** Users of pages, swap, the OOM killer and compaction over HTTP, on a machine of 64 MiB. */
class ReclaimTest extends ShortOfMemory {

  // ---- the table "What a request does when no zone is above min"

  @ParameterizedTest
  @CsvSource({
    "GFP_NOWAIT, 0, fail, 0",
    "GFP_NOWAIT, 3, fail, 0",
    "GFP_ATOMIC, 0, granted, 0",
    "GFP_KERNEL|__GFP_MEMALLOC, 0, granted, 0",
    "GFP_KERNEL, 0, granted, 1",
    "GFP_KERNEL, 3, granted, 1",
    "GFP_NOFS, 0, granted, 1",
    "GFP_NOIO, 0, granted, 1",
    "GFP_NOIO, 3, granted, 1",
    "GFP_KERNEL, 4, granted, 1",
    "GFP_NOIO, 4, granted, 1",
    "GFP_KERNEL|__GFP_NORETRY, 0, granted, 1",
    "GFP_KERNEL|__GFP_RETRY_MAYFAIL, 0, granted, 1",
    "GFP_KERNEL|__GFP_NOFAIL, 0, granted, 1",
    "GFP_KERNEL|__GFP_NOFAIL, 1, granted, 1",
    "GFP_HIGHUSER_MOVABLE, 0, granted, 1",
    "GFP_TRANSHUGE_LIGHT, 9, fail, 0",
  })
  @DisplayName("R-10, F-36 clean page cache: one pass, then success; who cannot sleep is refused")
  void cleanPageCache(String gfp, int order, String outcome, long passes) {
    boot(0);
    fill(9_000, PageUse.FILE, false);
    pressToMin();
    long before = stalls();

    MvcTestResult answer = ask(gfp, order);

    assertThat(outcome(answer)).isEqualTo(outcome);
    assertThat(stalls() - before).isEqualTo(passes);
    assertThat(vmstat("oom_kill")).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "GFP_NOWAIT, 0, fail, 0, 0",
    "GFP_ATOMIC, 0, granted, 0, 0",
    "GFP_KERNEL|__GFP_MEMALLOC, 0, granted, 0, 0",
    "GFP_KERNEL, 0, granted, 36, 1",
    "GFP_KERNEL, 3, granted, 36, 1",
    "GFP_NOFS, 0, loop, 34, 0",
    "GFP_NOIO, 0, loop, 34, 0",
    "GFP_KERNEL, 4, fail, 2, 0",
    "GFP_KERNEL, 9, fail, 2, 0",
    "GFP_NOIO, 4, fail, 2, 0",
    "GFP_KERNEL|__GFP_NORETRY, 0, fail, 2, 0",
    "GFP_KERNEL|__GFP_NORETRY, 4, fail, 0, 0",
    "GFP_KERNEL|__GFP_RETRY_MAYFAIL, 0, fail, 34, 0",
    "GFP_KERNEL|__GFP_NOFAIL, 0, granted, 34, 1",
    "GFP_KERNEL|__GFP_NOFAIL, 1, granted, 34, 1",
    "GFP_HIGHUSER_MOVABLE, 0, granted, 36, 1",
    "GFP_TRANSHUGE, 9, fail, 2, 0",
    "GFP_TRANSHUGE_LIGHT, 9, fail, 0, 0",
  })
  @DisplayName("F-45, R-50 anonymous memory without swap: 17 passes, then the OOM killer, or none")
  void nothingReclaimable(String gfp, int order, String outcome, long stalls, long kills) {
    boot(0);
    fill(9_000, PageUse.ANON, false);
    press();
    long before = stalls();

    MvcTestResult answer = ask(gfp, order);

    assertThat(outcome(answer)).isEqualTo(outcome);
    assertThat(stalls() - before).isEqualTo(stalls);
    assertThat(vmstat("oom_kill")).isEqualTo(kills);
  }

  private static String outcome(MvcTestResult answer) {
    return answer.getResponse().getStatus() == 201 ? "granted" : text(answer, "$.kernel_would");
  }

  @Test
  @DisplayName("R-1 dirty page cache: the flusher writes, the request waits in virtual time")
  void dirtyPageCache() {
    boot(0);
    fill(9_000, PageUse.FILE, true);
    assertThat(vmstat("nr_dirty")).isEqualTo(9_000);
    pressToMin();
    long before = machines.current().timeMicros();

    assertThat(ask("GFP_NOIO", 0)).hasStatus(201);

    assertThat(machines.current().timeMicros() - before).isGreaterThan(1_000);
    assertThat(vmstat("nr_written")).isPositive();
    assertThat(vmstat("nr_vmscan_immediate_reclaim")).isPositive();
    assertThat(body(get("/sys/kernel/tracing/trace")))
        .contains("writeback_start: bdi", "reason=vmscan", "kswapd0-44");
  }

  @Test
  @DisplayName("R-1 NOIO with only dirty pages: the explanation says what the mask forbids")
  void explanationOfNoio() {
    boot(0);
    fill(9_000, PageUse.FILE, true);

    MvcTestResult answer = post("/reclaims?explain=true", "{\"pages\":1,\"gfp\":\"GFP_NOIO\"}");

    assertThat(answer).hasStatus(200);
    List<String> sentences = list(answer, "$.explanation.steps[*].sentence");
    assertThat(String.join("\n", sentences)).contains("dirty file pages need __GFP_FS");
    List<String> rules = list(answer, "$.explanation.steps[*].rule");
    assertThat(rules).contains("R-10", "R-1");
  }

  @Test
  @DisplayName("Reclaim and compaction are told as text to who asks for text")
  void asText() {
    boot(0);
    fill(9_000, PageUse.FILE, false);
    assertThat(asText("/reclaims?explain=true", "{\"pages\":100}"))
        .contains("R-10     the pass ends", "\n=> 128 pages reclaimed\n");
    assertThat(asText("/reclaims", "{}")).isEqualTo("=> 64 pages reclaimed\n");
    assertThat(asText("/compactions?explain=true", "{}")).contains("=> ", " pages moved\n");
  }

  private String asText(String uri, String json) {
    MvcTestResult answer =
        mvc.post()
            .uri(uri)
            .contentType(MediaType.APPLICATION_JSON)
            .accept(MediaType.TEXT_PLAIN)
            .content(json)
            .exchange();
    assertThat(answer).hasStatus(200).hasContentTypeCompatibleWith(MediaType.TEXT_PLAIN);
    return body(answer);
  }

  // ---- allocations

  @Test
  @DisplayName("R-3 swapped out, named by its sequence, brought back by a fault")
  void swapAndFault() {
    boot(1 << 20);
    List<Long> hog = fill(9_000, PageUse.ANON, false);
    MvcTestResult swept = post("/reclaims", "{\"pages\":200}");
    assertThat(number(swept, "$.reclaimed_pages")).isGreaterThanOrEqualTo(200);
    long first = hog.getFirst();
    MvcTestResult away = get("/allocations/" + first);
    assertThat(text(away, "$.state")).isEqualTo("swapped");
    assertThat(json(away, "$.pfn")).isNull();
    assertThat(text(away, "$.use")).isEqualTo("anon");
    assertThat(text(away, "$.owner")).isEqualTo("hog");
    assertThat(vmstat("pswpout")).isPositive();
    int inSwap = number(get("/owners/hog"), "$.swap_pages");
    assertThat(inSwap).isPositive();

    assertProblem(post("/allocations/" + first + "/touches", "{}"), "not-resident", 409);
    MvcTestResult back = post("/allocations/" + first + "/faults", "{}");

    assertThat(back).hasStatus(200);
    assertThat(text(back, "$.state")).isEqualTo("resident");
    assertThat(json(back, "$.brought_back")).isEqualTo(true);
    assertThat(number(get("/owners/hog"), "$.swap_pages")).isEqualTo(inSwap - 1);
    assertThat(vmstat("pswpin")).isEqualTo(1);
    assertThat(vmstat("workingset_refault_anon")).isEqualTo(1);
    assertThat(number(get("/pages/" + number(back, "$.pfn")), "$.allocation.sequence"))
        .isEqualTo((int) first);
    MvcTestResult again = post("/allocations/" + first + "/faults", "{}");
    assertThat(json(again, "$.brought_back")).isEqualTo(false);
    assertThat(delete("/allocations/" + first)).hasStatus(204);
    assertThat(delete("/allocations/" + hog.get(1))).hasStatus(204);
    assertThat(number(get("/owners/hog"), "$.swap_pages")).isEqualTo(inSwap - 2);
    assertProblem(delete("/allocations/" + first), "no-such-allocation", 404);
    assertThat(text(get("/allocations/" + first), "$.state")).isEqualTo("freed");
  }

  @Test
  @DisplayName("R-1 page cache is dropped, and read again by a fault; touched twice it is active")
  void pageCache() {
    MvcTestResult page =
        post("/pages", "{\"gfp\":\"GFP_HIGHUSER_MOVABLE\",\"use\":\"file\",\"owner\":\"db\"}");
    String at = "/allocations/" + number(page, "$.sequence");
    assertThat(text(get(at), "$.list")).isEqualTo("inactive_file");
    assertThat(writeSysctl("drop_caches", "1")).hasStatus(200);
    String tag = header(page, "ETag");
    assertThat(text(mvc.get().uri(at).header("If-None-Match", tag).exchange(), "$.state"))
        .as("what the client knew is no more, though the tag names the same allocation")
        .isEqualTo("dropped");
    assertThat(vmstat("drop_pagecache")).isEqualTo(1);

    assertThat(text(post(at + "/faults", "{}"), "$.state")).isEqualTo("resident");
    assertThat(vmstat("workingset_refault_file")).isEqualTo(1);
    post(at + "/touches", "{}");
    MvcTestResult touched = post(at + "/touches", "{\"write\":true}");

    assertThat(text(touched, "$.list")).isEqualTo("active_file");
    assertThat(json(touched, "$.dirty")).isEqualTo(true);
    assertThat(vmstat("nr_dirty")).isEqualTo(1);
    assertThat(body(get("/proc/meminfo"))).containsPattern("Dirty: +4 kB");
    assertThat(writeSysctl("drop_caches", "3")).hasStatus(200);
    assertThat(text(get(at), "$.state")).as("dirty pages stay").isEqualTo("resident");
  }

  @Test
  @DisplayName("R-33 a moved page answers with its new pfn; a frame where it never was is refused")
  void migrated() {
    boot(0);
    List<Long> pages = fill(9_000, PageUse.ANON, false);
    for (int i = 0; i < pages.size(); i++) {
      if (i % 8 != 0) {
        assertThat(delete("/allocations/" + pages.get(i))).hasStatus(204);
      }
    }

    MvcTestResult compacted = post("/compactions", "{}");

    assertThat(number(compacted, "$.moved_pages")).isPositive();
    long moved = -1;
    for (int i = 0; i < pages.size() && moved < 0; i += 8) {
      if (text(get("/allocations/" + pages.get(i)), "$.state").equals("migrated")) {
        moved = pages.get(i);
      }
    }
    assertThat(moved).isPositive();
    MvcTestResult now = get("/allocations/" + moved);
    assertThat(number(get("/pages/" + number(now, "$.pfn")), "$.allocation.sequence"))
        .isEqualTo((int) moved);
    MvcTestResult elsewhere =
        mvc.delete()
            .uri(URI.create("/pages/" + (number(now, "$.pfn") - 1)))
            .header("If-Match", header(now, "ETag"))
            .exchange();
    assertProblem(elsewhere, "stale-state", 412);
  }

  @Test
  @DisplayName("R-33 DELETE of the frame where it was made, with If-Match, frees what was moved")
  void deleteAfterMigration() {
    boot(0);
    List<String> tags = new ArrayList<>();
    List<Integer> pfns = new ArrayList<>();
    for (int i = 0; i < 1_200; i++) {
      MvcTestResult page = post("/pages", "{\"gfp\":\"GFP_HIGHUSER_MOVABLE\",\"use\":\"anon\"}");
      tags.add(header(page, "ETag"));
      pfns.add(number(page, "$.pfn"));
    }
    for (int i = 0; i < pfns.size(); i++) {
      if (i % 4 != 0) {
        assertThat(delete("/pages/" + pfns.get(i))).hasStatus(204);
      }
    }
    assertThat(number(post("/compactions", "{\"zone\":\"DMA32\"}"), "$.moved_pages")).isPositive();

    int freedElsewhere = 0;
    for (int i = 0; i < pfns.size(); i += 4) {
      String sequence = tags.get(i).replaceAll("\"\\d+-(\\d+)\"", "$1");
      freedElsewhere += text(get("/allocations/" + sequence), "$.state").equals("migrated") ? 1 : 0;
      MvcTestResult freed =
          mvc.delete()
              .uri(URI.create("/pages/" + pfns.get(i)))
              .header("If-Match", tags.get(i))
              .exchange();
      assertThat(freed).hasStatus(204);
    }
    assertThat(freedElsewhere).isPositive();
    assertThat(machines.current().liveAllocations()).isZero();
  }

  // ---- the OOM killer

  @Test
  @DisplayName("R-51, R-54 the victim is the hog; its pages are lost; unkillable owners live")
  void oomKill() {
    boot(0);
    assertThat(put("/owners/asker", "{\"unkillable\":true}")).hasStatus(200);
    List<Long> hog = fill(9_000, PageUse.ANON, false);
    press();

    MvcTestResult answer =
        post("/pages", "{\"gfp\":\"GFP_KERNEL\",\"order\":0,\"owner\":\"asker\"}");

    assertThat(answer).hasStatus(201);
    assertThat(text(get("/allocations/" + hog.getFirst()), "$.state")).isEqualTo("killed");
    assertThat(number(get("/owners/hog"), "$.rss_pages")).isZero();
    assertThat(json(get("/owners/asker"), "$.unkillable")).isEqualTo(true);
    assertThat(number(get("/owners/asker"), "$.oom_score")).isZero();
    assertProblem(post("/allocations/" + hog.getFirst() + "/faults", "{}"), "not-resident", 409);
    assertThat(body(get("/sys/kernel/tracing/trace"))).contains("mark_victim: pid=");
    assertThat(json(get("/owners/hog"), "$.killed")).isEqualTo(true);
    assertThat(text(get("/owners/hog"), "$.killed_for.owner")).isEqualTo("asker");
    assertThat(text(get("/owners/hog"), "$.killed_for.gfp")).isEqualTo("0xcc0(GFP_KERNEL)");
    assertThat(number(get("/owners/hog"), "$.killed_for.order")).isZero();
    assertThat(number(get("/owners/hog"), "$.killed_for.time_us")).isNotNegative();
    assertThat(json(get("/owners/asker"), "$.killed")).isEqualTo(false);
    assertThat(body(get("/owners/asker"))).contains("\"killed_for\":null");
    MvcTestResult freed = delete("/pages?owner=hog");
    assertThat(number(freed, "$.freed_blocks")).isEqualTo(9_000);
  }

  @Test
  @DisplayName(
      "F-80 the kernel's log has the report, with the memory as it was; it can be diagnosed")
  void oomReport() {
    boot(0);
    fill(9_000, PageUse.ANON, false);
    press();
    assertThat(body(get("/dmesg"))).isEmpty();

    MvcTestResult answer =
        post("/pages?explain=true", "{\"gfp\":\"GFP_KERNEL\",\"owner\":\"asker\"}");

    assertThat(body(answer)).contains("the OOM killer takes process hog (owner ", "), oom_score ");
    String log = body(get("/dmesg"));
    assertThat(log)
        .contains("] asker invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0")
        .contains("inactive_anon:9000")
        .contains("Out of memory: Killed process")
        .contains("(hog) total-vm:36000kB, anon-rss:36000kB,");
    assertThat(log.lines()).allMatch(line -> line.matches("\\[ +\\d+\\.\\d{6}] .*"));
    MvcTestResult verdict =
        mvc.post().uri("/diagnoses").contentType(MediaType.TEXT_PLAIN).content(log).exchange();
    assertThat(text(verdict, "$.reports[0].kind")).isEqualTo("oom");
    assertThat(text(verdict, "$.reports[0].task")).isEqualTo("asker");
  }

  @Test
  @DisplayName("R-54 an explanation ends with the page, whatever the victim gave back before")
  void killIsExplainedToItsEnd() {
    boot(0);
    fill(9_000, PageUse.ANON, false);
    press();

    MvcTestResult answer =
        post("/pages?explain=true", "{\"gfp\":\"GFP_KERNEL\",\"owner\":\"asker\"}");

    List<?> steps = (List<?>) json(answer, "$.explanation.steps[*].step");
    assertThat(steps)
        .asInstanceOf(InstanceOfAssertFactories.list(String.class))
        .containsSubsequence("mark_victim", "oom_step", "left_out", "scan")
        .endsWith("watermark_test", "pcp_hit", "mm_page_alloc");
    assertThat(text(answer, "$.explanation.outcome")).endsWith(" DMA32; killed for it: hog");
    assertThat(body(answer)).contains("kswapd of node 0, which has given up after 16 failed runs");
  }

  @Test
  @DisplayName(
      "F-70 a dry run reports memory as the request would have left it, as the request does")
  void reportOfADryRun() {
    boot(0);
    fill(9_000, PageUse.ANON, false);
    pressToMin(); // kswapd has not given up: its run takes the boost away
    String request = "{\"gfp\":\"GFP_KERNEL|__GFP_RETRY_MAYFAIL\",\"owner\":\"hog\"}";

    String foretold = text(post("/pages?dry_run=true", request), "$.report");

    assertThat(foretold).contains("hog: page allocation failure: order:0", "boost:0kB min:764kB");
    assertThat(body(get("/dmesg"))).isEmpty();
    assertThat(text(post("/pages", request), "$.report")).isEqualTo(foretold);
  }

  @Test
  @DisplayName("R-53 nobody may be killed: the kernel would panic")
  void panic() {
    boot(0);
    fill(9_000, PageUse.ANON, false);
    assertThat(put("/owners/hog", "{\"oom_score_adj\":-1000}")).hasStatus(200);
    press();

    MvcTestResult answer = ask("GFP_KERNEL", 0);

    assertProblem(answer, "page-allocation-failure", 409);
    assertThat(text(answer, "$.kernel_would")).isEqualTo("panic");
    assertThat(text(answer, "$.report"))
        .contains("asker invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0")
        .contains("inactive_anon:9000", "Out of memory and no killable processes...")
        .containsPattern("\\n\\[ +\\d+] +0 +\\d+ +9000 +9000 +9000 .* -1000 hog\\n")
        .endsWith("\nKernel panic - not syncing: System is deadlocked on memory\n");
  }

  @Test
  @DisplayName("R-50 panic_on_oom")
  void panicOnOom() {
    boot(0);
    fill(9_000, PageUse.ANON, false);
    assertThat(writeSysctl("panic_on_oom", "1")).hasStatus(200);
    press();
    MvcTestResult answer = ask("GFP_KERNEL", 0);
    assertThat(text(answer, "$.kernel_would")).isEqualTo("panic");
    assertThat(text(answer, "$.report"))
        .contains("oom_score_adj name\n", "0 hog\nKernel panic")
        .endsWith("not syncing: Out of memory: system-wide panic_on_oom is enabled\n");
    assertThat(writeSysctl("panic_on_oom", "2")).hasStatus(200);
    assertThat(writeSysctl("oom_dump_tasks", "0")).hasStatus(200);
    assertThat(text(ask("GFP_KERNEL", 0), "$.report"))
        .doesNotContain("Tasks state")
        .endsWith("not syncing: Out of memory: compulsory panic_on_oom is enabled\n");
    assertThat(vmstat("oom_kill")).isZero();
  }

  @Test
  @DisplayName("A dry run reclaims on a copy: it tells the truth and changes nothing")
  void dryRun() {
    boot(0);
    fill(9_000, PageUse.ANON, false);
    press();
    String before = body(get("/machine/snapshot"));

    MvcTestResult preview =
        post("/pages?dry_run=true", "{\"gfp\":\"GFP_KERNEL\",\"owner\":\"asker\"}");

    assertThat(preview).hasStatus(200);
    assertThat(body(get("/machine/snapshot")).replaceAll("\"owners\":\\[[^]]*]", ""))
        .isEqualTo(before.replaceAll("\"owners\":\\[[^]]*]", ""));
    MvcTestResult real = ask("GFP_KERNEL", 0);
    assertThat(number(real, "$.pfn")).isEqualTo(number(preview, "$.pfn"));
    assertThat(vmstat("oom_kill")).isEqualTo(1);
  }

  // ---- bad input

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"pages\":0} | invalid-request | 400",
        "{\"pages\":-5} | invalid-request | 400",
        "{\"pages\":\"many\"} | invalid-request | 400",
        "{\"node\":7} | no-such-node | 404",
        "{\"cpu\":99} | no-such-cpu | 404",
        "{\"gfp\":\"GFP_KERNAL\"} | invalid-gfp | 400",
        "{\"gfp\":\"GFP_NOWAIT\"} | invalid-request | 400",
        "{\"gfp\":\"GFP_KERNEL,__GFP_DMA,__GFP_DMA32\"} | invalid-gfp | 400",
        "{\"sides\":1} | invalid-request | 400",
      })
  void badReclaims(String body, String problem, int status) {
    assertProblem(post("/reclaims", body), problem, status);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"node\":7} | no-such-node | 404",
        "{\"zone\":\"Normul\"} | no-such-zone | 404",
        "{\"order\":11} | invalid-order | 400",
        "{\"order\":-1} | invalid-order | 400",
        "{\"ordre\":3} | invalid-request | 400",
      })
  void badCompactions(String body, String problem, int status) {
    assertProblem(post("/compactions", body), problem, status);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"oom_score_adj\":1001}",
        "{\"oom_score_adj\":-1001}",
        "{\"oom_score_adj\":\"much\"}",
        "{\"oom_score_adj\":5,\"unkillable\":true}",
        "{\"oom_score_adj\":-1000,\"unkillable\":false}",
        "{\"nice\":5}",
      })
  void badOwners(String body) {
    assertProblem(put("/owners/hog", body), "invalid-request", 400);
    assertProblem(get("/owners/hog"), "no-such-owner", 404);
  }

  @Test
  void ownerThatIsTooLong() {
    assertProblem(put("/owners/" + "x".repeat(129), "{}"), "too-large", 413);
  }

  @Test
  void ownersAreListedInPages() {
    for (String name : List.of("a", "b", "c")) {
      put("/owners/" + name, "{\"oom_score_adj\":10}");
    }
    MvcTestResult first = get("/owners?limit=2");
    assertThat(ReclaimTest.<String>list(first, "$.owners[*].name")).containsExactly("a", "b");
    MvcTestResult rest = get(text(first, "$.next"));
    assertThat(ReclaimTest.<String>list(rest, "$.owners[*].name")).containsExactly("c");
    assertThat(json(rest, "$.next")).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "/allocations/99999999, no-such-allocation, 404",
    "/allocations/0, no-such-allocation, 404",
    "/allocations/-3, no-such-allocation, 404",
    "/allocations/first, invalid-request, 400",
  })
  void allocationsThatAreNone(String path, String problem, int status) {
    assertProblem(get(path), problem, status);
    assertProblem(delete(path), problem, status);
    assertProblem(post(path + "/faults", "{}"), problem, status);
    assertProblem(post(path + "/touches", "{}"), problem, status);
  }

  @ParameterizedTest
  @ValueSource(strings = {"drop_caches 0", "drop_caches 5", "drop_caches x", "compact_memory 2"})
  void sysctlsThatDoSomething(String line) {
    String[] words = line.split(" ", -1);
    assertProblem(writeSysctl(words[0], words[1]), "invalid-sysctl", 400);
    assertProblem(get("/proc/sys/vm/" + words[0]), "invalid-sysctl", 400);
    assertThat(body(get("/proc/sys/vm"))).doesNotContain("vm." + words[0]);
  }

  @Test
  void onlyPageCacheIsDirty() {
    MvcTestResult answer =
        post("/pages", "{\"gfp\":\"GFP_KERNEL\",\"use\":\"anon\",\"dirty\":true}");
    assertProblem(answer, "invalid-request", 400);
    assertThat(text(answer, "$.field")).isEqualTo("dirty");
  }

  @Test
  void swapOfImpossibleSize() {
    MvcTestResult answer =
        put(
            "/machine",
            """
            {"swap_kb":-1,"nodes":[{"cpus":[0],"ranges":[{"start_pfn":1,"pages":16383}]}]}
            """);
    assertProblem(answer, "invalid-machine", 422);
    assertThat(text(answer, "$.field")).isEqualTo("swap_kb");
  }
}
