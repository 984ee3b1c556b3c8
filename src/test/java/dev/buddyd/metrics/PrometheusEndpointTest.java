package dev.buddyd.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.buddyd.api.ApiTest;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.springframework.test.context.TestPropertySource;

/** The metrics where Prometheus finds them. */
@TestPropertySource(properties = "management.prometheus.metrics.export.enabled=true")
class PrometheusEndpointTest extends ApiTest {

  private Exposition scrape() {
    var result = get("/actuator/prometheus");
    assertThat(result).hasStatus(200);
    return Exposition.parse(
        new String(result.getResponse().getContentAsByteArray(), StandardCharsets.UTF_8));
  }

  @Test
  void oneEndpointShowsNodeExportersNamesAndOurs() {
    post("/pages", "{\"gfp\":\"GFP_KERNEL\",\"order\":3}");
    Exposition scrape = scrape();

    assertThat(scrape.types())
        .containsEntry("node_buddyinfo_blocks", "gauge")
        .containsEntry("node_vmstat_pgfree", "untyped")
        .containsEntry("buddyd_free_blocks", "gauge")
        .containsEntry("buddyd_allocations_total", "counter")
        .containsKey("jvm_memory_used_bytes");
    assertThat(scrape.sample("buddyd_live_allocations")).isEqualTo(1);
    assertThat(scrape.sum("buddyd_free_blocks", "order=\"3\""))
        .isEqualTo(scrape.sum("node_buddyinfo_blocks", "size=\"3\""));
  }

  @Test
  void everyFamilyHasAHelpAndCountersSayTotal() {
    get("/zones");
    Exposition scrape = scrape();

    assertThat(scrape.types()).containsKey("http_server_requests_seconds");
    assertThat(scrape.types().keySet())
        .allSatisfy(family -> assertThat(scrape.helps().get(family)).as(family).isNotBlank());
    assertThat(scrape.without("node_").types())
        .allSatisfy(
            (family, type) ->
                assertThat(family.endsWith("_total")).as(family).isEqualTo(type.equals("counter")));
  }

  @Test
  void noLabelGrowsWithWhatClientsSend() {
    calls(0);
    int before = scrape().samples().size();
    for (int i = 1; i <= 20; i++) {
      calls(i);
    }
    scrape();
    assertThat(scrape().samples()).hasSizeLessThan(before + 20);
  }

  private void calls(int i) {
    get("/pages/" + (4096 + i));
    get("/no/such/path" + i);
    get("/proc/sys/vm/knob" + i);
    post("/pages", "{\"gfp\":\"GFP_KERNEL\",\"order\":0,\"owner\":\"owner%d\"}".formatted(i));
  }

  @Test
  void theScrapeFollowsTheMachine() {
    double epoch = scrape().sample("buddyd_machine_epoch");
    machines.boot(presets.get("x86_32"));

    assertThat(scrape().sample("buddyd_machine_epoch")).isEqualTo(epoch + 1);
    assertThat(scrape().samples().keySet()).anyMatch(name -> name.contains("zone=\"HighMem\""));
    machines.boot(presets.get("tiny"));
    assertThat(scrape().samples().keySet()).noneMatch(name -> name.contains("zone=\"HighMem\""));
  }
}
