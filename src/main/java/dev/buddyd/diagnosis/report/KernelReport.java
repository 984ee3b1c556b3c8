package dev.buddyd.diagnosis.report;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The facts of one report, as printed and without judgement.
 *
 * @param kind what happened
 * @param line line of the text where the report starts, from 1
 * @param task name of the asking task, or null
 * @param pid its process id, or null
 * @param order the order asked for; -1 is an OOM kill by SysRq; null when there is no header
 * @param mask the GFP mask, or null
 * @param confinement node mask and cpuset
 * @param kernel version of the kernel, or null when the text names none
 * @param taint {@code Not tainted}, the taint letters, or null
 * @param pageSize page size of the machine
 * @param vmalloc what vmalloc says about the failure, or null
 * @param oom the OOM part, or null for an allocation failure
 * @param callTrace names of the functions on the stack, innermost first; at most 96
 * @param inInterrupt whether the stack shows interrupt or softirq context
 * @param nodes per-node statistics
 * @param zones what is said per zone, in printed order
 * @param totals the sums
 * @param overlaps whether the lines of another report stand among its own, and nothing but their
 *     order tells which are whose
 * @param missing what a complete report would have had, e.g. {@code gfp_mask}, {@code
 *     lowmem_reserve[] of Node 0 DMA}
 */
public record KernelReport(
    ReportKind kind,
    int line,
    @Nullable String task,
    @Nullable Long pid,
    @Nullable Integer order,
    @Nullable MaskText mask,
    Confinement confinement,
    @Nullable KernelName kernel,
    @Nullable String taint,
    PageSize pageSize,
    @Nullable VmallocFailure vmalloc,
    @Nullable OomFacts oom,
    List<String> callTrace,
    boolean inInterrupt,
    List<NodeFacts> nodes,
    List<ZoneFacts> zones,
    Totals totals,
    boolean overlaps,
    List<String> missing) {

  public KernelReport {
    callTrace = List.copyOf(callTrace);
    nodes = List.copyOf(nodes);
    zones = List.copyOf(zones);
    missing = List.copyOf(missing);
  }
}
