package dev.buddyd.metrics;

import dev.buddyd.machine.AllocationOutcome;
import dev.buddyd.machine.MachineOptions;
import dev.buddyd.machine.MachineService;
import dev.buddyd.machine.PageRequest;
import dev.buddyd.machine.PageRequest.Call;
import dev.buddyd.machine.PageUse;
import dev.buddyd.machine.SimulatedMachine;
import dev.buddyd.mm.fixture.Presets;
import dev.buddyd.mm.frame.SectionBudget;
import dev.buddyd.mm.gfp.Gfp;
import dev.buddyd.procfs.BuddyinfoText;
import dev.buddyd.procfs.CarriedCounters;
import dev.buddyd.procfs.MeminfoText;
import dev.buddyd.procfs.VmstatText;
import dev.buddyd.procfs.ZoneReading;
import dev.buddyd.procfs.ZoneinfoText;
import io.micrometer.core.instrument.Clock;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A service with its metrics, put together without Spring. */
final class ScrapedMachine {

  private final MachineService machines;
  private final ScrapeRegistry registry;

  ScrapedMachine(String preset) {
    machines =
        new MachineService(
            Presets.load(preset), new SectionBudget(1L << 30), MachineOptions.defaults());
    Readings readings = new Readings(machines);
    registry = new ScrapeRegistry(readings);
    registry.register(new NodeExporterTwin(readings));
    new MachineMeters(readings)
        .bindTo(new PrometheusMeterRegistry(PrometheusConfig.DEFAULT, registry, Clock.SYSTEM));
  }

  SimulatedMachine machine() {
    return machines.current();
  }

  void boot(String preset) {
    machines.boot(Presets.load(preset));
  }

  Exposition scrape() {
    return Exposition.of(registry.scrape());
  }

  String text() {
    return Exposition.print(registry.scrape());
  }

  AllocationOutcome allocate(int gfp, int order) {
    return machine()
        .allocate(
            new PageRequest(Call.ALLOC_PAGES, gfp, order, 0, null, null, null, PageUse.KERNEL),
            false);
  }

  boolean grants(int gfp, int order) {
    return allocate(gfp, order) instanceof AllocationOutcome.Granted;
  }

  /** The same load every time: fallbacks, per-CPU lists in use, some orders empty. */
  ScrapedMachine used() {
    for (int i = 0; i < 400; i++) {
      allocate(Gfp.GFP_KERNEL, i % 4);
      allocate(Gfp.GFP_HIGHUSER_MOVABLE, i % 3);
      AllocationOutcome back = allocate(Gfp.GFP_KERNEL | Gfp.RECLAIMABLE, 1);
      if (back instanceof AllocationOutcome.Granted granted) {
        machine().free(granted.allocation().pfn(), null, -1, null, false);
      }
    }
    return this;
  }

  /** Writes what node_exporter reads from {@code /proc}. */
  void materialise(Path proc) throws IOException {
    var memory = machine().memory();
    var zones = memory.zones().stream().map(ZoneReading::of).toList();
    Files.writeString(proc.resolve("buddyinfo"), BuddyinfoText.write(memory));
    Files.writeString(
        proc.resolve("zoneinfo"), ZoneinfoText.write(memory, CarriedCounters.of(memory, zones)));
    Files.writeString(
        proc.resolve("vmstat"),
        VmstatText.write(memory, machine().counters(), machine().reclaim().counts()));
    Files.writeString(
        proc.resolve("meminfo"), MeminfoText.write(memory, machine().reclaim().counts()));
  }
}
