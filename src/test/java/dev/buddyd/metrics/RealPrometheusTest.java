package dev.buddyd.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.buddyd.api.LiveTest;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.test.context.TestPropertySource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The service watched by a real Prometheus. Needs prometheus on the path. */
@Tag("realtools")
@TestPropertySource(properties = "management.prometheus.metrics.export.enabled=true")
class RealPrometheusTest extends LiveTest {

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @TempDir Path folder;
  private int prometheusPort;

  private Tool prometheus() throws IOException {
    prometheusPort = Tool.freePort();
    Path configuration = folder.resolve("prometheus.yml");
    Files.writeString(
        configuration,
        """
        global: {scrape_interval: 1s, evaluation_interval: 1s}
        rule_files: ["%s/rules/*.yml"]
        scrape_configs:
          - job_name: buddyd
            metrics_path: /actuator/prometheus
            static_configs: [{targets: ["127.0.0.1:%d"]}]
        """
            .formatted(Monitoring.PROMETHEUS.toAbsolutePath(), port));
    return Tool.start(
        List.of(
            "prometheus",
            "--config.file=" + configuration,
            "--storage.tsdb.path=" + folder.resolve("data"),
            "--web.listen-address=127.0.0.1:" + prometheusPort));
  }

  private JsonNode ask(String path) {
    String url = "http://127.0.0.1:" + prometheusPort + "/api/v1/" + path;
    return JSON.readTree(send(HttpRequest.newBuilder(URI.create(url))).body());
  }

  private JsonNode query(String expression) {
    String text =
        expression
            .replace("$job", "buddyd")
            .replace("$instance", ".*")
            .replace("$node", ".*")
            .replace("$zone", ".*");
    return ask("query?query=" + URLEncoder.encode(text, StandardCharsets.UTF_8));
  }

  private boolean scraped(int times) {
    return query("count_over_time(up[5m])")
            .path("data")
            .path("result")
            .path(0)
            .path("value")
            .path(1)
            .asInt(0)
        >= times;
  }

  private boolean fires(String alert) {
    return !query("ALERTS{alertname=\"%s\", alertstate=\"firing\"}".formatted(alert))
        .path("data")
        .path("result")
        .isEmpty();
  }

  private void allocate(String gfp, int order) {
    send(
        request("/pages")
            .header("Content-Type", "application/json")
            .POST(body("{\"gfp\":\"%s\",\"order\":%d}".formatted(gfp, order))));
  }

  /** Fallbacks of a new type into others, reclaim, refusals, some requests of every kind. */
  private void someTraffic() {
    readAhead();
    for (int i = 0; i < 3; i++) {
      allocate("GFP_KERNEL", 10); // reclaims and compacts for itself
    }
    for (int order = 0; order < 6; order++) {
      allocate("GFP_KERNEL", order);
      allocate("GFP_KERNEL|__GFP_RECLAIMABLE", order);
      allocate("GFP_ATOMIC", order);
    }
    for (int i = 0; i < 20; i++) {
      allocate("GFP_ATOMIC", 10); // until it is refused
    }
  }

  /** More page cache than there is memory: kswapd gets work. */
  private void readAhead() {
    String line =
        """
        {"op":"alloc","gfp":"GFP_HIGHUSER_MOVABLE","order":0,"use":"file","owner":"cat"}
        """;
    send(
        request("/operations?results=none")
            .header("Content-Type", "application/x-ndjson")
            .POST(body(line.repeat(16_000))));
  }

  @Test
  void everyPanelShowsSomethingAndEveryRuleIsEvaluated() throws IOException {
    try (Tool tool = prometheus()) {
      await(tool, () -> scraped(2));
      someTraffic();
      await(tool, () -> scraped(6));

      List<String> empty = new ArrayList<>();
      for (var panel : Monitoring.panelQueries()) {
        JsonNode answer = query(panel.text());
        assertThat(answer.path("status").asString())
            .as("%s: %s", panel, answer)
            .isEqualTo("success");
        if (answer.path("data").path("result").isEmpty()) {
          empty.add(panel.where() + ": " + panel.text());
        }
      }
      assertThat(empty).isEmpty();
      for (var other : Monitoring.otherQueries()) {
        assertThat(query(other.text()).path("status").asString()).isEqualTo("success");
      }
      await(
          tool,
          () -> {
            List<String> health = ask("rules").findValuesAsString("health");
            return health.size() > 20 && health.stream().allMatch("ok"::equals);
          });
      await(tool, () -> fires("AllocationFailures"));
    }
  }

  @Test
  void anAlertFiresWhileTheMachineIsInTheStateAndResolvesAfter() throws IOException {
    try (Tool tool = prometheus()) {
      await(tool, () -> scraped(2));
      assertThat(fires("BelowMinWatermark")).isFalse();
      for (int order = 10; order >= 0; order--) {
        int status;
        do {
          status =
              send(request("/pages")
                      .header("Content-Type", "application/json")
                      .POST(body("{\"gfp\":\"GFP_ATOMIC\",\"order\":%d}".formatted(order))))
                  .statusCode();
        } while (status == 201);
        assertThat(status).isEqualTo(409);
      }
      await(tool, () -> fires("BelowMinWatermark"));
      for (JsonNode alert : ask("alerts").path("data").path("alerts")) {
        assertThat(alert.path("annotations").toString())
            .doesNotContain("error expanding", "<no value>");
      }

      machines.boot(presets.get("tiny"));
      await(tool, () -> !fires("BelowMinWatermark"));
    }
  }

  private static void await(Tool tool, java.util.concurrent.Callable<Boolean> condition) {
    try {
      Awaitility.await()
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(250))
          .ignoreExceptions()
          .until(condition);
    } catch (org.awaitility.core.ConditionTimeoutException e) {
      throw new AssertionError(tool.output(), e);
    }
  }
}
