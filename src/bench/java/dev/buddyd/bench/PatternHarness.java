package dev.buddyd.bench;

import dev.buddyd.mm.boot.MachineDescription;
import dev.buddyd.mm.gfp.Gfp;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Times of the allocator by pattern and order, one thread, as multiples of the {@link LockFloor}
 * measured in the same run. CPU time of the thread; every round runs every pattern once, one after
 * the other, and the median of the rounds counts.
 *
 * <pre>
 * scripts/bench patterns
 * taskset -c 1 java -cp CLASSPATH dev.buddyd.bench.PatternHarness [rounds=7] [machine=one-zone|pc]
 * </pre>
 */
public final class PatternHarness {

  private static final int PAIRS = 4_000_000;
  private static final int[] ORDERS = {0, 3, 9};

  private PatternHarness() {}

  /** Prints a table in Markdown. */
  public static void main(String[] args) {
    Options options = new Options(args);
    int rounds = options.number("rounds", 7);
    String only = options.text("only", "");
    String machine = options.text("machine", "one-zone");
    List<Pattern> patterns = new ArrayList<>();
    patterns.add(new LockFloor());
    patterns.add(new MemoryFloor());
    for (Pattern pattern : patterns(machine(machine))) {
      if (pattern.name().startsWith(only)) {
        patterns.add(pattern);
      }
    }
    double[][] nanos = Rounds.run(patterns, PAIRS, rounds);
    print(machine, rounds, patterns, nanos);
  }

  static MachineDescription machine(String name) {
    return switch (name) {
      case "one-zone" -> BenchMachines.oneZone();
      case "pc" -> BenchMachines.pc();
      default -> throw new IllegalArgumentException("machine=" + name);
    };
  }

  /** Every pattern has a machine of its own, freshly booted. */
  private static List<Pattern> patterns(MachineDescription machine) {
    List<Pattern> patterns = new ArrayList<>();
    for (int order : ORDERS) {
      int gfp = order == 0 ? Gfp.GFP_KERNEL : Gfp.GFP_KERNEL | Gfp.COMP;
      patterns.add(AllocatorPattern.repeat(BenchMachines.allocator(machine), gfp, order, 0, null));
      patterns.add(AllocatorPattern.bulk(BenchMachines.allocator(machine), gfp, order, 0, null));
      patterns.add(AllocatorPattern.rand(BenchMachines.allocator(machine), gfp, order, 0, null));
    }
    return patterns;
  }

  private static void print(String machine, int rounds, List<Pattern> patterns, double[][] nanos) {
    double floor = Stopwatch.median(nanos[0]);
    System.out.printf("Machine `%s`, %d rounds, %s%n%n", machine, rounds, Load.now());
    System.out.println("| pattern, order | ns per pair | min | max | x floor | goal |");
    System.out.println("|---|---:|---:|---:|---:|---:|");
    for (int p = 0; p < patterns.size(); p++) {
      double median = Stopwatch.median(nanos[p]);
      System.out.printf(
          Locale.ROOT,
          "| %s | %.1f | %.1f | %.1f | %.2f | %s |%n",
          patterns.get(p).name(),
          median,
          Stopwatch.min(nanos[p]),
          Stopwatch.max(nanos[p]),
          median / floor,
          goal(patterns.get(p).name()));
    }
  }

  /** Multiples of the floor to reach. */
  private static String goal(String name) {
    return switch (name) {
      case "repeat 0" -> "2.1";
      case "bulk 0" -> "4.3";
      case "rand 0" -> "5";
      case "repeat 3" -> "2.6";
      case "repeat 9" -> "5";
      default -> "";
    };
  }
}
