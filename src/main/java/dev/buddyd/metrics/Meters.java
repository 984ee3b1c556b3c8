package dev.buddyd.metrics;

import dev.buddyd.procfs.ZoneReading;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** The meters of one machine in one registry; all go when another machine takes its place. */
final class Meters {

  private final MeterRegistry registry;
  private final Readings readings;
  private final List<Meter> registered = new ArrayList<>();

  Meters(MeterRegistry registry, Readings readings) {
    this.registry = registry;
    this.readings = readings;
  }

  /** Tags that name a zone, as node_exporter does. */
  static Tags tags(ZoneReading zone) {
    return Tags.of("node", Integer.toString(zone.node()), "zone", zone.name());
  }

  /** Tags that name a node. */
  static Tags tags(int node) {
    return Tags.of("node", Integer.toString(node));
  }

  /**
   * A value that goes up and down.
   *
   * @param name with dots; Prometheus sees underscores, and the unit at the end
   * @param unit base unit, or null for a number without one
   * @param help meaning, unit, when to worry
   */
  void gauge(
      String name,
      @Nullable String unit,
      String help,
      Tags tags,
      ToDoubleFunction<MachineReading> value) {
    registered.add(
        Gauge.builder(name, readings, source -> value.applyAsDouble(source.current()))
            .baseUnit(unit)
            .description(help)
            .tags(tags)
            .register(registry));
  }

  /** A value that only grows until another machine is booted; Prometheus sees {@code _total}. */
  void counter(String name, String help, Tags tags, ToDoubleFunction<MachineReading> value) {
    registered.add(
        FunctionCounter.builder(name, readings, source -> value.applyAsDouble(source.current()))
            .description(help)
            .tags(tags)
            .register(registry));
  }

  void clear() {
    registered.forEach(registry::remove);
    registered.clear();
  }
}
