package dev.buddyd.metrics;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The files in {@code deploy/} that watch a machine, read for tests. */
final class Monitoring {

  static final Path PROMETHEUS = Path.of("deploy/prometheus");
  static final Path DASHBOARDS = Path.of("deploy/grafana/dashboards");
  private static final JsonMapper JSON = JsonMapper.shared();

  private Monitoring() {}

  /** An expression and where it stands. */
  record Expression(String where, String text) {}

  static List<Path> files(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static JsonNode yaml(Path file) {
    return JSON.valueToTree(new Yaml().load(read(file)));
  }

  static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Stream<JsonNode> all(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false);
  }

  private static Stream<JsonNode> rules() {
    return files(PROMETHEUS.resolve("rules")).stream()
        .flatMap(file -> all(yaml(file).path("groups")))
        .flatMap(group -> all(group.path("rules")));
  }

  static List<JsonNode> alerts() {
    return rules().filter(rule -> rule.has("alert")).toList();
  }

  static List<JsonNode> records() {
    return rules().filter(rule -> rule.has("record")).toList();
  }

  /** The cases of promtool's rule tests. */
  static List<JsonNode> cases() {
    return files(PROMETHEUS.resolve("tests")).stream()
        .flatMap(file -> all(yaml(file).path("tests")))
        .toList();
  }

  static List<JsonNode> dashboards() {
    return files(DASHBOARDS).stream().map(file -> JSON.readTree(read(file))).toList();
  }

  static List<JsonNode> panels(JsonNode dashboard) {
    return all(dashboard.path("panels")).toList();
  }

  /** Every expression of the rules. */
  static List<Expression> ruleExpressions() {
    return Stream.concat(alerts().stream(), records().stream())
        .map(
            rule ->
                new Expression(
                    "rule " + rule.path("alert").asString(rule.path("record").asString("")),
                    rule.path("expr").asString()))
        .toList();
  }

  /** Every query of the dashboards' panels. */
  static List<Expression> panelQueries() {
    List<Expression> found = new ArrayList<>();
    for (JsonNode dashboard : dashboards()) {
      for (JsonNode panel : panels(dashboard)) {
        all(panel.path("targets"))
            .forEach(
                target ->
                    found.add(
                        new Expression(
                            "panel " + panel.path("title").asString(),
                            target.path("expr").asString())));
      }
    }
    return found;
  }

  /** Queries of annotations and variables of the dashboards. */
  static List<Expression> otherQueries() {
    List<Expression> found = new ArrayList<>();
    for (JsonNode dashboard : dashboards()) {
      all(dashboard.path("annotations").path("list"))
          .filter(annotation -> annotation.has("expr"))
          .forEach(a -> found.add(new Expression("annotation", a.path("expr").asString())));
      all(dashboard.path("templating").path("list"))
          .filter(variable -> variable.path("type").asString().equals("query"))
          .map(variable -> variable.path("definition").asString())
          .forEach(
              query ->
                  found.add(
                      new Expression(
                          "variable",
                          query.replaceFirst("^label_values\\((.*), *\\w+\\)$", "$1"))));
    }
    return found;
  }
}
