package dev.buddyd.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.buddyd.machine.PageRequest.Call;
import dev.buddyd.mm.gfp.Gfp;
import dev.buddyd.mm.reclaim.LruList;
import dev.buddyd.mm.reclaim.MemoryReclaim;
import dev.buddyd.mm.trace.Decision;
import dev.buddyd.mm.zone.PhysicalMemory;
import dev.buddyd.mm.zone.Zone;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A machine and its copies share the records of reclaimable pages until one of them writes. */
class ReclaimForkTest {

  private final SimulatedMachine machine = TestMachines.small();
  private final List<Long> sequences = new ArrayList<>();

  @AfterEach
  void sound() {
    TestMachines.assertSound(machine);
  }

  private void pageCache(int pages) {
    MachineSession session = new MachineSession(machine, false);
    for (int i = 0; i < pages; i++) {
      session.allocate(
          Call.ALLOC_PAGES, Gfp.GFP_KERNEL, 0, MachineSession.ANY, 0, 0, PageUse.FILE, false);
      sequences.add(session.sequence());
    }
  }

  private static long filePages(PhysicalMemory memory, MemoryReclaim reclaim) {
    long sum = 0;
    for (Zone zone : memory.zones()) {
      sum += reclaim.pagesInZone(zone, LruList.INACTIVE_FILE);
      sum += reclaim.pagesInZone(zone, LruList.ACTIVE_FILE);
    }
    return sum;
  }

  @Test
  @DisplayName("a preview goes the way of the request, step by step, also while the disk works")
  void previewIsTheRequest() {
    SimulatedMachine small = TestMachines.preset("tiny");
    int user = Gfp.GFP_KERNEL | Gfp.HIGHMEM | Gfp.MOVABLE;
    for (int i = 0; i < 15_000; i++) {
      PageUse use = i % 3 == 0 ? PageUse.FILE : PageUse.ANON;
      PageRequest request = page(user, i % 7 == 0 ? 2 : 0, use, use == PageUse.FILE);
      if (i < 13_000) {
        small.allocate(request, false);
        continue;
      }
      AllocationOutcome foretold = small.preview(request, true);
      assertThat(decisions(foretold))
          .as("request %d", i)
          .isEqualTo(decisions(small.allocate(request, true)));
    }
    TestMachines.assertSound(small);
  }

  private static PageRequest page(int gfp, int order, PageUse use, boolean dirty) {
    return new PageRequest(Call.ALLOC_PAGES, gfp, order, 0, null, null, "test", use, dirty);
  }

  /** Without the run of kswapd that may follow the request. */
  private static List<Step> decisions(AllocationOutcome outcome) {
    List<Step> steps = outcome.steps();
    int end = steps.size();
    for (int i = 0; i < steps.size(); i++) {
      if (steps.get(i).decision() == Decision.MM_PAGE_ALLOC) {
        end = i;
      }
    }
    return steps.subList(0, end);
  }

  @Test
  @DisplayName("the machine changes while copies look")
  void machineChanges() {
    pageCache(1_000);
    try (MachineFork fork = machine.fork();
        MachineFork again = fork.fork()) {
      HeldPages held = new HeldPages(machine, false);
      sequences.subList(0, 400).forEach(sequence -> held.free(sequence, null));
      held.touch(sequences.get(400), true);
      pageCache(50);

      assertThat(filePages(fork.memory(), fork.reclaim())).isEqualTo(1_000);
      assertThat(fork.reclaim().totals().dirty()).isZero();
      assertThat(again.reclaim().dropCaches(1, 0, null)).isEqualTo(1_000);
      TestMachines.assertSound(again.memory());
    }
    assertThat(filePages(machine.memory(), machine.reclaim())).isEqualTo(650);
    assertThat(machine.reclaim().totals().dirty()).isEqualTo(1);
    assertThat(machine.reclaim().dropCaches(1, 0, null)).as("all but the dirty").isEqualTo(649);
  }

  @Test
  @DisplayName("a copy changes while the machine and another copy look")
  void copyChanges() {
    pageCache(1_000);
    try (MachineFork fork = machine.fork()) {
      for (int i = 0; i < 3; i++) {
        try (MachineFork each = fork.fork()) {
          assertThat(each.reclaim().dropCaches(1, 0, null)).isEqualTo(1_000);
          assertThat(filePages(each.memory(), each.reclaim())).isZero();
        }
        assertThat(filePages(fork.memory(), fork.reclaim())).isEqualTo(1_000);
      }
      assertThat(fork.reclaim().dropCaches(1, 0, null)).isEqualTo(1_000);
      assertThat(filePages(machine.memory(), machine.reclaim())).isEqualTo(1_000);
    }
    assertThat(machine.reclaim().dropCaches(1, 0, null)).isEqualTo(1_000);
    assertThat(TestMachines.pagesInUse(machine.memory())).isZero();
  }
}
