package dev.buddyd.machine;

/**
 * How a machine is served.
 *
 * @param eventRingCapacity events kept, a power of two; 0 for none
 * @param maxOwners distinct owners
 * @param inlineBackground whether kswapd runs right after the operation that woke it
 */
public record MachineOptions(int eventRingCapacity, int maxOwners, boolean inlineBackground) {

  /** The defaults of the service. */
  public static MachineOptions defaults() {
    return new MachineOptions(65_536, 65_536, true);
  }
}
