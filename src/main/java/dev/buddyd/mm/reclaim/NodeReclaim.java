package dev.buddyd.mm.reclaim;

import dev.buddyd.mm.gfp.Gfp;
import dev.buddyd.mm.trace.Decision;
import dev.buddyd.mm.trace.Trace;
import dev.buddyd.mm.zone.AllocationRequest;
import dev.buddyd.mm.zone.Node;
import dev.buddyd.mm.zone.PhysicalMemory;
import dev.buddyd.mm.zone.Sysctls.Knob;
import dev.buddyd.mm.zone.Zone;
import org.jspecify.annotations.Nullable;

/**
 * A request frees pages of a near node before it takes one of the next ({@code
 * vm.zone_reclaim_mode}, R-20). Under the lock of {@link MemoryReclaim}.
 */
final class NodeReclaim {

  private static final int FIRST_PRIORITY = 4;
  private static final int LEAST_GOAL_PAGES = 32;

  /** Bit of {@code vm.zone_reclaim_mode}: anonymous pages may be swapped out, too. */
  private static final int SWAPS = 4;

  private final PhysicalMemory memory;
  private final LruPages pages;
  private final NodeScan nodes;
  private final VmEvents events;

  NodeReclaim(PhysicalMemory memory, LruPages pages, NodeScan nodes, VmEvents events) {
    this.memory = memory;
    this.pages = pages;
    this.nodes = nodes;
    this.events = events;
  }

  /** Whether the node was scanned; false if it is not worth it, or not for this request. */
  boolean pass(int nodeId, AllocationRequest request, @Nullable Trace trace) {
    Node node = memory.node(nodeId);
    int gfp = request.gfp();
    boolean ofOthers = node.cpus().length > 0 && memory.nodeOfCpu(request.cpu()) != nodeId;
    if ((gfp & Gfp.DIRECT_RECLAIM) == 0 || ofOthers || !worthwhile(node)) {
      return false;
    }
    int mode = memory.tunables().get(Knob.ZONE_RECLAIM_MODE);
    boolean swaps = (mode & SWAPS) != 0 && (gfp & Gfp.IO) != 0;
    ScanTally tally = new ScanTally(false, swaps, (gfp & Gfp.FS) != 0, memory.highestZoneidx(gfp));
    long goal = Math.max(1L << request.order(), LEAST_GOAL_PAGES);
    for (int priority = FIRST_PRIORITY; priority >= 0 && tally.reclaimed < goal; priority--) {
      nodes.begin(nodeId, priority, FIRST_PRIORITY, goal, tally, request.cpu(), trace).finish();
    }
    events.count(
        tally.reclaimed >= goal ? VmEvent.ZONE_RECLAIM_SUCCESS : VmEvent.ZONE_RECLAIM_FAILED, 1);
    if (trace != null) {
      trace.decided(Decision.NODE_RECLAIM, Trace.NO_ZONE, nodeId, goal, tally.reclaimed);
    }
    return true;
  }

  /** Whether the node has more page cache or slab than it is to keep (else it is "full"). */
  private boolean worthwhile(Node node) {
    long file = 0;
    long slab = 0;
    long keptFile = 0;
    long keptSlab = 0;
    for (Zone zone : node.zones()) {
      int z = zone.ordinal();
      file += pages.pagesInZone(z, LruList.INACTIVE_FILE);
      file += pages.pagesInZone(z, LruList.ACTIVE_FILE);
      slab += pages.pagesInZone(z, LruList.SLAB);
      keptFile += zone.managedPages() * memory.tunables().get(Knob.MIN_UNMAPPED_RATIO) / 100;
      keptSlab += zone.managedPages() * memory.tunables().get(Knob.MIN_SLAB_RATIO) / 100;
    }
    return file > keptFile || slab > keptSlab;
  }
}
