package dev.buddyd.machine;

import dev.buddyd.mm.reclaim.MemoryReclaim;
import dev.buddyd.mm.reclaim.ReclaimSettings;
import dev.buddyd.mm.zone.PhysicalMemory;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All there is to a machine: what a snapshot holds and what a restore starts from.
 *
 * @param name what the machine is called
 * @param memory its memory
 * @param timeMicros virtual time, in microseconds since boot
 * @param sequence of its newest change
 * @param owners names of the owners by their number from 1 on
 * @param allocations who holds what
 * @param reclaim pages on reclaim lists, swap, processes; told of nothing
 * @param kills the last kill of each owner that was killed, by its number
 * @param counters what was decided how often
 */
public record MachineState(
    String name,
    PhysicalMemory memory,
    long timeMicros,
    long sequence,
    List<String> owners,
    AllocationTable allocations,
    MemoryReclaim reclaim,
    Map<Integer, Kill> kills,
    DecisionCounters counters) {

  public MachineState {
    owners = List.copyOf(owners);
    kills = Map.copyOf(kills);
  }

  /** A machine fresh from boot: no time has passed, nobody has asked for anything. */
  public static MachineState booted(String name, PhysicalMemory memory) {
    return booted(name, memory, ReclaimSettings.defaults(memory.geometry().pageKbytes()));
  }

  /**
   * A machine fresh from boot.
   *
   * @param swapKb size of its swap in KiB, or null for the default
   */
  public static MachineState booted(String name, PhysicalMemory memory, @Nullable Long swapKb) {
    int pageKbytes = memory.geometry().pageKbytes();
    return booted(name, memory, ReclaimSettings.of(swapKb, null, pageKbytes));
  }

  /**
   * A machine fresh from boot whose swap is in use partly, by nobody whom it knows.
   *
   * @param swapKb size of its swap in KiB
   * @param freeSwapKb what is free of it
   */
  public static MachineState booted(
      String name, PhysicalMemory memory, long swapKb, long freeSwapKb) {
    MachineState state = booted(name, memory, swapKb);
    int pageKbytes = memory.geometry().pageKbytes();
    state.reclaim().state().loadSwapForeign(swapKb / pageKbytes - freeSwapKb / pageKbytes);
    return state;
  }

  /** A machine fresh from boot, with swap of a size. */
  static MachineState booted(String name, PhysicalMemory memory, ReclaimSettings settings) {
    return new MachineState(
        name,
        memory,
        0,
        0,
        List.of(),
        new AllocationTable(memory.budget()),
        idle(memory, settings),
        Map.of(),
        new DecisionCounters(memory));
  }

  /** Reclaim that has nothing on its lists yet, and that nobody hears of. */
  public static MemoryReclaim idle(PhysicalMemory memory, ReclaimSettings settings) {
    return new MemoryReclaim(memory, settings, new MachineClock(0), new ForkHolders(0), false);
  }

  /** Gives the budget back what the state took; it must not be used again. */
  public void release() {
    memory.release();
    allocations.release();
    reclaim.discard();
  }
}
