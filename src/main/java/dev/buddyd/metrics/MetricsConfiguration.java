package dev.buddyd.metrics;

import dev.buddyd.machine.MachineService;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.config.MeterFilter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.Map;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Joins the metrics to Micrometer and to the Prometheus endpoint. */
@Configuration(proxyBeanMethods = false)
class MetricsConfiguration {

  private static final Map<String, String> HELP_OF_REQUESTS =
      Map.of(
          "http.server.requests",
          "How long the service took to answer requests, by call (uri is the pattern of the path),"
              + " method and status. A refusal of the simulated machine is 409 and no fault of"
              + " the service; worry about 500 and 503.",
          "http.server.requests.active",
          "Requests that are being answered, and for how long already; event streams last.");

  @Bean
  Readings readings(MachineService machines) {
    return new Readings(machines);
  }

  /** In place of Spring Boot's own. */
  @Bean
  PrometheusRegistry prometheusRegistry(Readings readings) {
    PrometheusRegistry registry = new ScrapeRegistry(readings);
    registry.register(new NodeExporterTwin(readings));
    return registry;
  }

  /** Spring says nothing of its own metrics of requests. */
  @Bean
  MeterFilter helpOfRequests() {
    return new MeterFilter() {
      @Override
      public Meter.Id map(Meter.Id id) {
        String help = HELP_OF_REQUESTS.get(id.getName());
        return help == null
            ? id
            : new Meter.Id(
                id.getName(),
                Tags.of(id.getTagsAsIterable()),
                id.getBaseUnit(),
                help,
                id.getType());
      }
    };
  }

  @Bean
  MeterBinder machineMeters(Readings readings) {
    return new MachineMeters(readings);
  }
}
