package dev.buddyd.replay.trace;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What came out of a trace.
 *
 * @param lines lines of the text
 * @param unknownLines lines that are no event of the allocator, no comment and not empty
 * @param events events by the name of the tracepoint
 * @param recordedFailed allocations that failed in the recording
 * @param recordedFallbacks extfrag events of the recording, by the type asked for and the type
 *     taken from
 * @param unknownMasks allocations whose mask could not be read: its migratetype stood for it
 * @param machine what this machine made of it
 * @param compared what it made of it with the other sysctls, or null
 */
public record TraceResult(
    long lines,
    long unknownLines,
    Map<String, Long> events,
    long recordedFailed,
    List<Fallback> recordedFallbacks,
    long unknownMasks,
    Outcome machine,
    @Nullable Outcome compared) {

  /**
   * How often blocks of one type were taken for requests of another.
   *
   * @param alloc type asked for
   * @param fallback type taken from
   * @param count how often
   */
  public record Fallback(String alloc, String fallback, long count) {}

  /**
   * What one machine made of a trace.
   *
   * @param name of the machine
   * @param sysctls that were written before the run
   * @param granted allocations it granted
   * @param refused allocations it refused
   * @param grantedButRecordedFailed allocations it granted that failed in the recording; their
   *     blocks were given back at once
   * @param refusedButRecordedGranted allocations it refused that the recording got
   * @param impossible allocations that this machine cannot be asked for, such as an order it lacks
   * @param refusals refusals by order and mask, the most frequent first
   * @param freed blocks freed
   * @param freesOfUnknown frees of frames whose allocation is not in the trace
   * @param freesOfRefused frees of blocks that this machine had refused
   * @param impliedFrees blocks whose frame was allocated again although no free is in the trace
   * @param fallbacks how often it took a block of another type
   * @param pagesHeld pages of the trace's blocks that are held at the end
   * @param violations what is not sound about it at the end; empty if it is sound
   * @param samples fragmentation over time, at most some hundred
   */
  public record Outcome(
      String name,
      Map<String, String> sysctls,
      long granted,
      long refused,
      long grantedButRecordedFailed,
      long refusedButRecordedGranted,
      long impossible,
      List<Refusal> refusals,
      long freed,
      long freesOfUnknown,
      long freesOfRefused,
      long impliedFrees,
      List<Fallback> fallbacks,
      long pagesHeld,
      List<String> violations,
      List<Sample> samples) {}

  /**
   * Requests that were refused.
   *
   * @param order of the block
   * @param gfp the mask
   * @param count how often
   */
  public record Refusal(int order, String gfp, long count) {}

  /**
   * The machine at one moment.
   *
   * @param event number of the event it follows
   * @param seconds timestamp of that event, or null
   * @param nrFreePages free pages of all zones
   * @param freeBlocks free blocks of all zones by order
   * @param unusableIndex part of the free memory that a request of an order cannot use, in 1/1000
   *     by order
   */
  public record Sample(
      long event,
      @Nullable Double seconds,
      long nrFreePages,
      List<Long> freeBlocks,
      List<Integer> unusableIndex) {}
}
