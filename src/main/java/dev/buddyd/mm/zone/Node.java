package dev.buddyd.mm.zone;

import dev.buddyd.mm.trace.Trace;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A NUMA node: its zones, CPUs, distances, zonelists and kswapd. */
public final class Node {

  private final int id;
  private final int[] cpus;
  private final int[] distances;
  private final List<ZoneSpan> spans;
  private final @Nullable Zone[] zonesByIndex;
  private final Kswapd kswapd;
  private long totalReservePages;
  private Zone[][] fallbackLists = new Zone[0][];
  private Zone[][] ownLists = new Zone[0][];

  /**
   * @param spans all zone types of the node in index order, unpopulated ones too
   * @param populated the populated zones
   */
  public Node(int id, int[] cpus, int[] distances, List<ZoneSpan> spans, List<Zone> populated) {
    this.id = id;
    this.cpus = cpus.clone();
    this.distances = distances.clone();
    this.spans = List.copyOf(spans);
    this.zonesByIndex = new Zone[spans.size()];
    for (Zone zone : populated) {
      zonesByIndex[zone.index()] = zone;
    }
    this.kswapd = new Kswapd(this);
  }

  public int id() {
    return id;
  }

  /** Online CPUs of the node, ascending. */
  public int[] cpus() {
    return cpus.clone();
  }

  /** Distance to another node; 10 to itself. */
  public int distance(int otherNode) {
    return distances[otherNode];
  }

  public int[] distances() {
    return distances.clone();
  }

  /** All zone types of the node, unpopulated ones too, by index. */
  public List<ZoneSpan> spans() {
    return spans;
  }

  /** The populated zone with this index, or null. */
  public @Nullable Zone zone(int index) {
    return zonesByIndex[index];
  }

  /** The populated zones, ascending. */
  public List<Zone> zones() {
    List<Zone> zones = new ArrayList<>();
    for (Zone zone : zonesByIndex) {
      if (zone != null) {
        zones.add(zone);
      }
    }
    return zones;
  }

  public boolean hasMemory() {
    return !zones().isEmpty();
  }

  public Kswapd kswapd() {
    return kswapd;
  }

  /** The node's part of the pages kept from user space: a stored sum (Z-33). */
  public long totalReservePages() {
    return totalReservePages;
  }

  public void setTotalReservePages(long pages) {
    totalReservePages = pages;
  }

  /** The zone index that stands for "none" in kswapd's state: the number of zone types. */
  public int noZoneIndex() {
    return zonesByIndex.length;
  }

  /**
   * Zones a request may use, in order (Z-10, Z-13).
   *
   * @param ownOnly {@code __GFP_THISNODE}
   */
  public Zone[] zonelist(int highestZoneidx, boolean ownOnly) {
    return ownOnly ? ownLists[highestZoneidx] : fallbackLists[highestZoneidx];
  }

  /** Sets the zonelists: all zones in fallback order, and the node's own. */
  void setZonelists(List<Zone> fallback, List<Zone> own) {
    fallbackLists = byHighestIndex(fallback);
    ownLists = byHighestIndex(own);
  }

  private Zone[][] byHighestIndex(List<Zone> zones) {
    Zone[][] lists = new Zone[zonesByIndex.length][];
    for (int i = 0; i < lists.length; i++) {
      int highest = i;
      lists[i] = zones.stream().filter(z -> z.index() <= highest).toArray(Zone[]::new);
    }
    return lists;
  }

  /** Z-53: some managed zone up to the index has its high mark, or there is none. */
  public boolean balanced(int order, int highestZoneidx) {
    boolean anyManaged = false;
    for (int i = 0; i <= highestZoneidx; i++) {
      Zone zone = zonesByIndex[i];
      if (zone != null && zone.managedPages() > 0) {
        anyManaged = true;
        if (zone.balanced(order, highestZoneidx)) {
          return true;
        }
      }
    }
    return !anyManaged;
  }

  /** Whether a zone up to the index carries a boost (Z-52). */
  public boolean boosted(int highestZoneidx) {
    for (int i = 0; i <= highestZoneidx; i++) {
      Zone zone = zonesByIndex[i];
      if (zone != null && zone.watermarks().boost() != 0) {
        return true;
      }
    }
    return false;
  }

  /** Wakes this node's kswapd on behalf of one of its zones (Z-52). */
  public void wakeKswapd(Zone zone, int gfp, int order, int highestZoneidx, @Nullable Trace trace) {
    kswapd.wake(zone, gfp, order, highestZoneidx, trace);
  }
}
