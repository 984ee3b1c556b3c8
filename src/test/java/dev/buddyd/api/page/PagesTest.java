package dev.buddyd.api.page;

import static org.assertj.core.api.Assertions.assertThat;

import dev.buddyd.api.ApiTest;
import org.junit.jupiter.api.Test;
import org.springframework.test.web.servlet.assertj.MvcTestResult;

class PagesTest extends ApiTest {

  private static final String ONE = "{\"gfp\":\"GFP_KERNEL\",\"order\":0}";

  @Test
  void allocatesAPageAndTakesItBack() {
    MvcTestResult made = post("/pages", ONE);
    assertThat(made).hasStatus(201);
    String location = made.getResponse().getHeader("Location");
    assertThat(location).startsWith("/pages/");
    assertThat(made).headers().hasValue("ETag", get(location).getResponse().getHeader("ETag"));
    assertThat(get(location)).bodyJson().extractingPath("$.state").isEqualTo("allocated");
    assertThat(delete(location)).hasStatus(204);
    assertProblem(delete(location), "not-allocated", 409);
  }

  @Test
  void dryRunChangesNothing() {
    long before = machines.current().events().lastSequence();
    MvcTestResult dry = post("/pages?dry_run=true", ONE);
    assertThat(dry).hasStatus(200);
    assertThat(machines.current().events().lastSequence()).isEqualTo(before);
    Object pfn = bodyOf(dry, "$.pfn");
    assertThat(bodyOf(post("/pages", ONE), "$.pfn")).isEqualTo(pfn);
  }

  private static Object bodyOf(MvcTestResult result, String path) {
    return com.jayway.jsonpath.JsonPath.read(
        new String(
            result.getResponse().getContentAsByteArray(), java.nio.charset.StandardCharsets.UTF_8),
        path);
  }
}
