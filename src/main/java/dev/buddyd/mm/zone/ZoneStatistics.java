package dev.buddyd.mm.zone;

/**
 * Counters of a zone beside its free pages: what was counted before this machine was loaded, and
 * the zone counters that the allocator only carries along. Under the zone lock.
 */
public final class ZoneStatistics {

  /** NUMA events in their order: hit, miss, foreign, interleave, local, other (F-16). */
  public static final int NUMA_EVENTS = 6;

  private final long[] numaBase = new long[NUMA_EVENTS];

  /** Zone counters by their kernel number; element 0, the free pages, is kept elsewhere. */
  private long[] counters = new long[0];

  /** By CPU: remainders of {@link #counters} that the tick folds (P-42.1). */
  private int[][] remainders = new int[0][];

  ZoneStatistics() {}

  ZoneStatistics(ZoneStatistics origin) {
    load(origin.numaBase, origin.counters, origin.remainders);
  }

  /** NUMA events counted before this machine was loaded. */
  public long numaBase(int event) {
    return numaBase[event];
  }

  /** The carried zone counters; may be empty. */
  public long[] counters() {
    return counters.clone();
  }

  /** A CPU's remainders of {@link #counters}; may be empty. */
  public int[] remainders(int cpu) {
    return cpu < remainders.length ? remainders[cpu].clone() : new int[0];
  }

  /** Folds a CPU's remainders; says whether there was one (P-42.1). */
  boolean foldOthers(int cpu) {
    if (cpu >= remainders.length) {
      return false;
    }
    boolean any = false;
    for (int i = 1; i < remainders[cpu].length; i++) {
      any |= remainders[cpu][i] != 0;
      counters[i] += remainders[cpu][i];
      remainders[cpu][i] = 0;
    }
    return any;
  }

  /** Sets the state outright: restore. */
  public void load(long[] numaBase, long[] counters, int[][] remainders) {
    System.arraycopy(numaBase, 0, this.numaBase, 0, Math.min(numaBase.length, NUMA_EVENTS));
    this.counters = counters.clone();
    this.remainders = new int[remainders.length][];
    for (int cpu = 0; cpu < remainders.length; cpu++) {
      this.remainders[cpu] = remainders[cpu].clone();
    }
  }
}
