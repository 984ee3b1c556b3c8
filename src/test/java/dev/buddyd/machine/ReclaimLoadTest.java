package dev.buddyd.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.buddyd.machine.MachineException.Kind;
import dev.buddyd.machine.PageRequest.Call;
import dev.buddyd.mm.boot.Boot;
import dev.buddyd.mm.boot.MachineDescription;
import dev.buddyd.mm.boot.MachineDescription.NodeDescription;
import dev.buddyd.mm.boot.MachineDescription.PfnRange;
import dev.buddyd.mm.frame.SectionBudget;
import dev.buddyd.mm.gfp.Gfp;
import dev.buddyd.mm.reclaim.ReclaimSettings;
import dev.buddyd.mm.reclaim.VmEvent;
import dev.buddyd.mm.zone.PhysicalMemory;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLongArray;
import org.junit.jupiter.api.Test;

/**
 * Threads that share one small machine and its allocations while kswapd runs on a thread of its
 * own: every race between holders, reclaim, compaction and the OOM killer ends in one of its
 * outcomes, and nothing is lost.
 */
class ReclaimLoadTest {

  private static final int CLIENTS = 4;
  private static final int STEPS = 20_000;
  private static final int SWAP_PAGES = 1_024;
  private static final int TIMEOUT_SECONDS = 120;

  /** What a client may be told whose allocation somebody else had first. */
  private static final Set<Kind> CROSSED =
      EnumSet.of(Kind.NO_SUCH_ALLOCATION, Kind.NOT_RESIDENT, Kind.NOT_ALLOCATED, Kind.STALE_STATE);

  private static final int[] MASKS = {
    Gfp.GFP_KERNEL,
    Gfp.GFP_KERNEL | Gfp.HIGHMEM | Gfp.MOVABLE,
    Gfp.GFP_NOIO,
    Gfp.GFP_NOFS,
    Gfp.GFP_NOWAIT,
    Gfp.GFP_ATOMIC,
    Gfp.GFP_KERNEL | Gfp.NORETRY,
    Gfp.GFP_KERNEL | Gfp.RETRY_MAYFAIL
  };

  /** Sequences that all clients know; 0 for none. */
  private final AtomicLongArray known = new AtomicLongArray(12_000);

  private final AtomicBoolean done = new AtomicBoolean();
  private final SimulatedMachine machine = machine();

  private static SimulatedMachine machine() {
    MachineDescription description =
        new MachineDescription(
            "short",
            "x86_64",
            null,
            null,
            null,
            null,
            null,
            List.of(
                new NodeDescription(List.of(0, 1), List.of(new PfnRange(1, 8_191)), null),
                new NodeDescription(List.of(2), List.of(new PfnRange(0x4000, 4_096)), null)),
            null,
            null,
            null,
            null,
            null,
            null);
    PhysicalMemory memory = Boot.boot(description, SectionBudget.unlimited());
    return new SimulatedMachine(
        MachineState.booted("short", memory, new ReclaimSettings(SWAP_PAGES, true)),
        1,
        new MachineOptions(1 << 12, 100, 65_536, MachineOptions.Background.ELSEWHERE));
  }

  /** Does one thing after the other to its own and others' allocations. */
  private final class Client implements Callable<Long> {

    private final Random random;
    private final int owner;
    private final MachineSession session = new MachineSession(machine, false);
    private final HeldPages pages = new HeldPages(machine, false);

    Client(int seed) {
      this.random = new Random(seed);
      this.owner = machine.owner("client-" + seed);
    }

    @Override
    public Long call() {
      long granted = 0;
      for (int i = 0; i < STEPS; i++) {
        int place = random.nextInt(known.length());
        long sequence = known.get(place);
        try {
          if (sequence == 0) {
            granted += allocate(place) ? 1 : 0;
          } else {
            use(sequence, place);
          }
        } catch (MachineException e) {
          assertThat(CROSSED).as(e.getMessage()).contains(e.kind());
        }
      }
      return granted;
    }

    private boolean allocate(int place) {
      PageUse use = PageUse.values()[random.nextInt(16) == 0 ? 0 : 1 + random.nextInt(3)];
      int order = random.nextInt(8) == 0 ? random.nextInt(10) : random.nextInt(2);
      int gfp = MASKS[random.nextInt(MASKS.length)];
      boolean dirty = use == PageUse.FILE && random.nextBoolean();
      long pfn =
          session.allocate(
              Call.ALLOC_PAGES,
              gfp,
              order,
              MachineSession.ANY,
              random.nextInt(3),
              owner,
              use,
              dirty);
      if (pfn >= 0 && !known.compareAndSet(place, 0, session.sequence())) {
        pages.free(session.sequence(), null);
      }
      return pfn >= 0;
    }

    private void use(long sequence, int place) {
      switch (random.nextInt(6)) {
        case 0 -> {
          pages.free(sequence, random.nextInt(3));
          known.compareAndSet(place, sequence, 0);
        }
        case 1 -> pages.describe(sequence);
        case 2 -> pages.touch(sequence, random.nextBoolean());
        default -> pages.fault(sequence, random.nextInt(3));
      }
    }
  }

  private Callable<Long> until(Runnable work, int pauseMillis) {
    return () -> {
      long times = 0;
      while (!done.get()) {
        work.run();
        times++;
        Thread.sleep(pauseMillis);
      }
      return times;
    };
  }

  private List<Callable<Long>> others() {
    PressureDesk desk = new PressureDesk(machine, false);
    return List.of(
        until(machine::runBackground, 1),
        until(() -> machine.tick(1, null), 3),
        until(
            () -> {
              desk.compact(null, null, 4);
              desk.reclaim(0, 64, Gfp.GFP_KERNEL, null);
            },
            7),
        until(() -> assertThat(machine.violations()).isEmpty(), 50),
        until(() -> machine.fork().close(), 50));
  }

  @Test
  void everyRaceHasAnEnd() throws Exception {
    machine.reclaim().declareProcess(machine.owner("client-0"), -1000);
    ExecutorService threads = Executors.newCachedThreadPool();
    try {
      List<Future<Long>> clients = new ArrayList<>();
      List<Future<Long>> beside = others().stream().map(threads::submit).toList();
      for (int c = 0; c < CLIENTS; c++) {
        clients.add(threads.submit(new Client(c)));
      }
      for (Future<Long> client : clients) {
        assertThat(client.get(TIMEOUT_SECONDS, TimeUnit.SECONDS)).isPositive();
      }
      done.set(true);
      for (Future<Long> other : beside) {
        assertThat(other.get(TIMEOUT_SECONDS, TimeUnit.SECONDS)).isPositive();
      }
    } finally {
      done.set(true);
      threads.shutdownNow();
    }

    for (VmEvent event :
        List.of(
            VmEvent.PGSTEAL_KSWAPD,
            VmEvent.PGSTEAL_DIRECT,
            VmEvent.PSWPOUT,
            VmEvent.PSWPIN,
            VmEvent.PGMIGRATE_SUCCESS,
            VmEvent.OOM_KILL)) {
      assertThat(machine.reclaim().events().get(event)).as(event.name()).isPositive();
    }
    TestMachines.assertSound(machine);
    assertNothingIsLeftAfterAllIsGivenBack();
  }

  private void assertNothingIsLeftAfterAllIsGivenBack() {
    HeldPages pages = new HeldPages(machine, false);
    for (int i = 0; i < known.length(); i++) {
      if (known.get(i) != 0) {
        try {
          pages.free(known.get(i), null);
        } catch (MachineException e) {
          assertThat(e.kind()).as(e.getMessage()).isEqualTo(Kind.NO_SUCH_ALLOCATION);
        }
      }
    }
    assertThat(machine.liveAllocations()).isZero();
    assertThat(TestMachines.pagesInUse(machine.memory())).isZero();
    assertThat(machine.reclaim().totals().swapFree()).isEqualTo(SWAP_PAGES);
    TestMachines.assertSound(machine);
  }
}
