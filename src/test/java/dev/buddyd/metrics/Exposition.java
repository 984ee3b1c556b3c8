package dev.buddyd.metrics;

import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A scrape in the text format, read for tests.
 *
 * @param types by family
 * @param helps by family
 * @param samples by name and sorted labels, for example {@code node_x{node="0",zone="DMA"}}
 */
record Exposition(
    Map<String, String> types, Map<String, String> helps, Map<String, Double> samples) {

  private static final Pattern SAMPLE = Pattern.compile("^(\\w+)(?:\\{(.*?),?})? (\\S+)$");

  static Exposition parse(String text) {
    Exposition result = new Exposition(new TreeMap<>(), new TreeMap<>(), new TreeMap<>());
    for (String line : text.lines().toList()) {
      String[] words = line.split(" ", 4);
      Matcher sample = SAMPLE.matcher(line);
      if (line.startsWith("# TYPE ")) {
        result.types.put(words[2], words[3]);
      } else if (line.startsWith("# HELP ")) {
        result.helps.put(words[2], words[3]);
      } else if (sample.matches()) {
        result.samples.put(
            sample.group(1) + labels(sample.group(2)), Double.valueOf(sample.group(3)));
      } else if (!line.isBlank() && !line.startsWith("#")) {
        throw new IllegalArgumentException("no sample: " + line);
      }
    }
    return result;
  }

  private static String labels(String text) {
    return text == null || text.isEmpty()
        ? ""
        : "{" + String.join(",", new TreeSet<>(Arrays.asList(text.split(",", -1)))) + "}";
  }

  static String print(MetricSnapshots snapshots) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      PrometheusTextFormatWriter.create().write(out, snapshots);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  static Exposition of(MetricSnapshots snapshots) {
    return parse(print(snapshots));
  }

  /** Only families whose names start so. */
  Exposition only(String prefix) {
    return filtered(name -> name.startsWith(prefix));
  }

  Exposition without(String prefix) {
    return filtered(name -> !name.startsWith(prefix));
  }

  private Exposition filtered(Predicate<String> keep) {
    return new Exposition(filtered(types, keep), filtered(helps, keep), filtered(samples, keep));
  }

  private static <T> Map<String, T> filtered(Map<String, T> all, Predicate<String> keep) {
    Map<String, T> some = new TreeMap<>(all);
    some.keySet().removeIf(keep.negate());
    return some;
  }

  double sample(String nameAndLabels) {
    Double value = samples.get(nameAndLabels);
    if (value == null) {
      throw new AssertionError("there is no " + nameAndLabels);
    }
    return value;
  }

  /** Sum of all samples of a name whose labels contain all of these. */
  double sum(String name, String... labels) {
    return samples.entrySet().stream()
        .filter(e -> e.getKey().equals(name) || e.getKey().startsWith(name + "{"))
        .filter(e -> Arrays.stream(labels).allMatch(e.getKey()::contains))
        .mapToDouble(Map.Entry::getValue)
        .sum();
  }
}
