package dev.buddyd.mm.reference;

import static dev.buddyd.mm.reference.RefKernel.MOVABLE;
import static dev.buddyd.mm.reference.RefKernel.UNMOVABLE;

import dev.buddyd.mm.reference.RefKernel.Flag;
import dev.buddyd.mm.reference.RefZone.Held;
import dev.buddyd.mm.reference.RefZone.Request;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * The page allocator as spec files 02 to 05 say it, with obvious data structures and no thought of
 * speed: maps from pfn to block, linked sets as lists, one method per rule. It was written from the
 * rules alone and shares no code with the allocator that it is compared with.
 *
 * <p>There is nothing to reclaim or to compact, nobody is an OOM victim, and there are no cpusets.
 */
final class ReferenceAllocator {

  // gfp bits (G-1)
  private static final int HIGH = 0x20;
  private static final int IO = 0x40;
  private static final int FS = 0x80;
  private static final int DIRECT = 0x400;
  private static final int KSWAPD = 0x800;
  private static final int MAYFAIL = 0x4000;
  private static final int NOFAIL = 0x8000;
  private static final int NORETRY = 0x10000;
  private static final int MEMALLOC = 0x20000;
  private static final int COMP = 0x40000;
  private static final int NOMEMALLOC = 0x80000;
  private static final int THISNODE = 0x200000;
  private static final int HIGHMEM = 0x2;

  /** Refusals, numbered as the allocator numbers them: fail, loop, OOM kill. */
  static final long FAIL = -1;

  static final long LOOP = -2;
  static final long OOM_KILL = -3;

  /** A node: its zonelists and what is asked of its kswapd. */
  static final class RefNode {
    final int id;
    final List<RefZone> zones = new ArrayList<>();
    List<RefZone> fallback = List.of();
    List<RefZone> own = List.of();
    boolean kswapdWoken;
    int pendingOrder;
    int pendingZone = -1;
    int failures;

    RefNode(int id) {
      this.id = id;
    }

    void sleep(int failedRuns) {
      kswapdWoken = false;
      pendingOrder = 0;
      pendingZone = -1;
      failures = failedRuns;
    }
  }

  final RefKernel kernel;
  final List<RefNode> nodes;
  final List<RefZone> zones;
  final int[] nodeOfCpu;
  boolean groupingDisabled;

  ReferenceAllocator(RefKernel kernel, List<RefNode> nodes, List<RefZone> zones, int[] nodeOfCpu) {
    this.kernel = kernel;
    this.nodes = nodes;
    this.zones = zones;
    this.nodeOfCpu = nodeOfCpu;
  }

  private record Job(int gfp, int r, int t, int hz, int cpu, int node, List<RefZone> list) {
    RefZone preferred() {
      return list.getFirst();
    }

    boolean says(int bit) {
      return (gfp & bit) != 0;
    }
  }

  // ---- 1. entry

  /** G-20, G-21: highest zone index of a mask. */
  int highestZone(int gfp) {
    int normal = kernel.zone("Normal");
    int dma32 = kernel.zone("DMA32") < 0 ? normal : kernel.zone("DMA32");
    int highmem = kernel.zone("HighMem") < 0 ? normal : kernel.zone("HighMem");
    int dma = kernel.zone("DMA") < 0 ? normal : kernel.zone("DMA");
    return switch (gfp & 0xf) {
      case 0x0, 0x8 -> normal;
      case 0x1, 0x9 -> dma;
      case 0x2 -> highmem;
      case 0x4, 0xc -> dma32;
      case 0xa -> kernel.zone("Movable");
      default -> 0;
    };
  }

  private Job job(int gfp, int r, int node, int cpu) {
    int hz = highestZone(gfp);
    RefNode home = nodes.get(node);
    boolean ownOnly = (gfp & THISNODE) != 0 && kernel.numa();
    List<RefZone> list =
        (ownOnly ? home.own : home.fallback).stream().filter(z -> z.index <= hz).toList();
    int t = groupingDisabled ? UNMOVABLE : (gfp & 0x18) >> 3; // G-30, G-31
    return new Job(gfp, r, t, hz, cpu, node, list);
  }

  /** F-1 to F-8: pfn, or a refusal. */
  long allocate(int gfp, int r, int node, int cpu) {
    if (r > kernel.top()) {
      return FAIL;
    }
    Job job = job(gfp, r, node, cpu);
    if (!job.list.isEmpty()) {
      Long p = scan(job, fastFlags(job));
      if (p != null) {
        return p;
      }
    }
    return slowPath(job);
  }

  /** F-7. */
  private Set<Flag> fastFlags(Job job) {
    Set<Flag> flags = EnumSet.of(Flag.WM_LOW);
    if (job.says(KSWAPD)) {
      flags.add(Flag.WAKE);
    }
    if (job.t == MOVABLE) {
      flags.add(Flag.USECMA);
    }
    RefZone pz = job.preferred();
    if (kernel.zone("DMA32") >= 0 && pz.index == kernel.zone("Normal")) {
      boolean dma32 =
          nodes.get(pz.node).zones.stream().anyMatch(z -> z.index == kernel.zone("DMA32"));
      if (nodes.size() == 1 || dma32) {
        flags.add(Flag.NOMIX);
      }
    }
    return flags;
  }

  // ---- 2. scan

  /** F-10. */
  private Long scan(Job job, Set<Flag> wanted) {
    Set<Flag> flags = EnumSet.copyOf(wanted);
    while (true) {
      boolean nf = flags.contains(Flag.NOMIX);
      boolean restart = false;
      for (RefZone z : job.list) {
        if (nf && nodes.size() > 1 && z != job.preferred() && z.node != job.preferred().node) {
          restart = true; // F-11c
          break;
        }
        Request request = new Request(flags);
        if (!admitted(z, job, request)) {
          continue;
        }
        Long p = takeFrom(z, job, request);
        if (p != null) {
          return p;
        }
      }
      if (!restart && !nf) {
        return null;
      }
      flags.remove(Flag.NOMIX); // F-11c, F-15
    }
  }

  /** F-12, F-13. */
  private boolean admitted(RefZone z, Job job, Request request) {
    if (!z.belowHigh) {
      if (z.fastTest(job.r, z.high + z.boost, job.hz, request)) {
        return true;
      }
      z.belowHigh = true;
    }
    long mark = z.min;
    if (!request.has(Flag.NOWM)) {
      mark = request.has(Flag.WM_HIGH) ? z.high : request.has(Flag.WM_LOW) ? z.low : z.min;
    }
    return z.fastTest(job.r, mark + z.boost, job.hz, request) || request.has(Flag.NOWM);
  }

  /** F-14. */
  private Long takeFrom(RefZone z, Job job, Request request) {
    Long p = null;
    if (kernel.cached(job.r)) {
      RefSet set = z.sets.get(job.cpu);
      set.run = set.run / 2; // P-20.2
      p = set.allocate(job.r, job.t, request);
    }
    if (p == null) {
      p = z.takeFromLists(job.r, job.t, request, job.cpu);
    }
    if (request.has(Flag.WAKE) && z.boosted) { // Z-51
      z.boosted = false;
      wakeKswapd(z, 0, z.index);
    }
    if (p == null) {
      return null;
    }
    grant(z, p, job);
    if (request.has(Flag.HATOM)) {
      z.reserveHighatomic(p, job.r, job.cpu);
    }
    return p;
  }

  private void grant(RefZone z, long p, Job job) {
    z.held.put(p, new Held(job.r, job.says(COMP) && job.r > 0, false));
    z.pagesAllocated += 1L << job.r; // B-61
    if (z.node == job.preferred().node) { // F-16
      z.numaHit++;
    } else {
      z.numaMiss++;
      job.preferred().numaForeign++;
    }
    if (z.node == nodeOfCpu[job.cpu]) {
      z.numaLocal++;
    } else {
      z.numaOther++;
    }
  }

  // ---- 3. slow path, for a machine without anything to reclaim

  /** F-20. */
  private Set<Flag> slowFlags(Job job) {
    Set<Flag> flags = EnumSet.of(Flag.CPUSET);
    if (job.says(KSWAPD)) {
      flags.add(Flag.WAKE);
    }
    if (job.says(HIGH)) {
      flags.add(Flag.RESERVE);
    }
    if (!job.says(DIRECT)) {
      if (!job.says(NOMEMALLOC)) {
        flags.add(Flag.NONBLOCK);
        if (job.r > 0 && job.says(HIGH)) {
          flags.add(Flag.HATOM);
        }
      }
      if (job.says(HIGH)) {
        flags.remove(Flag.CPUSET);
      }
    }
    if (job.t == MOVABLE) {
      flags.add(Flag.USECMA);
    }
    return flags;
  }

  private long slowPath(Job job) {
    Set<Flag> flags = slowFlags(job);
    if (job.list.isEmpty()) { // F-30
      return noPage(job);
    }
    wakeAll(job, flags); // F-31
    Long p = scan(job, flags); // F-32
    if (p != null) {
      return p;
    }
    boolean reserves = job.says(MEMALLOC) && !job.says(NOMEMALLOC); // F-21
    boolean compacts =
        job.says(DIRECT)
            && job.says(IO)
            && (job.r > 3 || (job.r > 0 && job.t != MOVABLE))
            && !reserves;
    if (compacts && job.r > 3 && job.says(NORETRY)) { // F-33: compaction is always skipped here
      return noPage(job);
    }
    int rounds = 0;
    while (true) {
      wakeAll(job, flags); // F-34
      if (reserves) {
        Set<Flag> kept = EnumSet.of(Flag.NOWM);
        for (Flag flag : List.of(Flag.USECMA, Flag.WAKE)) {
          if (flags.contains(flag)) {
            kept.add(flag);
          }
        }
        flags = kept;
      }
      p = scan(job, flags); // F-35a
      if (p != null) {
        return p;
      }
      if (!job.says(DIRECT)) { // F-35b
        return noPage(job);
      }
      // F-36, F-37: no progress, and compaction skipped
      if (job.says(NORETRY)) { // F-38a
        return noPage(job);
      }
      if (job.r > 3 && !(job.says(IO) && job.says(MAYFAIL))) { // F-38b
        return noPage(job);
      }
      rounds++;
      if (worthRetrying(job, flags, rounds)) { // F-38c
        continue;
      }
      return oomStep(job); // F-39
    }
  }

  /** F-45. */
  private boolean worthRetrying(Job job, Set<Flag> flags, int rounds) {
    if (rounds <= 16) {
      Request request = new Request(flags);
      for (RefZone z : job.list) {
        long free = z.exactFree();
        if (z.fullTest(job.r, z.min + z.boost, job.hz, request, free + free)) {
          return true;
        }
      }
    }
    return unreserve(job, true);
  }

  /** F-47, and what F-39 makes of its answer. */
  private long oomStep(Job job) {
    Long p = scan(job, EnumSet.of(Flag.WM_HIGH, Flag.CPUSET));
    if (p != null) {
      return p;
    }
    if (job.r > 3 || job.says(MAYFAIL) || job.says(THISNODE) || job.hz < kernel.zone("Normal")) {
      return noPage(job);
    }
    if (job.says(NOFAIL)) {
      p = scan(job, EnumSet.of(Flag.NOWM, Flag.CPUSET));
      if (p == null) {
        p = scan(job, EnumSet.of(Flag.NOWM));
      }
      return p != null ? p : LOOP;
    }
    return job.says(FS) ? OOM_KILL : LOOP;
  }

  /** F-40, F-41. */
  private long noPage(Job job) {
    if (job.says(NOFAIL) && job.says(DIRECT)) {
      Long p = scan(job, EnumSet.of(Flag.RESERVE, Flag.CPUSET));
      if (p == null) {
        p = scan(job, EnumSet.of(Flag.RESERVE));
      }
      return p != null ? p : LOOP;
    }
    return FAIL;
  }

  /** F-31. */
  private void wakeAll(Job job, Set<Flag> flags) {
    if (!flags.contains(Flag.WAKE)) {
      return;
    }
    int last = -1;
    for (RefZone z : job.list) {
      if (z.managed > 0 && z.node != last) {
        wakeKswapd(z, job.r, job.hz);
        last = z.node;
      }
    }
  }

  /** Z-52. */
  private void wakeKswapd(RefZone z, int order, int hz) {
    if (z.managed == 0) {
      return;
    }
    RefNode node = nodes.get(z.node);
    node.pendingZone = Math.max(node.pendingZone, hz);
    node.pendingOrder = Math.max(node.pendingOrder, order);
    if (node.kswapdWoken) {
      return;
    }
    boolean boost = node.zones.stream().anyMatch(o -> o.index <= hz && o.boost > 0);
    if (node.failures >= 16 || (balanced(node, order, hz) && !boost)) {
      return;
    }
    node.kswapdWoken = true;
  }

  /** Z-53. */
  private static boolean balanced(RefNode node, int order, int hz) {
    List<RefZone> managed =
        node.zones.stream().filter(z -> z.index <= hz && z.managed > 0).toList();
    return managed.isEmpty() || managed.stream().anyMatch(z -> z.balanced(order, hz));
  }

  // ---- 4. bulk

  /** F-60 to F-62: pfns obtained; empty if none, with the refusal in {@code refusal[0]}. */
  List<Long> allocateBulk(int gfp, int node, int cpu, int n, long[] refusal) {
    Job job = job(gfp, 0, node, cpu);
    List<Long> got = new ArrayList<>();
    RefZone chosen = null;
    Set<Flag> flags = EnumSet.of(Flag.WM_LOW);
    if (job.t == MOVABLE) {
      flags.add(Flag.USECMA);
    }
    Request request = new Request(flags);
    if (n > 1) {
      for (RefZone z : job.list) {
        if (nodes.size() > 1 && z != job.preferred() && z.node != job.preferred().node) {
          break;
        }
        if (z.fastTest(0, z.low + z.boost + n, job.preferred().index, request)) {
          chosen = z;
          break;
        }
      }
    }
    while (chosen != null && got.size() < n) { // F-61
      Long p = chosen.sets.get(cpu).allocate(0, job.t, request);
      if (p == null) {
        break;
      }
      grant(chosen, p, job);
      got.add(p);
    }
    if (got.isEmpty()) {
      long p = allocate(gfp, 0, node, cpu);
      if (p < 0) {
        refusal[0] = p;
      } else {
        got.add(p);
      }
    }
    return got;
  }

  // ---- exact, split, free

  /** B-92. */
  long allocateExact(int gfp, int pages, int node, int cpu) {
    int order = 0;
    while (1 << order < pages) {
      order++;
    }
    long p = allocate(gfp & ~(COMP | HIGHMEM), order, node, cpu);
    if (p < 0) {
      return p;
    }
    split(p, order);
    RefZone z = zoneOf(p);
    for (long q = p + pages; q < p + (1L << order); q++) {
      z.held.remove(q);
      z.pagesFreed++;
      z.freeDirect(q, 0, true, cpu);
    }
    return p;
  }

  /** B-91. */
  void split(long p, int order) {
    RefZone z = zoneOf(p);
    Held block = z.held.remove(p);
    for (long q = p; q < p + (1L << order); q++) {
      z.held.put(q, new Held(0, false, q == p && block.movable));
    }
  }

  /** B-44. */
  void setMovable(long p, boolean movable) {
    zoneOf(p).held.get(p).movable = movable;
  }

  /** B-23, P-30, P-31. */
  void free(long p, int order, int cpu) {
    RefZone z = zoneOf(p);
    z.held.remove(p);
    z.pagesFreed += 1L << order; // B-26
    int t = z.typeAt(p);
    if (!kernel.cached(order) || t == kernel.isolate()) {
      z.freeDirect(p, order, false, cpu);
    } else {
      z.sets.get(cpu).free(p, order, kernel.ordinary(t) ? t : MOVABLE);
    }
  }

  /** B-25: the order of what is still held. */
  int freeReferenced(long p, int order, int cpu) {
    Held block = zoneOf(p).held.get(p);
    if (block.compound) {
      return order;
    }
    zoneOf(p).held.put(p, new Held(0, false, block.movable));
    for (int k = order - 1; k >= 0; k--) {
      free(p + (1L << k), k, cpu);
    }
    return 0;
  }

  /** P-41 on all zones. */
  void drain(int cpu) {
    zones.forEach(z -> z.sets.get(cpu).drainAll());
  }

  /** P-42 on all zones. */
  void tick(int cpu) {
    zones.forEach(z -> z.sets.get(cpu).tick(z.node == nodeOfCpu[cpu]));
  }

  /** B-71 as an operation of its own. */
  boolean unreserve(int gfp, int node, boolean force, int cpu) {
    return unreserve(job(gfp, 0, node, cpu), force);
  }

  private boolean unreserve(Job job, boolean force) {
    for (RefZone z : job.list) {
      if (z.unreserveHighatomic(job.t, force, job.cpu)) {
        return true;
      }
    }
    return false;
  }

  RefZone zoneOf(long p) {
    for (RefZone z : zones) {
      if (p >= z.start && p < z.end && z.ram.get((int) (p - z.start))) {
        return z;
      }
    }
    throw new IllegalArgumentException("pfn " + p + " is in no zone");
  }
}
