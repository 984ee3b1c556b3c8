package dev.buddyd.diagnosis.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import dev.buddyd.machine.AllocationOutcome;
import dev.buddyd.machine.PageRequest;
import dev.buddyd.machine.PageUse;
import dev.buddyd.machine.RandomLoad;
import dev.buddyd.machine.SimulatedMachine;
import dev.buddyd.machine.TestMachines;
import dev.buddyd.mm.gfp.DecodedMask;
import dev.buddyd.mm.gfp.Gfp;
import dev.buddyd.mm.gfp.GfpMask;
import dev.buddyd.mm.gfp.KernelVersion;
import dev.buddyd.mm.zone.PhysicalMemory;
import dev.buddyd.procfs.BuddyinfoText;
import dev.buddyd.procfs.CarriedCounters;
import dev.buddyd.procfs.MeminfoText;
import dev.buddyd.procfs.PagetypeinfoText;
import dev.buddyd.procfs.ZoneinfoText;
import dev.buddyd.procfs.parse.ProcFacts;
import dev.buddyd.procfs.parse.ProcReader;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is read off a machine's {@code /proc} texts is what the machine itself answers. */
class ProcAnswersTest {

  private static final KernelVersion KERNEL = KernelVersion.parse("6.12");

  /** Requests that cannot wait: nothing comes between the texts and the answer. */
  private static final int[] MASKS = {
    Gfp.GFP_NOWAIT,
    Gfp.GFP_NOWAIT | Gfp.DMA,
    Gfp.GFP_NOWAIT | Gfp.RECLAIMABLE,
    Gfp.GFP_NOWAIT | Gfp.HIGHMEM | Gfp.MOVABLE,
    Gfp.GFP_ATOMIC,
    Gfp.GFP_ATOMIC | Gfp.NOMEMALLOC,
  };

  @DisplayName("T-1, T-5, T-10: the texts tell all that a request depends on")
  @ParameterizedTest(name = "{0}, {1} requests, full: {2}, seed {3}")
  @CsvSource({
    "tiny, 300, false, 1",
    "tiny, 2000, true, 2",
    "x86_32, 3000, false, 3",
    "x86_32, 500, true, 4",
    "x86_64-numa, 2000, true, 5",
    "arm64, 1000, true, 6",
    "arm64-64k, 2000, false, 7",
    "arm64-64k, 500, true, 8",
  })
  void textsAndMachineAgree(String preset, int requests, boolean full, long seed) {
    SimulatedMachine machine = TestMachines.preset(preset);
    new RandomLoad(machine, seed).run(requests);
    if (full) {
      fill(machine, machine.memory().geometry().maxOrder());
      fill(machine, 4);
    }
    ProcFacts facts = ProcReader.read(texts(machine));
    int granted = 0;
    int refused = 0;
    for (int mask : MASKS) {
      for (int order = 0; order <= machine.memory().geometry().maxOrder(); order++) {
        boolean served = served(machine, mask, order);
        ReportVerdict answer =
            Questions.ask(facts, DecodedMask.of(new GfpMask(mask)), order, KERNEL);
        assertThat(answer.cause() == Cause.UNKNOWN)
            .as("%s, order %d: %s", new GfpMask(mask), order, answer.sentence())
            .isEqualTo(served);
        granted += served ? 1 : 0;
        refused += served ? 0 : 1;
        assertThat(answer.confidence()).isEqualTo(Confidence.HIGH);
      }
    }
    assertThat(granted).isPositive();
    assertThat(refused > 0 || !full).isTrue();
  }

  /** Leaves what is too small for the order, and what only others may have. */
  private static void fill(SimulatedMachine machine, int order) {
    PageRequest request = request(Gfp.GFP_KERNEL | Gfp.NORETRY, order);
    while (machine.allocate(request, false) instanceof AllocationOutcome.Granted) {
      // goes on until there is no more
    }
  }

  private static boolean served(SimulatedMachine machine, int mask, int order) {
    return machine.preview(request(mask, order), false) instanceof AllocationOutcome.Granted;
  }

  private static PageRequest request(int mask, int order) {
    return new PageRequest(
        PageRequest.Call.ALLOC_PAGES, mask, order, 0, 0, 0, null, PageUse.KERNEL);
  }

  private static String texts(SimulatedMachine machine) {
    PhysicalMemory memory = machine.memory();
    return BuddyinfoText.write(memory)
        + ZoneinfoText.write(memory, CarriedCounters.none())
        + PagetypeinfoText.write(memory)
        + MeminfoText.write(memory, machine.reclaim().counts());
  }
}
