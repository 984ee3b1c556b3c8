package dev.buddyd.explain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.buddyd.explain.Prediction.ZonePrediction;
import dev.buddyd.machine.MachineFork;
import dev.buddyd.machine.PageRequest;
import dev.buddyd.machine.PageUse;
import dev.buddyd.machine.RandomLoad;
import dev.buddyd.machine.SimulatedMachine;
import dev.buddyd.machine.SysctlDesk;
import dev.buddyd.machine.TestMachines;
import dev.buddyd.mm.alloc.PageAllocator;
import dev.buddyd.mm.gfp.Gfp;
import dev.buddyd.mm.gfp.GfpMask;
import dev.buddyd.mm.reclaim.Reclaim;
import dev.buddyd.mm.zone.AllocationRequest;
import dev.buddyd.mm.zone.PhysicalMemory;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PredictorTest {

  private static SimulatedMachine loaded(String preset, int requests) {
    SimulatedMachine machine =
        preset.equals("small") ? TestMachines.small() : TestMachines.preset(preset);
    new SysctlDesk(machine)
        .write("watermark_boost_factor", "0"); // claiming would raise the marks meanwhile
    new RandomLoad(machine, requests + 7L).run(requests);
    return machine;
  }

  /** How many the allocator really grants, without reclaim. */
  private static long granted(MachineFork fork, AllocationRequest request) {
    PageAllocator allocator = new PageAllocator(fork.memory(), Reclaim.none());
    long blocks = 0;
    while (allocator.allocate(request, null) >= 0) {
      blocks++;
    }
    return blocks;
  }

  @ParameterizedTest(name = "{0} after {1}: {2}, order {3}")
  @CsvSource({
    "tiny, 0, GFP_KERNEL, 9",
    "tiny, 500, GFP_KERNEL, 4",
    "tiny, 500, GFP_ATOMIC, 0",
    "tiny, 500, GFP_KERNEL, 0",
    "small, 2000, GFP_KERNEL, 5",
    "small, 2000, GFP_HIGHUSER_MOVABLE, 10",
    "small, 2000, GFP_NOWAIT, 7",
    "small, 2000, GFP_KERNEL, 3",
    "x86_32, 1000, GFP_HIGHUSER_MOVABLE, 9",
    "x86_32, 1000, GFP_KERNEL, 9",
    "x86_64-numa, 2000, GFP_KERNEL, 10",
    "x86_64-numa, 2000, GFP_KERNEL|__GFP_THISNODE, 10",
    "small, 300, GFP_KERNEL|__GFP_MEMALLOC, 5",
  })
  void asManyAsTheAllocatorThenGrants(String preset, int requests, String gfp, int order) {
    SimulatedMachine machine = loaded(preset, requests);
    AllocationRequest request = AllocationRequest.of(GfpMask.parse(gfp).bits(), order, 0, 0);
    try (MachineFork fork = machine.fork();
        MachineFork other = machine.fork()) {
      Prediction prediction = new Predictor(fork, request).predict();
      long granted = granted(other, request);
      if (fork.memory().geometry().cachedOrder(order)) {
        int batch = 64 * fork.memory().zones().size();
        assertThat(prediction.available()).isBetween(granted - batch, granted + batch);
      } else {
        assertThat(prediction.available()).isEqualTo(granted);
      }
      assertThat(prediction.availableAboveLow()).isLessThanOrEqualTo(prediction.available());
      assertThat(prediction.afterCompaction()).isGreaterThanOrEqualTo(prediction.available());
    }
    TestMachines.assertSound(machine);
  }

  @Test
  void whatIsMovableCountsAfterCompactionAndWhatIsNotDoesNot() {
    SimulatedMachine machine = TestMachines.small();
    new SysctlDesk(machine).write("watermark_boost_factor", "0");
    AllocationRequest huge = AllocationRequest.of(GfpMask.parse("GFP_KERNEL").bits(), 9, 0, 0);
    try (MachineFork fork = machine.fork()) {
      Prediction fresh = new Predictor(fork, huge).predict();
      fill(fork, "GFP_HIGHUSER_MOVABLE");
      Prediction movable = new Predictor(fork, huge).predict();
      assertThat(movable.available()).isZero();
      assertThat(movable.afterCompaction())
          .as("every second page of movable memory is free")
          .isBetween(fresh.available() / 3, fresh.available() / 2 + 1);
      assertThat(movable.sentence()).startsWith("Not one block of order 9");
      ZonePrediction normal = movable.zones().getFirst();
      assertThat(normal.sentence()).contains("compaction could make it");
    }
    try (MachineFork fork = machine.fork()) {
      fill(fork, "GFP_KERNEL");
      Prediction pinned = new Predictor(fork, huge).predict();
      assertThat(pinned.afterCompaction()).isZero();
    }
  }

  @Test
  void whatReclaimCouldWinIsNotCountedAndTheSentenceSaysSo() {
    SimulatedMachine machine = TestMachines.small();
    for (int i = 0; i < 100; i++) {
      machine.allocate(
          new PageRequest(
              PageRequest.Call.ALLOC_PAGES,
              Gfp.GFP_HIGHUSER_MOVABLE,
              0,
              0,
              null,
              null,
              "cache",
              PageUse.FILE),
          false);
    }
    AllocationRequest reclaiming = AllocationRequest.of(Gfp.GFP_KERNEL, 3, 0, 0);
    AllocationRequest other = AllocationRequest.of(Gfp.NOWARN, 3, 0, 0);
    try (MachineFork fork = machine.fork()) {
      assertThat(new Predictor(fork, reclaiming).predict().sentence())
          .contains(" would be granted now without reclaim, ");
      assertThat(new Predictor(fork, other).predict().sentence()).doesNotContain("reclaim");
    }
  }

  /** Takes all memory page by page and gives every second page back. */
  private static void fill(MachineFork fork, String gfp) {
    PhysicalMemory memory = fork.memory();
    AllocationRequest page = AllocationRequest.of(GfpMask.parse(gfp).bits(), 0, 0, 0);
    PageAllocator allocator = new PageAllocator(memory, Reclaim.none());
    long pfn = allocator.allocate(page, null);
    List<Long> all = new ArrayList<>();
    while (pfn >= 0) {
      all.add(pfn);
      pfn = allocator.allocate(page, null);
    }
    for (long taken : all) {
      if (taken % 2 == 0) {
        allocator.free(taken, 0, 0, null);
      }
    }
    allocator.drain(0, null);
    assertThat(memory.zones()).isNotEmpty();
  }
}
