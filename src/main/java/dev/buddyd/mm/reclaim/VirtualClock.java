package dev.buddyd.mm.reclaim;

/** The machine's virtual time. */
public interface VirtualClock {

  /** Microseconds since boot. */
  long micros();

  /** Somebody sleeps. */
  void sleep(long micros);

  /**
   * Reclaim or compaction has worked on pages and holds no lock of a zone: the one place where
   * somebody else may have the CPU. Called with the lock of {@link MemoryReclaim} held; costs no
   * time unless a clock says so.
   */
  default void worked(Work work, long pages) {}

  /** What was done with pages. */
  enum Work {
    /** Looked at, and given back where that was possible. */
    SCANNED,
    /** Written to swap. */
    SWAPPED_OUT,
    /** Moved by compaction. */
    MIGRATED
  }
}
