package dev.buddyd.replay.recording;

import dev.buddyd.mm.frame.MemoryRanges;
import dev.buddyd.replay.json.Field;
import java.util.Arrays;
import java.util.List;

/** The run-length classes of a zone's frames: {@code pages} of a snapshot. */
final class PageClasses {

  private static final String NAMES = "hrfma";

  private final long[] start;
  private final char[] name;
  private final long end;

  /** Reads the runs; they must cover the zone from its first to its last frame without a gap. */
  PageClasses(Field pages, long startPfn, long endPfn) {
    List<Field> runs = pages.items();
    start = new long[runs.size()];
    name = new char[runs.size()];
    long next = startPfn;
    for (int i = 0; i < start.length; i++) {
      Field run = runs.get(i);
      String text = run.item(0, 3).asText();
      if (text.length() != 1 || NAMES.indexOf(text.charAt(0)) < 0) {
        throw run.wrong("the class must be one of h, r, f, m, a");
      }
      start[i] = run.item(1, 3).asLong();
      name[i] = text.charAt(0);
      if (start[i] != next) {
        throw run.wrong("must start at pfn " + next + ", where the run before it ends");
      }
      next += run.item(2, 3).asLong(1, endPfn - next);
    }
    if (next != endPfn) {
      throw pages.wrong("ends at pfn " + next + ", but the zone at " + endPfn);
    }
    end = endPfn;
  }

  int runs() {
    return start.length;
  }

  char name(int run) {
    return name[run];
  }

  long start(int run) {
    return start[run];
  }

  long end(int run) {
    return run + 1 < start.length ? start[run + 1] : end;
  }

  /** The run that a frame of the zone lies in. */
  int runOf(long pfn) {
    int at = Arrays.binarySearch(start, pfn);
    return at >= 0 ? at : -at - 2;
  }

  /** Whether all frames of a block are of one class. */
  boolean within(long pfn, int order, char wanted) {
    int run = runOf(pfn);
    return name[run] == wanted && pfn + (1L << order) <= end(run);
  }

  /** Frames of these classes. */
  long count(String classes) {
    long sum = 0;
    for (int i = 0; i < start.length; i++) {
      sum += classes.indexOf(name[i]) >= 0 ? end(i) - start[i] : 0;
    }
    return sum;
  }

  MemoryRanges ranges(char wanted) {
    int count = 0;
    for (char c : name) {
      count += c == wanted ? 1 : 0;
    }
    long[] starts = new long[count];
    long[] ends = new long[count];
    int n = 0;
    for (int i = 0; i < start.length; i++) {
      if (name[i] == wanted) {
        starts[n] = start[i];
        ends[n++] = end(i);
      }
    }
    return new MemoryRanges(starts, ends);
  }
}
