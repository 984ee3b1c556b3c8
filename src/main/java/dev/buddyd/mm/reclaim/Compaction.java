package dev.buddyd.mm.reclaim;

import dev.buddyd.mm.frame.MigrateType;
import dev.buddyd.mm.gfp.Gfp;
import dev.buddyd.mm.gfp.RequestFlags;
import dev.buddyd.mm.reclaim.Reclaim.CompactionPriority;
import dev.buddyd.mm.trace.Decision;
import dev.buddyd.mm.trace.Trace;
import dev.buddyd.mm.zone.AllocationRequest;
import dev.buddyd.mm.zone.Node;
import dev.buddyd.mm.zone.PhysicalMemory;
import dev.buddyd.mm.zone.Sysctls.Knob;
import dev.buddyd.mm.zone.Watermarks;
import dev.buddyd.mm.zone.Zone;
import java.util.List;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Who compacts when: requests, kcompactd, and nobody in particular. Under the
 * lock of {@link MemoryReclaim}.
 */
final class Compaction {

  private static final long PROACTIVE_MICROS = 500_000;
  private static final long PROACTIVE_BACKOFF_MICROS = 32_000_000;

  private final PhysicalMemory memory;
  private final CompactionSuitability suitability;
  private final Compactor compactor;
  private final CompactionDeferral deferral;
  private final VmEvents events;
  private final long[] nextProactive;

  Compaction(
      PhysicalMemory memory,
      CompactionSuitability suitability,
      Compactor compactor,
      VmEvents events) {
    this.memory = memory;
    this.suitability = suitability;
    this.compactor = compactor;
    this.events = events;
    this.deferral = new CompactionDeferral(memory.zones().size(), memory.geometry().maxOrder());
    this.nextProactive = new long[memory.nodes().size()];
  }

  void copy(Compaction origin) {
    deferral.copy(origin.deferral);
    System.arraycopy(origin.nextProactive, 0, nextProactive, 0, nextProactive.length);
  }

  CompactionDeferral deferral() {
    return deferral;
  }

  /** When a node is looked at next, in virtual microseconds. */
  long nextProactive(int node) {
    return nextProactive[node];
  }

  void setNextProactive(int node, long micros) {
    nextProactive[node] = micros;
  }

  /** along the zonelist until a zone has a block. */
  Reclaim.Compaction direct(
      AllocationRequest request, CompactionPriority priority, @Nullable Trace trace) {
    int order = request.order();
    int hz = memory.highestZoneidx(request.gfp());
    int type = memory.tunables().groupingDisabled() ? 0 : Gfp.migratetype(request.gfp());
    int flags = type == MigrateType.MOVABLE ? RequestFlags.USECMA : 0;
    if (trace != null) {
      trace.decided(
          Decision.MM_COMPACTION_TRY_TO_COMPACT_PAGES,
          Trace.NO_ZONE,
          order,
          request.gfp(),
          priority.number());
    }
    Reclaim.Compaction result = Reclaim.Compaction.SKIPPED;
    Zone[] zones = memory.node(request.node()).zonelist(hz, (request.gfp() & Gfp.THISNODE) != 0);
    for (Zone zone : zones) {
      int z = zone.ordinal();
      if (!compactor.hasMovable(zone)) {
        continue;
      }
      if (priority != CompactionPriority.SYNC_FULL && deferral.deferred(z, order, false, trace)) {
        result = worse(result, Reclaim.Compaction.DEFERRED);
        continue;
      }
      CompactionSuitability.Verdict verdict =
          suitability.worth(zone, order, hz, Watermarks.MIN, flags);
      if (trace != null) {
        trace.decided(Decision.MM_COMPACTION_SUITABLE, z, order, verdict.ordinal());
      }
      if (verdict == CompactionSuitability.Verdict.FINE) {
        return Reclaim.Compaction.SUCCESS;
      }
      if (verdict == CompactionSuitability.Verdict.SKIPPED) {
        continue;
      }
      boolean async = priority == CompactionPriority.ASYNC;
      boolean done = compactor.compact(zone, order, type, async, false, request.cpu(), trace);
      if (done) {
        return Reclaim.Compaction.SUCCESS;
      }
      if (!async) {
        deferral.failed(z, order);
      }
      result = worse(result, Reclaim.Compaction.FAILED);
    }
    return result;
  }

  /** The result that says most: failed, deferred, skipped. */
  private static Reclaim.Compaction worse(Reclaim.Compaction a, Reclaim.Compaction b) {
    return a.ordinal() > b.ordinal() ? a : b;
  }

  /** What came of an attempt: the pfn of the block that was allocated after it, or below 0. */
  void noted(int order, long pfn) {
    events.count(VmEvent.COMPACT_STALL, 1);
    Zone zone = pfn < 0 ? null : memory.zoneOfFrame(pfn);
    if (zone == null) {
      events.count(VmEvent.COMPACT_FAIL, 1);
    } else {
      events.count(VmEvent.COMPACT_SUCCESS, 1);
      deferral.allocated(zone.ordinal(), order);
    }
  }

  /** F-46: whether a zone would be suitable if a part of what can be reclaimed were free. */
  boolean mayHelp(AllocationRequest request, ToLongFunction<Zone> reclaimable) {
    int order = request.order();
    int hz = memory.highestZoneidx(request.gfp());
    Zone[] zones = memory.node(request.node()).zonelist(hz, (request.gfp() & Gfp.THISNODE) != 0);
    for (Zone zone : zones) {
      long free = zone.counter().exact() + reclaimable.applyAsLong(zone) / order;
      if (compactor.hasMovable(zone) && suitability.suitable(zone, order, hz, free)) {
        return true;
      }
    }
    return false;
  }

  /** */
  void daemon(Node node, int order, int hz, @Nullable Trace trace) {
    if (trace != null) {
      trace.decided(Decision.MM_COMPACTION_KCOMPACTD_WAKE, Trace.NO_ZONE, node.id(), order, hz);
    }
    boolean woken = false;
    for (Zone zone : node.zones()) {
      if (zone.index() > hz
          || !compactor.hasMovable(zone)
          || suitability.worth(zone, order, hz, Watermarks.MIN, 0)
              != CompactionSuitability.Verdict.SUITABLE
          || deferral.deferred(zone.ordinal(), order, true, trace)) {
        continue;
      }
      if (!woken) {
        events.count(VmEvent.COMPACT_DAEMON_WAKE, 1);
        woken = true;
      }
      int cpu = cpuOf(node);
      if (compactor.compact(zone, order, MigrateType.MOVABLE, false, true, cpu, trace)) {
        deferral.allocated(zone.ordinal(), order);
      } else {
        deferral.failed(zone.ordinal(), order);
      }
    }
  }

  /** a zone, for an order or below 0 as far as it goes. */
  Reclaim.Compaction onRequest(Zone zone, int order, int cpu, @Nullable Trace trace) {
    if (order < 0) {
      whole(zone, cpu, trace);
      return Reclaim.Compaction.SUCCESS;
    }
    CompactionSuitability.Verdict verdict =
        suitability.worth(zone, order, zone.index(), Watermarks.MIN, 0);
    if (trace != null) {
      trace.decided(Decision.MM_COMPACTION_SUITABLE, zone.ordinal(), order, verdict.ordinal());
    }
    if (verdict == CompactionSuitability.Verdict.FINE) {
      return Reclaim.Compaction.SUCCESS;
    }
    if (verdict == CompactionSuitability.Verdict.SKIPPED || !compactor.hasMovable(zone)) {
      return Reclaim.Compaction.SKIPPED;
    }
    return compactor.compact(zone, order, MigrateType.MOVABLE, false, false, cpu, trace)
        ? Reclaim.Compaction.SUCCESS
        : Reclaim.Compaction.FAILED;
  }

  /** {@code compact_memory}. */
  void whole(Zone zone, int cpu, @Nullable Trace trace) {
    if (compactor.hasMovable(zone)) {
      compactor.compact(zone, Compactor.WHOLE_ZONE, MigrateType.MOVABLE, false, false, cpu, trace);
    }
  }

  /** every 500 ms, nodes whose free memory is too scattered. */
  void proactive(long now, @Nullable Trace trace) {
    int proactiveness = memory.tunables().get(Knob.COMPACTION_PROACTIVENESS);
    if (proactiveness == 0) {
      return;
    }
    int low = Math.max(100 - proactiveness, 5);
    int high = Math.min(low + 10, 100);
    for (Node node : memory.nodes()) {
      List<Zone> zones = node.zones();
      if (now < nextProactive[node.id()] || zones.stream().noneMatch(compactor::hasMovable)) {
        continue;
      }
      nextProactive[node.id()] = now + PROACTIVE_MICROS;
      long before = nodeScore(zones);
      if (before <= high || !node.kswapd().sleeping()) {
        continue;
      }
      for (Zone zone : zones) {
        if (CompactionSuitability.score(zone) > low && compactor.hasMovable(zone)) {
          compactor.compact(
              zone, Compactor.WHOLE_ZONE, MigrateType.MOVABLE, false, true, cpuOf(node), trace);
        }
      }
      if (nodeScore(zones) >= before) {
        nextProactive[node.id()] = now + PROACTIVE_BACKOFF_MICROS;
      }
    }
  }

  /** */
  static long nodeScore(List<Zone> zones) {
    long present = 0;
    for (Zone zone : zones) {
      present += zone.span().presentPages();
    }
    long score = 0;
    for (Zone zone : zones) {
      score += zone.span().presentPages() * CompactionSuitability.score(zone) / (present + 1);
    }
    return score;
  }

  private static int cpuOf(Node node) {
    int[] cpus = node.cpus();
    return cpus.length > 0 ? cpus[0] : 0;
  }
}
