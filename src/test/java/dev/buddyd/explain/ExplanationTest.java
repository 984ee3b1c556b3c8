package dev.buddyd.explain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.buddyd.machine.Allocation;
import dev.buddyd.machine.AllocationOutcome;
import dev.buddyd.machine.MachineOptions;
import dev.buddyd.machine.PageRequest;
import dev.buddyd.machine.PageUse;
import dev.buddyd.machine.SimulatedMachine;
import dev.buddyd.machine.Step;
import dev.buddyd.machine.SysctlDesk;
import dev.buddyd.machine.TestMachines;
import dev.buddyd.mm.alloc.KernelWould;
import dev.buddyd.mm.boot.Boot;
import dev.buddyd.mm.boot.MachineDescription;
import dev.buddyd.mm.boot.MachineDescription.NodeDescription;
import dev.buddyd.mm.boot.MachineDescription.PfnRange;
import dev.buddyd.mm.boot.MachineDescription.ReservedRange;
import dev.buddyd.mm.frame.SectionBudget;
import dev.buddyd.mm.gfp.Gfp;
import dev.buddyd.mm.trace.Decision;
import dev.buddyd.mm.zone.AllocationRequest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ExplanationTest {

  private final SimulatedMachine machine = machine();

  private static SimulatedMachine machine() {
    MachineDescription description =
        new MachineDescription(
            "32 MiB",
            null,
            null,
            null,
            null,
            null,
            null,
            List.of(
                new NodeDescription(
                    List.of(0), List.of(new PfnRange(1, 0x9e), new PfnRange(0x100, 0x1f00)), null)),
            List.of(new ReservedRange(0, 0x100, "below 1 MiB", null)),
            null,
            null,
            null,
            null,
            null);
    return new SimulatedMachine(
        "test", 1, Boot.boot(description, SectionBudget.unlimited()), MachineOptions.defaults());
  }

  private AllocationOutcome allocate(int gfp, int order) {
    return machine.allocate(
        new PageRequest(
            PageRequest.Call.ALLOC_PAGES, gfp, order, 0, null, null, "test", PageUse.KERNEL),
        true);
  }

  private AllocationOutcome.Refused exhaust(int gfp, int order) {
    while (true) {
      if (allocate(gfp, order) instanceof AllocationOutcome.Refused refused) {
        return refused;
      }
    }
  }

  @Test
  @DisplayName("Z-41, P-20, P-21: an allocation tells watermark, refill and claim")
  void allocationIsToldStepByStep() {
    Explanation explanation = new Explainer(machine).explain(allocate(Gfp.GFP_KERNEL, 0));
    assertThat(explanation.steps())
        .extracting(ExplainedStep::step)
        .containsSubsequence(
            "request",
            "scan",
            "watermark_test",
            "pcp_refill", // heard of last, and told before what it did
            "claim_block",
            "pcp_hit",
            "mm_page_alloc");
    ExplainedStep watermark =
        explanation.steps().stream()
            .filter(s -> s.step().equals("watermark_test"))
            .findFirst()
            .orElseThrow();
    assertThat(watermark.values()).containsEntry("verdict", "pass").containsKey("free_pages");
    assertThat(watermark.zone()).isEqualTo("DMA32");
    assertThat(explanation.text()).contains("GFP_KERNEL, order 0").contains("=> granted pfn");
    assertThat(watermark.sentence()).startsWith("high watermark passed, and so the low one: ");
  }

  @Test
  @DisplayName("B-92: an exact allocation is granted its pages, not the block they were cut from")
  void exactAllocationNamesItsPages() {
    AllocationOutcome exact =
        machine.allocate(
            new PageRequest(
                PageRequest.Call.ALLOC_PAGES_EXACT,
                Gfp.GFP_KERNEL,
                0,
                5 * 4096,
                null,
                null,
                "test",
                PageUse.KERNEL),
            true);
    assertThat(new Explainer(machine).explain(exact).outcome())
        .isEqualTo("granted 5 pages at pfn %#x, from node 0 zone DMA32".formatted(pfn(exact)));
  }

  @Test
  @DisplayName("R-10: a pass that leaves it to compaction does not say that it won a page")
  void passThatWonNothing() {
    Explanation told =
        new Explainer(machine)
            .explain(
                List.of(
                    step(Decision.MM_VMSCAN_DIRECT_RECLAIM_BEGIN, 5, Gfp.GFP_KERNEL),
                    step(Decision.MM_VMSCAN_LRU_SHRINK_INACTIVE, 0, 64, 0, 0, 64, 12),
                    step(Decision.MM_VMSCAN_DIRECT_RECLAIM_END, 1, 64),
                    step(Decision.DIRECT_RECLAIM, 1),
                    step(Decision.MM_VMSCAN_DIRECT_RECLAIM_BEGIN, 5, Gfp.GFP_KERNEL),
                    step(Decision.MM_VMSCAN_LRU_SHRINK_INACTIVE, 0, 64, 1, 0, 63, 12),
                    step(Decision.MM_VMSCAN_DIRECT_RECLAIM_END, 1, 64),
                    step(Decision.DIRECT_RECLAIM, 1)),
                "");
    assertThat(told.text())
        .containsSubsequence(
            "looked at 64 pages, won nothing, but enough is free for compaction",
            "direct reclaim leaves it to compaction",
            "looked at 64 pages, won 1 page\n",
            "direct reclaim freed 1 page\n");
  }

  @Test
  @DisplayName("R-33: compaction of a whole zone is not after a block")
  void compactionOfAWholeZone() {
    Explainer explainer = new Explainer(machine);
    Step end = step(Decision.MM_COMPACTION_END, 7);
    List<Step> whole = List.of(step(Decision.MM_COMPACTION_BEGIN, 1, 2, 1, -1), end);
    List<Step> forBlock = List.of(step(Decision.MM_COMPACTION_BEGIN, 1, 2, 1, 9), end);
    assertThat(explainer.explain(whole, "").text())
        .contains("moved 7 pages until the scanners met");
    assertThat(explainer.explain(forBlock, "").text()).contains("met and no block came of it");
  }

  @Test
  @DisplayName("F-45: free pages that count twice are not told as pages to be had")
  void freePagesThatCountTwice() {
    Explainer explainer = new Explainer(machine);
    Step nothing = step(Decision.RECLAIM_RETRY_ZONE, 0, 99, 198, 191, 1, 1);
    Step some = step(Decision.RECLAIM_RETRY_ZONE, 0, 99, 150, 191, 1, 0);
    assertThat(explainer.explain(List.of(nothing, some), "").text())
        .contains("would reclaim help? 99 pages free, which count twice where nothing is to be had")
        .contains("would reclaim help? 99 pages to be had and what is free make 150; ");
  }

  private static Step step(Decision decision, long... values) {
    List<Long> six = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      six.add(i < values.length ? values[i] : 0);
    }
    return new Step(decision, -1, six, null);
  }

  @Test
  @DisplayName("B-20.3: a free tells why its merge stopped")
  void freeTellsWhyTheMergeStopped() {
    List<Long> pfns = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      pfns.add(pfn(allocate(Gfp.GFP_KERNEL, 5)));
    }
    String text =
        new Explainer(machine)
            .explainFree(pfns.get(0), machine.free(pfns.get(0), null, -1, null, true), List.of())
            .text();
    assertThat(text).contains("the buddy %#x is in use".formatted(pfns.get(1)));
  }

  @Test
  @DisplayName("P-21, P-40: text tells a refill and a drain in one line, the steps block by block")
  void textFoldsRefillAndDrain() {
    SimulatedMachine large = TestMachines.preset("x86_64");
    new SysctlDesk(large).write("percpu_pagelist_high_fraction", "100000"); // 252 pages
    PageRequest page =
        new PageRequest(
            PageRequest.Call.ALLOC_PAGE, Gfp.GFP_KERNEL, 0, 0, null, null, "test", PageUse.KERNEL);
    Explanation refill = new Explainer(large).explain(large.allocate(page, true));
    assertThat(refill.steps()).filteredOn(s -> s.step().equals("take")).hasSize(62);
    assertThat(refill.text().lines()).hasSizeLessThan(12);
    assertThat(refill.text())
        .contains(
            "B-10     node 0 Normal: takes 62 blocks of order 0 for the list of the CPU, pfn"
                + " 0x100001 to 0x10003e: 31 from the head of their list, 31 by splitting larger"
                + " ones; all out of the block of order 10 at pfn 0x100000\n");

    List<Long> held = new ArrayList<>();
    while (held.size() < 1024) {
      held.add(pfn(large.allocate(page, false)));
    }
    Explanation drain = null;
    for (long pfn : held) {
      List<Step> steps = large.free(pfn, null, -1, null, true);
      if (steps.stream().anyMatch(s -> s.decision() == Decision.PCP_DRAIN)) {
        drain = new Explainer(large).explainFree(pfn, steps, List.of());
        break;
      }
    }
    assertThat(drain).isNotNull();
    long merges = drain.steps().stream().filter(s -> s.step().equals("merge")).count();
    long blocks = drain.steps().stream().filter(s -> s.step().equals("mm_page_pcpu_drain")).count();
    assertThat(blocks).isGreaterThanOrEqualTo(63);
    assertThat(drain.text().lines()).hasSizeLessThan(8);
    assertThat(drain.text())
        .contains("returns %d blocks of order 0, ".formatted(blocks))
        .contains("; free buddies merge %d times, the largest is now".formatted(merges));
  }

  private static ExplainedStep look(long list, long dirty, long priority) {
    return new ExplainedStep(
        "R-1",
        "mm_vmscan_lru_shrink_inactive",
        "one look",
        null,
        null,
        Map.of(
            "list",
            list,
            "scanned_pages",
            64L,
            "reclaimed_pages",
            0L,
            "dirty_pages",
            dirty,
            "writeback_pages",
            64 - dirty,
            "priority",
            priority));
  }

  @Test
  @DisplayName("R-1: text tells looks at a list one after the other, in vain, in one line")
  void textFoldsLooksInVain() {
    List<ExplainedStep> steps = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      steps.add(look(1, 64, 12 - i / 2));
    }
    steps.add(look(1, 60, 2));
    for (int i = 0; i < 4; i++) {
      steps.add(look(0, 0, 2));
    }
    assertThat(new Explanation(steps, "end").text())
        .contains(
            "looks at 1,344 file pages of node 0 at priorities 12 to 2: 0 won,"
                + " 1,340 dirty, left for the flusher, 4 being written\n")
        .containsPattern("(?s)(one look.*){4}")
        .doesNotContainPattern("(?s)(one look.*){5}");
  }

  @Test
  @DisplayName("R-1, R-33: text tells what reclaim gives back and compaction moves in runs")
  void textFoldsReclaimAndCompaction() {
    SimulatedMachine full = TestMachines.preset("tiny");
    for (int i = 0; i < 14_000; i++) {
      PageUse use = i % 3 == 0 ? PageUse.ANON : PageUse.FILE;
      full.allocate(request(Gfp.GFP_HIGHUSER_MOVABLE, 0, use, i % 3 == 1), false);
    }
    Explanation large =
        new Explainer(full)
            .explain(full.allocate(request(Gfp.GFP_KERNEL, 9, PageUse.KERNEL, false), true));
    long givenBack = large.steps().stream().filter(s -> s.step().equals("mm_page_free")).count();
    assertThat(givenBack).isGreaterThan(1000);
    assertThat(large.text().lines().count()).isLessThan(large.steps().size() / 10);
    assertThat(large.text())
        .contains(": gives back 32 blocks of order 0, ")
        .contains(
            "looks at 2,304 file pages of node 0 at priorities 6 to 5: 1,152 won, 1,152 dirty,"
                + " left for the flusher; gives back 1,152 blocks of order 0, ")
        .contains(": moves ")
        .contains("the largest is now the block of order 9");
  }

  private static PageRequest request(int gfp, int order, PageUse use, boolean dirty) {
    return new PageRequest(
        PageRequest.Call.ALLOC_PAGES, gfp, order, 0, null, null, "test", use, dirty);
  }

  private static long pfn(AllocationOutcome outcome) {
    Allocation allocation = ((AllocationOutcome.Granted) outcome).allocation();
    return allocation.pfn();
  }

  @Test
  @DisplayName("F-41: a refusal names zone and numbers, and what the kernel would do")
  void refusalSaysWhy() {
    AllocationOutcome.Refused refused = exhaust(Gfp.GFP_KERNEL, 0);
    assertThat(refused.kernelWould()).isEqualTo(KernelWould.OOM_KILL);
    assertThat(new RefusalSentence(machine.memory()).of(refused))
        .matches("DMA32: [0-9,]+ kB usable, [0-9,]+ kB needed.*");
  }

  @Test
  @DisplayName("F-13: a failed mark that does not matter is not left without a word")
  void markThatIsIgnored() {
    exhaust(Gfp.GFP_KERNEL | Gfp.NORETRY, 0);
    AllocationOutcome made = allocate(Gfp.GFP_KERNEL | Gfp.MEMALLOC, 0);
    assertThat(new Explainer(machine).explain(made).text())
        .containsPattern("min watermark failed: .*\\); this walk takes no notice of it\\n")
        .containsPattern("low watermark failed: .*\\)\\n")
        .contains("=> granted pfn");
  }

  @Test
  @DisplayName("Z-41.5: the largest block is told as the test saw it, whatever is free by now")
  void refusalSpeaksOfItsMoment() {
    List<Long> blocks = new ArrayList<>();
    while (allocate(Gfp.GFP_KERNEL | Gfp.NORETRY, 3) instanceof AllocationOutcome.Granted granted) {
      blocks.add(granted.allocation().pfn());
    }
    for (int i = 0; i < blocks.size(); i += 2) {
      machine.free(blocks.get(i), null, -1, null, false);
    }
    RefusalSentence sentence = new RefusalSentence(machine.memory());
    AllocationOutcome.Refused refused = exhaust(Gfp.GFP_KERNEL | Gfp.NORETRY, 4);
    assertThat(sentence.of(refused)).endsWith("take; the largest it may take has order 3");
    for (int i = 1; i < blocks.size(); i += 2) {
      machine.free(blocks.get(i), null, -1, null, false);
    }
    assertThat(sentence.of(refused)).endsWith("take; the largest it may take has order 3");
  }

  @Test
  @DisplayName("near misses: what would have worked, the machine itself untouched")
  void nearMissesDoNotTouchTheMachine() {
    exhaust(Gfp.GFP_KERNEL, 0);
    long free = machine.memory().zone(1).counter().exact();
    long sequence = machine.events().lastSequence();
    NearMissReport report =
        new NearMisses(machine, 32, Long.MAX_VALUE / 4, System::nanoTime)
            .find(AllocationRequest.of(Gfp.GFP_KERNEL, 2, 0, 0));
    assertThat(report.truncated()).isFalse();
    assertThat(report.nearMisses())
        .extracting(NearMiss::change)
        .anyMatch(change -> change.startsWith("with __GFP_MEMALLOC"))
        .contains("vm.min_free_kbytes = 0");
    assertThat(report.nearMisses())
        .allSatisfy(
            m ->
                assertThat(List.copyOf(m.values().keySet()))
                    .isSorted()); // the same bytes every time
    assertThat(report.nearMisses()).isSortedAccordingTo(Comparator.comparing(NearMiss::kind));
    assertThat(machine.memory().zone(1).counter().exact()).isEqualTo(free);
    assertThat(machine.events().lastSequence()).isEqualTo(sequence);
    assertThat(allocate(Gfp.GFP_KERNEL, 2)).isInstanceOf(AllocationOutcome.Refused.class);
  }

  @Test
  @DisplayName("B-20: two free neighbours that are not buddies")
  void neighboursThatAreNotBuddies() {
    long first = pfn(allocate(Gfp.GFP_KERNEL, 5));
    long second = pfn(allocate(Gfp.GFP_KERNEL, 5));
    long third = pfn(allocate(Gfp.GFP_KERNEL, 5));
    pfn(allocate(Gfp.GFP_KERNEL, 5));
    assertThat(List.of(second, third)).containsExactly(first + 32, first + 64);
    machine.free(second, null, -1, null, false);
    machine.free(third, null, -1, null, false);
    String text = new NeighbourExplanation(machine).explain(machine.describe(second)).text();
    assertThat(text)
        .contains("pfn %#x, order 5: the buddy %#x is in use".formatted(second, first))
        .contains(
            "the free block at pfn %#x and this one are adjacent but not buddies".formatted(third));
  }

  @Test
  @DisplayName("Z-10, Z-12: the zonelist that was walked, with the distances of its nodes")
  void zonelistWithDistances() {
    SimulatedMachine numa = TestMachines.preset("x86_64-numa");
    AllocationOutcome outcome =
        numa.allocate(
            new PageRequest(
                PageRequest.Call.ALLOC_PAGES_NODE,
                Gfp.GFP_KERNEL,
                0,
                0,
                1,
                null,
                "test",
                PageUse.KERNEL),
            true);
    assertThat(new Explainer(numa).explain(outcome).text())
        .contains("zones of node 1 in order: Normal; node 0 at distance 20: Normal, DMA32, DMA");
  }
}
