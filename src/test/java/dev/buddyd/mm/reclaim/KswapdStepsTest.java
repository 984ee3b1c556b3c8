package dev.buddyd.mm.reclaim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.buddyd.mm.fixture.Reservoir;
import dev.buddyd.mm.gfp.Gfp;
import dev.buddyd.mm.trace.Decision;
import dev.buddyd.mm.zone.AllocationRequest;
import dev.buddyd.mm.zone.Node;
import dev.buddyd.mm.zone.ZoneFlags;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** kswapd step by step, who waits for it, and how far reclaim goes for a large block. */
class KswapdStepsTest {

  private static final int KERNEL = Gfp.DIRECT_RECLAIM | Gfp.KSWAPD_RECLAIM | Gfp.IO | Gfp.FS;

  private Reservoir r = Reservoir.of(new ReclaimSettings(0, true));

  @AfterEach
  void sound() {
    r.assertSound();
  }

  private Node node() {
    return r.memory().node(0);
  }

  /** Memory full of clean page cache, free memory at min, kswapd woken. */
  private void woken() {
    r.fill(20_000, AllocationRequest.FILE, false);
    r.pressed();
    r.alloc(Gfp.KSWAPD_RECLAIM, 0);
    assertThat(node().kswapd().sleeping()).isFalse();
  }

  private KswapdRun begin() {
    return Objects.requireNonNull(r.reclaim().beginKswapd(node(), r.machine().decided()));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  @DisplayName("R-25 a run in steps does what a run at once does")
  void steps(boolean generations) {
    r = Reservoir.of(new ReclaimSettings(0, generations));
    woken();
    Reservoir atOnce = r.fork();
    KswapdRun run = begin();
    int steps = 1;
    while (run.step()) {
      steps++;
    }
    atOnce.reclaim().runKswapd(null);
    assertThat(steps).isGreaterThan(5);
    assertThat(r.count(VmEvent.PGSTEAL_KSWAPD)).isPositive();
    for (VmEvent event : VmEvent.values()) {
      assertThat(r.count(event)).as(event.name()).isEqualTo(atOnce.count(event));
    }
    assertThat(r.zone("DMA32").counter().exact()).isEqualTo(atOnce.zone("DMA32").counter().exact());
    assertThat(node().kswapd().sleeping()).isTrue();
    assertThat(r.reclaim().beginKswapd(node(), null)).as("asleep").isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "4223, false, 64", // then 4159 are left, whose share is 64
    "4224, false, 128",
    "4159, true, 64", // dirty pages stay, so 4159 are left as well
    "4160, true, 128",
  })
  @DisplayName("R-10 a round over generations looks at the share of the pages that are still there")
  void share(int pages, boolean dirty, long scanned) {
    r.fill(pages, AllocationRequest.FILE, dirty);
    r.pressed();
    r.alloc(Gfp.KSWAPD_RECLAIM, 0);
    KswapdRun run = begin();
    do {
      run.step();
    } while (!run.betweenRounds());
    assertThat(r.count(VmEvent.PGSCAN_KSWAPD)).isEqualTo(scanned);
  }

  @Test
  @DisplayName(
      "R-1 classic: what a round writes to swap comes back in the next round, not in its own")
  void writesAreSentOffTogether() {
    r = Reservoir.of(new ReclaimSettings(10_000, false));
    r.fill(20_000, AllocationRequest.ANON, false);
    r.pressed();
    r.alloc(Gfp.KSWAPD_RECLAIM, 0);
    KswapdRun run = begin();
    long rounds = 0;
    boolean more = true;
    while (more) {
      long written = r.count(VmEvent.PSWPOUT);
      do {
        more = run.step();
        r.pass(1_000); // long enough for the disk
      } while (!run.betweenRounds());
      assertThat(r.count(VmEvent.PGSTEAL_KSWAPD)).as("round %d", rounds).isEqualTo(written);
      rounds++;
    }
    assertThat(rounds).isGreaterThan(3);
    assertThat(r.count(VmEvent.PGSCAN_KSWAPD))
        .as("each page twice, or written last")
        .isEqualTo(r.count(VmEvent.PGSTEAL_KSWAPD) + r.count(VmEvent.PSWPOUT));
  }

  @Test
  @DisplayName("R-1 generations: what is being written is young, and not looked at again meanwhile")
  void writtenPagesAreYoung() {
    r = Reservoir.of(new ReclaimSettings(10_000, true)).holdTime();
    for (int tag : r.fill(20_000, AllocationRequest.ANON, false)) {
      r.reclaim().touched(tag, false);
    }
    int noIo = Gfp.DIRECT_RECLAIM | Gfp.KSWAPD_RECLAIM;
    r.reclaim().directReclaim(AllocationRequest.of(noIo, 0, 0, 0), null); // finds them in use
    assertThat(r.pages(LruList.INACTIVE_ANON)).as("the others are young").isLessThan(200);
    r.pressed();
    r.alloc(Gfp.KSWAPD_RECLAIM, 0);
    KswapdRun run = begin();
    do {
      run.step();
    } while (!run.betweenRounds());
    assertThat(r.count(VmEvent.PSWPOUT)).isGreaterThan(64);
    assertThat(r.count(VmEvent.PGSCAN_KSWAPD)).isEqualTo(r.count(VmEvent.PSWPOUT));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  @DisplayName("R-25, Z-50 the step that looks at the last pages ends the run, and the boost")
  void endsWithItsLastPages(boolean generations) {
    r = Reservoir.of(new ReclaimSettings(0, generations));
    woken();
    r.zone("DMA32").watermarks().loadBoost(100);
    KswapdRun run = begin();
    long scanned;
    boolean more;
    do {
      scanned = r.count(VmEvent.PGSCAN_KSWAPD);
      more = run.step();
      assertThat(r.count(VmEvent.PGSCAN_KSWAPD)).as("no step without pages").isGreaterThan(scanned);
    } while (more);
    assertThat(node().kswapd().sleeping()).isTrue();
    assertThat(r.zone("DMA32").watermarks().boost()).isZero();
  }

  @Test
  @DisplayName("P-35.3 while kswapd runs its zones are marked, and page sets give back early")
  void reclaiming() {
    woken();
    KswapdRun run = begin();
    assertThat(r.zone("DMA32").flags().has(ZoneFlags.RECLAIMING)).isTrue();
    assertThat(r.zone("DMA32").set(0).count()).isGreaterThan(4 * r.zone("DMA32").set(0).batch());
    long free = r.zone("DMA32").counter().exact();
    assertThat(run.step()).isTrue();
    assertThat(r.zone("DMA32").counter().exact())
        .as("what was reclaimed, and what the set held above 4 batches")
        .isGreaterThan(free + r.count(VmEvent.PGSTEAL_KSWAPD));
    while (run.step()) {}
    assertThat(r.zone("DMA32").flags().has(ZoneFlags.RECLAIMING)).isFalse();
  }

  @Test
  @DisplayName(
      "R-15 a request must wait while the reserves are half used up, until a round is over")
  void throttled() {
    AllocationRequest request = AllocationRequest.of(KERNEL, 0, 0, 0);
    r.fill(20_000, AllocationRequest.FILE, false);
    r.pressedEvenly();
    r.alloc(Gfp.KSWAPD_RECLAIM, 0);
    assertThat(r.reclaim().throttles(request)).as("free memory at min").isFalse();
    while (r.alloc(Gfp.MEMALLOC, 0) >= 0) {
      // the reserves, too
    }
    assertThat(r.reclaim().throttles(request)).isTrue();
    KswapdRun run = begin();
    assertThat(run.step()).isTrue();
    assertThat(run.betweenRounds()).isFalse();
    while (run.step()) {}
    assertThat(run.betweenRounds()).isTrue();
    assertThat(r.reclaim().throttles(request)).isFalse();
  }

  @Test
  @DisplayName("R-15 where nothing is to be reclaimed nobody waits for it")
  void nothingToWaitFor() {
    r.pressed();
    while (r.alloc(Gfp.MEMALLOC, 0) >= 0) {
      // the reserves, too
    }
    assertThat(r.reclaim().throttles(AllocationRequest.of(KERNEL, 0, 0, 0))).isFalse();
  }

  @Test
  @DisplayName("R-14 on classic lists a pass for a large block goes on while that wins pages")
  void forLargeBlocks() {
    r = Reservoir.of(new ReclaimSettings(0, false));
    r.scatter(20_000, AllocationRequest.FILE, false).pressed();
    Reservoir other = r.fork();
    pass(r, KERNEL, 0);
    pass(other, KERNEL, 9);
    assertThat(r.count(VmEvent.PGSTEAL_DIRECT)).isBetween(32L, 64L);
    assertThat(other.count(VmEvent.PGSTEAL_DIRECT)).as("2 blocks or so").isGreaterThan(512);
  }

  @Test
  @DisplayName("R-14 and does not without __GFP_IO, for then nobody may compact")
  void notWithoutCompaction() {
    r = Reservoir.of(new ReclaimSettings(0, false));
    r.scatter(20_000, AllocationRequest.FILE, false).pressed();
    pass(r, Gfp.DIRECT_RECLAIM, 9);
    assertThat(r.count(VmEvent.PGSTEAL_DIRECT)).isBetween(32L, 64L);
  }

  private static void pass(Reservoir r, int gfp, int order) {
    r.reclaim().directReclaim(AllocationRequest.of(gfp, order, 0, 0), r.machine().decided());
    assertThat(r.machine().decidedOn(Decision.MM_VMSCAN_DIRECT_RECLAIM_END)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(longs = {63, 64})
  @DisplayName("R-3 with less than a step's slots free generations leave anonymous pages alone")
  void fewSlots(long slots) {
    r = Reservoir.of(new ReclaimSettings(slots, true));
    r.fill(20_000, AllocationRequest.ANON, false);
    r.pressed();
    pass(r, KERNEL, 0);
    assertThat(r.count(VmEvent.PSWPOUT)).isEqualTo(slots < 64 ? 0 : 64);
    assertThat(r.reclaim().reclaimablePages(r.zone("DMA32")) > 0)
        .as("F-45 counts them as long as a slot is free")
        .isEqualTo(slots < 64);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  @DisplayName("R-26, Z-50 a boost is not won back from anonymous memory, and gone all the same")
  void boostLeavesAnonAlone(boolean generations) {
    r = Reservoir.of(new ReclaimSettings(50_000, generations));
    r.fill(10_000, AllocationRequest.ANON, false);
    r.zone("DMA32").watermarks().loadBoost(100);
    wakeAndRun();
    assertThat(r.count(VmEvent.PAGEOUTRUN)).isEqualTo(1);
    assertThat(r.count(VmEvent.PGSCAN_KSWAPD)).isZero();
    assertThat(r.zone("DMA32").watermarks().boost()).isZero();
    assertThat(node().kswapd().failures()).isEqualTo(1);
  }

  @Test
  @DisplayName("R-26 generations: to win a boost back nothing is looked at: a run that failed")
  void boostOverGenerations() {
    r.fill(10_000, AllocationRequest.FILE, false);
    r.zone("DMA32").watermarks().loadBoost(100);
    wakeAndRun();
    assertThat(r.count(VmEvent.PAGEOUTRUN)).isEqualTo(1);
    assertThat(r.count(VmEvent.PGSCAN_KSWAPD)).isZero();
    assertThat(r.zone("DMA32").watermarks().boost()).isZero();
    assertThat(node().kswapd().failures()).isEqualTo(1);
  }

  @Test
  @DisplayName("R-26 classic: rounds at priority 10 until the boost is won back")
  void boostOverClassicLists() {
    r = Reservoir.of(new ReclaimSettings(0, false));
    r.fill(20_000, AllocationRequest.FILE, false);
    r.zone("DMA32").watermarks().loadBoost(100);
    wakeAndRun();
    assertThat(priorities()).startsWith(12L, 11L, 10L).endsWith(10L).hasSizeGreaterThan(6);
    long round = 20_000 >> 10;
    assertThat(r.count(VmEvent.PGSTEAL_FILE)).isBetween(100L, 100 + round);
    assertThat(node().kswapd().failures()).isZero();
  }

  @Test
  @DisplayName("R-26 the boost is dropped, and the run begins again, once the node needs pages")
  void boostDropped() {
    r = Reservoir.of(new ReclaimSettings(0, false));
    r.fill(20_000, AllocationRequest.FILE, false);
    r.zone("DMA32").watermarks().loadBoost(2_000);
    node().wakeKswapd(r.zone("DMA32"), KERNEL, 0, 1, r.machine().decided());
    KswapdRun run = begin();
    for (int i = 0; i < 8; i++) {
      assertThat(run.step()).isTrue();
    }
    assertThat(priorities()).containsSubsequence(10L, 10L).doesNotContain(9L);
    r.pressedEvenly(); // or what its page sets hold above four batches would do (P-35.3)
    while (run.step()) {}
    assertThat(priorities()).containsSubsequence(10L, 12L, 11L);
    assertThat(node().balanced(0, 1)).isTrue();
    assertThat(r.count(VmEvent.PGSTEAL_FILE)).isLessThan(2_000);
  }

  private List<Long> priorities() {
    return r.machine().decided().all(Decision.MM_VMSCAN_LRU_SHRINK_INACTIVE).stream()
        .map(e -> e.value("priority"))
        .toList();
  }

  @ParameterizedTest
  @CsvSource({
    "64, 1, 0, ANON", // a step of anonymous pages stayed away, and file pages come back
    "63, 1, 0, FILE",
    "64, 1, 1, FILE",
    "64, 0, 0, FILE",
  })
  @DisplayName("R-12 generations: anonymous pages first where file pages come back more often")
  void refaults(long inSwap, long filesBack, long anonBack, String first) {
    r = Reservoir.of(new ReclaimSettings(50_000, true));
    r.fill(10_000, AllocationRequest.ANON, false);
    r.fill(10_000, AllocationRequest.FILE, false);
    assertThat(r.reclaim().state().loadProcess(2, 0, false, inSwap)).isTrue();
    r.reclaim().state().loadRefaults(anonBack, filesBack);
    r.pressed();
    pass(r, KERNEL, 0);
    boolean anonFirst = first.equals("ANON");
    assertThat(r.count(VmEvent.PGSCAN_ANON) > 0).isEqualTo(anonFirst);
    assertThat(r.count(VmEvent.PGSCAN_FILE) > 0)
        .as("what is written is not there at once")
        .isEqualTo(!anonFirst);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  @DisplayName("R-13 generations: pages in use lately stay young while others are old")
  void young(boolean others) {
    r = Reservoir.of(new ReclaimSettings(50_000, true));
    for (int tag : r.fill(10_000, AllocationRequest.FILE, false)) {
      r.reclaim().touched(tag, false);
      r.reclaim().touched(tag, false);
    }
    assertThat(r.pages(LruList.ACTIVE_FILE)).isEqualTo(10_000);
    if (others) {
      r.fill(10_000, AllocationRequest.ANON, false);
    }
    r.pressed();
    pass(r, KERNEL, 0);
    assertThat(r.count(VmEvent.PGDEACTIVATE) > 0).isEqualTo(!others);
    assertThat(r.count(VmEvent.PGSCAN_FILE) > 0).isEqualTo(!others);
    assertThat(r.count(VmEvent.PGSCAN_ANON) > 0).isEqualTo(others);
  }

  private void wakeAndRun() {
    node().wakeKswapd(r.zone("DMA32"), KERNEL, 0, 1, r.machine().decided());
    assertThat(r.reclaim().runKswapd(r.machine().decided())).isTrue();
  }

  @ParameterizedTest
  @ValueSource(longs = {20, 8_000})
  @DisplayName(
      "R-12 classic: anonymous memory only, where all file pages would not lift it to high")
  void nearlyNoFilePages(long files) {
    r = Reservoir.of(new ReclaimSettings(50_000, false));
    r.scatter(files, AllocationRequest.FILE, false);
    r.scatter(10_000, AllocationRequest.ANON, false).pressedEvenly();
    pass(r, KERNEL, 0);
    assertThat(r.count(VmEvent.PGSCAN_ANON)).isPositive();
    assertThat(r.count(VmEvent.PGSCAN_FILE) > 0).isEqualTo(files > 20);
  }

  @Test
  @DisplayName("R-10 generations: few pages are looked at when the priority is urgent enough")
  void fewPages() {
    r.fill(18, AllocationRequest.FILE, false);
    r.pressedEvenly();
    pass(r, KERNEL, 0);
    assertThat(r.count(VmEvent.PGSTEAL_FILE)).isEqualTo(18);
    assertThat(
            r.machine().decided().all(Decision.MM_VMSCAN_LRU_SHRINK_INACTIVE).stream()
                .map(e -> e.value("priority")))
        .startsWith(4L);
  }
}
