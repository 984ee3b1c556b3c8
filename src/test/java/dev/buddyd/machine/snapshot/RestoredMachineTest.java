package dev.buddyd.machine.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.buddyd.machine.Event;
import dev.buddyd.machine.MachineCapture;
import dev.buddyd.machine.MachineException;
import dev.buddyd.machine.MachineSession;
import dev.buddyd.machine.PageRequest.Call;
import dev.buddyd.machine.PageUse;
import dev.buddyd.machine.PressureDesk;
import dev.buddyd.machine.RandomLoad;
import dev.buddyd.machine.SimulatedMachine;
import dev.buddyd.machine.TestMachines;
import dev.buddyd.mm.fixture.Presets;
import dev.buddyd.mm.frame.SectionBudget;
import dev.buddyd.mm.gfp.Gfp;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RestoredMachineTest {

  /** Whatever happened to a machine, its restored twin answers, tells and ends alike. */
  @Property(tries = 24)
  void behavesExactlyAsTheOriginal(@ForAll("presets") String preset, @ForAll long seed) {
    SimulatedMachine original = TestMachines.preset(preset);
    twinsBehaveAlike(original, new RandomLoad(original, seed).run(3_000), seed + 1);
  }

  @Test
  @DisplayName("B-70, B-42: reserves, boosts and marks that were passed are restored, too")
  void behavesExactlyAsTheOriginalWhenMemoryIsShort() {
    SimulatedMachine original = TestMachines.small();
    RandomLoad load = new RandomLoad(original, 1);
    long reserved = 0;
    for (int round = 0; round < 8; round++) {
      load.exhaust().run(300);
      reserved +=
          original.memory().zones().stream().mapToLong(z -> z.highAtomic().reservedPages()).sum();
      load = twinsBehaveAlike(original, load, round);
    }
    assertThat(reserved).isPositive();
  }

  private static RandomLoad twinsBehaveAlike(
      SimulatedMachine original, RandomLoad before, long seed) {
    String snapshot = Snapshot.of(original);
    SimulatedMachine restored = Snapshot.restore(snapshot);
    assertThat(Snapshot.of(restored)).isEqualTo(snapshot);

    long from = original.events().lastSequence();
    RandomLoad one = before.goOnWith(original, seed).run(1_500);
    RandomLoad other = before.goOnWith(restored, seed).run(1_500);
    assertThat(other.answers()).isEqualTo(one.answers());
    assertThat(eventsAfter(restored, from)).isEqualTo(eventsAfter(original, from));
    assertThat(Snapshot.of(restored)).isEqualTo(Snapshot.of(original));
    TestMachines.assertSound(original);
    TestMachines.assertSound(restored);
    return one;
  }

  @Provide
  Arbitrary<String> presets() {
    return Arbitraries.of(Presets.NAMES);
  }

  private static List<Event> eventsAfter(SimulatedMachine machine, long sequence) {
    return machine.events().after(sequence, Integer.MAX_VALUE);
  }

  @Test
  void keepsHoldersOwnersTimeAndSequence() {
    SimulatedMachine original = TestMachines.preset("x86_64");
    new RandomLoad(original, 4).run(500);

    SimulatedMachine restored = Snapshot.restore(Snapshot.of(original));

    assertThat(restored.epoch()).isEqualTo(2);
    assertThat(restored.name()).isEqualTo(original.name());
    assertThat(restored.timeMicros()).isEqualTo(original.timeMicros());
    assertThat(restored.events().lastSequence()).isEqualTo(original.events().lastSequence());
    assertThat(restored.events().firstSequence()).isEqualTo(restored.events().lastSequence() + 1);
    assertThat(restored.liveAllocations()).isEqualTo(original.liveAllocations()).isPositive();
    assertThat(restored.inspector().list(0, 10_000, a -> true))
        .isEqualTo(original.inspector().list(0, 10_000, a -> true));
  }

  @Test
  @DisplayName("R-12: a file that was written before pages that come back were counted is read")
  void readsFilesWithoutRefaults() {
    String snapshot = Snapshot.of(TestMachines.preset("tiny"));
    String old = snapshot.replaceAll(",\\s*\"workingset_refault_(anon|file)\": ?0", "");
    assertThat(old.length()).isLessThan(snapshot.length());

    assertThat(Snapshot.of(Snapshot.restore(old))).isEqualTo(snapshot);
  }

  @Test
  @DisplayName("R-1: a flusher that was woken begins when it would have begun")
  void flusherBegins() {
    SimulatedMachine machine = TestMachines.preset("tiny");
    int any = MachineSession.ANY;
    new MachineSession(machine, false)
        .allocate(Call.ALLOC_PAGES, Gfp.GFP_KERNEL, 3, any, any, 0, PageUse.FILE, true);
    String asleep = Snapshot.of(machine);
    String woken = asleep.replaceAll("(\"disk_idle_at_us\": ?0)", "$1,\"flusher_at_us\":5000");

    SimulatedMachine restored = Snapshot.restore(woken);

    assertThat(Snapshot.of(restored)).contains("\"flusher_at_us\":5000");
    assertThat(Snapshot.of(Snapshot.restore(asleep))).isEqualTo(asleep);
    assertThat(restored.reclaim().totals().dirty()).isEqualTo(8);
    restored.tick(1, null);
    assertThat(restored.reclaim().totals().dirty()).isZero();
    assertThat(Snapshot.of(restored)).doesNotContain("flusher_at_us");
  }

  @Nested
  @DisplayName("R-54: who was killed and has yet to exit")
  class Dying {

    private final SimulatedMachine machine = TestMachines.withoutSwap();
    private final int unkillable = machine.owner("asker");
    private final int hog = machine.owner("hog");

    private String snapshot(int dying) {
      new PressureDesk(machine, false).declare("asker", -1000);
      int any = MachineSession.ANY;
      new MachineSession(machine, false)
          .allocate(Call.ALLOC_PAGES, Gfp.GFP_HIGHUSER_MOVABLE, 3, any, any, hog, PageUse.ANON);
      String end = "(\"workingset_refault_file\": ?\\d+\\s*})";
      return Snapshot.of(machine).replaceAll(end, "$1,\"swap_foreign_pages\":0,\"dying\":" + dying);
    }

    @Test
    void exitsAfterwards() {
      SimulatedMachine restored = Snapshot.restore(snapshot(hog));
      String again = Snapshot.of(restored);
      assertThat(again).contains("\"dying\":" + hog);
      assertThat(Snapshot.of(Snapshot.restore(again))).isEqualTo(again);
      assertThat(restored.reclaim().process(hog).rssPages()).isEqualTo(8);

      restored.runBackground();

      assertThat(restored.reclaim().process(hog).rssPages()).isZero();
      assertThat(restored.reclaim().process(hog).killed()).isTrue();
      assertThat(Snapshot.of(restored)).doesNotContain("dying");
    }

    @Test
    void isSomebodyWhoCanBeKilled() {
      String wrong = snapshot(unkillable);

      MachineException e = catchThrowableOfType(MachineException.class, () -> Snapshot.read(wrong));

      assertThat(e.reason()).contains("reclaim.dying", "no process that can have been killed");
    }
  }

  @Nested
  @DisplayName("R-50: what an owner was killed for")
  class Killed {

    private final SimulatedMachine machine = TestMachines.withoutSwap();
    private final String snapshot = afterKill();

    private String afterKill() {
      MachineSession session = new MachineSession(machine, false);
      int any = MachineSession.ANY;
      int asker = machine.owner("asker");
      int hog = machine.owner("hog");
      new PressureDesk(machine, false).declare("asker", -1000);
      while (!machine.reclaim().process(hog).killed()) {
        int owner = machine.reclaim().process(hog).rssPages() > 10_000 ? asker : hog;
        long pfn =
            session.allocate(
                Call.ALLOC_PAGES, Gfp.GFP_HIGHUSER_MOVABLE, 0, any, any, owner, PageUse.ANON);
        assertThat(pfn).isNotNegative();
      }
      return Snapshot.of(machine);
    }

    private PressureDesk.@Nullable KilledFor killedFor(SimulatedMachine of) {
      return new PressureDesk(of, false).owner("hog").killedFor();
    }

    @Test
    void isRestored() {
      SimulatedMachine restored = Snapshot.restore(snapshot);

      assertThat(killedFor(restored)).isNotNull().isEqualTo(killedFor(machine));
      assertThat(killedFor(restored))
          .extracting(PressureDesk.KilledFor::owner, PressureDesk.KilledFor::gfp)
          .containsExactly("asker", Gfp.GFP_HIGHUSER_MOVABLE);
      assertThat(Snapshot.of(restored)).isEqualTo(snapshot);
    }

    @Test
    void isUnknownInOlderFiles() {
      String old = snapshot.replaceAll("\\[(2,0,1,0),[0-9,]+\\]", "[$1]");
      assertThat(old).isNotEqualTo(snapshot);

      SimulatedMachine restored = Snapshot.restore(old);

      assertThat(new PressureDesk(restored, false).owner("hog").process().killed()).isTrue();
      assertThat(killedFor(restored)).isNull();
    }

    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        value = {
          "[2,0,0,0,1,1,1,0]    | was not killed",
          "[2,0,1,0,1]          | too few elements",
          "[2,0,1,0,999999999999,1,1,0] | must be 0 to",
          "[2,0,1,0,1,99,1,0]   | must be 0 to 2",
          "[2,0,1,0,1,1,1,99]   | must be 0 to 10",
          "[2,0,1,0,1,1,1,0,0]  | an element too many"
        })
    void isCheckedAsAllRows(String row, String complaint) {
      String wrong = snapshot.replaceAll("\\[2,0,1,0,[0-9,]+\\]", row);

      MachineException e = catchThrowableOfType(MachineException.class, () -> Snapshot.read(wrong));

      assertThat(e.reason()).contains("reclaim.processes", complaint);
    }
  }

  @Test
  void readsWhatItWroteAsGzip() {
    SimulatedMachine original = TestMachines.preset("tiny");
    String snapshot = Snapshot.of(original);

    byte[] file = Snapshot.gzip(snapshot.getBytes(StandardCharsets.UTF_8));

    assertThat(file.length).isLessThan(snapshot.length());
    assertThat(Snapshot.read(file, SectionBudget.unlimited()).name()).isEqualTo("tiny");
  }

  @Test
  void captureGivesTheBudgetBackWhatItTook() {
    SectionBudget budget = new SectionBudget(64L << 20);
    SimulatedMachine machine = TestMachines.preset("tiny", budget);
    RandomLoad load = new RandomLoad(machine, 8).run(2_000);
    String before = Snapshot.of(machine);
    long left = budget.remainingBytes();

    try (MachineCapture capture = machine.capture()) {
      load.run(2_000); // the machine goes on while it is read
      ByteArrayOutputStream text = new ByteArrayOutputStream();
      Snapshots.write(capture.state(), text);
      assertThat(text.toString(StandardCharsets.UTF_8)).isEqualTo(before);
      assertThat(budget.remainingBytes()).isLessThan(left);
    }
    TestMachines.assertSound(machine);
    Snapshot.of(machine);
    load.freeAll();
    assertThat(budget.remainingBytes())
        .isCloseTo(left, org.assertj.core.data.Offset.offset(300_000L));
  }

  @Test
  void everyCaptureOfAMachineUnderLoadIsSound() throws Exception {
    SimulatedMachine machine = TestMachines.preset("x86_64-numa");
    try (ExecutorService clients = Executors.newFixedThreadPool(3)) {
      List<Future<?>> running = new ArrayList<>();
      for (int c = 0; c < 3; c++) {
        RandomLoad load = new RandomLoad(machine, 100 + c);
        running.add(clients.submit(() -> load.run(6_000)));
      }
      int captures = 0;
      while (running.stream().anyMatch(each -> !each.isDone()) || captures < 3) {
        SimulatedMachine restored = Snapshot.restore(Snapshot.of(machine));
        assertThat(restored.liveAllocations()).isNotNegative();
        captures++;
      }
      for (Future<?> each : running) {
        each.get();
      }
    }
    TestMachines.assertSound(machine);
  }
}
