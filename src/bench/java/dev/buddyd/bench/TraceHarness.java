package dev.buddyd.bench;

import dev.buddyd.machine.MachineOptions;
import dev.buddyd.machine.MachineSession;
import dev.buddyd.machine.PageRequest.Call;
import dev.buddyd.machine.PageUse;
import dev.buddyd.machine.SimulatedMachine;
import dev.buddyd.mm.gfp.Gfp;
import dev.buddyd.mm.trace.Decision;
import dev.buddyd.mm.trace.Trace;
import dev.buddyd.mm.trace.WatermarkVerdict;
import java.util.List;
import java.util.Locale;

/**
 * What listening costs, order 0, pattern repeat: the allocator with nobody listening (twice: their
 * difference is the noise), with a listener that wants nothing, and a session of the served machine
 * (holders, counters, watermark verdicts) without and with the event ring.
 *
 * <pre>
 * scripts/bench traces
 * taskset -c 1 java -cp CLASSPATH dev.buddyd.bench.TraceHarness [rounds=7]
 * </pre>
 */
public final class TraceHarness {

  private static final int PAIRS = 1_000_000;

  private TraceHarness() {}

  /** Hears every decision and keeps none. */
  private static final class Unheard implements Trace {
    @Override
    public void decided(
        Decision decision, int zone, long v0, long v1, long v2, long v3, long v4, long v5) {}

    @Override
    public void watermark(WatermarkVerdict verdict) {}

    @Override
    public boolean wantsWatermarks() {
      return false;
    }
  }

  /** A pattern with another name. */
  private record Named(String name, Pattern pattern) implements Pattern {
    @Override
    public long run(int pairs) {
      return pattern.run(pairs);
    }
  }

  /** Allocates and frees as one client of the service does, but for HTTP. */
  private record Served(String name, MachineSession session) implements Pattern {
    @Override
    public long run(int pairs) {
      long sum = 0;
      for (int i = 0; i < pairs; i++) {
        long pfn =
            session.allocate(
                Call.ALLOC_PAGES, Gfp.GFP_KERNEL, 0, MachineSession.ANY, 0, 0, PageUse.KERNEL);
        sum += pfn;
        session.free(pfn, 0, -1, 0);
      }
      return sum;
    }
  }

  /** Prints a table in Markdown. */
  public static void main(String[] args) {
    int rounds = new Options(args).number("rounds", 7);
    List<Pattern> patterns =
        List.of(
            new LockFloor(),
            new Named("nobody listens", repeat(null)),
            new Named("nobody listens, again", repeat(null)),
            new Named("a listener that keeps nothing", repeat(new Unheard())),
            served("served, ring of 0 events", 0),
            served("served, ring of 65,536 events", 65_536));
    double[][] nanos = Rounds.run(patterns, PAIRS, rounds);
    System.out.printf("Order 0, repeat, %d rounds, %s%n%n", rounds, Load.now());
    System.out.println("| who listens | ns per pair | min | max |");
    System.out.println("|---|---:|---:|---:|");
    for (int p = 0; p < nanos.length; p++) {
      System.out.printf(
          Locale.ROOT,
          "| %s | %.1f | %.1f | %.1f |%n",
          patterns.get(p).name(),
          Stopwatch.median(nanos[p]),
          Stopwatch.min(nanos[p]),
          Stopwatch.max(nanos[p]));
    }
  }

  private static Pattern repeat(Trace trace) {
    return AllocatorPattern.repeat(
        BenchMachines.allocator(BenchMachines.oneZone()), Gfp.GFP_KERNEL, 0, 0, trace);
  }

  private static Pattern served(String name, int events) {
    SimulatedMachine machine =
        new SimulatedMachine(
            "bench",
            1,
            BenchMachines.boot(BenchMachines.oneZone()),
            new MachineOptions(events, 16, 16, MachineOptions.defaults().background()));
    return new Served(name, new MachineSession(machine, false));
  }
}
