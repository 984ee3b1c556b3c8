package dev.buddyd.mm.reclaim;

/** What a pass has looked at so far, all in pages. Used by one thread. */
final class ScanTally {

  /** Whether kswapd scans, not a request. */
  final boolean kswapd;

  /** Whether pages may be written: swap-out needs it; not to win back a boost. */
  boolean mayDoIo;

  /** Whether the mask allows calls into file systems: shrinkers need it. */
  final boolean mayEnterFs;

  /** Pages of zones above this index are passed over. */
  final int highestZoneidx;

  /** Whether anonymous pages may be looked at; not to win back a boost. */
  boolean maySwap = true;

  /** Order that compaction is to make of what is reclaimed; 0 if it is not about a block. */
  int order;

  /**
   * How many of the pages handed to the disk may come back during this round: on the classic lists
   * those that it has written itself do so after it, for they are sent off at its end.
   */
  long mayComeBack = Long.MAX_VALUE;

  long scanned;
  long reclaimed;
  long dirty;
  long writeback;
  long swappedOut;

  /** Anonymous pages that were left because the mask forbids the write to swap. */
  long needIo;

  /** Slab pages that were left because the mask forbids calls into file systems. */
  long needFs;

  /** Anonymous pages that were left because no swap slot was free. */
  long needSwap;

  private long reclaimedBefore;
  private long scannedBefore;
  private long dirtyBefore;
  private long writebackBefore;

  ScanTally(boolean kswapd, boolean mayDoIo, boolean mayEnterFs, int highestZoneidx) {
    this.kswapd = kswapd;
    this.mayDoIo = mayDoIo;
    this.mayEnterFs = mayEnterFs;
    this.highestZoneidx = highestZoneidx;
  }

  /** A round over the lists begins. */
  void beginRound() {
    reclaimedBefore = reclaimed;
    scannedBefore = scanned;
    dirtyBefore = dirty;
    writebackBefore = writeback;
  }

  /** Pages reclaimed in this round. */
  long wonInRound() {
    return reclaimed - reclaimedBefore;
  }

  /** Pages looked at in this round. */
  long scannedInRound() {
    return scanned - scannedBefore;
  }

  /** Whether this round has met pages that nobody writes yet. */
  boolean metDirty() {
    return dirty > dirtyBefore;
  }

  /** Whether this round has met pages that are being written, or has written some itself. */
  boolean metWriteback() {
    return writeback > writebackBefore;
  }
}
