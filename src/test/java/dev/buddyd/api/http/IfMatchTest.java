package dev.buddyd.api.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.buddyd.api.ApiTest;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.http.HttpMethod;
import org.springframework.test.web.servlet.assertj.MvcTestResult;

/** {@code If-Match} on whatever changes the machine (RFC 9110, 13.1.1). */
class IfMatchTest extends ApiTest {

  private static final String ONE = "{\"gfp\":\"GFP_KERNEL\",\"owner\":\"x\"}";
  private static final String FILE = "{\"gfp\":\"GFP_HIGHUSER_MOVABLE\",\"use\":\"file\"}";

  private MvcTestResult call(String method, String uri, String body, String tag) {
    return mvc.method(HttpMethod.valueOf(method))
        .uri(uri)
        .contentType(uri.startsWith("/proc") ? "text/plain" : "application/json")
        .content(body)
        .header("If-Match", tag)
        .exchange();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "POST   | /pages                        | {\"gfp\":\"GFP_KERNEL\"}   | 201",
        "POST   | /pages?dry_run=true           | {\"gfp\":\"GFP_KERNEL\"}   | 200",
        "DELETE | /pages?owner=x                | ''                         | 200",
        "POST   | /ticks                        | {}                         | 200",
        "POST   | /reclaims                     | {}                         | 200",
        "POST   | /compactions                  | {}                         | 200",
        "POST   | /operations                   | {\"op\":\"tick\"}          | 200",
        "PUT    | /owners/x                     | {\"oom_score_adj\":5}      | 200",
        "PUT    | /proc/sys/vm/min_free_kbytes  | 8192                       | 200",
        "PUT    | /proc/sys/vm/drop_caches      | 3                          | 200",
        "PUT    | /machine                      | {\"preset\":\"tiny\"}      | 200",
      })
  void aMachineInAnotherStateIsLeftAlone(String method, String uri, String body, int status) {
    post("/pages", ONE);
    String before = header(get("/machine"), "ETag");
    post("/pages", ONE);
    String now = header(get("/machine"), "ETag");
    String state = body(get("/machine/snapshot"));

    for (String stale : List.of(before, "W/" + now, "\"0-1\"")) {
      MvcTestResult refused = call(method, uri, body, stale);
      assertProblem(refused, "stale-state", 412);
      assertThat(text(refused, "$.etag")).isEqualTo(now);
    }
    assertThat(body(get("/machine/snapshot"))).isEqualTo(state);

    assertThat(call(method, uri, body, before + ", " + now)).hasStatus(status);
    assertThat(call(method, uri, body, "*")).hasStatus(status);
  }

  @Test
  @DisplayName("R-51 what an owner is told to be is a change of the machine")
  void anOwnerChangesTheMachine() {
    post("/pages", ONE);
    String before = header(get("/machine"), "ETag");

    assertThat(call("PUT", "/owners/x", "{\"oom_score_adj\":5}", before)).hasStatus(200);

    assertProblem(call("PUT", "/owners/x", "{\"oom_score_adj\":6}", before), "stale-state", 412);
    assertThat(mvc.get().uri("/owners").header("If-None-Match", before).exchange()).hasStatus(200);
    String event = body(get("/events?limit=10&after=" + before.replaceAll(".*-|\"", "")));
    assertThat(event).contains("oom_score_adj_update", "\"oom_score_adj\":5", "\"owner\":\"x\"");
  }

  @ParameterizedTest
  @CsvSource({"POST, touches", "POST, faults"})
  void anAllocationOfAnotherMachineIsLeftAlone(String method, String what) {
    MvcTestResult made = post("/pages", FILE);
    String uri = "/allocations/" + number(made, "$.sequence") + "/" + what;
    String other = header(made, "ETag");
    bootTiny();
    String tag = header(post("/pages", FILE), "ETag");
    String state = body(get("/machine/snapshot"));

    assertProblem(call(method, uri, "{}", other), "stale-state", 412);
    assertThat(body(get("/machine/snapshot"))).isEqualTo(state);
    assertThat(call(method, uri, "{}", tag)).hasStatus(200);
  }

  @Test
  void aRepetitionUnderTheSameKeyGetsTheAnswerThatChangedTheState() {
    String tag = header(get("/machine"), "ETag");
    MvcTestResult first = keyed(tag);
    assertThat(first).hasStatus(201);
    assertThat(body(keyed(tag))).isEqualTo(body(first));
    assertThat(machines.current().liveAllocations()).isEqualTo(1);
  }

  @Test
  void aStaleTagLeavesTheKeyFree() {
    assertProblem(keyed("\"0-1\""), "stale-state", 412);
    assertThat(keyed(header(get("/machine"), "ETag"))).hasStatus(201);
  }

  private MvcTestResult keyed(String tag) {
    return mvc.post()
        .uri("/pages")
        .header("Idempotency-Key", "k")
        .header("If-Match", tag)
        .contentType("application/json")
        .content(ONE)
        .exchange();
  }

  @Test
  void ofManyThatNameTheSameStateOneChangesIt() throws Exception {
    try (ExecutorService clients = Executors.newFixedThreadPool(6)) {
      for (int round = 0; round < 100; round++) {
        String tag = header(get("/machine"), "ETag");
        List<Callable<MvcTestResult>> calls =
            IntStream.range(0, 6)
                .<Callable<MvcTestResult>>mapToObj(
                    i ->
                        () ->
                            i % 2 == 0
                                ? call("POST", "/pages", ONE, tag)
                                : call("PUT", "/proc/sys/vm/swappiness", "" + i, tag))
                .toList();
        int done = 0;
        for (Future<MvcTestResult> answer : clients.invokeAll(calls)) {
          int status = answer.get().getResponse().getStatus();
          done += status == 412 ? 0 : 1;
          assertThat(status).isIn(200, 201, 412);
        }
        assertThat(done).as("of those that name %s", tag).isEqualTo(1);
      }
    }
  }
}
