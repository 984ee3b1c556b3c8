package dev.buddyd.api.reclaim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.buddyd.machine.MachineSession;
import dev.buddyd.machine.PageRequest.Call;
import dev.buddyd.machine.PageUse;
import dev.buddyd.mm.alloc.KernelWould;
import dev.buddyd.mm.gfp.Gfp;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.assertj.MvcTestResult;

/** What the kernel of a machine of 64 MiB writes to its log about requests that got no page. */
class KernelReportsTest extends ShortOfMemory {

  /** GFP_NOWAIT without the __GFP_NOWARN that 6.12 has in it. */
  private static final String NOWAIT = "__GFP_KSWAPD_RECLAIM";

  private String dmesg() {
    return body(get("/dmesg"));
  }

  /** Lines of the log that begin so, without their time. */
  private List<String> lines(String text) {
    return dmesg()
        .lines()
        .map(line -> line.replaceFirst("^\\[ *\\d+\\.\\d{6}] ", ""))
        .filter(line -> line.contains(text))
        .toList();
  }

  private void pass(int seconds) {
    assertThat(post("/ticks", "{\"count\":%d}".formatted(seconds))).hasStatus(200);
  }

  private void full() {
    boot(0);
    fill(9_000, PageUse.ANON, false);
    press();
    assertThat(dmesg()).as("__GFP_NOWARN says nothing (F-70)").isEmpty();
  }

  @Test
  @DisplayName("F-70 the report of a refusal is in the log, as it is in the refusal")
  void failure() {
    full();

    MvcTestResult refusal = ask(NOWAIT, 0);

    assertThat(text(refusal, "$.kernel_would")).isEqualTo("fail");
    String log = dmesg();
    assertThat(log.lines()).allMatch(line -> line.matches("\\[ +\\d+\\.\\d{6}] .*"));
    assertThat(log.replaceAll("(?m)^\\[ +\\d+\\.\\d{6}] ", ""))
        .startsWith("asker: page allocation failure: order:0, mode:0x800(__GFP_KSWAPD_RECLAIM), ")
        .contains("Comm: asker ", "Mem-Info:")
        .isEqualTo(text(refusal, "$.report"));
    MvcTestResult verdict =
        mvc.post().uri("/diagnoses").contentType(MediaType.TEXT_PLAIN).content(log).exchange();
    assertThat(text(verdict, "$.reports[0].kind")).isEqualTo("alloc-failure");
  }

  @Test
  @DisplayName("F-70 a report has the memory as it was when the request was refused")
  void beforeKswapd() {
    boot(0);
    fill(9_000, PageUse.FILE, false);
    pressToMin();

    MvcTestResult refusal = ask(NOWAIT, 0);

    assertThat(vmstat("pgsteal_kswapd")).as("kswapd works right after").isPositive();
    String report = text(refusal, "$.report");
    assertThat(report).contains("inactive_file:9000");
    assertThat(dmesg().replaceAll("(?m)^\\[ +\\d+\\.\\d{6}] ", "")).isEqualTo(report);
    pressToMin();
    MvcTestResult suppressed = ask(NOWAIT, 3);
    assertThat(text(suppressed, "$.report"))
        .startsWith("asker: page allocation failure: order:3, mode:0x800(");
    assertThat(lines("page allocation failure")).hasSize(1);
  }

  @Test
  @DisplayName("F-70 one report in ten seconds of virtual time, then how many were suppressed")
  void rateLimit() {
    full();
    ask(NOWAIT, 0);
    for (int i = 0; i < 4; i++) {
      ask(NOWAIT, 3);
    }
    ask("GFP_NOWAIT", 0);
    assertThat(lines("page allocation failure")).hasSize(1);
    pass(9);
    ask(NOWAIT, 1);
    assertThat(lines("page allocation failure")).hasSize(1);

    pass(1);
    ask(NOWAIT, 2);

    assertThat(lines("page allocation failure")).hasSize(2).last().asString().contains("order:2,");
    assertThat(lines("suppressed")).containsExactly("warn_alloc: 5 callbacks suppressed");
    pass(10);
    ask(NOWAIT, 4);
    assertThat(lines("page allocation failure")).hasSize(3);
    assertThat(lines("suppressed")).as("none suppressed, nothing said").hasSize(1);
  }

  @Test
  @DisplayName("F-70 the mask and order of a request in bulk, and of exact pages")
  void waysToAsk() {
    full();

    assertThat(
            post(
                "/pages",
                "{\"gfp\":\"__GFP_KSWAPD_RECLAIM|__GFP_COMP\",\"call\":\"alloc_pages_exact\","
                    + "\"size_bytes\":20000}"))
        .hasStatus(409);
    pass(10);
    operate(
        "{\"op\":\"alloc_bulk\",\"gfp\":\"__GFP_KSWAPD_RECLAIM\",\"count\":9,\"owner\":\"batch\"}");

    assertThat(lines("page allocation failure"))
        .hasSize(2)
        .first()
        .asString()
        .startsWith("buddyd: page allocation failure: order:3, mode:0x800(__GFP_KSWAPD_RECLAIM),");
    assertThat(lines("page allocation failure").getLast())
        .startsWith("batch: page allocation failure: order:0, mode:0x800(__GFP_KSWAPD_RECLAIM),");
  }

  @Test
  @DisplayName("F-70 a page that cannot be brought back from swap: the process that touched it")
  void fault() {
    boot(65_536);
    MvcTestResult page =
        post(
            "/pages",
            "{\"gfp\":\"__GFP_HIGHMEM|__GFP_MOVABLE\",\"use\":\"anon\",\"owner\":\"old\"}");
    String allocation = "/allocations/" + number(page, "$.sequence");
    assertThat(post("/reclaims", "{\"pages\":1}")).hasStatus(200);
    assertThat(text(get(allocation), "$.state")).isEqualTo("swapped");
    pressToMin();
    assertThat(dmesg()).isEmpty();

    assertThat(post(allocation + "/faults", "{}")).hasStatus(409);

    assertThat(lines("page allocation failure"))
        .singleElement()
        .asString()
        .startsWith(
            "old: page allocation failure: order:0, mode:0xa(__GFP_HIGHMEM|__GFP_MOVABLE),");
  }

  @Test
  @DisplayName("F-70 nothing is said of a dry run, and of a request that would loop for ever")
  void silent() {
    full();

    assertThat(post("/pages?dry_run=true", "{\"gfp\":\"__GFP_KSWAPD_RECLAIM\"}")).hasStatus(409);
    assertThat(text(ask("GFP_NOFS", 0), "$.kernel_would")).isEqualTo("loop");

    assertThat(dmesg()).isEmpty();
  }

  @Test
  @DisplayName("R-53, F-80 nobody may be killed: the kernel's last words, with who asked")
  void panic() {
    boot(0);
    fill(9_000, PageUse.ANON, false);
    assertThat(put("/owners/hog", "{\"oom_score_adj\":-1000}")).hasStatus(200);
    assertThat(put("/owners/asker", "{\"unkillable\":true}")).hasStatus(200);
    press();

    MvcTestResult refusal = ask("GFP_KERNEL", 0);

    assertThat(text(refusal, "$.kernel_would")).isEqualTo("panic");
    String log = dmesg().replaceAll("(?m)^\\[ +\\d+\\.\\d{6}] ", "");
    assertThat(log)
        .startsWith(
            "asker invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=-1000\n")
        .contains("         -1000 hog\n")
        .endsWith(
            """
            Out of memory and no killable processes...
            Kernel panic - not syncing: System is deadlocked on memory
            """)
        .isEqualTo(text(refusal, "$.report"));
  }

  /**
   * The machine, the fill and the requests of a recording that ends in a panic: 20 MiB of a
   * process, 20 MiB of page cache, then kernel memory without end. Its console says the same.
   */
  @Test
  @DisplayName("R-53, r8-panic: the last process is killed, then the kernel is deadlocked")
  void lastProcess() {
    assertThat(
            put(
                "/machine",
                """
                {"name":"r8","arch":"x86_64","swap_kb":0,"nodes":[{"cpus":[0],"ranges":[
                  {"start_pfn":1,"pages":158},{"start_pfn":256,"pages":65242}]}]}
                """))
        .hasStatus(200);
    assertThat(put("/owners/hog", "{\"oom_score_adj\":500}")).hasStatus(200);
    fill(5_120, PageUse.ANON, false);
    fill(5_120, PageUse.FILE, false);

    MachineSession session = new MachineSession(machines.current(), false);
    int init = machines.current().owner("init");
    long pfn;
    do {
      pfn =
          session.allocate(Call.ALLOC_PAGES, Gfp.GFP_KERNEL, 0, 0, 0, init, PageUse.KERNEL, false);
    } while (pfn >= 0);

    assertThat(KernelWould.of(pfn)).isEqualTo(KernelWould.PANIC);
    assertThat(dmesg().lines().map(line -> line.substring(line.indexOf(']') + 2)))
        .filteredOn(line -> line.matches("init invoked.*|Out of memory.*|Kernel panic.*"))
        .hasSize(5)
        .satisfiesExactly(
            line -> assertThat(line).isEqualTo(INVOKED),
            line -> assertThat(line).matches("Out of memory: Killed process \\d+ \\(hog\\) .*"),
            line -> assertThat(line).isEqualTo(INVOKED),
            line -> assertThat(line).isEqualTo("Out of memory and no killable processes..."),
            line ->
                assertThat(line)
                    .isEqualTo("Kernel panic - not syncing: System is deadlocked on memory"));
    assertThat(vmstat("oom_kill")).isEqualTo(1);
  }

  private static final String INVOKED =
      "init invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0";

  @Test
  @DisplayName("R-50 panic_on_oom panics before anybody is killed")
  void panicOnOom() {
    full();
    assertThat(writeSysctl("panic_on_oom", "2")).hasStatus(200);

    ask("GFP_KERNEL", 0);

    assertThat(lines("Kernel panic"))
        .containsExactly(
            "Kernel panic - not syncing: Out of memory: compulsory panic_on_oom is enabled");
  }

  @Test
  @DisplayName("F-80 ten whole OOM reports in five seconds; of each kill who died")
  void killsAreAlwaysTold() {
    boot(0);
    press();
    for (int i = 0; i < 14; i++) {
      // a process takes what its predecessor has left, and nobody has more
      String owner = "victim" + i;
      for (int pages = 0; pages < 3; pages++) {
        post(
            "/pages",
            "{\"gfp\":\"%s\",\"use\":\"anon\",\"owner\":\"%s\",\"order\":0}"
                .formatted("GFP_HIGHUSER_MOVABLE|__GFP_MEMALLOC|__GFP_NOWARN", owner));
      }
      assertThat(lines("Killed process")).hasSize(i);
      String kernel = "{\"gfp\":\"GFP_KERNEL\",\"owner\":\"asker\"}";
      for (int n = 0; n < 100 && lines("Killed process").size() == i; n++) {
        post("/pages", kernel);
      }
      assertThat(lines("Killed process")).hasSize(i + 1).last().asString().contains(owner);
    }

    assertThat(machines.current().timeMicros()).isLessThan(5_000_000);
    assertThat(lines("invoked oom-killer")).hasSize(10);
    pass(5);
    ask("GFP_KERNEL", 0);
    assertThat(lines("invoked oom-killer")).hasSize(11);
    assertThat(lines("suppressed").getFirst()).startsWith("oom_kill_process: ");
  }

  private void operate(String line) {
    MvcTestResult answer =
        mvc.post()
            .uri("/operations")
            .contentType(MediaType.APPLICATION_NDJSON)
            .content(line + "\n")
            .exchange();
    assertThat(answer).hasStatus(200);
  }
}
