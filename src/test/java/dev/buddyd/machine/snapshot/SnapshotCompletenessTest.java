package dev.buddyd.machine.snapshot;

import dev.buddyd.machine.AllocationTable;
import dev.buddyd.machine.DecisionCounters;
import dev.buddyd.machine.MachineState;
import dev.buddyd.machine.SimulatedMachine;
import dev.buddyd.mm.buddy.FreeCounter;
import dev.buddyd.mm.buddy.FreeLists;
import dev.buddyd.mm.buddy.HighAtomic;
import dev.buddyd.mm.fixture.Known;
import dev.buddyd.mm.frame.FrameTable;
import dev.buddyd.mm.frame.Geometry;
import dev.buddyd.mm.pcp.PcpList;
import dev.buddyd.mm.pcp.PerCpuPages;
import dev.buddyd.mm.reclaim.MemoryReclaim;
import dev.buddyd.mm.reclaim.ReclaimSettings;
import dev.buddyd.mm.zone.Kswapd;
import dev.buddyd.mm.zone.Node;
import dev.buddyd.mm.zone.PhysicalMemory;
import dev.buddyd.mm.zone.Tunables;
import dev.buddyd.mm.zone.Watermarks;
import dev.buddyd.mm.zone.Zone;
import dev.buddyd.mm.zone.ZoneSpan;
import dev.buddyd.mm.zone.ZoneStatistics;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whoever gives the machine another piece of state meets this test: the piece belongs into the
 * snapshot (writer, reader, docs/snapshot.md, and if old snapshots cannot be read without it, a new
 * version), or it follows from others; then it is added here.
 */
class SnapshotCompletenessTest {

  static List<Known> known() {
    return List.of(
        new Known(
            SimulatedMachine.class,
            "name epoch memory allocator ring counters allocations owners addresses inspector"
                + " check claims clock reclaim copies options reports kills"),
        new Known(
            MachineState.class,
            "name memory timeMicros sequence owners allocations reclaim kills counters"),
        new Known(
            PhysicalMemory.class,
            "geometry tunables nodes zones nodeOfCpu highestZoneidxByMask zoneByChunk likelyZone"
                + " byStart interleaved budget allocatedBase freedBase"),
        new Known(
            Geometry.class,
            "arch pageShift maxOrder pageblockOrder hugePages cmaBuilt numaBuilt zoneKinds"
                + " batchScaleMax maxNumnodes"),
        new Known(
            Tunables.class,
            "values userMinFreeKbytes lowmemReserveRatio groupingDisabled totalReservePages"),
        new Known(
            Node.class,
            "id cpus distances spans zonesByIndex kswapd totalReservePages fallbackLists ownLists"),
        new Known(
            Kswapd.class,
            "node sleeping pendingOrder pendingHighestZoneidx failures compactOrder"
                + " compactHighestZoneidx"),
        new Known(
            Zone.class,
            "ordinal span node index geometry startPfn spannedPages tunables frames lists counter"
                + " buddy fallback highAtomic isolation sets pcpLists watermarks flags holes"
                + " reserved lowmemReserve statistics numaForeign managedPages driftMark"
                + " pagesetBatch pagesetLim pagesetCap"),
        new Known(ZoneSpan.class, "node index kind startPfn spannedPages presentPages cmaPages"),
        new Known(ZoneStatistics.class, "numaBase counters remainders"),
        new Known(Watermarks.class, "min low high promo boost changed"),
        new Known(HighAtomic.class, "zone buddy frames pageblockPages reservedPages"),
        new Known(
            FreeCounter.class,
            "cmaType isolateType remainder threshold free spare freeHighatomic freeCma" + " kept"),
        new Known(
            FreeLists.class, "frames types orders head tail count nonEmptyOrders ordinaryOrders"),
        new Known(
            FrameTable.class,
            "geometry basePfn firstIndex endIndex sectionShift sectionMask pageblockOrder words"
                + " heads topNext topPrev topFree blockType budget shared takenSections"
                + " copiedSections"),
        new Known(
            PerCpuPages.class,
            "geometry batchScaleMax lists count high lim cap batch scaledBatch allocShift freeRun"
                + " previousFreeHighOrder settledHigh keepBatch expire local pagesAllocated"
                + " pagesFreed numaMiss numaHit numaOther"),
        new Known(
            PcpList.class,
            "set number order heldWord pages middleOrder ring top bottom taken given"),
        new Known(AllocationTable.class, "lock slots live gone goneKept"),
        new Known(
            part(AllocationTable.class, "slots"),
            "budget chunks chunkCount firstFree end released"),
        new Known(
            part(AllocationTable.class, "slots", "chunks"), "sequence pfn pages owner cpu state"),
        new Known(
            DecisionCounters.class,
            "orders types allocations fallbacks kswapdWakes kswapdRuns kcompactdWakes boosts"
                + " highatomicReserved highatomicUnreserved refills drains tracepoints slowPaths"),
        new Known(MemoryReclaim.class, "lock clock settings parts helped"),
        new Known(ReclaimSettings.class, "swapPages multiGenerational"));
  }

  /** The type of a field, or of the elements of an array, which this package does not see. */
  private static Class<?> part(Class<?> whole, String... fields) {
    Class<?> type = whole;
    for (String name : fields) {
      try {
        type = type.getDeclaredField(name).getType();
      } catch (NoSuchFieldException e) {
        throw new AssertionError(e);
      }
      type = type.isArray() ? type.componentType() : type;
    }
    return type;
  }

  @ParameterizedTest
  @MethodSource("known")
  void everyPieceOfStateIsKnown(Known known) {
    known.requireAll("does the snapshot hold it?");
  }
}
