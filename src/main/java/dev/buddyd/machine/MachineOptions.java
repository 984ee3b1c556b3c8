package dev.buddyd.machine;

/**
 * How a machine is served.
 *
 * @param eventRingCapacity events kept, a power of two; 0 for none
 * @param maxOwners distinct owners
 * @param goneKept allocations remembered that reclaim dropped or that were killed with their
 *     process, until their holders give them back; beyond it the oldest quarter is forgotten
 * @param background when kswapd and kcompactd do what requests woke them for
 * @param voice words for what happens
 */
public record MachineOptions(
    int eventRingCapacity, int maxOwners, int goneKept, Background background, KernelVoice voice) {

  /** A machine whose kernel says nothing. */
  public MachineOptions(int eventRingCapacity, int maxOwners, int goneKept, Background background) {
    this(eventRingCapacity, maxOwners, goneKept, background, KernelVoice.SILENT);
  }

  /** When work that a request wakes is done. */
  public enum Background {
    /** Right after the operation that woke it, and while a request sleeps. */
    INLINE,
    /** In ticks only. */
    MANUAL,
    /** By somebody else at any time, and while a request sleeps. */
    ELSEWHERE
  }

  /** The defaults of the service. */
  public static MachineOptions defaults() {
    return new MachineOptions(65_536, 65_536, 65_536, Background.INLINE);
  }

  /** Whether kswapd works while a request sleeps. */
  boolean helped() {
    return background != Background.MANUAL;
  }
}
