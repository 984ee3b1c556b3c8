package dev.buddyd.mm.reclaim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.buddyd.mm.alloc.KernelWould;
import dev.buddyd.mm.fixture.PressedMachines;
import dev.buddyd.mm.fixture.PressedMachines.Kind;
import dev.buddyd.mm.fixture.Reservoir;
import dev.buddyd.mm.gfp.Gfp;
import dev.buddyd.mm.gfp.GfpMask;
import dev.buddyd.mm.trace.Decision;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What a request does when no zone is above min, by what the memory is full of. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GfpUnderPressureTest {

  /**
   * Masks and orders down, kinds of memory across. A cell: how it ends; passes of direct reclaim /
   * stalls, a pass without progress being two; attempts at compaction, where they are told.
   * {@code killed}: served after one OOM kill, whose victim exits during one more pass, but a
   * request that must not fail has its page before (F-47). Order 9 of the classic lists: their pass
   * for a large block goes on until one fits above the marks.
   */
  private static final String TABLE =
      """
      mask                           | orders | CLEAN          | CLASSIC        | SPLINTERED     | DIRTY          | SWAP           | NO_SWAP        | SWAP_FULL      | KERNEL
      GFP_NOWAIT                     | 0-4,9  | refused 0/0    | refused 0/0    | refused 0/0    | refused 0/0    | refused 0/0    | refused 0/0    | refused 0/0    | refused 0/0
      GFP_ATOMIC                     | 0-4    | served 0/0     | served 0/0     | served 0/0     | served 0/0     | served 0/0     | served 0/0     | served 0/0     | served 0/0
      GFP_ATOMIC                     | 9      | refused 0/0    | refused 0/0    | refused 0/0    | refused 0/0    | refused 0/0    | refused 0/0    | refused 0/0    | refused 0/0
      GFP_ATOMIC|__GFP_MEMALLOC      | 0      | served 0/0     | served 0/0     | served 0/0     | served 0/0     | served 0/0     | served 0/0     | served 0/0     | served 0/0
      GFP_KERNEL                     | 0      | served 1/1 c0  | served 1/1 c0  | served 1/1 c0  | served 1/1 c0  | served 1/1 c0  | killed 18/36   | killed 18/36   | oom_kill 17/34
      GFP_KERNEL                     | 1-3    | served 1/1     | served 1/1     | served 1/1     | served 1/1     | served 1/1     | killed 18/36   | killed 18/36   | oom_kill 17/34
      GFP_KERNEL                     | 4      | served 1/1     | served 1/1     | served 1/1 c1  | served 1/1     | served 1/1     | refused 1/2 c2 | refused 1/2 c2 | refused 1/2 c2
      GFP_KERNEL                     | 9      | served 1/1     | served 1/1     | refused 1/1 c2 | served 1/1     | served 1/1     | refused 1/2 c2 | refused 1/2 c2 | refused 1/2 c2
      GFP_NOFS                       | 0-3    | served 1/1     | served 1/1     | served 1/1     | served 1/1     | served 1/1     | loop 17/34     | loop 17/34     | loop 17/34
      GFP_NOFS                       | 4      | served 1/1     | served 1/1     | served 1/1 c1  | served 1/1     | served 1/1     | refused 1/2 c2 | refused 1/2 c2 | refused 1/2 c2
      GFP_NOFS                       | 9      | served 1/1     | served 1/1     | refused 1/1 c2 | served 1/1     | served 1/1     | refused 1/2 c2 | refused 1/2 c2 | refused 1/2 c2
      GFP_NOIO                       | 0-3    | served 1/1 c0  | served 1/1 c0  | served 1/1 c0  | served 1/1 c0  | served 1/1 c0  | loop 17/34 c0  | loop 17/34 c0  | loop 17/34 c0
      GFP_NOIO                       | 4      | served 1/1 c0  | served 1/1 c0  | served 1/1 c0  | served 1/1 c0  | served 1/1 c0  | refused 1/2 c0 | refused 1/2 c0 | refused 1/2 c0
      GFP_NOIO                       | 9      | served 1/1 c0  | served 1/1 c0  | refused 1/1 c0 | served 1/1 c0  | served 1/1 c0  | refused 1/2 c0 | refused 1/2 c0 | refused 1/2 c0
      GFP_KERNEL|__GFP_NORETRY       | 0-3    | served 1/1     | served 1/1     | served 1/1     | served 1/1     | served 1/1     | refused 1/2    | refused 1/2    | refused 1/2
      GFP_KERNEL|__GFP_NORETRY       | 4,9    | refused 0/0 c1 | refused 0/0 c1 | refused 0/0 c1 | refused 0/0 c1 | refused 0/0 c1 | refused 0/0 c1 | refused 0/0 c1 | refused 0/0 c1
      GFP_KERNEL|__GFP_RETRY_MAYFAIL | 0-4    | served 1/1     | served 1/1     | served 1/1     | served 1/1     | served 1/1     | refused 17/34  | refused 17/34  | refused 17/34
      GFP_KERNEL|__GFP_RETRY_MAYFAIL | 9      | served 1/1     | served 1/1     | served 2/2     | served 1/1     | served 1/1     | refused 17/34  | refused 17/34  | refused 17/34
      GFP_KERNEL|__GFP_NOFAIL        | 0-1    | served 1/1     | served 1/1     | served 1/1     | served 1/1     | served 1/1     | killed 17/34   | killed 17/34   | served 17/34
      GFP_HIGHUSER_MOVABLE           | 0-3    | served 1/1     | served 1/1     | served 1/1     | served 1/1     | served 1/1     | killed 18/36   | killed 18/36   | oom_kill 17/34
      GFP_HIGHUSER_MOVABLE           | 4      | served 1/1     | served 1/1     | served 1/1 c1  | served 1/1     | served 1/1     | refused 1/2 c2 | refused 1/2 c2 | refused 1/2 c2
      GFP_HIGHUSER_MOVABLE           | 9      | served 1/1     | served 1/1     | refused 1/1 c2 | served 1/1     | served 1/1     | refused 1/2 c2 | refused 1/2 c2 | refused 1/2 c2
      GFP_TRANSHUGE                  | 9      | refused 1/1 c2 | served 1/1 c1  | refused 1/1 c2 | served 1/1 c1  | refused 1/1 c2 | refused 1/2 c2 | refused 1/2 c2 | refused 1/2 c2
      GFP_TRANSHUGE_LIGHT            | 9      | refused 0/0 c0 | refused 0/0 c0 | refused 0/0 c0 | refused 0/0 c0 | refused 0/0 c0 | refused 0/0 c0 | refused 0/0 c0 | refused 0/0 c0
      """;

  private final PressedMachines machines = new PressedMachines();
  private Reservoir before = machines.of(Kind.KERNEL);
  private Reservoir r = before;

  private void use(Kind kind) {
    before = machines.of(kind);
    r = before.fork();
  }

  private long stalls() {
    return r.stalls() - before.stalls();
  }

  private long counted(VmEvent event) {
    return r.count(event) - before.count(event);
  }

  @AfterEach
  void sound() {
    r.assertSound();
  }

  static Stream<Arguments> cells() {
    List<String> lines = TABLE.lines().toList();
    List<String> head = columns(lines.getFirst());
    List<Arguments> cells = new ArrayList<>();
    for (String line : lines.subList(1, lines.size())) {
      List<String> row = columns(line);
      for (int order : orders(row.get(1))) {
        for (int c = 2; c < row.size(); c++) {
          cells.add(Arguments.of(row.get(0), order, Kind.valueOf(head.get(c)), row.get(c)));
        }
      }
    }
    return cells.stream();
  }

  private static List<String> columns(String line) {
    return Arrays.stream(line.split(" \\| ")).map(String::strip).toList();
  }

  private static List<Integer> orders(String text) {
    List<Integer> orders = new ArrayList<>();
    for (String part : text.split(",")) {
      String[] ends = part.split("-");
      for (int o = Integer.parseInt(ends[0]); o <= Integer.parseInt(ends[ends.length - 1]); o++) {
        orders.add(o);
      }
    }
    return orders;
  }

  @ParameterizedTest(name = "{0} order {1}, {2}: {3}")
  @MethodSource("cells")
  @DisplayName("F-42 the table")
  void table(String mask, int order, Kind kind, String expected) {
    use(kind);
    int gfp = GfpMask.parse(mask).bits();
    String came = outcome(r.alloc(gfp, order));
    came += " " + decided(Decision.MM_VMSCAN_DIRECT_RECLAIM_BEGIN) + "/" + stalls();
    if (expected.contains(" c")) {
      came += " c" + decided(Decision.MM_COMPACTION_TRY_TO_COMPACT_PAGES);
    }
    assertThat(came).isEqualTo(expected);
    assertThat(decided(Decision.KSWAPD_PENDING) > 0)
        .as("kswapd woken")
        .isEqualTo((gfp & Gfp.KSWAPD_RECLAIM) != 0);
  }

  private String outcome(long result) {
    if (result >= 0) {
      return counted(VmEvent.OOM_KILL) == 0 ? "served" : "killed";
    }
    KernelWould would = KernelWould.of(result);
    return would == KernelWould.FAIL ? "refused" : would.apiName();
  }

  private int decided(Decision decision) {
    return r.machine().decided().all(decision).size();
  }

  @ParameterizedTest
  @EnumSource(names = {"CLEAN", "CLASSIC", "SPLINTERED", "DIRTY", "SWAP"})
  @DisplayName("F-35b GFP_NOWAIT is refused until kswapd has run")
  void nowaitAfterKswapd(Kind kind) {
    use(kind);
    assertThat(r.alloc(Gfp.KSWAPD_RECLAIM, 0)).isNegative();
    assertThat(r.memory().node(0).kswapd().sleeping()).isFalse();
    r.reclaim().background(null);
    assertThat(counted(VmEvent.PGSTEAL_KSWAPD)).isPositive();
    assertThat(r.alloc(Gfp.KSWAPD_RECLAIM, 0)).isPositive();
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("F-20 GFP_ATOMIC takes the reserve, not all of it, and never waits")
  void atomicUsesUpTheReserve(Kind kind) {
    use(kind);
    int granted = 0;
    while (r.alloc(Gfp.GFP_ATOMIC, 0) >= 0) {
      granted++;
    }
    r.machine().allocator().drain(0, null);
    assertThat(granted).isPositive();
    assertThat(r.zone("DMA32").counter().exact()).isPositive();
    assertThat(stalls()).isZero();
    assertThat(r.micros()).isEqualTo(before.micros());
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("F-21 __GFP_MEMALLOC takes every page down to 0")
  void memallocTakesAll(Kind kind) {
    use(kind);
    while (r.alloc(Gfp.GFP_ATOMIC | Gfp.MEMALLOC, 0) >= 0) {
      // until nothing is left
    }
    assertThat(r.zone("DMA32").counter().exact()).isZero();
    assertThat(stalls()).isZero();
  }

  @ParameterizedTest
  @EnumSource(names = {"CLEAN", "SPLINTERED"})
  @DisplayName("R-10 a pass over clean page cache looks at 64 pages and takes them")
  void onePass(Kind kind) {
    use(kind);
    assertThat(r.alloc(Gfp.GFP_KERNEL, 0)).isPositive();
    assertThat(counted(VmEvent.PGSCAN_DIRECT)).isEqualTo(64);
    assertThat(counted(VmEvent.PGSTEAL_DIRECT)).isEqualTo(64);
    assertThat(counted(VmEvent.PGSTEAL_KSWAPD)).isPositive();
  }

  @Test
  @DisplayName("R-10 on the classic lists a pass ends with the batch that reaches 32 pages")
  void onePassOfClassicLists() {
    use(Kind.CLASSIC);
    assertThat(r.alloc(Gfp.GFP_KERNEL, 0)).isPositive();
    int listed = 90_000; // 1/4096 of the list is 21 pages, 1/2048 more than a batch of 32
    assertThat(counted(VmEvent.PGSTEAL_DIRECT)).isEqualTo((listed >> 12) + 32);
    assertThat(counted(VmEvent.PGSCAN_DIRECT)).isEqualTo(counted(VmEvent.PGSTEAL_DIRECT));
  }

  @Test
  @DisplayName("F-45 costly and no free block so large: the first pass is the last")
  void noBlockSoLarge() {
    use(Kind.KERNEL);
    while (r.alloc(Reservoir.PRESSURE | Gfp.MEMALLOC, 9) >= 0) {
      // until no zone has one
    }
    assertThat(r.alloc(Gfp.GFP_KERNEL | Gfp.RETRY_MAYFAIL, 9)).isNegative();
    assertThat(stalls()).isEqualTo(2);
  }
}
