package dev.buddyd.bench;

import dev.buddyd.mm.alloc.PageAllocator;
import dev.buddyd.mm.gfp.Gfp;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The patterns under JMH, for what its profilers tell: bytes allocated, hot instructions, flame
 * graphs. Times for the table come from {@link PatternHarness}.
 *
 * <pre>
 * ./mvnw -Pbench -Dbench.args="AllocatorBenchmark -prof gc" verify
 * ./mvnw -Pbench -Dbench.args="AllocatorBenchmark.repeat -p order=0 -prof perfasm" verify
 * </pre>
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 4, time = 1)
@Fork(1)
public class AllocatorBenchmark {

  private static final int PAIRS = AllocatorPattern.HELD_FRAMES;

  @Param({"0", "3", "9"})
  public int order;

  private Pattern repeat;
  private Pattern bulk;
  private Pattern rand;
  private final Pattern floor = new LockFloor();

  /** Each pattern has a machine of its own, with all sections made before it is measured. */
  @Setup(Level.Trial)
  public void boot() {
    int gfp = order == 0 ? Gfp.GFP_KERNEL : Gfp.GFP_KERNEL | Gfp.COMP;
    repeat = AllocatorPattern.repeat(machine(), gfp, order, 0, null);
    bulk = AllocatorPattern.bulk(machine(), gfp, order, 0, null);
    rand = AllocatorPattern.rand(machine(), gfp, order, 0, null);
    repeat.run(1);
    bulk.run(1);
    rand.run(1);
  }

  private static PageAllocator machine() {
    return BenchMachines.allocator(BenchMachines.oneZone());
  }

  @Benchmark
  @OperationsPerInvocation(PAIRS)
  public long floor() {
    return floor.run(PAIRS);
  }

  @Benchmark
  @OperationsPerInvocation(PAIRS)
  public long repeat() {
    return repeat.run(PAIRS);
  }

  @Benchmark
  @OperationsPerInvocation(PAIRS)
  public long bulk() {
    return bulk.run(PAIRS);
  }

  @Benchmark
  @OperationsPerInvocation(PAIRS)
  public long rand() {
    return rand.run(PAIRS);
  }
}
