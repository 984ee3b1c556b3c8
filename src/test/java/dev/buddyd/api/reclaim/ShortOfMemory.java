package dev.buddyd.api.reclaim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.buddyd.api.ApiTest;
import dev.buddyd.machine.MachineSession;
import dev.buddyd.machine.PageRequest.Call;
import dev.buddyd.machine.PageUse;
import dev.buddyd.mm.gfp.Gfp;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.assertj.MvcTestResult;

/** What tests of a small machine that runs out of memory share. */
abstract class ShortOfMemory extends ApiTest {

  /** Takes pages without reclaiming or waking anybody, as the recordings' pressure does. */
  protected static final int PRESSURE = Gfp.NOWARN;

  private static final int USER = PRESSURE | Gfp.HIGHMEM | Gfp.MOVABLE;

  /** Boots a machine of 64 MiB with so much swap. */
  protected void boot(long swapKb) {
    MvcTestResult booted =
        put(
            "/machine",
            """
            {"name":"short","arch":"x86_64","swap_kb":%d,
             "nodes":[{"cpus":[0],"ranges":[{"start_pfn":1,"pages":16383}]}]}
            """
                .formatted(swapKb));
    assertThat(booted).hasStatus(200);
  }

  protected MvcTestResult put(String uri, String json) {
    return mvc.put()
        .uri(URI.create(uri))
        .contentType(MediaType.APPLICATION_JSON)
        .content(json)
        .exchange();
  }

  protected MvcTestResult writeSysctl(String knob, String value) {
    return mvc.put()
        .uri(URI.create("/proc/sys/vm/" + knob))
        .contentType(MediaType.TEXT_PLAIN)
        .content(value)
        .exchange();
  }

  /** Fills memory with pages of a kind for "hog"; returns their sequences. */
  protected List<Long> fill(int pages, PageUse use, boolean dirty) {
    MachineSession session = new MachineSession(machines.current(), false);
    int owner = machines.current().owner("hog");
    List<Long> sequences = new ArrayList<>();
    int gfp = use == PageUse.KERNEL ? PRESSURE : USER;
    for (int i = 0; i < pages; i++) {
      if (session.allocate(Call.ALLOC_PAGES, gfp, 0, 0, 0, owner, use, dirty) < 0) {
        break;
      }
      sequences.add(session.sequence());
    }
    return sequences;
  }

  /** Takes kernel memory until no zone is above min. */
  protected void pressToMin() {
    MachineSession session = new MachineSession(machines.current(), false);
    while (session.allocate(Call.ALLOC_PAGES, PRESSURE, 0, 0, 0, 0, PageUse.KERNEL) >= 0) {
      // until refused
    }
  }

  /** Takes kernel memory until no zone is above min and kswapd has given up helping. */
  protected void press() {
    for (int round = 0; round < 2; round++) {
      pressToMin();
      MachineSession session = new MachineSession(machines.current(), false);
      for (int i = 0; i < 20; i++) { // sixteen runs without a page
        session.allocate(
            Call.ALLOC_PAGES, PRESSURE | Gfp.KSWAPD_RECLAIM, 0, 0, 0, 0, PageUse.KERNEL);
      }
    }
  }

  /**
   * Fills a machine without swap with page cache, and takes it to min. A page in every pageblock
   * stays: none becomes free.
   */
  protected void scatteredCache() {
    boot(0);
    MachineSession session = new MachineSession(machines.current(), false);
    for (int i = 0; i < 16_000; i++) {
      PageUse use = i % 128 == 0 ? PageUse.KERNEL : PageUse.FILE;
      session.allocate(Call.ALLOC_PAGES, USER, 0, 0, 0, 0, use);
    }
    pressToMin();
  }

  protected long vmstat(String name) {
    return body(get("/proc/vmstat"))
        .lines()
        .filter(line -> line.startsWith(name + " "))
        .mapToLong(line -> Long.parseLong(line.substring(name.length() + 1)))
        .findFirst()
        .orElseThrow();
  }

  protected long stalls() {
    return vmstat("allocstall_dma")
        + vmstat("allocstall_dma32")
        + vmstat("allocstall_normal")
        + vmstat("allocstall_movable");
  }

  protected MvcTestResult ask(String gfp, int order) {
    return post(
        "/pages", "{\"gfp\":\"%s\",\"order\":%d,\"owner\":\"asker\"}".formatted(gfp, order));
  }
}
