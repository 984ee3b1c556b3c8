package dev.buddyd.mm.reclaim;

import dev.buddyd.mm.trace.Decision;
import dev.buddyd.mm.trace.Trace;
import dev.buddyd.mm.zone.Node;
import dev.buddyd.mm.zone.Watermarks;
import dev.buddyd.mm.zone.Zone;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How kswapd balances a node. Under the lock of {@link MemoryReclaim}. */
final class KswapdReclaim {

  /** CPU that kswapd frees pages on: the first of its node. */
  private static int cpuOf(Node node) {
    int[] cpus = node.cpus();
    return cpus.length > 0 ? cpus[0] : 0;
  }

  private final LruPages pages;
  private final NodeScan nodes;
  private final Writeback writeback;
  private final VmEvents events;
  private final VirtualClock clock;
  private final boolean generations;

  KswapdReclaim(
      LruPages pages,
      NodeScan nodes,
      Writeback writeback,
      VmEvents events,
      VirtualClock clock,
      boolean generations) {
    this.pages = pages;
    this.nodes = nodes;
    this.writeback = writeback;
    this.events = events;
    this.clock = clock;
    this.generations = generations;
  }

  /** Whether a node has anything that kswapd could reclaim. */
  boolean hasWork(Node node, int hz) {
    return nodes.evictable(node.id(), hz) > 0 || pages.pagesOfNode(node.id(), hz, LruList.SLAB) > 0;
  }

  /**
   * Reclaims until the node is balanced.
   *
   * @param zones the node's zones up to the highest index
   * @param boost pages of boost to win back from a node that is balanced already; otherwise 0
   * @return pages reclaimed
   */
  long balance(Node node, List<Zone> zones, int order, int hz, long boost, @Nullable Trace trace) {
    if (trace != null) {
      trace.decided(Decision.MM_VMSCAN_KSWAPD_WAKE, Trace.NO_ZONE, node.id(), order, hz);
    }
    events.count(VmEvent.PAGEOUTRUN, 1);
    boolean forBoost = boost > 0;
    long goal = forBoost ? boost : KswapdRun.goal(zones);
    ScanTally tally = new ScanTally(true, !forBoost, true, hz);
    int lowest = forBoost ? 10 : 1;
    int first = Math.max(firstPriority(node, hz, goal), lowest);
    int priority = first;
    int wanted = order;
    while (priority >= lowest) {
      long before = tally.reclaimed;
      long scannedBefore = tally.scanned;
      long seen = tally.dirty + tally.writeback;
      writeback.settle(clock.micros());
      long enough = forBoost || !generations ? goal : enough(zones, wanted);
      nodes.round(node.id(), priority, first, before + enough, tally, cpuOf(node), trace);
      if (wanted > 0 && tally.reclaimed >= 2L << wanted) {
        wanted = 0;
      }
      if (forBoost ? tally.reclaimed >= boost : node.balanced(wanted, hz)) { // Z-53
        break;
      }
      long won = tally.reclaimed - before;
      boolean again = generations ? won > 0 && tally.scanned - scannedBefore >= goal : won >= goal;
      priority -= again ? 0 : 1; // a round that looked at enough and won is made again
      if (tally.reclaimed == before && tally.dirty + tally.writeback > seen) {
        waitForWriteback(node.id(), trace);
      }
      if (tally.reclaimed == before && tally.scanned == scannedBefore && nothing(node, hz)) {
        break;
      }
    }
    return tally.reclaimed;
  }

  private boolean nothing(Node node, int hz) {
    return nodes.evictable(node.id(), hz) == 0;
  }

  private int firstPriority(Node node, int hz, long goal) {
    return generations
        ? ScanBalance.kswapdPriority(nodes.evictable(node.id(), hz), goal)
        : ScanBalance.FIRST_PRIORITY;
  }

  /** Pages after which a round over generations ends: the high marks in force, or two blocks. */
  private static long enough(List<Zone> zones, int order) {
    long marks = 0;
    for (Zone zone : zones) {
      marks += zone.watermarks().effective(Watermarks.HIGH);
    }
    return Math.max(marks, 2L << order);
  }

  private void waitForWriteback(int node, @Nullable Trace trace) {
    DirectReclaim.wakeFlusher(writeback, pages, node, clock, trace);
    long wait = Math.min(DirectReclaim.WRITEBACK_WAIT_MICROS, writeback.idleAt() - clock.micros());
    if (wait > 0) {
      clock.sleep(wait);
      if (trace != null) {
        trace.decided(Decision.MM_VMSCAN_THROTTLED, Trace.NO_ZONE, node, wait);
      }
    }
  }
}
