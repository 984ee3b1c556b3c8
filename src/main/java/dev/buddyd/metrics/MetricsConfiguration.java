package dev.buddyd.metrics;

import dev.buddyd.machine.MachineService;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Joins the metrics to Micrometer and to the Prometheus endpoint. */
@Configuration(proxyBeanMethods = false)
class MetricsConfiguration {

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

  @Bean
  MeterBinder machineMeters(Readings readings) {
    return new MachineMeters(readings);
  }
}
