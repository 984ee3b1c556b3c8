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
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class FtraceTextTest {

  /** The expression of T-41 for foreign traces. */
  private static final Pattern LINE =
      Pattern.compile(
          "^\\s*(.+)-(\\d+)\\s+(?:\\(\\s*[-\\d]+\\)\\s+)?\\[(\\d+)\\]\\s+(?:(\\S{4,5})\\s+)?"
              + "(\\d+\\.\\d+):\\s+(\\w+):\\s(.*)$");

  @RegisterExtension final Machines machines = new Machines();

  private SimulatedMachine machine(String preset, int ringCapacity) {
    PhysicalMemory memory = Boot.boot(Presets.load(preset), SectionBudget.unlimited());
    machines.watch(new Machine(memory));
    return new SimulatedMachine(
        preset,
        1,
        memory,
        new MachineOptions(ringCapacity, 100, 100, MachineOptions.Background.INLINE));
  }

  private static AllocationOutcome allocate(
      SimulatedMachine machine, int gfp, int order, int cpu, @Nullable String owner) {
    return machine.allocate(
        new PageRequest(Call.ALLOC_PAGES, gfp, order, 0, null, cpu, owner, PageUse.KERNEL), false);
  }

  private static long granted(AllocationOutcome outcome) {
    return ((AllocationOutcome.Granted) outcome).allocation().pfn();
  }

  private static String trace(SimulatedMachine machine) {
    try {
      StringBuilder out = new StringBuilder();
      FtraceText.write(machine, out);
      return out.toString();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static List<String> events(String trace) {
    return trace.lines().filter(line -> !line.startsWith("#")).toList();
  }

  @Test
  @DisplayName("T-41: header and line as a 6.12 kernel writes them; G-41: flags by name")
  void headerAndLines() {
    SimulatedMachine machine = machine("tiny", 1024);
    long pfn = granted(allocate(machine, Gfp.GFP_KERNEL | Gfp.COMP, 4, 0, "web server"));
    machine.free(pfn, null, -1, null, false);

    assertThat(trace(machine).replaceAll("page=[0-9a-f]{16} pfn=0x[0-9a-f]+", "page=P"))
        .isEqualTo(
            """
            # tracer: nop
            #
            # entries-in-buffer/entries-written: 3/3   #P:1
            #
            #                                _-----=> irqs-off/BH-disabled
            #                               / _----=> need-resched
            #                              | / _---=> hardirq/softirq
            #                              || / _--=> preempt-depth
            #                              ||| / _-=> migrate-disable
            #                              |||| /     delay
            #           TASK-PID     CPU#  |||||  TIMESTAMP  FUNCTION
            #              | |         |   |||||     |         |
                  web server-1001    [000] d..3.     0.000001: mm_page_alloc_extfrag: page=P alloc_order=4 fallback_order=10 pageblock_order=9 alloc_migratetype=0 fallback_migratetype=1 fragmenting=0 change_ownership=1
                  web server-1001    [000] .....     0.000001: mm_page_alloc: page=P order=4 migratetype=0 gfp_flags=GFP_KERNEL|__GFP_COMP
                  web server-1001    [000] .....     0.000002: mm_page_free: page=P order=4
            """);
  }

  @Test
  @DisplayName("T-40: every line is what the expression for foreign traces takes")
  void linesAreReadable() {
    SimulatedMachine machine = machine("x86_64-numa", 1 << 16);
    for (int i = 0; i < 2000; i++) {
      int cpu = i % machine.memory().cpus();
      long pfn = granted(allocate(machine, Gfp.GFP_HIGHUSER_MOVABLE, 0, cpu, "kworker/0:1-eve"));
      if (i % 2 == 0) {
        machine.free(pfn, null, -1, null, false);
      }
    }
    machine.drain(null);
    List<String> lines = events(trace(machine));

    assertThat(lines).hasSizeGreaterThan(3000).allMatch(line -> LINE.matcher(line).matches());
    assertThat(lines).anyMatch(line -> line.contains(" mm_page_pcpu_drain: page="));
    assertThat(lines).anyMatch(line -> line.contains(" percpu_refill=1"));
    assertThat(lines).anyMatch(line -> line.startsWith(" kworker/0:1-eve-1001    [003] "));
  }

  @Test
  @DisplayName("B-40: a fallback tells orders, types, fragmenting and change_ownership")
  void fallbacks() {
    SimulatedMachine machine = machine("tiny", 1 << 16);
    allocate(machine, Gfp.GFP_KERNEL | Gfp.RECLAIMABLE, 0, 0, null);

    assertThat(events(trace(machine)))
        .anyMatch(
            line ->
                line.matches(
                    " {10}buddyd-1       \\[000\\] d\\.\\.3\\. +0\\.000001: mm_page_alloc_extfrag:"
                        + " page=[0-9a-f]{16} pfn=0x[0-9a-f]+ alloc_order=0 fallback_order=10"
                        + " pageblock_order=9 alloc_migratetype=2 fallback_migratetype=[01]"
                        + " fragmenting=0 change_ownership=1"));
  }

  @Test
  @DisplayName("F-9: a failed request is an allocation of pfn 0; one that would loop never returns")
  void failedRequests() {
    SimulatedMachine machine = machine("tiny", 1 << 16);
    while (allocate(machine, Gfp.GFP_ATOMIC | Gfp.NOWARN, 2, 0, "irq")
        instanceof AllocationOutcome.Granted) {
      // until there is no such block
    }
    List<String> failed =
        events(trace(machine)).stream().filter(line -> line.contains(" pfn=0x0 ")).toList();

    assertThat(failed)
        .singleElement()
        .asString()
        .endsWith(
            ": mm_page_alloc: page=0000000000000000 pfn=0x0 order=2 migratetype=0"
                + " gfp_flags=GFP_ATOMIC|__GFP_NOWARN");

    while (allocate(machine, Gfp.GFP_KERNEL, 0, 0, "hog") instanceof AllocationOutcome.Granted) {
      // until the kernel would call the OOM killer
    }
    assertThat(events(trace(machine))).filteredOn(l -> l.contains(" pfn=0x0 ")).hasSize(1);
  }

  @Test
  @DisplayName("T-41: events that the ring no longer has are told as lost, per CPU")
  void lostEvents() {
    SimulatedMachine machine = machine("x86_64", 16);
    long written = 0;
    for (int i = 0; i < 10; i++) {
      allocate(machine, Gfp.GFP_KERNEL, 5, 1, null);
      written += 2; // zone_locked and alloc
    }
    for (int i = 0; i < 6; i++) {
      allocate(machine, Gfp.GFP_KERNEL, 5, 2, null);
      written += 2;
    }
    String trace = trace(machine);
    List<String> lines = events(trace);

    assertThat(trace).contains("# entries-in-buffer/entries-written: 16/" + written + "   #P:4\n");
    assertThat(lines).hasSize(17).first().isEqualTo("CPU:1 [LOST 16 EVENTS]");
    assertThat(lines.stream().skip(1)).filteredOn(line -> line.contains("[001]")).hasSize(4);
  }

  @Test
  @DisplayName("T-40: page= is constant per frame, differs between frames and is not the pfn")
  void pageTokens() {
    SimulatedMachine machine = machine("tiny", 1 << 16);
    long pfn = granted(allocate(machine, Gfp.GFP_KERNEL, 4, 0, null));
    machine.free(pfn, null, -1, null, false);
    granted(allocate(machine, Gfp.GFP_KERNEL, 4, 0, null));
    List<String> tokens =
        events(trace(machine)).stream()
            .map(line -> line.replaceAll(".*page=([0-9a-f]{16}) .*", "$1"))
            .toList();

    assertThat(tokens).hasSize(5).containsOnly(tokens.getFirst());
    assertThat(Long.parseLong(tokens.getFirst(), 16)).isNotEqualTo(pfn);
  }

  @Test
  void withoutRingEverythingIsLost() {
    SimulatedMachine machine = machine("tiny", 0);
    allocate(machine, Gfp.GFP_KERNEL, 5, 0, null);

    assertThat(trace(machine))
        .contains("# entries-in-buffer/entries-written: 0/2   #P:1\n")
        .endsWith("CPU:0 [LOST 2 EVENTS]\n");
  }
}
