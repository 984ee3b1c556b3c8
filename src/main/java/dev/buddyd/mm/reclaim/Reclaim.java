package dev.buddyd.mm.reclaim;

import dev.buddyd.mm.trace.Trace;
import dev.buddyd.mm.zone.AllocationRequest;
import dev.buddyd.mm.zone.Zone;
import org.jspecify.annotations.Nullable;

/**
 * What a request that may sleep can set in motion: direct reclaim, compaction, the OOM killer. The
 * slow path asks; what is behind is exchangeable.
 */
public interface Reclaim {

  /** Result of a compaction attempt. */
  enum Compaction {
    SKIPPED,
    DEFERRED,
    FAILED,
    SUCCESS
  }

  /** Result of an OOM kill. */
  enum Oom {
    /** Somebody was killed, or somebody is dying: memory will come. */
    KILLED,
    /** The killer was invoked; which process dies is outside of this machine. */
    INVOKED,
    /** No process can be killed: the kernel panics. */
    NO_VICTIM
  }

  /** Direct reclaim for a request: pages reclaimed, 0 for no progress. */
  long directReclaim(AllocationRequest request, @Nullable Trace trace);

  /**
   * Node reclaim before a request goes on to the next node.
   *
   * @return whether the node was scanned, so that its zone is to be tested again (F-13)
   */
  default boolean nodeReclaim(int node, AllocationRequest request, @Nullable Trace trace) {
    return false;
  }

  /** How hard direct compaction tries, from the most careful on. */
  enum CompactionPriority {
    ASYNC,
    SYNC_LIGHT,
    SYNC_FULL;

    /** The kernel's number: 2 for the most careful, 0 for the hardest. */
    public int number() {
      return 2 - ordinal();
    }

    /** The next level; the hardest stays. */
    public CompactionPriority harder() {
      return this == ASYNC ? SYNC_LIGHT : SYNC_FULL;
    }
  }

  /** Direct compaction. */
  Compaction compact(AllocationRequest request, CompactionPriority priority, @Nullable Trace trace);

  /**
   * What came of compaction that was not skipped or deferred.
   *
   * @param pfn the block that was taken after it, or below 0 for none
   */
  default void compacted(AllocationRequest request, long pfn) {}

  /** Whether compaction could make a block if what can be reclaimed were free (F-46). */
  default boolean compactionMayHelp(AllocationRequest request) {
    return false;
  }

  /** The request is about to sleep: others, kswapd above all, get to work. */
  default void beforeSleep(@Nullable Trace trace) {}

  /** Does what requests have woken others for: kswapd and kcompactd. */
  default void background(@Nullable Trace trace) {}

  /** Pages of a zone that reclaim could free (F-45). */
  long reclaimablePages(Zone zone);

  /** Runs the OOM killer. */
  Oom outOfMemory(AllocationRequest request, @Nullable Trace trace);

  /** A reclaim that finds nothing to do: a machine whose pages all belong to the kernel. */
  static Reclaim none() {
    return new NothingToReclaim();
  }
}
