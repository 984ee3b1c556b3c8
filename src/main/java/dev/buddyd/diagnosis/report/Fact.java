package dev.buddyd.diagnosis.report;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One sentence of the kernel, recognised but not yet given to a report. */
sealed interface Fact {

  /** Line of the text, from 1. */
  int line();

  /**
   * First line of a report; {@code kind} is never MEMCG_OOM here. {@code kernel} is what the form
   * of the line alone tells of the version, or null.
   */
  record Header(
      int line, ReportKind kind, @Nullable String task, HeaderTail tail, @Nullable String kernel)
      implements Fact {}

  /** A vmalloc sentence that the real header follows (before 4.10). */
  record VmallocNote(int line, VmallocFailure failure) implements Fact {}

  /**
   * A slab cache got no page; it says so behind the report of the page allocation, if that warns.
   */
  record SlabFailure(int line, HeaderTail tail) implements Fact {}

  /** "CPU: 0 PID: 1 Comm: x Not tainted 6.1.1": each part may be absent. */
  record Cpu(
      int line,
      @Nullable Long pid,
      @Nullable String comm,
      @Nullable String kernel,
      @Nullable String taint)
      implements Fact {}

  /** A version in another line of a kernel ("Linux version ..."). */
  record Kernel(int line, String version) implements Fact {}

  /** "cpuset=/ mems_allowed=0" on a line of its own (before 5.0). */
  record Cpuset(int line, @Nullable String cpuset, @Nullable String memsAllowed) implements Fact {}

  /** One function of the call trace. */
  record Frame(int line, String function) implements Fact {}

  /** The stack is one of an interrupt. */
  record Interrupt(int line) implements Fact {}

  /** "Mem-Info:". */
  record MemInfo(int line) implements Fact {}

  /** Counters of the head of the Mem-Info block, in pages. */
  record Counters(int line, Map<String, Quantity> values) implements Fact {}

  /** The statistics line of a node. */
  record NodeStats(int line, int node, Map<String, Quantity> values) implements Fact {}

  /** A zone line; {@code node} is null when none is printed. */
  record ZoneStats(
      int line,
      @Nullable Integer node,
      String zone,
      Map<String, Quantity> values,
      @Nullable Boolean unreclaimable)
      implements Fact {}

  /** Values that belong to the zone line before, which something interrupted. */
  record ZoneRest(int line, Map<String, Quantity> values, @Nullable Boolean unreclaimable)
      implements Fact {}

  /**
   * {@code lowmem_reserve[]:}.
   *
   * @param tornAt index of the first number behind a bare line end, where a number may be torn;
   *     else -1
   */
  record Reserve(int line, List<Long> pages, int tornAt) implements Fact {}

  /** A free-list line; the orders are not known yet, sizes are in kB. */
  record Blocks(
      int line,
      @Nullable Integer node,
      String zone,
      List<long[]> blocks,
      List<String> letters,
      @Nullable Long totalKb)
      implements Fact {}

  /** One of the sums at the end, e.g. {@code pages RAM}. */
  record Sum(int line, Kind kind, long value) implements Fact {
    enum Kind {
      RAM,
      HIGHMEM,
      RESERVED,
      CMA_RESERVED,
      HWPOISONED,
      PAGECACHE,
      SWAP_CACHE,
      FREE_SWAP,
      TOTAL_SWAP
    }
  }

  /** The "oom-kill:" line (from 5.0). */
  record Constraint(int line, String constraint, @Nullable String memcg, Confinement confinement)
      implements Fact {}

  /** A memory cgroup reached its limit; the numbers may be absent. */
  record Memcg(int line, @Nullable String path, @Nullable Long usageKb, @Nullable Long limitKb)
      implements Fact {}

  /** "Killed process 12 (name)". */
  record Kill(int line, long pid, String name, boolean memcg) implements Fact {}

  /** Nothing was left to kill. */
  record Panic(int line) implements Fact {}
}
