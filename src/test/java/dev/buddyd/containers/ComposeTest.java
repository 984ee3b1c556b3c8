package dev.buddyd.containers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * {@code docker compose up}: the service, the real node_exporter on a copy of its {@code /proc},
 * and a Prometheus that watches both with the rules of {@code deploy/}. Grafana is started where
 * its image is there.
 */
@Tag("containers")
class ComposeTest {

  private static final String GRAFANA = "grafana/grafana:11.6.0";
  private static final String PROJECT = "buddyd" + UUID.randomUUID().toString().substring(0, 8);
  private static final Map<String, String> ENVIRONMENT = new HashMap<>();

  private static Caller buddyd;
  private static Caller prometheus;
  private static boolean started;

  @BeforeAll
  static void up() throws IOException {
    Engine.needed();
    ENVIRONMENT.put("BUDDYD_IMAGE", Engine.image());
    ENVIRONMENT.put("BUDDYD_PRESET", "tiny");
    buddyd = new Caller("127.0.0.1", port("BUDDYD_PORT"));
    prometheus = new Caller("127.0.0.1", port("PROMETHEUS_PORT"));
    Caller grafana = new Caller("127.0.0.1", port("GRAFANA_PORT"));

    List<String> services =
        new ArrayList<>(List.of("up", "-d", "--no-build", "prometheus", "node-exporter"));
    if (Engine.hasImage(GRAFANA)) {
      services.add("grafana");
    } else {
      System.err.println("##  Grafana is not started: no image " + GRAFANA);
    }
    started = true;
    compose(services.toArray(String[]::new));
    Caller.await(
        "both targets are scraped",
        () -> prometheus.query("up{job=~\"buddyd|node\"} == 1").size() == 2);
    if (Engine.hasImage(GRAFANA)) {
      Caller.await(
          "Grafana has the dashboard",
          () -> grafana.get("/api/dashboards/uid/buddyd-page-allocator").statusCode() == 200);
    }
  }

  @AfterAll
  static void down() {
    if (started) {
      compose("down", "-v", "--timeout", "30");
    }
  }

  private static int port(String variable) throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      ENVIRONMENT.put(variable, Integer.toString(socket.getLocalPort()));
      return socket.getLocalPort();
    }
  }

  private static void compose(String... arguments) {
    Engine.run(10, ENVIRONMENT, Engine.compose(PROJECT, arguments));
  }

  private static double value(String expression) {
    return Double.parseDouble(
        prometheus.query(expression).path(0).path("value").path(1).asString());
  }

  private static void bootTiny() {
    assertThat(buddyd.json("PUT", "/machine", "{\"preset\":\"tiny\"}").statusCode()).isEqualTo(200);
  }

  @Test
  void everyRuleIsEvaluated() {
    Caller.await(
        "all rules are well",
        () -> {
          List<String> health = prometheus.tree("/api/v1/rules").findValuesAsString("health");
          return health.size() > 20 && health.stream().allMatch("ok"::equals);
        });
  }

  @Test
  void theRealNodeExporterShowsTheSimulatedMachine() {
    bootTiny();
    buddyd.json("POST", "/pages", "{\"gfp\":\"GFP_KERNEL\",\"order\":3}");
    Caller.await(
        "all collectors succeed",
        () -> prometheus.query("node_scrape_collector_success{job=\"node\"} == 1").size() == 4);
    for (String metric :
        List.of(
            "node_buddyinfo_blocks",
            "node_zoneinfo_nr_free_pages",
            "node_zoneinfo_low_pages",
            "node_vmstat_pgfree",
            "node_memory_MemFree_bytes")) {
      Caller.await(
          metric + " is the same in both",
          () ->
              value("count(%s{job=\"buddyd\"})".formatted(metric))
                  == value(
                      "count(%s{job=\"buddyd\"} == ignoring(job, instance) %s{job=\"node\"})"
                          .formatted(metric, metric)));
    }
  }

  @Test
  void anAlertFiresWhileTheMachineIsInTheStateAndResolvesAfter() {
    bootTiny();
    Caller.await("quiet", () -> firing("BelowMinWatermark").isEmpty());
    for (int order = 10; order >= 0; order--) {
      String request = "{\"gfp\":\"GFP_ATOMIC\",\"order\":%d}".formatted(order);
      int status;
      do {
        status = buddyd.json("POST", "/pages", request).statusCode();
      } while (status == 201);
      assertThat(status).isEqualTo(409);
    }
    Caller.await(
        "told by the service and by the real node_exporter",
        () ->
            firing("BelowMinWatermark")
                .findValuesAsString("job")
                .containsAll(List.of("buddyd", "node")));
    for (JsonNode alert : prometheus.tree("/api/v1/alerts").path("data").path("alerts")) {
      assertThat(alert.path("annotations").toString())
          .doesNotContain("error expanding", "<no value>");
    }

    bootTiny();
    Caller.await("resolved", () -> firing("BelowMinWatermark").isEmpty());
  }

  private static JsonNode firing(String alert) {
    return prometheus.query("ALERTS{alertname=\"%s\", alertstate=\"firing\"}".formatted(alert));
  }

  @Test
  void aRestartKeepsTheMachine() {
    bootTiny();
    JsonNode granted =
        Caller.tree(
            buddyd.json(
                "POST", "/pages", "{\"gfp\":\"GFP_KERNEL\",\"order\":1,\"owner\":\"compose\"}"));
    compose("restart", "--timeout", "30", "buddyd");
    Caller.await(
        "the same block is still held",
        () ->
            buddyd
                .tree("/pages/" + granted.path("pfn").asInt())
                .path("state")
                .asString()
                .equals("allocated"));
    assertThat(buddyd.get("/pages?owner=compose").body())
        .contains("\"pfn\":" + granted.path("pfn").asInt());
  }
}
