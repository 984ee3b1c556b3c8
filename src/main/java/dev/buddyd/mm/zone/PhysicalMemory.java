package dev.buddyd.mm.zone;

import dev.buddyd.mm.frame.Geometry;
import dev.buddyd.mm.frame.SectionBudget;
import dev.buddyd.mm.gfp.ZoneTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One machine's memory: nodes, zones, CPUs and the numbers they share. Knows which zone a pfn lies
 * in; allocates nothing itself.
 */
public final class PhysicalMemory {

  private final Geometry geometry;
  private final Tunables tunables;
  private final List<Node> nodes;
  private final Zone[] zones;
  private final int[] nodeOfCpu;
  private final int[] highestZoneidxByMask;
  private final Zone[] byStart;
  private final boolean interleaved;
  private final ZoneByPfn zoneByChunk;

  /**
   * By CPU: the largest zone of its node, where the blocks that it frees probably lie; null where
   * zones interleave, so that a span tells nothing.
   */
  private final @Nullable Zone[] likelyZone;

  private final SectionBudget budget;

  /** Pages allocated by zone index, and freed, before this machine was loaded. */
  private final long[] allocatedBase;

  private long freedBase;

  /**
   * @param nodes all online nodes by id
   * @param zones all populated zones, by node and index; a zone's ordinal is its place here
   * @param nodeOfCpu node of each CPU
   */
  public PhysicalMemory(
      Geometry geometry,
      Tunables tunables,
      List<Node> nodes,
      List<Zone> zones,
      int[] nodeOfCpu,
      SectionBudget budget) {
    this.geometry = geometry;
    this.tunables = tunables;
    this.nodes = List.copyOf(nodes);
    this.zones = zones.toArray(Zone[]::new);
    this.nodeOfCpu = nodeOfCpu.clone();
    ZoneTable table = new ZoneTable(geometry.zoneKinds());
    this.highestZoneidxByMask = new int[16];
    for (int bits = 0; bits < 16; bits++) {
      highestZoneidxByMask[bits] = table.lenientHighestZoneIndex(bits);
    }
    this.budget = budget;
    this.allocatedBase = new long[geometry.zoneKinds().size()];
    this.byStart =
        Arrays.stream(this.zones)
            .sorted((a, b) -> Long.compare(a.span().startPfn(), b.span().startPfn()))
            .toArray(Zone[]::new);
    this.interleaved = overlapping(byStart);
    for (Zone zone : this.zones) {
      zone.setNodeOfCpu(this.nodeOfCpu);
    }
    this.likelyZone = new Zone[nodeOfCpu.length];
    if (!interleaved) {
      Arrays.setAll(likelyZone, cpu -> largestZone(nodeOfCpu[cpu]));
    }
    this.zoneByChunk = interleaved ? new ZoneByPfn(new Zone[0]) : new ZoneByPfn(byStart);
  }

  /** The largest zone of a node; of the machine, if the node has none. */
  private Zone largestZone(int node) {
    Comparator<Zone> bySize =
        Comparator.<Zone>comparingInt(zone -> zone.node() == node ? 1 : 0)
            .thenComparingLong(zone -> zone.span().spannedPages());
    return Arrays.stream(zones).max(bySize).orElseThrow();
  }

  private static boolean overlapping(Zone[] byStart) {
    long end = 0;
    for (Zone zone : byStart) {
      if (zone.span().startPfn() < end) {
        return true;
      }
      end = zone.span().endPfn();
    }
    return false;
  }

  public Geometry geometry() {
    return geometry;
  }

  public Tunables tunables() {
    return tunables;
  }

  public List<Node> nodes() {
    return nodes;
  }

  public Node node(int id) {
    return nodes.get(id);
  }

  /** All populated zones, by node and index; the list is ordered as locks are taken. */
  public List<Zone> zones() {
    return List.of(zones);
  }

  public Zone zone(int ordinal) {
    return zones[ordinal];
  }

  public int cpus() {
    return nodeOfCpu.length;
  }

  public int nodeOfCpu(int cpu) {
    return nodeOfCpu[cpu];
  }

  public SectionBudget budget() {
    return budget;
  }

  /** Highest zone index a mask may use (G-20); illegal combinations give 0 (G-21). */
  public int highestZoneidx(int gfp) {
    return highestZoneidxByMask[gfp & 0xf];
  }

  /** The zone a frame belongs to, or null for a hole or a pfn outside the machine. */
  public @Nullable Zone zoneOf(long pfn) {
    for (Zone zone : byStart) {
      if (zone.frames().spans(pfn)) {
        if (!zone.holes().contains(pfn)) {
          return zone;
        }
        if (!interleaved) {
          return null;
        }
      }
    }
    return null;
  }

  /** As {@link #zoneOf} for a pfn that is known to be a frame: holes are not looked at. */
  public @Nullable Zone zoneOfFrame(long pfn) {
    return zoneOfFrame(pfn, 0);
  }

  /**
   * As {@link #zoneOf} for a pfn that is known to be a frame: holes are not looked at.
   *
   * @param cpu a CPU on whose node it probably lies
   */
  public @Nullable Zone zoneOfFrame(long pfn, int cpu) {
    // a branch that is foreseen, and no look-up: what is done with the zone need not wait for pfn
    Zone likely = likelyZone[cpu];
    if (likely != null && likely.spans(pfn)) {
      return likely;
    }
    Zone zone = zoneByChunk.at(pfn);
    return zone != null ? zone : zoneOf(pfn);
  }

  /** Pages handed out from zones of this index since boot (B-61). */
  public long pagesAllocated(int zoneIndex) {
    long sum = allocatedBase[zoneIndex];
    for (Zone zone : zones) {
      if (zone.index() == zoneIndex) {
        for (int cpu = 0; cpu < zone.cpus(); cpu++) {
          sum += zone.set(cpu).pagesAllocated();
        }
      }
    }
    return sum;
  }

  /** Pages given back since boot (B-26). */
  public long pagesFreed() {
    long sum = freedBase;
    for (Zone zone : zones) {
      for (int cpu = 0; cpu < zone.cpus(); cpu++) {
        sum += zone.set(cpu).pagesFreed();
      }
    }
    return sum;
  }

  /** Sets what was counted before: restore. */
  public void loadEvents(long[] allocatedByZoneIndex, long freed) {
    System.arraycopy(allocatedByZoneIndex, 0, allocatedBase, 0, allocatedBase.length);
    freedBase = freed;
  }

  /** Takes every lock of the machine in order: all sets ascending, then all zones. */
  public void quiesce() {
    for (Zone zone : zones) {
      zone.lockSets();
    }
    for (Zone zone : zones) {
      zone.lock();
    }
  }

  /** Releases what {@link #quiesce} took. */
  public void resume() {
    for (Zone zone : zones) {
      zone.unlock();
    }
    for (Zone zone : zones) {
      zone.unlockSets();
    }
  }

  /** Gives back what the frame tables took from the budget; the machine must not be used again. */
  public void release() {
    for (Zone zone : zones) {
      zone.frames().release();
    }
  }

  /**
   * An independent machine in the same state that shares frame table sections until it writes to
   * them. This machine must be quiesced.
   */
  public PhysicalMemory fork() {
    Tunables copy = new Tunables(tunables);
    List<Zone> zoneCopies = new ArrayList<>();
    for (Zone zone : zones) {
      zoneCopies.add(zone.fork(copy));
    }
    List<Node> nodeCopies = new ArrayList<>();
    for (Node node : nodes) {
      List<Zone> own = zoneCopies.stream().filter(z -> z.node() == node.id()).toList();
      Node twin = new Node(node.id(), node.cpus(), node.distances(), node.spans(), own);
      Kswapd k = node.kswapd();
      twin.kswapd().load(k.sleeping(), k.pendingOrder(), k.pendingHighestZoneidx(), k.failures());
      twin.kswapd().wakeKcompactd(k.compactOrder(), k.compactHighestZoneidx());
      twin.setTotalReservePages(node.totalReservePages());
      nodeCopies.add(twin);
    }
    PhysicalMemory fork =
        new PhysicalMemory(geometry, copy, nodeCopies, zoneCopies, nodeOfCpu, budget);
    for (int i = 0; i < nodes.size(); i++) {
      Node origin = nodes.get(i);
      int all = geometry.zoneKinds().size() - 1;
      nodeCopies
          .get(i)
          .setZonelists(
              twins(origin.zonelist(all, false), zoneCopies),
              twins(origin.zonelist(all, true), zoneCopies));
    }
    fork.loadEvents(allocatedBase, freedBase);
    return fork;
  }

  private static List<Zone> twins(Zone[] originals, List<Zone> copies) {
    return Arrays.stream(originals).map(z -> copies.get(z.ordinal())).toList();
  }
}
