package dev.buddyd.mm.reclaim;

import dev.buddyd.mm.fixture.Known;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whoever gives reclaim another piece of state meets this test: the piece belongs into {@link
 * ReclaimState} (and so into snapshots) and into the copies of forks, or it follows from others.
 */
class ReclaimStateTest {

  static List<Known> known() {
    return List.of(
        new Known(
            ReclaimParts.class,
            "memory pages events swap processes writeback direct kswapd compaction oom node scan"
                + " holders"),
        new Known(
            LruPages.class,
            "budget nodeOfZone indexOfZone heads tails pages pfn writtenAt next prev owner zone"
                + " order list flags users dirtyPages writebackPages swapcachePages paidBytes"
                + " released"),
        new Known(VmEvents.class, "counts stalls"),
        new Known(SwapSpace.class, "slots used foreign"),
        new Known(Processes.class, "adj process reaped anonPages swapPages any"),
        new Known(
            Writeback.class, "pages events queue due first count handed diskFreeAt flusherAt"),
        new Known(Compaction.class, "memory suitability compactor deferral events nextProactive"),
        new Known(CompactionDeferral.class, "considered shift failedOrder"),
        new Known(DirectReclaim.class, "memory pages nodes disk suitability events"),
        new Known(KswapdReclaim.class, "pages nodes disk events generations"),
        new Known(DiskWait.class, "pages writeback clock"),
        new Known(NodeScan.class, "memory pages swap scan suitability events generations"),
        new Known(
            PageScan.class,
            "memory pages writeback swap processes holders events clock generations"),
        new Known(OomKiller.class, "memory processes swap victims events dying"),
        new Known(Compactor.class, "memory pages holders events"),
        new Known(CompactionSuitability.class, "memory"));
  }

  @ParameterizedTest
  @MethodSource("known")
  void everyPieceOfStateIsKnown(Known known) {
    known.requireAll("is it copied and written down?");
  }
}
