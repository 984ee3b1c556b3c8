package dev.buddyd.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.buddyd.mm.MmInvariants;
import dev.buddyd.mm.boot.Boot;
import dev.buddyd.mm.fixture.Presets;
import dev.buddyd.mm.frame.SectionBudget;
import dev.buddyd.mm.zone.PhysicalMemory;

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

  public static void assertSound(SimulatedMachine machine) {
    assertSound(machine.memory());
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
