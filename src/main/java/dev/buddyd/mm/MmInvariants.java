package dev.buddyd.mm;

import dev.buddyd.mm.reclaim.ReclaimState;
import dev.buddyd.mm.zone.PhysicalMemory;
import dev.buddyd.mm.zone.Zone;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The one definition of a sound machine: what must hold between two operations, whatever they were.
 *
 * <p>Per zone:
 *
 * <ul>
 *   <li>free lists: linked both ways, without circles, as long as their counts say, on the type of
 *       their pageblocks, aligned, inside the zone's RAM ({@link FreeListCheck});
 *   <li>frames: every managed frame lies in exactly one block (free, cached, allocated, in use), no
 *       block overlaps another, a hole or a reserved frame, and no two free buddies wait to be
 *       merged ({@link FrameCheck});
 *   <li>per-CPU sets: counts, members, ranges of their tuning state ({@link PageSetCheck});
 *   <li>numbers: free counter with its remainders, free HIGHATOMIC and CMA pages, managed pages,
 *       marks, boost, reserves ({@link NumbersCheck}).
 * </ul>
 *
 * <p>Of a machine whose pages can be reclaimed also: pages on reclaim lists, their frames and
 * counts, swap slots, the memory of processes ({@link ReclaimCheck}).
 *
 * <p>Sections that were never touched are looked at as a whole, so that a machine of a tebibyte
 * takes some milliseconds.
 */
public final class MmInvariants {

  /** Violations reported at most by {@link #check(PhysicalMemory)}. */
  public static final int DEFAULT_LIMIT = 100;

  private MmInvariants() {}

  /**
   * Checks a machine; an empty answer means that it is sound.
   *
   * @param memory must be quiesced by the caller
   * @throws IllegalStateException if it is not
   */
  public static List<Violation> check(PhysicalMemory memory) {
    return check(memory, DEFAULT_LIMIT);
  }

  /**
   * Checks a machine.
   *
   * @param limit how many violations are reported at most
   */
  public static List<Violation> check(PhysicalMemory memory, int limit) {
    Findings findings = new Findings(limit);
    for (Zone zone : memory.zones()) {
      if (!zone.isHeld()) {
        throw new IllegalStateException("the machine is not quiesced");
      }
    }
    for (Zone zone : memory.zones()) {
      FreeListCheck lists = new FreeListCheck(zone, findings);
      lists.check();
      FrameCheck frames = new FrameCheck(zone, lists, findings);
      frames.check();
      PageSetCheck sets = new PageSetCheck(zone, frames, findings);
      sets.check();
      new NumbersCheck(zone, lists, frames, findings).check();
    }
    ownership(memory, findings);
    return findings.violations();
  }

  /**
   * Checks a machine with its reclaim.
   *
   * @param reclaim of a machine on which nothing comes or goes meanwhile
   */
  public static List<Violation> check(PhysicalMemory memory, ReclaimState reclaim, int limit) {
    List<Violation> violations = new ArrayList<>(check(memory, limit));
    Findings findings = new Findings(limit - violations.size());
    new ReclaimCheck(memory, reclaim, findings).check();
    violations.addAll(findings.violations());
    return violations;
  }

  /** Z-5: no frame belongs to two zones. */
  private static void ownership(PhysicalMemory memory, Findings findings) {
    record Ram(Zone zone, long start, long end) {}
    List<Ram> all = new ArrayList<>();
    for (Zone zone : memory.zones()) {
      long at = zone.span().startPfn();
      for (int i = 0; i < zone.holes().count(); i++) {
        all.add(new Ram(zone, at, zone.holes().start(i)));
        at = zone.holes().end(i);
      }
      all.add(new Ram(zone, at, zone.span().endPfn()));
    }
    all.removeIf(ram -> ram.start() >= ram.end());
    all.sort(Comparator.comparingLong(Ram::start));
    for (int i = 1; i < all.size(); i++) {
      Ram before = all.get(i - 1);
      Ram after = all.get(i);
      if (after.start() < before.end()) {
        findings.frame(
            "Z-5",
            after.zone(),
            after.zone().frames().index(after.start()),
            "frame also belongs to zone %s of node %d",
            before.zone().name(),
            before.zone().node());
      }
    }
  }
}
