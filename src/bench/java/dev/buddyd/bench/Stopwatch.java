package dev.buddyd.bench;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;

/** CPU time of the current thread: what other work on the machine does not add to. */
final class Stopwatch {

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private Stopwatch() {}

  static long cpuNanos() {
    return THREADS.getCurrentThreadCpuTime();
  }

  /** Runs a pattern once; CPU nanoseconds per pair. */
  static double nanosPerPair(Pattern pattern, int pairs) {
    long before = cpuNanos();
    consume(pattern.run(pairs));
    return (double) (cpuNanos() - before) / pattern.pairs(pairs);
  }

  static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int mid = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[mid] : (sorted[mid - 1] + sorted[mid]) / 2;
  }

  static double min(double[] values) {
    return Arrays.stream(values).min().orElseThrow();
  }

  static double max(double[] values) {
    return Arrays.stream(values).max().orElseThrow();
  }

  /** Uses a result, so that the work for it is not optimised away. */
  static void consume(long result) {
    consumed = result;
  }

  static volatile long consumed;
}
