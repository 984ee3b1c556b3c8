package dev.buddyd.procfs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.buddyd.machine.AllocationOutcome;
import dev.buddyd.machine.MachineOptions;
import dev.buddyd.machine.PageRequest;
import dev.buddyd.machine.PageRequest.Call;
import dev.buddyd.machine.PageUse;
import dev.buddyd.machine.SimulatedMachine;
import dev.buddyd.mm.boot.Boot;
import dev.buddyd.mm.fixture.Machine;
import dev.buddyd.mm.fixture.Machines;
import dev.buddyd.mm.fixture.Presets;
import dev.buddyd.mm.frame.SectionBudget;
import dev.buddyd.mm.gfp.Gfp;
import dev.buddyd.mm.zone.PhysicalMemory;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VmstatTextTest {

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

  private static List<String> names(String text) {
    return text.lines().map(line -> line.replaceAll(" .*", "")).toList();
  }

  private static String text(SimulatedMachine machine) {
    return VmstatText.write(machine.memory(), machine.counters(), machine.reclaim().counts());
  }

  private static Map<String, Long> values(SimulatedMachine machine) {
    return text(machine)
        .lines()
        .map(line -> line.split(" ", -1))
        .collect(Collectors.toMap(words -> words[0], words -> Long.valueOf(words[1])));
  }

  @ParameterizedTest
  @CsvSource({"x86_64, vmstat-6.12.txt", "x86_32, vmstat-6.12-i686.txt"})
  @DisplayName("T-15: the names of a 6.12 kernel in its order, nr_unstable last")
  void namesInOrder(String preset, String sample) throws IOException {
    try (InputStream in =
        Objects.requireNonNull(VmstatTextTest.class.getResourceAsStream("/procfs/" + sample))) {
      String kernels = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      assertThat(names(text(machine(preset)))).isEqualTo(names(kernels));
    }
  }

  @Test
  @DisplayName("B-61, B-26: pages handed out by zone type, and pages given back")
  void pagesAllocatedAndFreed() {
    SimulatedMachine machine = machine("tiny");
    Map<String, Long> before = values(machine);
    AllocationOutcome outcome = allocate(machine, Gfp.GFP_KERNEL, 3);
    allocate(machine, Gfp.GFP_KERNEL | Gfp.DMA, 0);
    machine.free(((AllocationOutcome.Granted) outcome).allocation().pfn(), null, -1, null, false);
    Map<String, Long> after = values(machine);

    assertThat(after.get("pgalloc_dma32") - before.get("pgalloc_dma32")).isEqualTo(8);
    assertThat(after.get("pgalloc_dma") - before.get("pgalloc_dma")).isEqualTo(1);
    assertThat(after.get("pgalloc_normal")).isZero();
    assertThat(after.get("pgfree") - before.get("pgfree")).isEqualTo(8);
  }

  @Test
  @DisplayName("R-10, R-25: stalls and kswapd runs are told once memory is short")
  void eventsOfAShortMachine() {
    SimulatedMachine machine = machine("tiny");
    assertThat(values(machine))
        .containsEntry("allocstall_normal", 0L)
        .containsEntry("pageoutrun", 0L);
    while (allocate(machine, Gfp.GFP_KERNEL, 0) instanceof AllocationOutcome.Granted) {
      // until memory is used up
    }
    Map<String, Long> values = values(machine);

    assertThat(values.get("allocstall_normal")).isPositive();
    assertThat(values.get("pageoutrun")).isPositive();
    assertThat(values).containsEntry("allocstall_dma", 0L).containsEntry("oom_kill", 0L);
  }

  @Test
  @DisplayName("Z-64: nr_free_pages is the sum of what zoneinfo prints per zone")
  void freePagesAgreeWithZoneinfo() {
    SimulatedMachine machine = machine("x86_64-numa");
    allocate(machine, Gfp.GFP_HIGHUSER_MOVABLE, 9);
    long zoneinfo =
        ZoneinfoText.write(machine.memory(), CarriedCounters.none())
            .lines()
            .filter(line -> line.startsWith("      nr_free_pages "))
            .mapToLong(line -> Long.parseLong(line.strip().split(" ", -1)[1]))
            .sum();

    assertThat(values(machine)).containsEntry("nr_free_pages", zoneinfo);
    assertThat(values(machine).get("numa_hit")).isPositive();
  }
}
