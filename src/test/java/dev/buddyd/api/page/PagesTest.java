package dev.buddyd.api.page;

import static org.assertj.core.api.Assertions.assertThat;

import dev.buddyd.api.ApiTest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.assertj.MvcTestResult;

class PagesTest extends ApiTest {

  private static final String ONE = "{\"gfp\":\"GFP_KERNEL\",\"order\":0}";

  @Nested
  class Allocating {

    @Test
    void answersWithTheBlockItsLocationAndItsTag() {
      MvcTestResult made = post("/pages", ONE);
      assertThat(made).hasStatus(201);
      Map<String, Object> page = object(made, "$");
      assertThat(page)
          .containsOnlyKeys(
              "pfn",
              "order",
              "pages",
              "zone",
              "node",
              "migratetype",
              "block_migratetype",
              "gfp",
              "gfp_mask",
              "physical_address",
              "virtual_address",
              "cpu",
              "owner",
              "use",
              "sequence")
          .containsEntry("order", 0)
          .containsEntry("zone", "DMA32")
          .containsEntry("migratetype", "UNMOVABLE")
          .containsEntry("gfp", "GFP_KERNEL")
          .containsEntry("gfp_mask", "0xcc0")
          .containsEntry("owner", null)
          .containsEntry("use", "kernel");
      int pfn = number(made, "$.pfn");
      assertThat(page)
          .containsEntry("physical_address", "0x" + Long.toHexString((long) pfn << 12))
          .containsEntry(
              "virtual_address", "0x" + Long.toHexString(0xffff888000000000L + ((long) pfn << 12)));
      assertThat(header(made, "Location")).isEqualTo("/pages/" + pfn);
      assertThat(header(made, "ETag"))
          .isEqualTo("\"" + machines.current().epoch() + "-" + page.get("sequence") + "\"");
      assertThat(header(get("/pages/" + pfn), "ETag")).isEqualTo(header(made, "ETag"));
    }

    @Test
    void takesEveryFieldOfTheContract() {
      MvcTestResult made =
          post(
              "/pages",
              """
              {"gfp":"GFP_HIGHUSER_MOVABLE","order":2,"call":"alloc_pages_node","node":0,"cpu":0,
               "owner":"web","use":"anon"}
              """);
      assertThat(made).hasStatus(201);
      assertThat(object(made, "$"))
          .containsEntry("order", 2)
          .containsEntry("pages", 4)
          .containsEntry("migratetype", "MOVABLE")
          .containsEntry("owner", "web")
          .containsEntry("use", "anon");
    }

    @Test
    @DisplayName("alloc_pages_exact keeps the pages asked for and no more (B-92)")
    void exact() {
      MvcTestResult made =
          post(
              "/pages",
              "{\"gfp\":\"GFP_KERNEL\",\"call\":\"alloc_pages_exact\",\"size_bytes\":20000}");
      assertThat(made).hasStatus(201);
      assertThat(number(made, "$.pages")).isEqualTo(5);
      assertThat(number(made, "$.order")).isEqualTo(3);
      assertThat(delete(header(made, "Location"))).hasStatus(204);
    }

    @Test
    @DisplayName("pages of alloc_pages_exact are on no list: nobody would write dirty ones")
    void exactPagesAreNotDirty() {
      String exact =
          "{\"gfp\":\"GFP_KERNEL\",\"call\":\"alloc_pages_exact\",\"size_bytes\":20000,"
              + "\"use\":\"file\",\"dirty\":%s}";
      long before = machines.current().events().lastSequence();
      MvcTestResult refused = post("/pages", exact.formatted("true"));
      assertProblem(refused, "invalid-request", 400);
      assertThat(text(refused, "$.field")).isEqualTo("dirty");
      assertThat(machines.current().events().lastSequence()).isEqualTo(before);
      assertThat(post("/pages", exact.formatted("false"))).hasStatus(201);
    }

    @Test
    @DisplayName("get_zeroed_page and __get_dma_pages add their flags (G-23)")
    void callsAddTheirFlags() {
      assertThat(text(post("/pages", call("get_zeroed_page")), "$.gfp"))
          .isEqualTo("GFP_KERNEL|__GFP_ZERO");
      assertThat(text(post("/pages", call("__get_dma_pages")), "$.zone")).isEqualTo("DMA");
    }

    private String call(String name) {
      return "{\"gfp\":\"GFP_KERNEL\",\"call\":\"%s\"}".formatted(name);
    }

    @Test
    void historicalNamesAndNumbersAreMasksToo() {
      assertThat(text(post("/pages", gfp("__GFP_WAIT|__GFP_IO|__GFP_FS")), "$.gfp"))
          .isEqualTo("GFP_KERNEL");
      assertThat(text(post("/pages", gfp("0xcc0")), "$.gfp")).isEqualTo("GFP_KERNEL");
    }

    private String gfp(String mask) {
      return "{\"gfp\":\"%s\"}".formatted(mask);
    }

    @Test
    void explainsItsSteps() {
      MvcTestResult made = post("/pages?explain=true", ONE);
      assertThat(list(made, "$.explanation.steps[*].rule")).isNotEmpty();
      assertThat(text(made, "$.explanation.outcome")).startsWith("granted pfn");
    }

    @Test
    void refusalTellsWhichTestFailedWithWhichNumbers() {
      takeAllOfOrder(10);
      MvcTestResult refused = post("/pages", "{\"gfp\":\"GFP_KERNEL\",\"order\":10}");
      assertProblem(refused, "page-allocation-failure", 409);
      assertThat(number(refused, "$.order")).isEqualTo(10);
      assertThat(text(refused, "$.gfp")).isEqualTo("GFP_KERNEL");
      assertThat(text(refused, "$.kernel_would")).isEqualTo("fail");
      assertThat(text(refused, "$.sentence")).isNotBlank();
      assertThat(text(refused, "$.report"))
          .startsWith("buddyd: page allocation failure: order:10, mode:0xcc0(GFP_KERNEL)")
          .contains("Mem-Info:");
      Map<String, Object> verdict =
          PagesTest.<Map<String, Object>>list(refused, "$.verdicts").getLast();
      assertThat(verdict)
          .containsKeys("node", "zone", "rule", "verdict", "left", "right", "terms")
          .containsEntry("verdict", "fail");
      assertThat(post("/pages", ONE)).as("the machine stays usable").hasStatus(201);
    }
  }

  private void takeAllOfOrder(int order) {
    String body = "{\"gfp\":\"GFP_KERNEL\",\"order\":%d,\"owner\":\"hog\"}".formatted(order);
    MvcTestResult last;
    int taken = 0;
    do {
      last = post("/pages", body);
    } while (last.getResponse().getStatus() == 201 && ++taken < 100);
    assertThat(taken).isBetween(1, 99);
  }

  @Nested
  class DryRun {

    @Test
    void answersAsTheRequestWouldAndChangesNothing() {
      long before = machines.current().events().lastSequence();
      long time = machines.current().timeMicros();
      MvcTestResult dry = post("/pages?dry_run=true", ONE);
      assertThat(dry).hasStatus(200);
      assertThat(dry).doesNotContainHeader("Location");
      assertThat(json(dry, "$.sequence")).isNull();
      assertThat(machines.current().events().lastSequence()).isEqualTo(before);
      assertThat(machines.current().timeMicros()).isEqualTo(time);
      assertThat(machines.current().liveAllocations()).isZero();
      assertThat(number(post("/pages", ONE), "$.pfn")).isEqualTo(number(dry, "$.pfn"));
    }

    @Test
    void isRefusedAsTheRequestWouldBe() {
      takeAllOfOrder(10);
      long before = machines.current().events().lastSequence();
      String body = "{\"gfp\":\"GFP_KERNEL\",\"order\":10}";
      assertProblem(post("/pages?dry_run=true", body), "page-allocation-failure", 409);
      assertThat(machines.current().events().lastSequence()).isEqualTo(before);
    }
  }

  @Nested
  class Freeing {

    @Test
    void freesOnce() {
      String location = header(post("/pages", ONE), "Location");
      assertThat(delete(location)).hasStatus(204);
      MvcTestResult again = delete(location);
      assertProblem(again, "not-allocated", 409);
      assertThat(text(again, "$.state")).isEqualTo("pcp");
    }

    @Test
    void hexadecimalPfnIsTheSameFrame() {
      int pfn = number(post("/pages", ONE), "$.pfn");
      assertThat(delete("/pages/0x" + Integer.toHexString(pfn))).hasStatus(204);
    }

    @Test
    void wrongOrderIsRefusedAndNothingIsFreed() {
      String location = header(post("/pages", "{\"gfp\":\"GFP_KERNEL\",\"order\":3}"), "Location");
      MvcTestResult wrong = delete(location + "?order=2");
      assertProblem(wrong, "order-mismatch", 409);
      assertThat(number(wrong, "$.allocated_order")).isEqualTo(3);
      assertThat(delete(location + "?order=3")).hasStatus(204);
    }

    @Test
    void staleTagProtectsTheNextHolder() {
      MvcTestResult first = post("/pages", ONE);
      String location = header(first, "Location");
      delete(location);
      MvcTestResult second = post("/pages", ONE);
      assertThat(header(second, "Location")).as("the frame is reused").isEqualTo(location);
      assertProblem(deleteIfMatch(location, header(first, "ETag")), "stale-state", 412);
      assertProblem(deleteIfMatch(location, "W/" + header(second, "ETag")), "stale-state", 412);
      assertProblem(deleteIfMatch(location, "\"0-1\""), "stale-state", 412);
      assertThat(deleteIfMatch(location, header(second, "ETag"))).hasStatus(204);
    }

    private MvcTestResult deleteIfMatch(String uri, String tag) {
      return mvc.delete().uri(uri).header("If-Match", tag).exchange();
    }

    @Test
    void explainsItsSteps() {
      String location = header(post("/pages", ONE), "Location");
      MvcTestResult freed = delete(location + "?explain=true");
      assertThat(freed).hasStatus(200);
      assertThat(list(freed, "$.steps[*].sentence")).isNotEmpty();
    }

    @Test
    void saysWhatTheFrameIsInstead() {
      int pfn = number(post("/pages", "{\"gfp\":\"GFP_KERNEL\",\"order\":2}"), "$.pfn");
      assertThat(text(delete("/pages/" + (pfn + 1)), "$.state")).isEqualTo("tail");
      assertThat(text(delete("/pages/4096"), "$.state")).isEqualTo("reserved");
      assertThat(text(delete("/pages/200"), "$.state")).isEqualTo("hole");
      assertThat(text(delete("/pages/15000"), "$.state")).isEqualTo("free");
    }

    @Test
    void allOfAnOwnerAtOnce() {
      post("/pages", "{\"gfp\":\"GFP_KERNEL\",\"order\":3,\"owner\":\"a\"}");
      post("/pages", "{\"gfp\":\"GFP_KERNEL\",\"order\":0,\"owner\":\"a\"}");
      post("/pages", "{\"gfp\":\"GFP_KERNEL\",\"order\":0,\"owner\":\"b\"}");
      MvcTestResult freed = delete("/pages?owner=a");
      assertThat(freed).hasStatus(200);
      assertThat(object(freed, "$"))
          .containsEntry("owner", "a")
          .containsEntry("freed_blocks", 2)
          .containsEntry("freed_pages", 9);
      assertThat(machines.current().liveAllocations()).isEqualTo(1);
      assertProblem(delete("/pages"), "invalid-request", 400);
      assertThat(machines.current().liveAllocations()).isEqualTo(1);
    }
  }

  @Nested
  class Describing {

    @Test
    void framesOfEveryKind() {
      int pfn = number(post("/pages", "{\"gfp\":\"GFP_KERNEL\",\"order\":2}"), "$.pfn");
      assertThat(state(pfn)).isEqualTo("allocated");
      assertThat(state(pfn + 3)).isEqualTo("tail");
      assertThat(state(4096)).isEqualTo("reserved");
      assertThat(state(200)).isEqualTo("hole");
      assertThat(state(15000)).isEqualTo("free");
      assertThat(number(get("/pages/" + (pfn + 3)), "$.allocation.pfn")).isEqualTo(pfn);
      assertThat(number(get("/pages/" + pfn), "$.buddy_pfn")).isEqualTo(pfn ^ 4);
    }

    private String state(long pfn) {
      return text(get("/pages/" + pfn), "$.state");
    }

    @Test
    void unchangedFrameIsNotSentAgain() {
      MvcTestResult made = post("/pages", ONE);
      assertThat(
              mvc.get()
                  .uri(header(made, "Location"))
                  .header("If-None-Match", header(made, "ETag"))
                  .exchange())
          .hasStatus(304);
    }
  }

  @Nested
  class Listing {

    @Test
    void pagesThroughAllAllocationsInOrder() {
      for (int i = 0; i < 7; i++) {
        post("/pages", ONE);
      }
      MvcTestResult first = get("/pages?limit=3");
      List<Integer> seen = new ArrayList<>(list(first, "$.pages[*].pfn"));
      Object next = json(first, "$.next");
      while (next != null) {
        MvcTestResult page = get(next.toString());
        seen.addAll(list(page, "$.pages[*].pfn"));
        next = json(page, "$.next");
      }
      assertThat(seen).hasSize(7).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void filtersBySeveralThingsAtOnce() {
      post("/pages", "{\"gfp\":\"GFP_KERNEL\",\"order\":0,\"owner\":\"a\"}");
      post("/pages", "{\"gfp\":\"GFP_ATOMIC\",\"order\":1,\"owner\":\"a\"}");
      post("/pages", "{\"gfp\":\"GFP_HIGHUSER_MOVABLE\",\"order\":0,\"owner\":\"b\"}");
      post("/pages", "{\"gfp\":\"GFP_KERNEL|__GFP_DMA\",\"order\":0}");
      assertThat(count("owner=a")).isEqualTo(2);
      assertThat(count("owner=a&order=1")).isEqualTo(1);
      assertThat(count("gfp=GFP_ATOMIC")).isEqualTo(1);
      assertThat(count("migratetype=MOVABLE")).isEqualTo(1);
      assertThat(count("zone=DMA")).isEqualTo(1);
      assertThat(count("node=0")).isEqualTo(4);
    }

    private int count(String query) {
      return list(get("/pages?" + query), "$.pages").size();
    }
  }

  @Nested
  class Idempotency {

    private MvcTestResult keyed(String key, String body) {
      return mvc.post()
          .uri("/pages")
          .header("Idempotency-Key", key)
          .contentType(MediaType.APPLICATION_JSON)
          .content(body)
          .exchange();
    }

    @Test
    void sameKeyAllocatesOnce() {
      MvcTestResult first = keyed("k1", ONE);
      MvcTestResult second = keyed("k1", "{ \"order\": 0, \"gfp\": \"GFP_KERNEL\" }");
      assertThat(second).hasStatus(201);
      assertThat(body(second)).isEqualTo(body(first));
      assertThat(header(second, "ETag")).isEqualTo(header(first, "ETag"));
      assertThat(header(second, "Idempotent-Replayed")).isEqualTo("true");
      assertThat(first).doesNotContainHeader("Idempotent-Replayed");
      assertThat(machines.current().liveAllocations()).isEqualTo(1);
    }

    @Test
    void anotherBodyUnderTheKeyIsRefused() {
      keyed("k2", ONE);
      MvcTestResult other = keyed("k2", "{\"gfp\":\"GFP_KERNEL\",\"order\":1}");
      assertProblem(other, "invalid-request", 400);
      assertThat(machines.current().liveAllocations()).isEqualTo(1);
    }

    @Test
    void refusalIsRepeatedWordForWord() {
      takeAllOfOrder(10);
      String body = "{\"gfp\":\"GFP_KERNEL\",\"order\":10}";
      MvcTestResult first = keyed("k3", body);
      delete("/pages?owner=hog");
      assertThat(body(keyed("k3", body))).isEqualTo(body(first));
    }

    @Test
    void anotherMachineHasItsOwnKeys() {
      keyed("k4", ONE);
      bootTiny();
      assertThat(keyed("k4", ONE)).doesNotContainHeader("Idempotent-Replayed");
      assertThat(machines.current().liveAllocations()).isEqualTo(1);
    }

    @Test
    void invalidRequestLeavesTheKeyFree() {
      assertProblem(keyed("k5", "{\"gfp\":\"GFP_KERNEL\",\"cpu\":7}"), "no-such-cpu", 404);
      assertThat(keyed("k5", ONE)).hasStatus(201);
    }
  }
}
