package dev.buddyd.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.buddyd.mm.MmInvariants;
import dev.buddyd.mm.boot.Boot;
import dev.buddyd.mm.boot.MachineDescription;
import dev.buddyd.mm.boot.MachineDescription.NodeDescription;
import dev.buddyd.mm.boot.MachineDescription.PfnRange;
import dev.buddyd.mm.boot.MachineDescription.ReservedRange;
import dev.buddyd.mm.fixture.Presets;
import dev.buddyd.mm.frame.SectionBudget;
import dev.buddyd.mm.zone.PhysicalMemory;
import java.util.List;

/** Machines in service, for tests. */
public final class TestMachines {

  private TestMachines() {}

  public static SimulatedMachine preset(String name) {
    return preset(name, SectionBudget.unlimited());
  }

  public static SimulatedMachine preset(String name, SectionBudget budget) {
    return new SimulatedMachine(
        name, 1, Boot.boot(Presets.load(name), budget), MachineOptions.defaults());
  }

  /** The preset {@code tiny} without swap: what does not fit is killed. */
  public static SimulatedMachine withoutSwap() {
    PhysicalMemory memory = Boot.boot(Presets.load("tiny"), SectionBudget.unlimited());
    return new SimulatedMachine(
        MachineState.booted("tiny", memory, 0L), 1, MachineOptions.defaults());
  }

  /** A machine of 256 MiB and two CPUs: large enough to reserve HIGHATOMIC pageblocks (B-70). */
  public static SimulatedMachine small() {
    MachineDescription description =
        new MachineDescription(
            "small",
            null,
            null,
            null,
            null,
            null,
            null,
            List.of(
                new NodeDescription(
                    List.of(0, 1),
                    List.of(new PfnRange(1, 0x9e), new PfnRange(0x100, 0xff00)),
                    null)),
            List.of(new ReservedRange(0, 0x100, "below 1 MiB", null)),
            null,
            null,
            null,
            null,
            null);
    return new SimulatedMachine(
        "small", 1, Boot.boot(description, SectionBudget.unlimited()), MachineOptions.defaults());
  }

  public static void assertSound(SimulatedMachine machine) {
    assertThat(machine.violations()).isEmpty();
  }

  public static void assertSound(PhysicalMemory memory) {
    memory.quiesce();
    try {
      assertThat(MmInvariants.check(memory)).isEmpty();
    } finally {
      memory.resume();
    }
  }

  /** Pages in blocks that somebody holds: managed less free less cached. */
  public static long pagesInUse(PhysicalMemory memory) {
    memory.quiesce();
    try {
      return memory.zones().stream()
          .mapToLong(
              zone -> {
                long used = zone.managedPages() - zone.counter().exact();
                for (int cpu = 0; cpu < zone.cpus(); cpu++) {
                  used -= zone.set(cpu).count();
                }
                return used;
              })
          .sum();
    } finally {
      memory.resume();
    }
  }
}
