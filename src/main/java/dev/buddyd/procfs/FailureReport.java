package dev.buddyd.procfs;

import dev.buddyd.machine.AllocationOutcome.Refused;
import dev.buddyd.machine.KernelVoice.Denial;
import dev.buddyd.machine.PageRequest;
import dev.buddyd.machine.SimulatedMachine;
import dev.buddyd.mm.alloc.KernelWould;
import dev.buddyd.mm.gfp.Gfp;
import dev.buddyd.mm.gfp.GfpMask;
import dev.buddyd.mm.gfp.ZoneKind;
import dev.buddyd.mm.reclaim.ReclaimCounts;
import dev.buddyd.mm.zone.Node;
import dev.buddyd.mm.zone.PhysicalMemory;
import dev.buddyd.mm.zone.Sysctls.Knob;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What the kernel writes to its log when a request gets no page (F-70, F-80), without time stamps
 * and without a call trace: nobody's stack led to a request over HTTP. Lines end with a newline.
 */
public final class FailureReport {

  /** What stands for the kernel's release in these texts. */
  private static final String RELEASE = "6.12.0-buddyd";

  private FailureReport() {}

  /**
   * The text that goes with a refusal of a machine in service, or null where there is none: what
   * its kernel said, or else would say now.
   */
  public static @Nullable String of(
      SimulatedMachine machine, PageRequest request, Refused refused) {
    String report = refused.report();
    if (report != null) {
      return report;
    }
    int owner = machine.ownerNumber(request.owner());
    return of(
        machine,
        machine.memory(),
        machine.reclaim().counts(),
        FailedRequest.of(machine, request, refused),
        owner,
        refused.kernelWould());
  }

  /** As {@link #of(SimulatedMachine, PageRequest, Refused)}, of memory at another moment. */
  static @Nullable String of(
      SimulatedMachine machine, PhysicalMemory memory, ReclaimCounts counts, Denial denial) {
    FailedRequest request = FailedRequest.of(machine, denial);
    return of(machine, memory, counts, request, denial.owner(), denial.would());
  }

  private static @Nullable String of(
      SimulatedMachine machine,
      PhysicalMemory memory,
      ReclaimCounts counts,
      FailedRequest request,
      int owner,
      KernelWould would) {
    return switch (would) {
      case FAIL, LOOP -> text(memory, counts, request, would);
      case OOM_KILL -> outOfMemory(memory, counts, request, adj(machine, owner));
      case PANIC -> // F-80
          outOfMemory(memory, counts, request, adj(machine, owner))
              + OomReport.taskTable(machine)
              + panic(memory);
    };
  }

  /** {@code oom_score_adj} of who asks. */
  private static int adj(SimulatedMachine machine, int owner) {
    return owner > 0 ? machine.reclaim().process(owner).oomScoreAdj() : 0;
  }

  /**
   * The text that goes with a refusal, or null where the kernel would print nothing.
   *
   * @param would what the kernel would do
   */
  public static @Nullable String text(
      PhysicalMemory memory, FailedRequest request, KernelWould would) {
    return text(memory, ReclaimCounts.none(memory), request, would);
  }

  /** As {@link #text(PhysicalMemory, FailedRequest, KernelWould)}, with what reclaim counts. */
  public static @Nullable String text(
      PhysicalMemory memory, ReclaimCounts counts, FailedRequest request, KernelWould would) {
    return switch (would) {
      case FAIL ->
          suppressed(memory, request.gfp()) ? null : allocationFailure(memory, counts, request);
      case OOM_KILL -> outOfMemory(memory, counts, request, 0);
      case PANIC -> outOfMemory(memory, counts, request, 0) + panic(memory); // F-80
      case LOOP -> null;
    };
  }

  /** The last lines of a kernel that panics for want of memory (F-80, R-53). */
  private static String panic(PhysicalMemory memory) {
    String panic = "Kernel panic - not syncing: ";
    return switch (memory.tunables().get(Knob.PANIC_ON_OOM)) {
      case 0 ->
          "Out of memory and no killable processes...\n"
              + panic
              + "System is deadlocked on memory\n";
      case 1 -> panic + "Out of memory: system-wide panic_on_oom is enabled\n";
      default -> panic + "Out of memory: compulsory panic_on_oom is enabled\n";
    };
  }

  /** Whether the kernel says nothing of a failure with this mask (F-70). */
  public static boolean suppressed(PhysicalMemory memory, int gfp) {
    return (gfp & Gfp.NOWARN) != 0 || ((gfp & Gfp.DMA) != 0 && !hasManagedDma(memory));
  }

  private static boolean hasManagedDma(PhysicalMemory memory) {
    return memory.zones().stream()
        .anyMatch(zone -> zone.span().kind() == ZoneKind.DMA && zone.managedPages() > 0);
  }

  /** {@code COMM: page allocation failure: ...} and the Mem-Info block (F-70, F-71). */
  public static String allocationFailure(PhysicalMemory memory, FailedRequest request) {
    return allocationFailure(memory, ReclaimCounts.none(memory), request);
  }

  private static String allocationFailure(
      PhysicalMemory memory, ReclaimCounts counts, FailedRequest request) {
    StringBuilder out = new StringBuilder(4096);
    out.append(
        String.format(
            Locale.ROOT,
            "%s: page allocation failure: order:%d, mode:%s,"
                + " nodemask=(null),cpuset=/,mems_allowed=%s\n",
            request.task().comm(),
            request.order(),
            new GfpMask(request.gfp()).printReport(),
            nodes(memory))); // F-70
    return body(memory, counts, request, out);
  }

  /** The first part of an OOM report: who asked, and the Mem-Info block (F-80, steps 1 to 3). */
  public static String outOfMemory(PhysicalMemory memory, FailedRequest request) {
    return outOfMemory(memory, ReclaimCounts.none(memory), request, 0);
  }

  static String outOfMemory(
      PhysicalMemory memory, ReclaimCounts counts, FailedRequest request, int oomScoreAdj) {
    StringBuilder out = new StringBuilder(4096);
    out.append(
        String.format(
            Locale.ROOT,
            "%s invoked oom-killer: gfp_mask=%s, order=%d, oom_score_adj=%d\n",
            request.task().comm(),
            new GfpMask(request.gfp()).printReport(),
            request.order(),
            oomScoreAdj)); // F-80
    return body(memory, counts, request, out);
  }

  static String body(
      PhysicalMemory memory, ReclaimCounts counts, FailedRequest request, StringBuilder out) {
    out.append(
        String.format(
            Locale.ROOT,
            "CPU: %d UID: 0 PID: %d Comm: %s Not tainted %s #1\n",
            request.cpu(),
            request.task().pid(),
            request.task().comm(),
            RELEASE));
    MemInfoBlock.write(
        memory, counts, memory.highestZoneidx(request.gfp()), request.cpu(), out); // F-71
    return out.toString();
  }

  /** The nodes with memory, as {@code mems_allowed} prints them. */
  static String nodes(PhysicalMemory memory) {
    return NodeRanges.print(memory.nodes().stream().filter(Node::hasMemory).map(Node::id).toList());
  }
}
