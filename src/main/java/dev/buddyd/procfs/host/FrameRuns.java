package dev.buddyd.procfs.host;

import dev.buddyd.mm.frame.MemoryRanges;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Runs of frames of a zone that are not free, to be dealt out: pfns. */
final class FrameRuns {

  private record Run(long start, long end, boolean spare) {
    long pages() {
      return end - start;
    }
  }

  private final List<Run> runs = new ArrayList<>();

  /** Adds frames behind those added before. */
  void add(long start, long end, boolean spare) {
    if (!runs.isEmpty()) {
      Run last = runs.getLast();
      if (last.end() == start && last.spare() == spare) {
        runs.set(runs.size() - 1, new Run(last.start(), end, spare));
        return;
      }
    }
    runs.add(new Run(start, end, spare));
  }

  /** Spare ones first, then the longest. */
  void sortForTaking() {
    runs.sort(
        Comparator.comparing((Run run) -> !run.spare())
            .thenComparing(Comparator.comparingLong(Run::pages).reversed())
            .thenComparingLong(Run::start));
  }

  /** Takes so many frames from the front, as few ranges as possible. */
  MemoryRanges take(long pages) {
    List<Run> taken = new ArrayList<>();
    long left = pages;
    while (left > 0 && !runs.isEmpty()) {
      Run run = runs.removeFirst();
      if (run.pages() > left) {
        long cut = run.end() - left;
        runs.addFirst(new Run(run.start(), cut, run.spare()));
        run = new Run(cut, run.end(), run.spare());
      }
      taken.add(run);
      left -= run.pages();
    }
    taken.sort(Comparator.comparingLong(Run::start));
    return new MemoryRanges(
        taken.stream().mapToLong(Run::start).toArray(),
        taken.stream().mapToLong(Run::end).toArray());
  }

  /** Takes one frame, from the shortest run; -1 if there is none. */
  long takeOne() {
    if (runs.isEmpty()) {
      return -1;
    }
    Run run = runs.removeLast();
    if (run.pages() > 1) {
      runs.addLast(new Run(run.start() + 1, run.end(), run.spare()));
    }
    return run.start();
  }

  /** Takes a block from the rest. */
  interface BlockTaker {
    void take(long pfn, int order);
  }

  /** Deals the rest out in aligned blocks. */
  void blocks(int largestOrder, BlockTaker taker) {
    for (Run run : runs) {
      long at = run.start();
      while (at < run.end()) {
        int order = at == 0 ? largestOrder : Math.min(largestOrder, Long.numberOfTrailingZeros(at));
        while (at + (1L << order) > run.end()) {
          order--;
        }
        taker.take(at, order);
        at += 1L << order;
      }
    }
  }
}
