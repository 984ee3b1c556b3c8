package dev.buddyd.diagnosis.verdict;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The verdict on one report, or on several equal ones.
 *
 * @param line line of the text where the report starts, from 1
 * @param count how many equal reports the text holds
 * @param lines where each of them starts
 * @param kind {@code alloc-failure}, {@code oom}, {@code show-memory} (by hand: nothing failed) or
 *     {@code question}
 * @param task name of the asking task
 * @param pid its process id
 * @param order the order asked for; -1 for an OOM kill by SysRq
 * @param gfpMask the mask's number as hexadecimal
 * @param gfpNames the mask in names, as that kernel prints it
 * @param gfpFlags the flags that are set, in names
 * @param gfpReading what the reading of the number rests on, in words
 * @param kernel the kernel's version as printed
 * @param kernelSource {@code report}, {@code log} or {@code prose}; null when the text names none
 * @param rules the version whose rules were applied
 * @param pageSizeKb page size
 * @param highestZone the highest zone that the mask may use
 * @param cause why it failed
 * @param confidence how sure that is
 * @param sentence zone, rule and the two numbers
 * @param severity what the failure means for the caller
 * @param missing what a complete report would have had
 * @param notes what else the reader should know
 * @param largestOrder largest order that passes in some eligible zone
 * @param zones the zones, in printed order
 * @param remedies changes, and whether they would have helped
 */
public record ReportVerdict(
    int line,
    int count,
    List<Integer> lines,
    String kind,
    @Nullable String task,
    @Nullable Long pid,
    @Nullable Integer order,
    @Nullable String gfpMask,
    @Nullable String gfpNames,
    List<String> gfpFlags,
    @Nullable String gfpReading,
    @Nullable String kernel,
    @Nullable String kernelSource,
    @Nullable String rules,
    int pageSizeKb,
    @Nullable String highestZone,
    Cause cause,
    Confidence confidence,
    String sentence,
    String severity,
    List<String> missing,
    List<String> notes,
    @Nullable Integer largestOrder,
    List<ZoneVerdict> zones,
    List<Remedy> remedies) {

  public ReportVerdict {
    lines = List.copyOf(lines);
    gfpFlags = List.copyOf(gfpFlags);
    missing = List.copyOf(missing);
    notes = List.copyOf(notes);
    zones = List.copyOf(zones);
    remedies = List.copyOf(remedies);
  }
}
