package dev.buddyd.mm.zone;

import dev.buddyd.mm.gfp.Gfp;
import dev.buddyd.mm.trace.Decision;
import dev.buddyd.mm.trace.Trace;
import org.jspecify.annotations.Nullable;

/**
 * A node's kswapd as seen by those who wake it: asleep or not, and what was asked of it (Z-52). Has
 * a lock of its own, which is a leaf.
 */
public final class Kswapd {

  /** Failed runs after which the node is given up until somebody makes progress (Z-52). */
  public static final int HOPELESS_FAILURES = 16;

  private final Node node;
  private boolean sleeping = true;
  private int pendingOrder;
  private int pendingHighestZoneidx;
  private int failures;
  private int compactOrder;
  private int compactHighestZoneidx;

  Kswapd(Node node) {
    this.node = node;
    this.pendingHighestZoneidx = node.noZoneIndex();
  }

  /**
   * Wakes kswapd, unless it runs already or there is nothing for it to do (Z-52).
   *
   * @param zone the zone that asks; names the node
   */
  synchronized void wake(Zone zone, int gfp, int order, int highestZoneidx, @Nullable Trace trace) {
    if (zone.managedPages() == 0) {
      return;
    }
    boolean none = pendingHighestZoneidx == node.noZoneIndex();
    pendingHighestZoneidx = none ? highestZoneidx : Math.max(pendingHighestZoneidx, highestZoneidx);
    pendingOrder = Math.max(pendingOrder, order);
    boolean wakes = false;
    if (sleeping) {
      if (failures >= HOPELESS_FAILURES
          || (node.balanced(order, highestZoneidx) && !node.boosted(highestZoneidx))) {
        if ((gfp & Gfp.DIRECT_RECLAIM) == 0 && order > 0) { // Z-54
          wakeKcompactd(order, highestZoneidx);
          if (trace != null) {
            trace.decided(
                Decision.KCOMPACTD_WAKE, zone.ordinal(), node.id(), order, highestZoneidx, 0);
          }
        }
      } else {
        sleeping = false;
        wakes = true;
      }
    }
    if (trace != null) {
      trace.decided(
          Decision.KSWAPD_PENDING,
          zone.ordinal(),
          node.id(),
          order,
          highestZoneidx,
          wakes ? 1 : 0,
          gfp,
          failures);
    }
  }

  /** Whether it waits to be woken. */
  public synchronized boolean sleeping() {
    return sleeping;
  }

  /** Whether it sleeps, and the node's kcompactd was not asked for anything. */
  public synchronized boolean idle() {
    return sleeping && compactOrder == 0;
  }

  public synchronized int pendingOrder() {
    return pendingOrder;
  }

  /** Highest zone index asked for, or {@link Node#noZoneIndex()} for none. */
  public synchronized int pendingHighestZoneidx() {
    return pendingHighestZoneidx;
  }

  /** Consecutive runs without progress. */
  public synchronized int failures() {
    return failures;
  }

  /** A run has ended: sleeps again with nothing pending. */
  public synchronized void sleep(int failures) {
    this.sleeping = true;
    this.pendingOrder = 0;
    this.pendingHighestZoneidx = node.noZoneIndex();
    this.failures = failures;
  }

  /** Asks the node's kcompactd for blocks (Z-54): the largest order, the lowest highest zone. */
  public synchronized void wakeKcompactd(int order, int highestZoneidx) {
    if (order > 0) {
      compactHighestZoneidx =
          compactOrder == 0 ? highestZoneidx : Math.min(compactHighestZoneidx, highestZoneidx);
      compactOrder = Math.max(compactOrder, order);
    }
  }

  /** Order that kcompactd was asked for; 0 if it was not woken. */
  public synchronized int compactOrder() {
    return compactOrder;
  }

  /** Highest zone index that kcompactd was asked for. */
  public synchronized int compactHighestZoneidx() {
    return compactHighestZoneidx;
  }

  /** kcompactd has done what it was asked for. */
  public synchronized void compacted() {
    compactOrder = 0;
  }

  /** Direct reclaim made progress: the node is not hopeless any more. */
  public synchronized void progress() {
    failures = 0;
  }

  /** Sets the state outright: restore. */
  public synchronized void load(
      boolean sleeping, int pendingOrder, int pendingHighestZoneidx, int failures) {
    this.sleeping = sleeping;
    this.pendingOrder = pendingOrder;
    this.pendingHighestZoneidx = pendingHighestZoneidx;
    this.failures = failures;
  }
}
