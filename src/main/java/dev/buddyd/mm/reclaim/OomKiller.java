package dev.buddyd.mm.reclaim;

import dev.buddyd.mm.reclaim.Reclaim.Oom;
import dev.buddyd.mm.trace.Decision;
import dev.buddyd.mm.trace.Trace;
import dev.buddyd.mm.zone.AllocationRequest;
import dev.buddyd.mm.zone.PhysicalMemory;
import dev.buddyd.mm.zone.Sysctls.Knob;
import dev.buddyd.mm.zone.Zone;
import org.jspecify.annotations.Nullable;

/**
 * Chooses a process and takes its memory. Under the lock of {@link MemoryReclaim}.
 */
final class OomKiller {

  private static final int NOBODY = -1;

  private final PhysicalMemory memory;
  private final Processes processes;
  private final SwapSpace swap;
  private final Victims victims;
  private final VmEvents events;

  /** Who was killed and has not run since, so that his memory is still his. */
  private volatile int dying = NOBODY;

  /** Takes away what a process holds. */
  interface Victims {
    /** The process that makes a request: its owner number. */
    int asking(AllocationRequest request);

    /** The choice is made, and nothing taken yet. */
    void killing(OomKill kill);

    /**
     * A process exits: frees its anonymous memory, as far as it comes, and then its swap.
     *
     * @return whether it came to its end
     */
    boolean exits(int owner, int cpu, @Nullable Trace trace);
  }

  OomKiller(
      PhysicalMemory memory,
      Processes processes,
      SwapSpace swap,
      Victims victims,
      VmEvents events) {
    this.memory = memory;
    this.processes = processes;
    this.swap = swap;
    this.victims = victims;
    this.events = events;
  }

  void copy(OomKiller origin) {
    dying = origin.dying;
  }

  /** Who is dying, or below 0 for nobody. */
  int victim() {
    return dying;
  }

  /** Sets who is dying: restore. False if he cannot have been killed. */
  boolean load(int victim) {
    boolean possible = processes.killable(victim);
    dying = possible ? victim : NOBODY;
    return possible;
  }

  /**
   * Chooses a victim, who has to run to exit: who asked goes on at once and does not see the memory
   * before his next pass.
   */
  Oom kill(AllocationRequest request, @Nullable Trace trace) {
    if (dying()) { // nobody new
      return Oom.KILLED;
    }
    if (memory.tunables().get(Knob.PANIC_ON_OOM) > 0) { // R-50; no request here is constrained
      return Oom.NO_VICTIM;
    }
    if (!processes.any()) {
      return Oom.INVOKED;
    }
    int asking = victims.asking(request);
    boolean suicide =
        memory.tunables().get(Knob.OOM_KILL_ALLOCATING_TASK) == 1 && processes.killable(asking);
    int victim = suicide ? asking : choose();
    if (victim == NOBODY) {
      return Oom.NO_VICTIM;
    }
    long badness = processes.badness(victim, totalPages());
    long rss = processes.rss(victim);
    long inSwap = processes.swap(victim);
    if (trace != null) {
      trace.decided(
          Decision.MARK_VICTIM,
          Trace.NO_ZONE,
          victim,
          badness,
          rss,
          inSwap,
          processes.adj(victim),
          totalPages());
    }
    victims.killing(
        new OomKill(
            request.gfp(),
            request.order(),
            request.cpu(),
            asking,
            victim,
            suicide,
            processes.all()));
    events.count(VmEvent.OOM_KILL, 1);
    dying = victim;
    return Oom.KILLED;
  }

  /** Whether a victim has yet to exit; may be asked without the lock. */
  boolean dying() {
    return dying != NOBODY;
  }

  /** Others get to run: a victim exits and gives back what he has. False if none did. */
  boolean exit(int cpu, @Nullable Trace trace) {
    int victim = dying;
    if (victim == NOBODY) {
      return false;
    }
    if (victims.exits(victim, cpu, trace)) {
      dying = NOBODY;
      processes.killed(victim);
    }
    return true;
  }

  /** the worst; of equals the later one. */
  private int choose() {
    int chosen = NOBODY;
    long worst = Long.MIN_VALUE;
    long total = totalPages();
    for (int owner = 0; owner < processes.bound(); owner++) {
      if (processes.killable(owner)) {
        long badness = processes.badness(owner, total);
        if (badness >= worst) {
          worst = badness;
          chosen = owner;
        }
      }
    }
    return chosen;
  }

  /** all RAM and swap, in pages. */
  long totalPages() {
    long total = swap.slots();
    for (Zone zone : memory.zones()) {
      total += zone.managedPages();
    }
    return total;
  }
}
