package dev.buddyd.metrics;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import dev.buddyd.api.ApiTest;
import dev.buddyd.metrics.Monitoring.Expression;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.http.MediaType;
import org.springframework.test.context.TestPropertySource;
import tools.jackson.databind.JsonNode;

/** Rules and dashboards in {@code deploy/} speak of what the service really exposes. */
@TestPropertySource(properties = "management.prometheus.metrics.export.enabled=true")
class MonitoringFilesTest extends ApiTest {

  /** Made by Prometheus itself. */
  private static final Set<String> PROMETHEUS = Set.of("up", "ALERTS");

  private Exposition scrape() {
    get("/zones"); // so that there is a request to count
    return Exposition.parse(
        new String(
            get("/actuator/prometheus").getResponse().getContentAsByteArray(),
            StandardCharsets.UTF_8));
  }

  @Test
  void everyMetricAndLabelOfRulesAndDashboardsIsInAScrape() {
    Set<String> samples = new HashSet<>(scrape().samples().keySet());
    assertThat(
            mvc.put()
                .uri("/machine")
                .contentType(MediaType.APPLICATION_JSON)
                .content("{\"preset\":\"x86_32\"}")
                .exchange())
        .hasStatus(200);
    samples.addAll(scrape().samples().keySet()); // HighMem has names of its own
    Set<String> names = samples.stream().map(key -> key.replaceFirst("\\{.*", "")).collect(toSet());
    Set<String> records =
        Monitoring.records().stream().map(rule -> rule.path("record").asString()).collect(toSet());
    List<Expression> expressions =
        Stream.of(
                Monitoring.ruleExpressions(), Monitoring.panelQueries(), Monitoring.otherQueries())
            .flatMap(List::stream)
            .toList();
    assertThat(expressions).hasSizeGreaterThan(60);

    List<String> wrong = new ArrayList<>();
    for (Expression expression : expressions) {
      List<PromQuery> selectors = PromQuery.selectors(expression.text());
      assertThat(selectors).as(expression.where()).isNotEmpty();
      for (PromQuery read : selectors) {
        if (PROMETHEUS.contains(read.name()) || records.contains(read.name())) {
          continue;
        }
        if (!names.contains(read.name())) {
          wrong.add(expression.where() + " reads " + read.name());
        }
        read.ownLabels()
            .filter(label -> samples.stream().noneMatch(s -> hasLabel(s, read.name(), label)))
            .forEach(label -> wrong.add(expression.where() + ": " + read.name() + "." + label));
      }
    }
    assertThat(wrong).isEmpty();
  }

  private static boolean hasLabel(String sample, String name, String label) {
    return sample.startsWith(name + "{")
        && (sample.contains("{" + label + "=") || sample.contains("," + label + "="));
  }

  @Test
  void everyAlertTellsAPersonWhatItMeansAndWhatToDo() {
    assertThat(Monitoring.alerts()).hasSizeGreaterThan(15);
    for (JsonNode alert : Monitoring.alerts()) {
      String name = alert.path("alert").asString();
      assertThat(alert.path("labels").path("severity").asString())
          .as(name)
          .isIn("warning", "critical");
      JsonNode annotations = alert.path("annotations");
      assertThat(annotations.path("summary").asString()).as(name).contains("$labels.instance");
      assertThat(annotations.path("description").asString()).as(name).hasSizeGreaterThan(60);
      assertThat(annotations.path("action").asString()).as(name).hasSizeGreaterThan(40);
    }
  }

  @Test
  void everyAlertHasACaseInWhichItFiresAndOthersInWhichItDoesNot() {
    for (JsonNode alert : Monitoring.alerts()) {
      String name = alert.path("alert").asString();
      List<JsonNode> cases =
          Monitoring.cases().stream()
              .filter(c -> c.path("name").asString().startsWith(name + ":"))
              .toList();
      assertThat(cases).as("cases of %s", name).isNotEmpty();
      assertThat(cases)
          .as(name)
          .anySatisfy(
              c -> {
                Set<Boolean> fires = new HashSet<>();
                c.path("promql_expr_test")
                    .forEach(
                        test -> {
                          assertThat(test.path("expr").asString()).contains('"' + name + '"');
                          fires.add(!test.path("exp_samples").isEmpty());
                        });
                assertThat(fires).containsExactlyInAnyOrder(true, false);
              });
    }
  }

  @Test
  void everyPanelHasADescriptionThatSaysWhereItWorks() {
    for (JsonNode dashboard : Monitoring.dashboards()) {
      Set<Integer> ids = new HashSet<>();
      for (JsonNode panel : Monitoring.panels(dashboard)) {
        String title = panel.path("title").asString();
        assertThat(ids.add(panel.path("id").asInt())).as("id of %s", title).isTrue();
        if (panel.path("type").asString().equals("row")) {
          continue;
        }
        assertThat(panel.path("targets")).as(title).isNotEmpty();
        assertThat(panel.path("description").asString()).as(title).hasSizeGreaterThan(50);
        if (!title.equals("Scrape")) {
          assertThat(panel.path("description").asString())
              .as(title)
              .containsPattern("buddyd only|real node");
        }
      }
    }
  }

  /** A panel that claims to work on a real node reads node_exporter's names only. */
  @Test
  void panelsForRealNodesReadNodeExportersNamesOnly() {
    for (JsonNode dashboard : Monitoring.dashboards()) {
      for (JsonNode panel : Monitoring.panels(dashboard)) {
        if (!panel.path("description").asString().contains("Works on a real node")) {
          continue;
        }
        panel
            .path("targets")
            .forEach(
                target ->
                    assertThat(PromQuery.selectors(target.path("expr").asString()))
                        .as(panel.path("title").asString())
                        .allMatch(read -> read.name().startsWith("node_")));
      }
    }
    Monitoring.yaml(Monitoring.PROMETHEUS.resolve("rules/node.yml"))
        .path("groups")
        .forEach(
            group ->
                group
                    .path("rules")
                    .forEach(
                        rule ->
                            assertThat(PromQuery.selectors(rule.path("expr").asString()))
                                .as(rule.path("alert").asString(""))
                                .allMatch(read -> read.name().startsWith("node_"))));
  }

  @Test
  void panelsDoNotOverlap() {
    for (JsonNode dashboard : Monitoring.dashboards()) {
      Set<List<Integer>> taken = new HashSet<>();
      for (JsonNode panel : Monitoring.panels(dashboard)) {
        JsonNode grid = panel.path("gridPos");
        int right = grid.path("x").asInt() + grid.path("w").asInt();
        int bottom = grid.path("y").asInt() + grid.path("h").asInt();
        assertThat(right).isLessThanOrEqualTo(24);
        for (int x = grid.path("x").asInt(); x < right; x++) {
          for (int y = grid.path("y").asInt(); y < bottom; y++) {
            assertThat(taken.add(List.of(x, y))).as(panel.path("title").asString()).isTrue();
          }
        }
      }
    }
  }
}
