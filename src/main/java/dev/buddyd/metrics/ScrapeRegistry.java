package dev.buddyd.metrics;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.registry.PrometheusScrapeRequest;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Takes one reading of the machine before its collectors are asked, so that all metrics of a scrape
 * agree with each other. One scrape at a time; each takes some milliseconds.
 */
final class ScrapeRegistry extends PrometheusRegistry {

  private final Readings readings;
  private boolean scraping;

  ScrapeRegistry(Readings readings) {
    this.readings = readings;
  }

  @Override
  public MetricSnapshots scrape() {
    return coherent(super::scrape);
  }

  @Override
  public MetricSnapshots scrape(@Nullable PrometheusScrapeRequest request) {
    return coherent(() -> super.scrape(request));
  }

  @Override
  public MetricSnapshots scrape(@Nullable Predicate<String> included) {
    return coherent(() -> super.scrape(included));
  }

  @Override
  public MetricSnapshots scrape(
      @Nullable Predicate<String> included, @Nullable PrometheusScrapeRequest request) {
    return coherent(() -> super.scrape(included, request));
  }

  /** One form of scrape may call another: that is still the same scrape. */
  private synchronized MetricSnapshots coherent(Supplier<MetricSnapshots> scrape) {
    if (scraping) {
      return scrape.get();
    }
    scraping = true;
    try {
      readings.refresh();
      return scrape.get();
    } finally {
      scraping = false;
    }
  }
}
