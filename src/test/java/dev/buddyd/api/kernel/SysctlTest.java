package dev.buddyd.api.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.buddyd.api.ApiTest;
import dev.buddyd.mm.zone.Watermarks;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.assertj.MockMvcTester.MockMvcRequestBuilder;
import org.springframework.test.web.servlet.assertj.MvcTestResult;

class SysctlTest extends ApiTest {

  private MvcTestResult put(String knob, String value, @Nullable String contentType) {
    MockMvcRequestBuilder request = mvc.put().uri("/proc/sys/vm/" + knob).content(value);
    if (contentType != null) {
      request = request.contentType(contentType);
    }
    return request.exchange();
  }

  @Test
  @DisplayName("Z-22: writing min_free_kbytes moves the marks, and the file shows it")
  void writeAndRead() {
    long before = machines.current().memory().zone(1).watermarks().effective(Watermarks.MIN);
    MvcTestResult result = put("min_free_kbytes", "8192\n", MediaType.TEXT_PLAIN_VALUE);

    assertThat(result).hasStatus(200).hasBodyTextEqualTo("8192\n");
    assertThat(result.getResponse().getHeader("ETag")).matches("\"\\d+-\\d+\"");
    assertThat(get("/proc/sys/vm/min_free_kbytes")).hasBodyTextEqualTo("8192\n");
    assertThat(machines.current().memory().zone(1).watermarks().effective(Watermarks.MIN))
        .isGreaterThan(before);
  }

  @ParameterizedTest
  @CsvSource({"min_free_kbytes, 8192", "drop_caches, 3", "compact_memory, 1"})
  void ifMatchGuardsAgainstAStateThatIsNoMore(String knob, String value) {
    String before = put("swappiness", "90", null).getResponse().getHeader("ETag");
    String now = put("swappiness", "80", null).getResponse().getHeader("ETag");
    String values = body(get("/proc/sys/vm"));
    long time = machines.current().timeMicros();

    MvcTestResult refused = putIfMatch(knob, value, before);
    assertProblem(refused, "stale-state", 412);
    assertThat(text(refused, "$.etag")).isEqualTo(now);
    assertThat(body(get("/proc/sys/vm"))).isEqualTo(values);
    assertThat(machines.current().timeMicros()).isEqualTo(time);

    assertThat(putIfMatch(knob, value, now)).hasStatus(200);
    assertThat(putIfMatch("swappiness", "70", "*")).hasStatus(200);
  }

  private MvcTestResult putIfMatch(String knob, String value, String tag) {
    return mvc.put()
        .uri("/proc/sys/vm/" + knob)
        .header("If-Match", tag)
        .contentType(MediaType.TEXT_PLAIN)
        .content(value)
        .exchange();
  }

  @ParameterizedTest
  @CsvSource({
    "text/plain;charset=UTF-8",
    "application/x-www-form-urlencoded",
    "application/octet-stream",
    ","
  })
  void curlMaySendItInAnyOfItsWays(@Nullable String contentType) {
    assertThat(put("swappiness", "100", contentType)).hasStatus(200).hasBodyTextEqualTo("100\n");
  }

  @Test
  void otherContentTypesAreNotRead() {
    assertProblem(
        put("swappiness", "100", MediaType.APPLICATION_JSON_VALUE), "unsupported-media-type", 415);
  }

  @ParameterizedTest
  @CsvSource({
    "min_free_kbytes, -1",
    "min_free_kbytes, plenty",
    "min_free_kbytes, 99999999999999999999",
    "lowmem_reserve_ratio, 256 x",
    "min_free_kbytes, ''",
    "percpu_pagelist_high_fraction, 7",
    "watermark_scale_factor, 0",
    "watermark_scale_factor, 3001",
    "numa_zonelist_order, zone",
    "lowmem_reserve_ratio, 1 2 3 4 5 6",
    "no_such_knob, 1",
  })
  @DisplayName("EINVAL of the kernel is invalid-sysctl, and nothing changes")
  void invalidValues(String knob, String value) {
    String before = body(get("/proc/sys/vm"));

    MvcTestResult result = put(knob, value, MediaType.TEXT_PLAIN_VALUE);
    assertProblem(result, "invalid-sysctl", 400);
    assertThat(text(result, "$.detail")).contains("vm." + knob);
    assertThat(body(get("/proc/sys/vm"))).isEqualTo(before);
    assertThat(machines.current().timeMicros()).isZero();
  }

  @Test
  void aLongTextIsNoValueAndIsNotEchoed() {
    MvcTestResult result = put("swappiness", "9".repeat(100_000), MediaType.TEXT_PLAIN_VALUE);

    assertProblem(result, "invalid-sysctl", 400);
    assertThat(body(result)).hasSizeLessThan(1000);
  }

  @Test
  void readingAFileThatDoesNotExist() {
    assertProblem(get("/proc/sys/vm/no_such_knob"), "invalid-sysctl", 400);
  }

  @Test
  void theListIsWhatSysctlPrints() {
    put("swappiness", "100", MediaType.TEXT_PLAIN_VALUE);

    assertThat(body(get("/proc/sys/vm")))
        .contains("vm.swappiness = 100\n")
        .contains("vm.lowmem_reserve_ratio = 256\t256\t32\t0\t0\n")
        .contains("vm.watermark_boost_factor = 15000\n")
        .startsWith("vm.compaction_proactiveness = 20\n");
  }
}
