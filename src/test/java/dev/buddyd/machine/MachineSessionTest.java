package dev.buddyd.machine;

import static dev.buddyd.machine.MachineSession.ANY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.buddyd.machine.FrameInfo.State;
import dev.buddyd.machine.MachineException.Kind;
import dev.buddyd.machine.PageRequest.Call;
import dev.buddyd.mm.frame.SectionBudget;
import dev.buddyd.mm.gfp.Gfp;
import dev.buddyd.mm.trace.Decision;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class MachineSessionTest {

  private final SimulatedMachine machine = TestMachines.preset("tiny");
  private final MachineSession session = new MachineSession(machine, false);

  @AfterEach
  void machineIsSound() {
    TestMachines.assertSound(machine);
  }

  private long block(int gfp, int order) {
    return session.allocate(Call.ALLOC_PAGES, gfp, order, ANY, ANY, 0, PageUse.KERNEL);
  }

  private static Kind kindOf(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    return catchThrowableOfType(MachineException.class, call).kind();
  }

  @Test
  @DisplayName("B-91: after a split each page is an allocation of its own")
  void splitMakesEveryPageAnAllocationOfItsOwn() {
    int owner = machine.owner("kmalloc");
    long pfn = session.allocate(Call.ALLOC_PAGES, Gfp.GFP_KERNEL, 2, ANY, ANY, owner, PageUse.SLAB);
    long before = session.sequence();

    assertThat(session.split(pfn, 2, before)).isEqualTo(4);

    for (int i = 0; i < 4; i++) {
      FrameInfo info = machine.describe(pfn + i);
      assertThat(info.state()).isEqualTo(State.ALLOCATED);
      assertThat(info.allocation().order()).isZero();
      assertThat(info.allocation().owner()).isEqualTo("kmalloc");
      assertThat(info.allocation().use()).isEqualTo(PageUse.SLAB);
      assertThat(info.allocation().sequence()).isEqualTo(session.sequence(i)).isGreaterThan(before);
    }
    assertThat(machine.liveAllocations()).isEqualTo(4);
    session.free(pfn + 2, 0, ANY, ANY);
    assertThat(machine.describe(pfn + 2).state()).isEqualTo(State.PCP);
    assertThat(machine.describe(pfn + 3).state()).isEqualTo(State.ALLOCATED);
  }

  @Test
  @DisplayName("B-91: a split is a change: it has an event and a sequence number")
  void splitIsAnEvent() {
    long pfn = block(Gfp.GFP_KERNEL, 1);
    session.split(pfn, ANY, ANY);

    Event event = machine.events().get(machine.events().lastSequence());
    assertThat(event.decision()).isEqualTo(Decision.SPLIT_PAGE);
    assertThat(event.namedValues()).containsEntry("pfn", pfn).containsEntry("order", 1L);
  }

  @Test
  @DisplayName("B-91: a compound block is not split, and stays allocated")
  void refusesToSplitCompoundBlocks() {
    long pfn = block(Gfp.GFP_KERNEL | Gfp.COMP, 2);

    assertThat(kindOf(() -> session.split(pfn, ANY, ANY))).isEqualTo(Kind.INVALID_REQUEST);
    assertThat(session.free(pfn, 2, ANY, ANY)).isEqualTo(4);
  }

  @Test
  void refusesToSplitExactAllocations() {
    long pfn =
        session.allocate(
            Call.ALLOC_PAGES_EXACT, Gfp.GFP_KERNEL, 20_000, ANY, ANY, 0, PageUse.KERNEL);

    assertThat(kindOf(() -> session.split(pfn, ANY, ANY))).isEqualTo(Kind.INVALID_REQUEST);
    assertThat(session.free(pfn, ANY, ANY, ANY)).isEqualTo(5);
  }

  @Test
  @DisplayName("F-61: every page of a bulk request has its own holder and sequence")
  void bulkPagesAreAllocationsOfTheirOwn() {
    long[] pfns = new long[40];
    long got = session.allocateBulk(Gfp.GFP_KERNEL, pfns, ANY, ANY, 0, PageUse.KERNEL, false);

    assertThat(got).isEqualTo(40);
    for (int i = 0; i < 40; i++) {
      Allocation allocation = machine.describe(pfns[i]).allocation();
      assertThat(allocation.pfn()).isEqualTo(pfns[i]);
      assertThat(allocation.sequence()).isEqualTo(session.sequence(i));
    }
    assertThat(machine.liveAllocations()).isEqualTo(40);
    for (long pfn : pfns) {
      session.free(pfn, 0, ANY, ANY);
    }
    assertThat(machine.liveAllocations()).isZero();
  }

  @Test
  @DisplayName("F-60: a bulk request that no zone can serve whole gets what there is")
  void bulkRequestBeyondTheMarksGetsOnePage() {
    long[] pfns = new long[40_000];
    long got = session.allocateBulk(Gfp.GFP_KERNEL, pfns, ANY, ANY, 0, PageUse.KERNEL, false);

    assertThat(got).isEqualTo(1);
    assertThat(machine.liveAllocations()).isEqualTo(1);
    long single = block(Gfp.GFP_KERNEL, 0);
    assertThat(machine.describe(single).allocation().sequence()).isEqualTo(session.sequence());
  }

  @Test
  void freeOfAnotherAllocationOfTheSameFrameIsStale() {
    long first = block(Gfp.GFP_KERNEL, 0);
    long sequence = session.sequence();
    session.free(first, 0, sequence, ANY);
    long second = block(Gfp.GFP_KERNEL, 0);

    assertThat(second).isEqualTo(first);
    assertThat(kindOf(() -> session.free(first, 0, sequence, ANY))).isEqualTo(Kind.STALE_STATE);
    assertThat(kindOf(() -> session.split(first, 0, sequence))).isEqualTo(Kind.STALE_STATE);
    assertThat(machine.liveAllocations()).isEqualTo(1);
  }

  @Test
  void refusedRequestsLeaveNoRecordBehind() {
    while (block(Gfp.GFP_KERNEL | Gfp.NORETRY, 0) >= 0) {}
    long live = machine.liveAllocations();

    assertThat(block(Gfp.GFP_KERNEL | Gfp.NORETRY, 0)).isNegative();
    assertThat(session.verdicts()).isNotEmpty();
    assertThat(machine.liveAllocations()).isEqualTo(live);
    assertThat(kindOf(() -> block(Gfp.GFP_KERNEL, 11))).isEqualTo(Kind.INVALID_ORDER);
  }

  @Test
  void recordsArePaidFromTheBudgetOfTheFrameTables() {
    SectionBudget budget = new SectionBudget(6L << 20);
    SimulatedMachine small = TestMachines.preset("tiny", budget);
    MachineSession client = new MachineSession(small, false);
    long before = budget.remainingBytes();
    client.allocate(Call.ALLOC_PAGES, Gfp.GFP_KERNEL, 0, ANY, ANY, 0, PageUse.KERNEL);
    assertThat(before - budget.remainingBytes()).isGreaterThan(100_000);

    budget.takeBytes(budget.remainingBytes());
    for (int i = 0; i < 4_094; i++) { // the first chunk of records, less slot 0 and the one in use
      small.allocations().reserve(0);
    }
    assertThat(kindOf(() -> small.allocations().reserve(0))).isEqualTo(Kind.FRAME_TABLE_EXHAUSTED);
  }

  @Test
  void aBlockIsFreedByExactlyOneOfManyClients() throws Exception {
    try (ExecutorService clients = Executors.newFixedThreadPool(4)) {
      for (int round = 0; round < 300; round++) {
        int order = round % 4;
        long pfn = block(Gfp.GFP_KERNEL, order);
        List<Future<Integer>> frees = new ArrayList<>();
        for (int c = 0; c < 4; c++) {
          frees.add(
              clients.submit(() -> new MachineSession(machine, false).free(pfn, ANY, -1, ANY)));
        }
        assertThat(frees.stream().filter(MachineSessionTest::succeeded)).hasSize(1);
      }
    }
    assertThat(machine.liveAllocations()).isZero();
  }

  private static boolean succeeded(Future<Integer> free) {
    try {
      free.get();
      return true;
    } catch (ExecutionException e) {
      assertThat(e).hasCauseInstanceOf(MachineException.class);
      return false;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void manyClientsEndWithExactAccounting() throws Exception {
    SimulatedMachine shared = TestMachines.preset("x86_64-numa");
    List<RandomLoad> loads = new ArrayList<>();
    try (ExecutorService clients = Executors.newFixedThreadPool(4)) {
      List<Future<?>> running = new ArrayList<>();
      for (int c = 0; c < 4; c++) {
        RandomLoad load = new RandomLoad(shared, 71 + c);
        loads.add(load);
        running.add(clients.submit(() -> load.run(5_000)));
      }
      for (Future<?> each : running) {
        each.get();
      }
    }
    TestMachines.assertSound(shared);
    loads.forEach(RandomLoad::freeAll);
    assertThat(shared.liveAllocations()).isZero();
    assertThat(TestMachines.pagesInUse(shared.memory())).isZero();
  }
}
