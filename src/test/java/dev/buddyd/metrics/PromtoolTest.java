package dev.buddyd.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Prometheus's own checks of what is in {@code deploy/}. Needs promtool on the path. */
@Tag("realtools")
class PromtoolTest {

  @Test
  void configurationAndRulesAreValid() throws InterruptedException {
    promtool(List.of("check", "config", "deploy/prometheus/prometheus.yml"));
    promtool(arguments("check", "rules", Monitoring.PROMETHEUS.resolve("rules")));
  }

  @Test
  void everyAlertFiresAndResolvesAsItsCaseSays() throws InterruptedException {
    promtool(arguments("test", "rules", Monitoring.PROMETHEUS.resolve("tests")));
  }

  private static List<String> arguments(String verb, String what, Path folder) {
    List<String> arguments = new ArrayList<>(List.of(verb, what));
    Monitoring.files(folder).forEach(file -> arguments.add(file.toString()));
    return arguments;
  }

  private static void promtool(List<String> arguments) throws InterruptedException {
    List<String> command = new ArrayList<>(List.of("promtool"));
    command.addAll(arguments);
    try (Tool tool = Tool.start(command)) {
      assertThat(tool.exitCode()).as(tool.output()).isZero();
      assertThat(tool.output()).contains("SUCCESS");
    }
  }
}
