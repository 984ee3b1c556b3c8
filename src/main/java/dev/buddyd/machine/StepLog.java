package dev.buddyd.machine;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * The steps of one request: all of them, or of very many the first and the last. How a request ends
 * is told however much happened before, such as a process that gives back all it had.
 */
final class StepLog {

  /** A refill or a drain of the largest size fits, and much reclaim. */
  static final int FIRST = 16_000;

  static final int LAST = 4_000;

  private final List<Step> first = new ArrayList<>();
  private final Deque<Step> last = new ArrayDeque<>();
  private long leftOut;

  void clear() {
    first.clear();
    last.clear();
    leftOut = 0;
  }

  void keep(Step step) {
    if (first.size() < FIRST) {
      first.add(step);
      return;
    }
    if (last.size() == LAST) {
      last.removeFirst();
      leftOut++;
    }
    last.addLast(step);
  }

  /** The steps in order; where some are missing, one says how many. */
  List<Step> steps() {
    List<Step> all = new ArrayList<>(first);
    if (leftOut > 0) {
      all.add(Step.leftOut(leftOut));
    }
    all.addAll(last);
    return List.copyOf(all);
  }
}
