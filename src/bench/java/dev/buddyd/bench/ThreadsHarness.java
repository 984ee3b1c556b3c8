package dev.buddyd.bench;

import dev.buddyd.mm.alloc.PageAllocator;
import dev.buddyd.mm.gfp.Gfp;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * One, two and four threads on one machine, each on a simulated CPU of its own: pairs per second of
 * all together, CPU time per pair, and the longest that any thread waited for one slice of its work
 * (which would show a stall).
 *
 * <pre>
 * scripts/bench threads
 * java -cp CLASSPATH dev.buddyd.bench.ThreadsHarness [rounds=5]
 * </pre>
 */
public final class ThreadsHarness {

  private static final int SLICES = 400;
  private static final int PAIRS_PER_SLICE = 2_000;

  private ThreadsHarness() {}

  private static final class Worker extends Thread {
    private final Pattern pattern;
    private long cpuNanos;
    private long longestSlice;

    Worker(Pattern pattern) {
      this.pattern = pattern;
    }

    @Override
    public void run() {
      long cpu = Stopwatch.cpuNanos();
      for (int i = 0; i < SLICES; i++) {
        long begin = System.nanoTime();
        Stopwatch.consume(pattern.run(PAIRS_PER_SLICE));
        longestSlice = Math.max(longestSlice, System.nanoTime() - begin);
      }
      cpuNanos = Stopwatch.cpuNanos() - cpu;
    }
  }

  /** Prints a table in Markdown. */
  public static void main(String[] args) throws InterruptedException {
    int rounds = new Options(args).number("rounds", 5);
    System.out.printf("%d rounds, medians, %s%n%n", rounds, Load.now());
    System.out.println(
        "| pattern | threads | million pairs/s | CPU ns per pair | longest slice of 2,000, ms |");
    System.out.println("|---|---:|---:|---:|---:|");
    for (boolean throughZone : new boolean[] {false, true}) {
      for (int threads : new int[] {1, 2, 4}) {
        print(throughZone, threads, rounds);
      }
    }
  }

  private static void print(boolean throughZone, int threads, int rounds)
      throws InterruptedException {
    PageAllocator allocator = BenchMachines.allocator(BenchMachines.oneZone());
    double[] rate = new double[rounds];
    double[] cpu = new double[rounds];
    double[] longest = new double[rounds];
    for (int round = -2; round < rounds; round++) { // two to warm up
      List<Worker> workers = new ArrayList<>();
      for (int cpuNumber = 0; cpuNumber < threads; cpuNumber++) {
        // orders above 3 and below 9 are not cached: every request takes the zone lock
        int order = throughZone ? 4 : 0;
        workers.add(
            new Worker(AllocatorPattern.repeat(allocator, Gfp.GFP_KERNEL, order, cpuNumber, null)));
      }
      long begin = System.nanoTime();
      workers.forEach(Thread::start);
      for (Worker worker : workers) {
        worker.join();
      }
      long wall = System.nanoTime() - begin;
      if (round >= 0) {
        double pairs = (double) threads * SLICES * PAIRS_PER_SLICE;
        rate[round] = pairs * 1000 / wall;
        cpu[round] = workers.stream().mapToLong(w -> w.cpuNanos).sum() / pairs;
        longest[round] = workers.stream().mapToLong(w -> w.longestSlice).max().orElse(0) / 1e6;
      }
    }
    System.out.printf(
        Locale.ROOT,
        "| %s | %d | %.1f | %.1f | %.2f |%n",
        throughZone ? "order 4, through the zone lock" : "order 0, through the sets",
        threads,
        Stopwatch.median(rate),
        Stopwatch.median(cpu),
        Stopwatch.max(longest));
  }
}
