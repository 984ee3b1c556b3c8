package dev.buddyd.machine;

import dev.buddyd.mm.alloc.KernelWould;
import dev.buddyd.mm.trace.WatermarkVerdict;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What became of a request. */
public sealed interface AllocationOutcome {

  /** Steps on the way; empty if no explanation was asked for. */
  List<Step> steps();

  /** Pages were granted. */
  record Granted(Allocation allocation, List<Step> steps) implements AllocationOutcome {}

  /**
   * The machine has no such pages for this mask.
   *
   * @param gfp mask of the request after what the call adds
   * @param order order of the request
   * @param kernelWould what the kernel would do now
   * @param verdicts watermark tests of the last walk down the zonelist
   * @param report what the kernel said of it, with the memory as it was then; null if it said
   *     nothing or nobody listened
   */
  record Refused(
      int gfp,
      int order,
      KernelWould kernelWould,
      List<WatermarkVerdict> verdicts,
      List<Step> steps,
      @Nullable String report)
      implements AllocationOutcome {

    /** A refusal of which no kernel has spoken. */
    public Refused(
        int gfp,
        int order,
        KernelWould kernelWould,
        List<WatermarkVerdict> verdicts,
        List<Step> steps) {
      this(gfp, order, kernelWould, verdicts, steps, null);
    }
  }
}
