package dev.buddyd.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.buddyd.machine.PageRequest.Call;
import dev.buddyd.mm.boot.Boot;
import dev.buddyd.mm.fixture.Machine;
import dev.buddyd.mm.fixture.Machines;
import dev.buddyd.mm.fixture.Presets;
import dev.buddyd.mm.frame.MigrateType;
import dev.buddyd.mm.frame.SectionBudget;
import dev.buddyd.mm.gfp.Gfp;
import dev.buddyd.mm.trace.Decision;
import dev.buddyd.mm.zone.PhysicalMemory;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class DecisionCountersTest {

  @RegisterExtension final Machines machines = new Machines();

  private SimulatedMachine machine(String preset) {
    PhysicalMemory memory = Boot.boot(Presets.load(preset), SectionBudget.unlimited());
    machines.watch(new Machine(memory));
    return new SimulatedMachine(preset, 1, memory, MachineOptions.defaults());
  }

  private static AllocationOutcome allocate(SimulatedMachine machine, int gfp, int order) {
    return machine.allocate(
        new PageRequest(Call.ALLOC_PAGES, gfp, order, 0, null, null, null, PageUse.KERNEL), false);
  }

  @Test
  void requestsAreCountedByResultKindAndOrder() {
    SimulatedMachine machine = machine("tiny");
    allocate(machine, Gfp.GFP_KERNEL, 0);
    allocate(machine, Gfp.GFP_KERNEL | Gfp.ZERO, 0);
    allocate(machine, Gfp.GFP_ATOMIC, 3);
    while (allocate(machine, Gfp.GFP_HIGHUSER_MOVABLE | Gfp.NORETRY, 10)
        instanceof AllocationOutcome.Granted) {
      // until there is no block of the largest order
    }
    DecisionCounters counters = machine.counters();

    assertThat(counters.allocations(AllocationResult.GRANTED, GfpType.GFP_KERNEL, 0)).isEqualTo(2);
    assertThat(counters.allocations(AllocationResult.GRANTED, GfpType.GFP_ATOMIC, 3)).isEqualTo(1);
    assertThat(counters.allocations(AllocationResult.FAIL, GfpType.GFP_HIGHUSER_MOVABLE, 10))
        .isEqualTo(1);
    assertThat(counters.allocations(AllocationResult.GRANTED, GfpType.GFP_HIGHUSER_MOVABLE, 10))
        .isPositive();
    assertThat(counters.slowPaths()).isPositive();
  }

  @Test
  @DisplayName("F-47: a request that the kernel would kill for is no failure")
  void refusalsAreToldApart() {
    SimulatedMachine machine = machine("tiny");
    while (allocate(machine, Gfp.GFP_KERNEL, 0) instanceof AllocationOutcome.Granted) {
      // until memory is used up
    }
    DecisionCounters counters = machine.counters();

    assertThat(counters.allocations(AllocationResult.OOM_KILL, GfpType.GFP_KERNEL, 0)).isEqualTo(1);
    assertThat(counters.allocations(AllocationResult.FAIL, GfpType.GFP_KERNEL, 0)).isZero();
  }

  @Test
  @DisplayName("R-10: direct reclaim counts as a stall of the request's highest zone")
  void stallsByZone() {
    SimulatedMachine machine = machine("tiny");
    while (allocate(machine, Gfp.GFP_KERNEL | Gfp.DMA32, 0) instanceof AllocationOutcome.Granted) {
      // until memory is used up
    }
    int dma32 = 1;

    assertThat(machine.reclaim().events().allocstall(dma32)).isPositive();
    assertThat(machine.reclaim().events().allocstall(0)).isZero();
    assertThat(machine.reclaim().events().allocstall(2)).isZero();
  }

  @Test
  @DisplayName("B-40, B-50: fallbacks are counted by wanted type, list and claim, as events tell")
  void fallbackMatrix() {
    SimulatedMachine machine = machine("tiny");
    for (int i = 0; i < 3000; i++) {
      allocate(machine, Gfp.GFP_HIGHUSER_MOVABLE, 0);
      if (i % 3 == 0) {
        allocate(machine, Gfp.GFP_KERNEL, 0);
      }
    }
    long events =
        machine.events().after(0, Integer.MAX_VALUE).stream()
            .filter(e -> e.decision() == Decision.MM_PAGE_ALLOC_EXTFRAG)
            .count();
    long counted = 0;
    for (int zone = 0; zone < machine.memory().zones().size(); zone++) {
      for (int wanted = 0; wanted < MigrateType.PCP_TYPES; wanted++) {
        for (int from = 0; from < machine.memory().geometry().migrateTypes(); from++) {
          counted += machine.counters().fallbacks(zone, wanted, from, true);
          counted += machine.counters().fallbacks(zone, wanted, from, false);
        }
      }
    }

    assertThat(events).isPositive();
    assertThat(counted).isEqualTo(events);
    assertThat(machine.counters().fallbacks(1, MigrateType.UNMOVABLE, MigrateType.MOVABLE, true))
        .isPositive();
    assertThat(machine.counters().fallbacks(1, MigrateType.MOVABLE, MigrateType.MOVABLE, true))
        .isZero();
  }

  @Test
  @DisplayName("Z-52: only a wake-up from sleep is a wake")
  void kswapdWakes() {
    SimulatedMachine machine = machine("tiny");
    while (allocate(machine, Gfp.GFP_KERNEL, 0) instanceof AllocationOutcome.Granted) {
      // until memory is used up
    }
    long woken =
        machine.events().after(0, Integer.MAX_VALUE).stream()
            .filter(e -> e.decision() == Decision.KSWAPD_PENDING && e.value(3) == 1)
            .count();

    assertThat(woken).isPositive();
    assertThat(machine.counters().kswapdWakes(0)).isEqualTo(woken);
    assertThat(machine.counters().kswapdRuns(0)).isEqualTo(woken);
  }
}
