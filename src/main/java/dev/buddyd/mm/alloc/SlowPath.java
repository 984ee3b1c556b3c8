package dev.buddyd.mm.alloc;

import static dev.buddyd.mm.alloc.ZonelistScan.NONE;

import dev.buddyd.mm.frame.Geometry;
import dev.buddyd.mm.frame.MigrateType;
import dev.buddyd.mm.gfp.Gfp;
import dev.buddyd.mm.gfp.RequestFlags;
import dev.buddyd.mm.gfp.ZoneKind;
import dev.buddyd.mm.reclaim.Reclaim;
import dev.buddyd.mm.reclaim.Reclaim.Compaction;
import dev.buddyd.mm.reclaim.Reclaim.CompactionPriority;
import dev.buddyd.mm.trace.Decision;
import dev.buddyd.mm.trace.NoKill;
import dev.buddyd.mm.trace.Trace;
import dev.buddyd.mm.zone.AllocationRequest;
import dev.buddyd.mm.zone.FreePath;
import dev.buddyd.mm.zone.PhysicalMemory;
import dev.buddyd.mm.zone.Watermarks;
import dev.buddyd.mm.zone.Zone;
import org.jspecify.annotations.Nullable;

/**
 * What happens when no zone had its low watermark (F-20 to F-47): wake kswapd, try the min mark and
 * the reserves, reclaim, compact, and in the end kill, loop or fail.
 */
final class SlowPath {

  /** Rounds without progress after which reclaim is given up (F-45). */
  private static final int MAX_NO_PROGRESS_ROUNDS = 16;

  private final PhysicalMemory memory;
  private final ZonelistScan scan;
  private final Reclaim reclaim;
  private final int normalIndex;

  SlowPath(PhysicalMemory memory, ZonelistScan scan, Reclaim reclaim) {
    this.memory = memory;
    this.scan = scan;
    this.reclaim = reclaim;
    this.normalIndex = memory.geometry().zoneIndexOf(ZoneKind.NORMAL);
  }

  /** Pfn of a block, or a refusal. */
  long allocate(Route route, AllocationRequest request, @Nullable Trace trace) {
    Zone[] zones = route.zones;
    int hz = route.highestZoneidx;
    int gfp = request.gfp();
    int order = request.order();
    int type = route.type;
    int flags = slowFlags(gfp, order, type);
    if (trace != null) {
      trace.decided(Decision.SLOW_START, Trace.NO_ZONE, flags);
    }
    if (zones.length == 0) { // F-30
      if (trace != null) {
        trace.decided(Decision.NO_PREFERRED_ZONE, Trace.NO_ZONE, hz);
      }
      return noPage(route, request, trace);
    }
    wakeKswapds(zones, flags, gfp, order, hz, trace); // F-31
    long pfn = scan.scan(route, request, flags, trace); // F-32
    if (pfn != NONE) {
      return pfn;
    }
    boolean maySleep = (gfp & Gfp.DIRECT_RECLAIM) != 0;
    boolean mayCompact = (gfp & Gfp.IO) != 0;
    boolean costly = order > Geometry.COSTLY_ORDER;
    int rights = reserveRights(gfp);
    CompactionRetry retry = new CompactionRetry(reclaim, request);
    if (maySleep
        && mayCompact
        && (costly || (order > 0 && type != MigrateType.MOVABLE))
        && rights == 0) { // F-33a
      Compaction result = reclaim.compact(request, CompactionPriority.ASYNC, trace);
      if (trace != null) {
        trace.decided(Decision.EARLY_COMPACTION, Trace.NO_ZONE, result.ordinal());
      }
      pfn = scanCompacted(result, route, request, flags, trace);
      if (pfn != NONE) {
        return pfn;
      }
      if (costly && (gfp & Gfp.NORETRY) != 0) { // F-33b
        if (result == Compaction.SKIPPED
            || result == Compaction.DEFERRED
            || (gfp & Gfp.THISNODE) != 0) {
          if (trace != null) {
            trace.decided(Decision.NO_PASS, Trace.NO_ZONE, gfp & Gfp.THISNODE);
          }
          return noPage(route, request, trace);
        }
        retry.stayAsync();
      }
    }
    int noProgressRounds = 0;
    while (true) {
      wakeKswapds(zones, flags, gfp, order, hz, trace); // F-34
      if (rights != 0) {
        flags = (flags & (RequestFlags.USECMA | RequestFlags.WAKE)) | RequestFlags.WM_MIN | rights;
        if (trace != null) {
          trace.decided(Decision.RESERVE_RIGHTS, Trace.NO_ZONE, rights);
        }
      }
      pfn = scan.scan(route, request, flags, trace); // F-35a
      if (pfn != NONE) {
        return pfn;
      }
      if (!maySleep) { // F-35b
        tell(Decision.NO_SLEEP, trace);
        return noPage(route, request, trace);
      }
      reclaim.beforeSleep(trace);
      long reclaimed = reclaim.directReclaim(request, trace); // F-36
      if (trace != null) {
        trace.decided(Decision.DIRECT_RECLAIM, Trace.NO_ZONE, reclaimed);
      }
      if (reclaimed > 0) {
        pfn = scan.scan(route, request, flags, trace);
        if (pfn == NONE) {
          unreserve(route, false, request.cpu(), trace);
          drainEverywhere(trace);
          pfn = scan.scan(route, request, flags, trace);
        }
        if (pfn != NONE) {
          return pfn;
        }
      }
      Compaction compaction = Compaction.SKIPPED;
      if (order > 0 && mayCompact) { // F-37
        compaction = reclaim.compact(request, retry.priority(), trace);
        if (trace != null) {
          trace.decided(Decision.DIRECT_COMPACTION, Trace.NO_ZONE, compaction.ordinal());
        }
        pfn = scanCompacted(compaction, route, request, flags, trace);
        if (pfn != NONE) {
          return pfn;
        }
      }
      if ((gfp & Gfp.NORETRY) != 0) { // F-38a
        tell(Decision.ONE_PASS, trace);
        return noPage(route, request, trace);
      }
      if (costly && !(mayCompact && (gfp & Gfp.RETRY_MAYFAIL) != 0)) { // F-38b
        tell(Decision.COSTLY_ONE_PASS, trace);
        return noPage(route, request, trace);
      }
      noProgressRounds = reclaimed > 0 && !costly ? 0 : noProgressRounds + 1; // F-45
      boolean worth =
          noProgressRounds <= MAX_NO_PROGRESS_ROUNDS
              && reclaimMayHelp(zones, order, hz, flags, noProgressRounds, trace);
      if (!worth) {
        worth = unreserve(route, true, request.cpu(), trace);
      }
      if (trace != null) {
        trace.decided(Decision.RETRY_RECLAIM, Trace.NO_ZONE, noProgressRounds, worth ? 1 : 0);
      }
      if (worth) { // F-38c
        continue;
      }
      if (reclaimed > 0 && order > 0 && mayCompact && retry.worth(compaction, trace)) { // F-38d
        continue;
      }
      long outcome = oomStep(route, request, trace); // F-39
      if (outcome != RETRY) {
        return outcome;
      }
      noProgressRounds = 0;
    }
  }

  /** F-33a, F-37: a scan after compaction, deferred or not, unless it was skipped. */
  private long scanCompacted(
      Compaction result, Route route, AllocationRequest request, int flags, @Nullable Trace trace) {
    if (result == Compaction.SKIPPED) {
      return NONE;
    }
    long pfn = scan.scan(route, request, flags, trace);
    reclaim.compacted(request, pfn);
    return pfn;
  }

  /** The OOM step made progress: back to F-34. */
  private static final long RETRY = Long.MIN_VALUE;

  /** F-20. */
  private static int slowFlags(int gfp, int order, int type) {
    int flags = RequestFlags.WM_MIN | RequestFlags.CPUSET;
    if ((gfp & Gfp.KSWAPD_RECLAIM) != 0) {
      flags |= RequestFlags.WAKE;
    }
    boolean high = (gfp & Gfp.HIGH) != 0;
    if (high) {
      flags |= RequestFlags.RESERVE;
    }
    if ((gfp & Gfp.DIRECT_RECLAIM) == 0) {
      if ((gfp & Gfp.NOMEMALLOC) == 0) {
        flags |= RequestFlags.NONBLOCK;
        if (order > 0 && high) {
          flags |= RequestFlags.HATOM;
        }
      }
      if (high) {
        flags &= ~RequestFlags.CPUSET;
      }
    }
    if (type == MigrateType.MOVABLE) {
      flags |= RequestFlags.USECMA;
    }
    return flags;
  }

  /** Flags of the last attempt of a request before it gives up (F-20, F-21). */
  static int lastFlags(int gfp, int order, int type) {
    int flags = slowFlags(gfp, order, type);
    int rights = reserveRights(gfp);
    return rights == 0 ? flags : (flags & (RequestFlags.USECMA | RequestFlags.WAKE)) | rights;
  }

  /** F-21 for a caller that is no reclaimer and no OOM victim. */
  private static int reserveRights(int gfp) {
    return (gfp & Gfp.NOMEMALLOC) == 0 && (gfp & Gfp.MEMALLOC) != 0 ? RequestFlags.NOWM : 0;
  }

  /** F-31: once per run of equal nodes. */
  private void wakeKswapds(
      Zone[] zones, int flags, int gfp, int order, int hz, @Nullable Trace trace) {
    if ((flags & RequestFlags.WAKE) == 0) {
      return;
    }
    int lastNode = -1;
    for (Zone zone : zones) {
      if (zone.managedPages() > 0 && zone.node() != lastNode) {
        memory.node(zone.node()).wakeKswapd(zone, gfp, order, hz, trace);
        lastNode = zone.node();
      }
    }
  }

  /** F-45: with all it could free, would some zone pass its min mark? */
  private boolean reclaimMayHelp(
      Zone[] zones, int order, int hz, int flags, int rounds, @Nullable Trace trace) {
    for (Zone zone : zones) {
      long free = zone.counter().exact();
      long reclaimable = reclaim.reclaimablePages(zone);
      if (reclaimable == 0) {
        reclaimable = free;
      }
      boolean passes = zone.passesMinWith(order, hz, flags, free + reclaimable);
      if (trace != null) {
        trace.decided(
            Decision.RECLAIM_RETRY_ZONE,
            zone.ordinal(),
            order,
            reclaimable,
            free + reclaimable,
            zone.watermarks().effective(Watermarks.MIN),
            rounds,
            passes ? 1 : 0);
      }
      if (passes) {
        return true;
      }
    }
    return false;
  }

  /** B-71 over a zonelist. */
  boolean unreserve(Route route, boolean force, int cpu, @Nullable Trace trace) {
    for (Zone zone : route.zones) {
      zone.lock();
      try {
        if (zone.highAtomic().unreserve(route.type, force, cpu, trace)) {
          return true;
        }
      } finally {
        zone.unlock();
      }
    }
    return false;
  }

  private void drainEverywhere(@Nullable Trace trace) {
    for (int cpu = 0; cpu < memory.cpus(); cpu++) {
      for (Zone zone : memory.zones()) {
        FreePath.drainAll(zone, cpu, trace);
      }
    }
  }

  /** F-47. */
  private long oomStep(Route route, AllocationRequest request, @Nullable Trace trace) {
    int gfp = request.gfp();
    long pfn = scan.scan(route, request, RequestFlags.WM_HIGH | RequestFlags.CPUSET, trace);
    if (pfn != NONE) {
      return pfn;
    }
    if (request.order() > Geometry.COSTLY_ORDER
        || (gfp & (Gfp.RETRY_MAYFAIL | Gfp.THISNODE)) != 0
        || route.highestZoneidx < normalIndex) {
      tellNoKill(route, request, trace);
      return noPage(route, request, trace);
    }
    boolean nofail = (gfp & Gfp.NOFAIL) != 0;
    boolean killed = false;
    KernelWould would = KernelWould.LOOP; // without __GFP_FS nobody is killed
    if ((gfp & Gfp.FS) != 0) {
      Reclaim.Oom oom = reclaim.outOfMemory(request, trace);
      if (trace != null) {
        trace.decided(Decision.OOM_STEP, Trace.NO_ZONE, oom.ordinal());
      }
      killed = oom == Reclaim.Oom.KILLED;
      would = oom == Reclaim.Oom.NO_VICTIM ? KernelWould.PANIC : KernelWould.OOM_KILL;
    } else {
      tellNoKill(route, request, trace);
    }
    if (nofail) {
      pfn = scanTwice(route, request, RequestFlags.NOWM, trace);
      if (pfn != NONE) {
        return pfn;
      }
      would = KernelWould.LOOP;
    }
    return killed ? RETRY : refuse(would, route, request, trace);
  }

  private static void tell(Decision decision, @Nullable Trace trace) {
    if (trace != null) {
      trace.decided(decision, Trace.NO_ZONE);
    }
  }

  /** F-47, R-50. */
  private void tellNoKill(Route route, AllocationRequest request, @Nullable Trace trace) {
    if (trace == null) {
      return;
    }
    int gfp = request.gfp();
    NoKill reason =
        request.order() > Geometry.COSTLY_ORDER
            ? NoKill.COSTLY
            : (gfp & Gfp.RETRY_MAYFAIL) != 0
                ? NoKill.RETRY_MAYFAIL
                : (gfp & Gfp.THISNODE) != 0
                    ? NoKill.THIS_NODE
                    : route.highestZoneidx < normalIndex ? NoKill.LOW_ZONE : NoKill.NO_FS;
    trace.decided(Decision.NO_KILL, Trace.NO_ZONE, reason.ordinal());
  }

  /** F-40, F-41. */
  private long noPage(Route route, AllocationRequest request, @Nullable Trace trace) {
    int nofail = Gfp.NOFAIL | Gfp.DIRECT_RECLAIM;
    if ((request.gfp() & nofail) != nofail) {
      return refuse(KernelWould.FAIL, route, request, trace);
    }
    if (trace != null) {
      trace.decided(Decision.NOFAIL_RESERVE, Trace.NO_ZONE);
    }
    long pfn = scanTwice(route, request, RequestFlags.RESERVE, trace);
    return pfn != NONE ? pfn : refuse(KernelWould.LOOP, route, request, trace);
  }

  /** Within the cpuset, then without it (F-40, F-47). */
  private long scanTwice(Route route, AllocationRequest request, int flags, @Nullable Trace trace) {
    long pfn = scan.scan(route, request, flags | RequestFlags.CPUSET, trace);
    return pfn != NONE ? pfn : scan.scan(route, request, flags, trace);
  }

  private static long refuse(
      KernelWould would, Route route, AllocationRequest request, @Nullable Trace trace) {
    if (trace != null) {
      trace.decided(
          Decision.REFUSED,
          Trace.NO_ZONE,
          would.ordinal(),
          request.order(),
          route.type,
          request.gfp());
    }
    return would.code();
  }
}
