package dev.buddyd.mm.reclaim;

import dev.buddyd.mm.trace.Trace;
import dev.buddyd.mm.zone.AllocationRequest;
import dev.buddyd.mm.zone.PhysicalMemory;
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

  /** Direct compaction. */
  Compaction compact(AllocationRequest request, boolean async, @Nullable Trace trace);

  /** Pages of a zone that reclaim could free (F-45). */
  long reclaimablePages(Zone zone);

  /** Runs the OOM killer. */
  Oom outOfMemory(AllocationRequest request, @Nullable Trace trace);

  /** A reclaim that finds nothing to do: a machine whose pages all belong to the kernel. */
  static Reclaim none() {
    return new NothingToReclaim();
  }

  /** The machine this works on has been set up; called once. */
  default void attach(PhysicalMemory memory) {}
}
