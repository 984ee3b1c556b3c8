package dev.buddyd.machine;

import dev.buddyd.mm.reclaim.OomKill;
import dev.buddyd.mm.reclaim.ReclaimCounts;

/** Puts into the kernel's words what happens to a machine. */
@FunctionalInterface
public interface KernelVoice {

  /** Says nothing. */
  KernelVoice SILENT = (machine, kill, counts) -> "";

  /**
   * The report of a kill that is about to happen, or an empty text. Called with the lock of the LRU
   * lists held: must not call back into reclaim.
   */
  String oomKill(SimulatedMachine machine, OomKill kill, ReclaimCounts counts);
}
