package dev.buddyd.procfs.host;

import dev.buddyd.mm.frame.SectionBudget;
import dev.buddyd.mm.zone.PhysicalMemory;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A machine in the state of a host.
 *
 * @param memory its memory
 * @param swap its swap, or null if the files do not tell
 * @param notes what the files didn't tell and had to be assumed, in sentences
 */
public record HostMachine(PhysicalMemory memory, @Nullable Swap swap, List<String> notes) {

  /**
   * The swap of a host.
   *
   * @param totalKb its size in KiB
   * @param freeKb what is free of it
   */
  public record Swap(long totalKb, long freeKb) {}

  /** The frame tables of all machines have no room for this one. */
  public static final class TooLargeException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    TooLargeException(String reason) {
      super(reason);
    }
  }

  public HostMachine {
    notes = List.copyOf(notes);
  }

  /**
   * Makes a machine of a host's buddyinfo, zoneinfo and, if they are there, pagetypeinfo and
   * meminfo.
   *
   * @param text the files one after the other, in any order
   * @param seed decides the places of the blocks
   * @param pageSizeKb page size in KiB, or null to infer it from the number of orders
   * @param budget what its frame tables may take
   * @throws InvalidHostException if the files contradict themselves or lack something
   * @throws TooLargeException if the budget has no room for it
   */
  public static HostMachine load(
      String text, long seed, @Nullable Integer pageSizeKb, SectionBudget budget) {
    HostState state = HostReader.read(text, pageSizeKb);
    return new HostMachine(new HostLoader(state, seed, budget).load(), state.swap(), state.notes());
  }
}
