package dev.buddyd.bench;

import dev.buddyd.mm.alloc.PageAllocator;
import dev.buddyd.mm.trace.Trace;
import dev.buddyd.mm.zone.AllocationRequest;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * The three patterns that allocators are compared by: {@link #repeat}, {@link #bulk} and {@link
 * #rand}. They speak to {@link PageAllocator} as the service does; every block comes with all rules
 * applied.
 */
abstract class AllocatorPattern implements Pattern {

  /** Frames that bulk and rand hold: 1 GiB. */
  static final int HELD_FRAMES = 1 << 18;

  final PageAllocator allocator;
  final AllocationRequest request;
  final @Nullable Trace trace;
  final int order;
  final int cpu;
  private final String name;

  private AllocatorPattern(
      String name, PageAllocator allocator, int gfp, int order, int cpu, @Nullable Trace trace) {
    this.name = name + " " + order;
    this.allocator = allocator;
    this.request = AllocationRequest.of(gfp, order, 0, cpu);
    this.order = order;
    this.cpu = cpu;
    this.trace = trace;
  }

  /** Allocates one block and frees it. */
  static AllocatorPattern repeat(
      PageAllocator allocator, int gfp, int order, int cpu, @Nullable Trace trace) {
    return new AllocatorPattern("repeat", allocator, gfp, order, cpu, trace) {
      @Override
      public long run(int pairs) {
        long sum = 0;
        for (int i = 0; i < pairs; i++) {
          long pfn = allocate();
          sum += pfn;
          free(pfn);
        }
        return sum;
      }
    };
  }

  /** Allocates blocks that cover 2^18 frames, then frees them in the order of allocation. */
  static AllocatorPattern bulk(
      PageAllocator allocator, int gfp, int order, int cpu, @Nullable Trace trace) {
    long[] held = new long[HELD_FRAMES >> order];
    return new AllocatorPattern("bulk", allocator, gfp, order, cpu, trace) {
      @Override
      public int pairs(int asked) {
        return Math.max(1, asked / held.length) * held.length;
      }

      @Override
      public long run(int pairs) {
        long sum = 0;
        for (int done = pairs(pairs); done > 0; done -= held.length) {
          for (int i = 0; i < held.length; i++) {
            held[i] = allocate();
          }
          for (int i = 0; i < held.length; i++) {
            sum += held[i];
            free(held[i]);
          }
        }
        return sum;
      }
    };
  }

  /** Holds blocks that cover 2^18 frames; frees a random one of them and allocates one. */
  static AllocatorPattern rand(
      PageAllocator allocator, int gfp, int order, int cpu, @Nullable Trace trace) {
    long[] held = new long[HELD_FRAMES >> order];
    SplittableRandom seeds = new SplittableRandom(17);
    var pattern =
        new AllocatorPattern("rand", allocator, gfp, order, cpu, trace) {
          private int state = seeds.nextInt() | 1;

          @Override
          public long run(int pairs) {
            long sum = 0;
            int x = state;
            for (int i = 0; i < pairs; i++) {
              x ^= x << 13; // xorshift: the choice costs a nanosecond
              x ^= x >>> 17;
              x ^= x << 5;
              int victim = x & (held.length - 1);
              free(held[victim]);
              long pfn = allocate();
              sum += pfn;
              held[victim] = pfn;
            }
            state = x;
            return sum;
          }
        };
    for (int i = 0; i < held.length; i++) {
      held[i] = pattern.allocate();
    }
    return pattern;
  }

  final long allocate() {
    long pfn = allocator.allocate(request, trace);
    if (pfn < 0) {
      throw new IllegalStateException(name + ": the machine refuses");
    }
    return pfn;
  }

  final void free(long pfn) {
    allocator.free(pfn, order, cpu, trace);
  }

  @Override
  public String name() {
    return name;
  }
}
