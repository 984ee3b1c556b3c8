package dev.buddyd.api.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.buddyd.api.ApiTest;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.assertj.MvcTestResult;

class MachineTest extends ApiTest {

  private static final String SMALL =
      """
      {"name":"small","nodes":[{"cpus":[0,1],"ranges":[{"start_pfn":256,"pages":32512}]}]}
      """;

  private MvcTestResult put(String json) {
    return mvc.put()
        .uri("/machine")
        .contentType(MediaType.APPLICATION_JSON)
        .content(json)
        .exchange();
  }

  @Test
  void tellsWhatRunsAndItsTag() {
    MvcTestResult result = get("/machine");
    assertThat(object(result, "$"))
        .containsEntry("name", "tiny")
        .containsEntry("arch", "x86_64")
        .containsEntry("cpus", 1)
        .containsEntry("max_order", 10)
        .containsEntry("allocations", 0);
    assertThat(header(result, "ETag")).isEqualTo("\"%d-0\"".formatted(machines.current().epoch()));
    assertThat(text(result, "$.sysctls.watermark_scale_factor")).isEqualTo("10");
    post("/pages", "{\"gfp\":\"GFP_KERNEL\"}");
    assertThat(header(get("/machine"), "ETag")).isNotEqualTo(header(result, "ETag"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"x86_64", "x86_64-numa", "x86_32", "arm64", "arm64-64k", "tiny"})
  void bootsEveryPreset(String name) {
    long epoch = machines.current().epoch();
    MvcTestResult booted = put("{\"preset\":\"%s\"}".formatted(name));
    assertThat(booted).hasStatus(200);
    assertThat(text(booted, "$.name")).isEqualTo(name);
    assertThat(number(booted, "$.epoch")).isEqualTo((int) epoch + 1);
    assertThat(post("/pages", "{\"gfp\":\"GFP_KERNEL\"}")).hasStatus(201);
  }

  @ParameterizedTest
  @ValueSource(strings = {"x86_64", "tiny"})
  void shownPresetCanBeSentBackAsDescription(String name) {
    MvcTestResult shown = get("/machine/presets/" + name);
    assertThat(body(shown)).doesNotContain("null");
    assertThat(put(body(shown))).hasStatus(200);
    assertThat(put("{\"description\":" + body(shown) + "}")).hasStatus(200);
  }

  @Test
  void bootsADescription() {
    MvcTestResult booted = put(SMALL);
    assertThat(booted).hasStatus(200);
    assertThat(object(booted, "$")).containsEntry("name", "small").containsEntry("cpus", 2);
    assertThat(text(put(SMALL.replace("\"name\":\"small\",", "")), "$.name")).isEqualTo("custom");
  }

  @Test
  void listsThePresets() {
    MvcTestResult result = get("/machine/presets");
    assertThat(list(result, "$.presets[*].name"))
        .containsExactly("x86_64", "x86_64-numa", "x86_32", "arm64", "arm64-64k", "tiny");
    assertThat(list(result, "$.presets[?(@.name=='tiny')].cpus")).containsExactly(1);
  }

  @Test
  void tagOfAnEarlierStateBootsNothing() {
    String tag = header(get("/machine"), "ETag");
    post("/pages", "{\"gfp\":\"GFP_KERNEL\"}");
    long epoch = machines.current().epoch();
    MvcTestResult result =
        mvc.put()
            .uri("/machine")
            .header("If-Match", tag)
            .contentType(MediaType.APPLICATION_JSON)
            .content("{\"preset\":\"tiny\"}")
            .exchange();
    assertProblem(result, "stale-state", 412);
    assertThat(machines.current().epoch()).isEqualTo(epoch);
  }

  @Nested
  class Refused {

    private void assertRefused(MvcTestResult result, String problem, int status) {
      assertProblem(result, problem, status);
      assertThat(machines.current().name()).isEqualTo("tiny");
      assertThat(body(result)).doesNotContain("Exception", "dev.buddyd");
    }

    private String nodes(String nodes) {
      return "{\"nodes\":%s}".formatted(nodes);
    }

    @Test
    void overlappingNodes() {
      MvcTestResult result =
          put(
              nodes(
                  """
                  [{"cpus":[0],"ranges":[{"start_pfn":256,"pages":32768}]},
                   {"cpus":[1],"ranges":[{"start_pfn":32768,"pages":32768}]}]
                  """));
      assertRefused(result, "invalid-machine", 422);
      assertThat(text(result, "$.field")).isEqualTo("nodes[1].ranges");
    }

    @Test
    void noCpus() {
      assertRefused(
          put(nodes("[{\"cpus\":[],\"ranges\":[{\"start_pfn\":256,\"pages\":32768}]}]")),
          "invalid-machine",
          422);
    }

    @Test
    void aMillionRanges() {
      String ranges =
          IntStream.range(0, 1_000_000)
              .mapToObj(i -> "{\"start_pfn\":%d,\"pages\":1}".formatted(256 + 2 * i))
              .collect(Collectors.joining(",", "[", "]"));
      MvcTestResult result = put(nodes("[{\"cpus\":[0],\"ranges\":%s}]".formatted(ranges)));
      assertRefused(result, "too-large", 413);
      assertThat(text(result, "$.limit_name")).isEqualTo("buddyd.limits.json-body");
    }

    @Test
    void moreRangesThanTheLimit() {
      String ranges =
          IntStream.range(0, 4_097)
              .mapToObj(i -> "{\"start_pfn\":%d,\"pages\":1}".formatted(256 + 2 * i))
              .collect(Collectors.joining(",", "[", "]"));
      MvcTestResult result = put(nodes("[{\"cpus\":[0],\"ranges\":%s}]".formatted(ranges)));
      assertRefused(result, "too-large", 413);
      assertThat(number(result, "$.limit")).isEqualTo(4096);
      assertThat(text(result, "$.limit_name")).isEqualTo("buddyd.limits.ranges");
    }

    @Test
    void moreMemoryThanTheFrameTablesMayTake() {
      MvcTestResult result =
          put(
              nodes(
                  IntStream.range(0, 64)
                      .mapToObj(
                          i ->
                              "{\"cpus\":[%d],\"ranges\":[{\"start_pfn\":%d,\"pages\":%d}]}"
                                  .formatted(i, ((long) i << 31) + 65536, 2_147_000_000L))
                      .collect(Collectors.joining(",", "[", "]"))));
      assertRefused(result, "too-large", 413);
      assertThat(text(result, "$.detail")).contains("bytes of frame tables");
    }

    @Test
    void warmUpWithoutEnd() {
      MvcTestResult result =
          put(
              SMALL.replaceFirst(
                  "\\{",
                  "{\"warm_up\":{\"seed\":1,\"unmovable_kb\":9223372036854775807,"
                      + "\"reclaimable_kb\":9223372036854775807,\"movable_kb\":1,"
                      + "\"free_percent\":100},"));
      assertRefused(result, "too-large", 413);
      assertThat(text(result, "$.limit_name")).isEqualTo("buddyd.limits.warm-up-kb");
    }

    @ParameterizedTest
    @CsvSource(
        delimiter = ';',
        value = {
          "{};invalid-machine;422",
          "{'nodes':[]};invalid-machine;422",
          "{'nodes':null};invalid-machine;422",
          "{'nodes':[null]};invalid-request;400",
          "{'nodes':[{'cpus':[null],'ranges':[]}]};invalid-request;400",
          "{'nodes':[{'cpus':[0],'ranges':[null]}]};invalid-request;400",
          "{'nodes':[{'cpus':[0]}]};invalid-machine;422",
          "{'nodes':[{'ranges':[]}]};invalid-machine;422",
          "{'nodes':[{'cpus':[0,0],'ranges':[{'start_pfn':256,'pages':9999}]}]};invalid-machine;422",
          "{'nodes':[{'cpus':[1],'ranges':[{'start_pfn':256,'pages':9999}]}]};invalid-machine;422",
          "{'nodes':[{'cpus':[0],'ranges':[{'start_pfn':-1,'pages':9999}]}]};invalid-machine;422",
          "{'nodes':[{'cpus':[0],'ranges':[{'start_pfn':256,'pages':0}]}]};invalid-machine;422",
          "{'nodes':[{'cpus':[0],'ranges':[{'start_pfn':256}]}]};invalid-request;400",
          "{'nodes':[{'cpus':[0],'ranges':[{'start_pfn':256,'pgs':1}]}]};invalid-request;400",
          "{'nodes':{}};invalid-request;400",
          "{'nodes':'x'};invalid-request;400",
          "{'name':7};invalid-request;400",
          "{'name':null};invalid-request;400",
          "{'arch':'vax','nodes':[{'cpus':[0],'ranges':[{'start_pfn':256,'pages':9999}]}]};"
              + "invalid-machine;422",
          "{'page_size_kb':3,'nodes':[{'cpus':[0],'ranges':[{'start_pfn':256,'pages':9999}]}]};"
              + "invalid-machine;422",
          "{'preset':'tny'};no-such-preset;404",
          "{'preset':7};invalid-request;400",
          "{'preset':'tiny','name':'x'};invalid-request;400",
          "{'prset':'tiny'};invalid-request;400",
          "{'description':7};invalid-request;400",
          "{'description':null};invalid-request;400",
          "[];invalid-request;400",
          "7;invalid-request;400",
          "null;invalid-request;400",
        })
    void whatIsNoMachine(String body, String problem, int status) {
      assertRefused(put(body.replace('\'', '"')), problem, status);
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "'sysctls':{'nix':'1'}",
          "'sysctls':{'min_free_kbytes':'-1'}",
          "'kernelcore':'lots'",
          "'movablecore':'101%'",
          "'cma_areas':[{'start_pfn':1,'pages':1}]",
          "'cma_areas':[{'start_pfn':1048576,'pages':512}]",
          "'transparent_hugepage':'maybe'",
          "'reserved':[{'start_pfn':-5,'pages':1}]",
          "'warm_up':{'seed':1,'unmovable_kb':-1,'reclaimable_kb':0,'movable_kb':0,"
              + "'free_percent':0}",
        })
    void optionsThatCannotBe(String option) {
      assertRefused(
          put(SMALL.replaceFirst("\\{", "{" + option.replace('\'', '"') + ",")),
          "invalid-machine",
          422);
    }
  }

  @Nested
  class Time {

    @Test
    @DisplayName("a tick is one stat_interval of virtual time and the periodic work (P-42)")
    void passes() {
      MvcTestResult result = post("/ticks", "{\"count\":3,\"cpu\":null}");
      assertThat(result).hasStatus(200);
      assertThat(object(result, "$")).containsEntry("ticks", 3).containsEntry("time_us", 3_000_000);
      assertThat(number(mvc.post().uri("/ticks").exchange(), "$.ticks")).isEqualTo(1);
      assertThat(machines.current().timeMicros()).isEqualTo(4_000_000);
    }
  }

  @Test
  void soundMachineHasNoViolations() {
    MvcTestResult result = get("/invariants");
    assertThat(object(result, "$")).containsEntry("sound", true);
    assertThat(list(result, "$.violations")).isEmpty();
  }

  @Test
  void brokenMachineNamesTheRule() {
    machines.current().memory().zone(0).addManaged(1);
    MvcTestResult result = get("/invariants");
    machines.current().memory().zone(0).addManaged(-1);
    assertThat(object(result, "$")).containsEntry("sound", false);
    assertThat(text(result, "$.violations[0].rule")).matches("[A-Z]-\\d+.*");
    assertThat(text(result, "$.violations[0].sentence")).isNotBlank();
  }
}
