package dev.buddyd.machine;

import static dev.buddyd.machine.MachineSession.ANY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.buddyd.machine.PageRequest.Call;
import dev.buddyd.mm.boot.Boot;
import dev.buddyd.mm.fixture.Presets;
import dev.buddyd.mm.frame.SectionBudget;
import dev.buddyd.mm.gfp.Gfp;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Allocations whose pages are gone are remembered, but not for ever. */
class GoneAllocationsTest {

  private static final int KEPT = 100;

  /** Ample for the tables of {@code tiny} and for its records, not for one of every request. */
  private static final long BUDGET_BYTES = 2_500_000;

  private final SimulatedMachine machine =
      new SimulatedMachine(
          "tiny",
          1,
          Boot.boot(Presets.load("tiny"), new SectionBudget(BUDGET_BYTES)),
          new MachineOptions(0, 16, KEPT, MachineOptions.Background.INLINE));
  private final MachineSession session = new MachineSession(machine, false);

  @AfterEach
  void machineIsSound() {
    TestMachines.assertSound(machine);
  }

  private void read(int pages, int owner) {
    for (int i = 0; i < pages; i++) {
      long pfn =
          session.allocate(
              Call.ALLOC_PAGES, Gfp.GFP_HIGHUSER_MOVABLE, 0, ANY, ANY, owner, PageUse.FILE);
      assertThat(pfn).as("page %d", i).isNotNegative();
    }
  }

  private int gone() {
    return machine.allocations().away().size();
  }

  @Test
  @DisplayName("a client may read page cache for ever and give nothing back")
  void aStreamOfPageCacheDoesNotFillTheTables() {
    int owner = machine.owner("cat");
    read(100_000, owner);

    assertThat(gone()).isBetween(KEPT * 3 / 4, KEPT);
    assertThat(machine.allocations().entriesOf(owner))
        .hasSize((int) machine.liveAllocations() + gone())
        .filteredOn(entry -> !entry.resident())
        .hasSize(gone())
        .allMatch(entry -> entry.state() == AllocationState.DROPPED);
  }

  @Test
  @DisplayName("up to the limit each is remembered until its holder gives it back")
  void whatIsRememberedCanBeGivenBack() {
    int owner = machine.owner("cat");
    int before = 0;
    while (gone() == before) {
      read(1, owner);
    }
    int remembered = gone();
    assertThat(remembered).isBetween(1, KEPT);

    machine.freeOwner("cat");

    assertThat(gone()).isZero();
    assertThat(machine.liveAllocations()).isZero();
  }

  @Test
  @DisplayName("a machine that is to remember less forgets down to that at once")
  void aSmallerLimitHoldsAtOnce() {
    int owner = machine.owner("cat");
    read(100_000, owner);
    assertThat(gone()).isGreaterThan(50);

    machine.allocations().keepGone(8);

    assertThat(gone()).isEqualTo(6);
  }

  @Test
  @DisplayName(
      "who frees what is forgotten hears the same by its sequence and by where it was made")
  void whatIsForgottenIsNoAllocation() {
    int owner = machine.owner("cat");
    long[] made = new long[20_000];
    long[] sequences = new long[made.length];
    for (int i = 0; i < made.length; i++) {
      made[i] =
          session.allocate(
              Call.ALLOC_PAGES, Gfp.GFP_HIGHUSER_MOVABLE, 0, ANY, ANY, owner, PageUse.FILE);
      sequences[i] = session.sequence();
    }
    read(100_000, owner);
    HeldPages held = new HeldPages(machine, false);
    int one = 0;
    while (machine.allocations().find(sequences[one]) != null) {
      one++;
    }
    long pfn = made[one];
    long sequence = sequences[one];

    MachineException bySequence =
        catchThrowableOfType(MachineException.class, () -> held.free(sequence, null));
    MachineException byFrame =
        catchThrowableOfType(
            MachineException.class, () -> held.freeMoved(pfn, sequence, null, null));

    assertThat(bySequence.kind()).isEqualTo(MachineException.Kind.NO_SUCH_ALLOCATION);
    assertThat(byFrame.kind()).isEqualTo(bySequence.kind());
    assertThat(byFrame).hasMessage(bySequence.getMessage()).hasMessageContaining("forgotten");
  }
}
