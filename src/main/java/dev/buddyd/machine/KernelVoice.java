package dev.buddyd.machine;

import dev.buddyd.mm.alloc.KernelWould;
import dev.buddyd.mm.reclaim.OomKill;
import dev.buddyd.mm.reclaim.ReclaimCounts;
import dev.buddyd.mm.zone.PhysicalMemory;
import org.jspecify.annotations.Nullable;

/** Puts into the kernel's words what happens to a machine. */
public interface KernelVoice {

  /** Says nothing. */
  KernelVoice SILENT =
      new KernelVoice() {
        @Override
        public String oomKill(
            SimulatedMachine machine, OomKill kill, ReclaimCounts counts, boolean whole) {
          return "";
        }

        @Override
        public boolean tells(SimulatedMachine machine, Denial denial) {
          return false;
        }

        @Override
        public String denial(
            SimulatedMachine machine, PhysicalMemory memory, ReclaimCounts counts, Denial denial) {
          return "";
        }
      };

  /**
   * A request that got no page.
   *
   * @param would what the kernel would do
   * @param gfp mask after what the call adds (G-23)
   * @param order order of the block
   * @param cpu simulated CPU that asked
   * @param owner owner number of who asked; 0 if nobody said
   * @param asker name of who asks and may be unheard of, or null for the one with the number
   */
  record Denial(KernelWould would, int gfp, int order, int cpu, int owner, @Nullable String asker) {

    /** One of an owner that the machine knows. */
    Denial(KernelWould would, int gfp, int order, int cpu, int owner) {
      this(would, gfp, order, cpu, owner, null);
    }
  }

  /**
   * The report of a kill that is about to happen. Called with the lock of the LRU lists held: must
   * not call back into reclaim.
   *
   * @param whole with the memory and the processes as they are, or only who is killed
   */
  String oomKill(SimulatedMachine machine, OomKill kill, ReclaimCounts counts, boolean whole);

  /** Whether the kernel says anything about a request that got no page (F-70). */
  boolean tells(SimulatedMachine machine, Denial denial);

  /**
   * What it says of such a request.
   *
   * @param memory as the request found it: that of the machine, or of a fork it was tried on
   * @param counts what reclaim counts there
   */
  String denial(
      SimulatedMachine machine, PhysicalMemory memory, ReclaimCounts counts, Denial denial);
}
