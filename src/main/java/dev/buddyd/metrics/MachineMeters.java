package dev.buddyd.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.List;

/**
 * All {@code buddyd_} metrics. When another machine is booted every series of the old one goes, so
 * that no zone is shown that does not exist any more.
 */
final class MachineMeters implements MeterBinder {

  private static final List<Subject> SUBJECTS =
      List.of(
          new MachineStateMeters(),
          new FreeBlockMeters(),
          new FragmentationMeters(),
          new WatermarkMeters(),
          new HighatomicMeters(),
          new PageblockMeters(),
          new PerCpuMeters(),
          new FallbackMeters(),
          new AllocationMeters(),
          new ReclaimMeters());

  private final Readings readings;

  MachineMeters(Readings readings) {
    this.readings = readings;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    Meters meters = new Meters(registry, readings);
    readings.onMachine(
        reading -> {
          meters.clear();
          SUBJECTS.forEach(subject -> subject.bind(meters, reading));
        });
  }
}
