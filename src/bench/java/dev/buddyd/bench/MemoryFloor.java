package dev.buddyd.bench;

import java.util.SplittableRandom;

/**
 * What the pattern rand costs before any allocator does anything: the same random choice among 2^18
 * held numbers, one word in a table of 2^18 read and written for each, and the two lock rounds of
 * {@link LockFloor}. It moves with whatever else uses the caches of the machine.
 */
final class MemoryFloor implements Pattern {

  private final LockFloor locks = new LockFloor();
  private final long[] held = new long[AllocatorPattern.HELD_FRAMES];
  private final long[] words = new long[AllocatorPattern.HELD_FRAMES];
  private int state = new SplittableRandom(17).nextInt() | 1;

  MemoryFloor() {
    SplittableRandom random = new SplittableRandom(18);
    for (int i = 0; i < held.length; i++) {
      held[i] = i;
    }
    for (int i = held.length - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      long other = held[j];
      held[j] = held[i];
      held[i] = other;
    }
  }

  @Override
  public String name() {
    return "floor of rand 0";
  }

  @Override
  public long run(int pairs) {
    long sum = 0;
    int x = state;
    for (int i = 0; i < pairs; i++) {
      x ^= x << 13;
      x ^= x >>> 17;
      x ^= x << 5;
      int victim = x & (held.length - 1);
      int frame = (int) held[victim];
      words[frame] += x;
      sum += locks.run(1);
      held[victim] = frame ^ 1;
    }
    state = x;
    return sum;
  }
}
