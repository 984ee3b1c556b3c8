package dev.buddyd.api.page;

import static org.assertj.core.api.Assertions.assertThat;

import dev.buddyd.api.ApiTest;
import dev.buddyd.machine.MachineSession;
import dev.buddyd.machine.PageRequest;
import dev.buddyd.machine.PageUse;
import dev.buddyd.mm.gfp.Gfp;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.assertj.MvcTestResult;

/** {@code ?explain=true} in both representations, and what a refusal carries. */
class ExplainTest extends ApiTest {

  private static final String LARGEST = "{\"gfp\":\"GFP_KERNEL\",\"order\":10}";

  private MvcTestResult exhaustLargest(String uri) {
    for (int i = 0; i < 64; i++) {
      MvcTestResult result = post("/pages", LARGEST);
      if (result.getResponse().getStatus() == 409) {
        return post(uri, LARGEST);
      }
    }
    throw new AssertionError("64 blocks of order 10 fit into 64 MiB");
  }

  @Test
  void grantedRequestCarriesItsSteps() {
    MvcTestResult made = post("/pages?explain=true", "{\"gfp\":\"GFP_KERNEL\",\"order\":0}");
    assertThat(made).hasStatus(201);
    assertThat(made)
        .bodyJson()
        .extractingPath("$.explanation.steps[?(@.step=='watermark_test')].rule")
        .asArray()
        .contains("Z-42.1");
    assertThat(made)
        .bodyJson()
        .extractingPath("$.explanation.outcome")
        .asString()
        .startsWith("granted pfn 0x");
  }

  /** F-47: the OOM killer looks at high before it kills; what refused the request was min. */
  @Test
  void refusalIsToldByTheMarkThatRefused() {
    MachineSession session = new MachineSession(machines.current(), false);
    int mask = Gfp.GFP_KERNEL | Gfp.NORETRY;
    for (int order = 10; order >= 0; order--) {
      long pfn;
      do {
        pfn =
            session.allocate(
                PageRequest.Call.ALLOC_PAGES,
                mask,
                order,
                MachineSession.ANY,
                MachineSession.ANY,
                0,
                PageUse.KERNEL);
      } while (pfn >= 0);
    }
    MvcTestResult refused = post("/pages", "{\"gfp\":\"GFP_KERNEL\",\"order\":0}");
    assertProblem(refused, "page-allocation-failure", 409);
    assertThat(text(refused, "$.kernel_would")).isEqualTo("oom_kill");
    assertThat(list(refused, "$.verdicts[*].terms.watermark")).isNotEmpty().containsOnly("min");
  }

  @Test
  void refusalCarriesVerdictsSentenceAndTheKernelsReport() {
    MvcTestResult refused = exhaustLargest("/pages");
    assertProblem(refused, "page-allocation-failure", 409);
    assertThat(refused).bodyJson().extractingPath("$.kernel_would").isEqualTo("fail");
    assertThat(refused)
        .bodyJson()
        .extractingPath("$.sentence")
        .asString()
        .matches("DMA32: [0-9,]+ kB free, 4,096 kB needed for the block alone");
    assertThat(refused).bodyJson().extractingPath("$.verdicts[0].verdict").isEqualTo("fail");
    assertThat(refused)
        .bodyJson()
        .extractingPath("$.report")
        .asString()
        .contains("page allocation failure: order:10, mode:0xcc0(GFP_KERNEL)");
    assertThat(refused).bodyJson().doesNotHavePath("$.near_misses");
  }

  @Test
  void explainedRefusalNamesWhatWouldHaveWorked() {
    long before = machines.current().liveAllocations();
    MvcTestResult refused = exhaustLargest("/pages?explain=true");
    assertThat(refused).hasStatus(409);
    assertThat(refused).bodyJson().extractingPath("$.largest_order").isEqualTo(9);
    assertThat(refused).bodyJson().extractingPath("$.near_misses[0].change").isEqualTo("order 9");
    assertThat(machines.current().liveAllocations()).isGreaterThan(before);
  }

  @Test
  void explanationsAreTextWhereTextIsAskedFor() {
    MvcTestResult made =
        mvc.post()
            .uri("/pages?explain=true")
            .contentType(MediaType.APPLICATION_JSON)
            .accept(MediaType.TEXT_PLAIN)
            .content("{\"gfp\":\"GFP_KERNEL\",\"order\":5}")
            .exchange();
    assertThat(made).hasStatus(201).hasContentTypeCompatibleWith(MediaType.TEXT_PLAIN);
    assertThat(made).bodyText().contains("=> granted pfn 0x1800, order 5");
    assertThat(text("get", "/pages/0x1800?explain=true"))
        .contains("pfn 0x1800, order 5: the buddy 0x1820");
    assertThat(text("delete", "/pages/0x1800?explain=true")).contains("merges with");
  }

  @Test
  void freeSaysWhichFreeNeighbourIsNoBuddy() {
    for (int i = 0; i < 4; i++) {
      post("/pages", "{\"gfp\":\"GFP_KERNEL\",\"order\":5}");
    }
    assertThat(text("delete", "/pages/0x1840?explain=true"))
        .contains("the buddy 0x1860 is in use")
        .doesNotContain("adjacent");
    assertThat(text("delete", "/pages/0x1820?explain=true"))
        .contains("the buddy 0x1800 is in use")
        .contains("the free block at pfn 0x1840 and this one are adjacent but not buddies");
  }

  private String text(String method, String uri) {
    var request = method.equals("get") ? mvc.get() : mvc.delete();
    MvcTestResult result = request.uri(uri).accept(MediaType.TEXT_PLAIN).exchange();
    assertThat(result).hasStatus(200);
    return new String(result.getResponse().getContentAsByteArray(), StandardCharsets.UTF_8);
  }
}
