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

  /** the most urgent priority at which a boost is won back. */
  private static final int BOOST_PRIORITY = ScanBalance.FIRST_PRIORITY - 2;

  /** CPU that kswapd frees pages on: the first of its node. */
  private static int cpuOf(Node node) {
    int[] cpus = node.cpus();
    return cpus.length > 0 ? cpus[0] : 0;
  }

  private final LruPages pages;
  private final NodeScan nodes;
  private final DiskWait disk;
  private final VmEvents events;
  private final boolean generations;

  KswapdReclaim(
      LruPages pages, NodeScan nodes, DiskWait disk, VmEvents events, boolean generations) {
    this.pages = pages;
    this.nodes = nodes;
    this.disk = disk;
    this.events = events;
    this.generations = generations;
  }

  /** Whether a node has anything that kswapd could reclaim. */
  boolean hasWork(Node node, int hz) {
    return nodes.evictable(node.id(), hz) > 0 || pages.pagesOfNode(node.id(), hz, LruList.SLAB) > 0;
  }

  /**
   * Begins to reclaim until the node is balanced.
   *
   * @param zones the node's zones up to the highest index
   * @param boost pages of boost to win back from a node that is balanced already; otherwise 0
   */
  Balancing begin(
      Node node, List<Zone> zones, int order, int hz, long boost, @Nullable Trace trace) {
    if (trace != null) {
      trace.decided(Decision.MM_VMSCAN_KSWAPD_WAKE, Trace.NO_ZONE, node.id(), order, hz);
    }
    events.count(VmEvent.PAGEOUTRUN, 1);
    return new Balancing(node, zones, order, hz, boost, trace);
  }

  /** A run on its way: rounds at falling priorities, each in steps. */
  final class Balancing {
    private final Node node;
    private final List<Zone> zones;
    private final int hz;
    private final @Nullable Trace trace;
    private final long goal;
    private final ScanTally tally;
    private final int first;

    /** Pages of boost still to be won back; 0 once they are, or there is no time for it. */
    private long boost;

    private int priority;
    private int wanted;
    private NodeScan.@Nullable Round round;

    Balancing(Node node, List<Zone> zones, int order, int hz, long boost, @Nullable Trace trace) {
      this.node = node;
      this.zones = zones;
      this.hz = hz;
      this.boost = boost;
      this.trace = trace;
      this.wanted = order;
      goal = KswapdRun.goal(zones);
      tally = new ScanTally(true, true, true, hz);
      first = firstPriority(node, hz, goal);
      priority = first;
    }

    /** Pages reclaimed so far. */
    long reclaimed() {
      return tally.reclaimed;
    }

    /** Whether a round has just ended: when those who wait for kswapd are looked at. */
    boolean betweenRounds() {
      return round == null;
    }

    /** Goes on; false once the node is balanced, or kswapd at its end. */
    boolean step() {
      if (generations && boost > 0) { // which cannot leave out what it may not write
        return false;
      }
      if (round == null) {
        round = nextRound();
      }
      if (round.step()) {
        return true;
      }
      round = null;
      return goesOn() && priority > 0;
    }

    private NodeScan.Round nextRound() {
      tally.order = wanted;
      tally.maySwap = boost == 0;
      tally.mayDoIo = boost == 0;
      tally.beginRound();
      long enough = tally.reclaimed + (generations ? enough(zones, wanted) : goal);
      return nodes.begin(node.id(), priority, first, enough, tally, cpuOf(node), trace);
    }

    /** What follows from a round; false if it was the last. */
    private boolean goesOn() {
      if (wanted > 0 && tally.reclaimed >= 2L << wanted) {
        wanted = 0;
      }
      long won = tally.wonInRound();
      long scanned = tally.scannedInRound();
      boost = Math.max(boost - won, 0);
      boolean balanced = node.balanced(wanted, hz); // Z-53
      if (boost == 0 && balanced) {
        return false;
      }
      if (boost > 0 && !balanced) { // from the start, for the marks alone
        boost = 0;
        priority = first;
        return true;
      }
      if (boost > 0 && priority == BOOST_PRIORITY) { // again as long as something is won
        return won > 0;
      }
      // a round that did enough is made again
      boolean again = generations ? won > 0 && scanned >= goal : won >= goal;
      boolean last = priority == 1 && tally.reclaimed == 0;
      if (!disk.afterRound(tally, last, node.id(), trace) && !again) {
        priority--;
      }
      return won > 0 || scanned > 0 || !nothing(node, hz);
    }
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
}
