package dev.buddyd.bench;

import dev.buddyd.mm.alloc.PageAllocator;
import dev.buddyd.mm.boot.MachineDescription;
import dev.buddyd.mm.gfp.Gfp;
import dev.buddyd.mm.reclaim.Reclaim;
import dev.buddyd.mm.zone.AllocationRequest;
import dev.buddyd.mm.zone.PhysicalMemory;
import dev.buddyd.mm.zone.Zone;
import java.util.List;
import java.util.Locale;

/**
 * How much heap a machine takes and how long its boot lasts: bytes per frame that was touched and
 * per frame that never was, 1 TiB, and 64 TiB on 16 nodes. Live heap after a collection, boot in
 * CPU and wall time, the first one of the process and the median of five.
 *
 * <pre>
 * scripts/bench footprint
 * java -Xmx4g -cp CLASSPATH dev.buddyd.bench.Footprint
 * </pre>
 */
public final class Footprint {

  private Footprint() {}

  /** Prints a table in Markdown. */
  public static void main(String[] args) {
    System.out.printf("Boot and heap, %s%n%n", Load.now());
    System.out.println(
        "| machine | frames | first boot, ms | median boot, ms (CPU) | heap, MiB"
            + " | bytes per untouched frame |");
    System.out.println("|---|---:|---:|---:|---:|---:|");
    for (MachineDescription machine :
        List.of(BenchMachines.tebibyte(), BenchMachines.sixtyFourTebibytes())) {
      boot(machine);
    }
    System.out.println();
    touched();
  }

  private static void boot(MachineDescription description) {
    long before = liveBytes();
    long begin = System.nanoTime();
    PhysicalMemory memory = BenchMachines.boot(description);
    double first = (System.nanoTime() - begin) / 1e6;
    long bytes = liveBytes() - before;
    long frames = memory.zones().stream().mapToLong(Zone::managedPages).sum();
    memory = null;
    double[] wall = new double[5];
    double[] cpu = new double[5];
    for (int i = 0; i < wall.length; i++) {
      long cpuBegin = Stopwatch.cpuNanos();
      begin = System.nanoTime();
      Stopwatch.consume(BenchMachines.boot(description).zones().size());
      wall[i] = (System.nanoTime() - begin) / 1e6;
      cpu[i] = (Stopwatch.cpuNanos() - cpuBegin) / 1e6;
    }
    System.out.printf(
        Locale.ROOT,
        "| %s | %,d | %.0f | %.0f (%.0f) | %.1f | %.4f |%n",
        description.name(),
        frames,
        first,
        Stopwatch.median(wall),
        Stopwatch.median(cpu),
        bytes / 1048576.0,
        (double) bytes / frames);
  }

  /** Takes all of a zone page by page, so that every section is made. */
  private static void touched() {
    PhysicalMemory memory = BenchMachines.boot(BenchMachines.oneZone());
    long before = liveBytes();
    PageAllocator allocator = new PageAllocator(memory, Reclaim.none());
    AllocationRequest request = AllocationRequest.of(Gfp.GFP_KERNEL, 0, 0, 0);
    long pages = 0;
    while (pages < 900_000 && allocator.allocate(request, null) >= 0) {
      pages++;
    }
    long bytes = liveBytes() - before;
    System.out.printf(
        Locale.ROOT, "Touched frames: %,d took %.2f bytes each.%n", pages, (double) bytes / pages);
    Stopwatch.consume(memory.zones().size());
  }

  private static long liveBytes() {
    Runtime runtime = Runtime.getRuntime();
    long bytes = Long.MAX_VALUE;
    for (int i = 0; i < 4; i++) {
      System.gc();
      bytes = Math.min(bytes, runtime.totalMemory() - runtime.freeMemory());
    }
    return bytes;
  }
}
