package dev.buddyd.bench;

import java.util.List;

/** Interleaved rounds: each runs every pattern once, so that a noisy moment hits all alike. */
final class Rounds {

  private Rounds() {}

  /**
   * Warms all patterns up, then measures.
   *
   * @return CPU nanoseconds per pair, by pattern and round
   */
  static double[][] run(List<? extends Pattern> patterns, int pairs, int rounds) {
    for (int i = 0; i < 2; i++) {
      for (Pattern pattern : patterns) {
        Stopwatch.nanosPerPair(pattern, pairs);
      }
    }
    double[][] nanos = new double[patterns.size()][rounds];
    for (int round = 0; round < rounds; round++) {
      for (int p = 0; p < patterns.size(); p++) {
        nanos[p][round] = Stopwatch.nanosPerPair(patterns.get(p), pairs);
      }
    }
    return nanos;
  }
}
