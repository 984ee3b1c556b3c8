package dev.buddyd.api.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.buddyd.api.ApiTest;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.assertj.MvcTestResult;

class HostMachineHttpTest extends ApiTest {

  private static String host() throws IOException {
    try (InputStream in =
        Objects.requireNonNull(
            HostMachineHttpTest.class.getResourceAsStream("/procfs/host-6.12.txt"))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private MvcTestResult put(String uri, @Nullable String contentType, String text) {
    var request = mvc.put().uri(URI.create(uri)).content(text);
    return contentType == null
        ? request.exchange()
        : request.contentType(MediaType.parseMediaType(contentType)).exchange();
  }

  @Test
  void aHostBootsWhateverTheContentType() throws IOException {
    for (String type :
        new @Nullable String[] {
          null, "text/plain", "application/octet-stream", "text/plain;charset=utf-8"
        }) {
      bootTiny();
      MvcTestResult result = put("/machine?seed=5", type, host());
      assertThat(result).hasStatusOk();
      assertThat(text(result, "$.origin.kind")).isEqualTo("host");
      assertThat(number(result, "$.origin.host.seed")).isEqualTo(5);
      assertThat(body(get("/proc/buddyinfo")).lines())
          .isEqualTo(host().lines().filter(l -> l.matches("Node 0.*[0-9] *")).toList());
      assertThat(number(get("/machine"), "$.managed_pages")).isEqualTo(63_840);
    }
    assertThat(text(put("/machine", "application/json", "{\"preset\":\"tiny\"}"), "$.origin.kind"))
        .isEqualTo("preset");
  }

  @Test
  void whatTheHostHoldsCanBeFreedAndTheRestAllocated() throws IOException {
    put("/machine", "text/plain", host());
    MvcTestResult refused = post("/pages", "{\"gfp\":\"GFP_KERNEL\",\"order\":10}");
    assertThat(refused).hasStatus(201);
    MvcTestResult freed = mvc.delete().uri(URI.create("/pages?owner=boot")).exchange();
    assertThat(freed).hasStatusOk();
    assertThat(number(get("/machine"), "$.allocations")).isEqualTo(1);
  }

  @Test
  void theSwapOfTheHostIsTheSwapOfTheMachineAndWhatIsUsedOfItStaysUsed() throws IOException {
    String meminfo = "SwapCached:  12 kB\nSwapTotal:     524288 kB\nSwapFree:      131072 kB\n";
    for (String text : new String[] {meminfo + host(), host() + meminfo}) {
      MvcTestResult result = put("/machine", "text/plain", text);
      assertThat(body(result)).contains("the host has 393216 kB in swap");
      assertThat(body(get("/proc/meminfo")))
          .containsPattern("SwapTotal: +524288 kB\nSwapFree: +131072 kB\n");
      assertThat(body(get("/invariants"))).contains("\"sound\":true");
    }
    String snapshot = body(get("/machine/snapshot"));
    assertThat(snapshot).contains("\"swap_foreign_pages\":98304");
    put("/machine", "application/json", "{\"preset\":\"tiny\"}");
    assertThat(put("/machine/snapshot", "application/json", snapshot)).hasStatusOk();
    assertThat(body(get("/proc/meminfo")))
        .containsPattern("SwapTotal: +524288 kB\nSwapFree: +131072 kB\n");
    assertThat(body(get("/machine/snapshot"))).isEqualTo(snapshot);
    assertProblem(
        put("/machine/snapshot", "application/json", snapshot.replace(":98304", ":131073")),
        "invalid-snapshot",
        422);
    put("/machine", "text/plain", host() + "SwapTotal: 0 kB\nSwapFree: 0 kB\n");
    assertThat(body(get("/proc/meminfo"))).containsPattern("SwapTotal: +0 kB\n");
    MvcTestResult wrong =
        put("/machine", "text/plain", "SwapTotal: 8 kB\nSwapFree: 12 kB\n" + host());
    assertProblem(wrong, "invalid-machine", 422);
    assertThat(text(wrong, "$.field")).isEqualTo("SwapFree");
    assertThat(number(wrong, "$.line")).isEqualTo(2);
  }

  @Test
  void contradictionsChangeNothingAndSayWhere() throws IOException {
    String before = header(get("/machine"), "ETag");
    String wrong = host().replace("high     668", "high     66");
    MvcTestResult result = put("/machine", "text/plain", wrong);
    assertProblem(result, "invalid-machine", 422);
    assertThat(text(result, "$.field")).isEqualTo("high");
    List<String> lines = wrong.lines().toList();
    assertThat(lines.get(number(result, "$.line") - 1)).contains("high     66");
    assertProblem(put("/machine", "text/plain", "hello"), "invalid-machine", 422);
    MvcTestResult description =
        put("/machine", "application/x-www-form-urlencoded", " {\"preset\":\"tiny\"}");
    assertProblem(description, "invalid-request", 400);
    assertThat(text(description, "$.detail")).contains("--json");
    assertProblem(put("/machine?page_size_kb=5", "text/plain", host()), "invalid-request", 400);
    assertProblem(
        put("/machine?seed=1", "application/json", "{\"preset\":\"tiny\"}"),
        "invalid-request",
        400);
    assertThat(header(get("/machine"), "ETag")).isEqualTo(before);
  }

  @Test
  void anotherStateIsNotReplaced() throws IOException {
    MvcTestResult result =
        mvc.put()
            .uri(URI.create("/machine"))
            .header("If-Match", "\"0-77\"")
            .contentType(MediaType.TEXT_PLAIN)
            .content(host())
            .exchange();
    assertProblem(result, "stale-state", 412);
  }
}
