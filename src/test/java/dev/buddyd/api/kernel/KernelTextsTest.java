package dev.buddyd.api.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.buddyd.api.ApiTest;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.assertj.MvcTestResult;

class KernelTextsTest extends ApiTest {

  private static final String ONE = "{\"gfp\":\"GFP_KERNEL\",\"order\":4,\"owner\":\"nginx\"}";

  private String text(String uri) {
    MvcTestResult result = get(uri);
    assertThat(result).hasStatus(200);
    assertThat(result.getResponse().getContentType()).isEqualTo("text/plain;charset=UTF-8");
    return body(result);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "/proc/buddyinfo | \"Node 0, zone      DMA      0 \"",
        "/proc/pagetypeinfo | \"Page block order: 9\nPages per block:  512\n\nFree pages\"",
        "/proc/zoneinfo | \"Node 0, zone      DMA\n  per-node stats\n      nr_inactive_anon 0\n\"",
        "/proc/vmstat | \"nr_free_pages \"",
        "/proc/meminfo | \"MemTotal:          54784 kB\n\"",
        "/sys/kernel/debug/extfrag/extfrag_index | \"Node 0, zone      DMA -1.000 -1.000 \"",
        "/sys/kernel/debug/extfrag/unusable_index | \"Node 0, zone      DMA 0.000 0.000 \"",
        "/sys/kernel/tracing/trace | \"# tracer: nop\n#\n# entries-in-buffer/entries-written: 0/0\""
      })
  @DisplayName("T-1 T-5 T-10 T-15 T-20 T-30 T-31 T-41: each file is there as the kernel begins it")
  void filesOfTheKernel(String path, String start) {
    assertThat(text(path)).startsWith(start).endsWith("\n");
  }

  @Test
  void textsTellOfWhatWasAllocated() {
    String before = text("/proc/buddyinfo");
    post("/pages", ONE);

    assertThat(text("/proc/buddyinfo")).isNotEqualTo(before);
    assertThat(text("/sys/kernel/tracing/trace"))
        .contains("           nginx-1001    [000] ")
        .contains(": mm_page_alloc: page=")
        .contains(" order=4 migratetype=0 gfp_flags=GFP_KERNEL\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/proc/buddyinfo", "/proc/sys/vm/swappiness"})
  void kernelTextIsNoJson(String path) {
    MvcTestResult result = mvc.get().uri(path).accept(MediaType.APPLICATION_JSON).exchange();

    assertProblem(result, "not-acceptable", 406);
  }

  @Test
  void thereAreNoOtherFiles() {
    assertProblem(get("/proc/kmsg"), "not-found", 404);
    assertProblem(get("/proc/sys/kernel/panic"), "not-found", 404);
  }
}
