package dev.buddyd.metrics;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.UnknownSnapshot;
import io.prometheus.metrics.model.snapshots.UnknownSnapshot.UnknownDataPointSnapshot;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Metric families being collected: name, type, help and their points, in order of first mention.
 */
final class Families {

  /** Type of a family. */
  enum FamilyType {
    GAUGE,
    COUNTER,
    UNTYPED
  }

  private record Point(Labels labels, double value) {}

  private record Family(FamilyType type, String help, List<Point> points) {}

  private final Map<String, Family> families = new LinkedHashMap<>();

  /**
   * Adds a point.
   *
   * @param name as it is exposed; that of a counter ends in {@code _total}
   */
  void add(FamilyType type, String name, String help, Labels labels, long value) {
    families
        .computeIfAbsent(name, key -> new Family(type, help, new ArrayList<>()))
        .points()
        .add(new Point(labels, (double) value));
  }

  MetricSnapshots build() {
    MetricSnapshots.Builder all = MetricSnapshots.builder();
    families.forEach((name, family) -> all.metricSnapshot(snapshot(name, family)));
    return all.build();
  }

  private static MetricSnapshot snapshot(String name, Family family) {
    return switch (family.type()) {
      case GAUGE -> {
        GaugeSnapshot.Builder gauge = GaugeSnapshot.builder().name(name).help(family.help());
        for (Point point : family.points()) {
          gauge.dataPoint(new GaugeDataPointSnapshot(point.value(), point.labels(), null));
        }
        yield gauge.build();
      }
      case COUNTER -> {
        CounterSnapshot.Builder counter =
            CounterSnapshot.builder().name(name.replace("_total", "")).help(family.help());
        for (Point point : family.points()) {
          counter.dataPoint(new CounterDataPointSnapshot(point.value(), point.labels(), null, 0));
        }
        yield counter.build();
      }
      case UNTYPED -> {
        UnknownSnapshot.Builder unknown = UnknownSnapshot.builder().name(name).help(family.help());
        for (Point point : family.points()) {
          unknown.dataPoint(new UnknownDataPointSnapshot(point.value(), point.labels(), null));
        }
        yield unknown.build();
      }
    };
  }
}
