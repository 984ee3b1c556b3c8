package dev.buddyd.mm.gfp;

import java.util.ArrayList;
import java.util.List;

/**
 * Which zone a mask may reach at most, on one machine (G-20): a lookup in sixteen precomputed
 * entries, one per combination of the low four bits.
 *
 * <p>A machine is described by the kinds of zone its kernel was <em>built</em> with, in index
 * order; a zone without memory still has its index. Besides the three machines of G-20 any other
 * set works (arm64 without DMA32, for example), because each flag is answered by the nearest zone
 * below: DMA32 falls back to Normal, DMA to Normal, HIGHMEM to Normal.
 */
public final class ZoneTable {

  /** The entry of a combination that names two zones at once (G-21). */
  public static final int ILLEGAL = -1;

  private static final int TOO_MANY = Gfp.DMA | Gfp.HIGHMEM | Gfp.DMA32;

  private final List<ZoneKind> zones;
  private final int[] highest = new int[Gfp.ZONE_MASK + 1];

  /**
   * @param zonesInIndexOrder the kinds of zone, element {@code i} being the zone with index {@code
   *     i}
   * @throws IllegalArgumentException if there is no Normal zone, a kind appears twice, or kinds are
   *     not in ascending order
   */
  public ZoneTable(List<ZoneKind> zonesInIndexOrder) {
    zones = List.copyOf(zonesInIndexOrder);
    for (int i = 1; i < zones.size(); i++) {
      if (zones.get(i - 1).compareTo(zones.get(i)) >= 0) {
        throw new IllegalArgumentException(
            "zones must be distinct and in ascending order: " + zones);
      }
    }
    if (!zones.contains(ZoneKind.NORMAL)) {
      throw new IllegalArgumentException("every machine has a Normal zone: " + zones);
    }
    for (int bits = 0; bits < highest.length; bits++) {
      highest[bits] =
          Integer.bitCount(bits & TOO_MANY) > 1 ? ILLEGAL : indexOf(kindFor(bits)); // G-20, G-21
    }
  }

  /** G-20: the zone that a legal combination of the low four bits asks for. */
  private static ZoneKind kindFor(int bits) {
    if ((bits & Gfp.DMA) != 0) {
      return ZoneKind.DMA;
    }
    if ((bits & Gfp.DMA32) != 0) {
      return ZoneKind.DMA32;
    }
    if ((bits & Gfp.HIGHMEM) != 0) {
      return (bits & Gfp.MOVABLE) != 0 ? ZoneKind.MOVABLE : ZoneKind.HIGHMEM;
    }
    return ZoneKind.NORMAL; // MOVABLE alone sets the type, not the zone
  }

  /** A kind that the kernel was built without is answered by Normal (G-20, machines B and C). */
  private int indexOf(ZoneKind kind) {
    int index = zones.indexOf(kind);
    if (index >= 0) {
      return index;
    }
    return kind == ZoneKind.MOVABLE ? indexOf(ZoneKind.HIGHMEM) : zones.indexOf(ZoneKind.NORMAL);
  }

  /** The zones that this table was made for, in index order. */
  public List<ZoneKind> zones() {
    return zones;
  }

  /** The index of the highest zone the mask may use, or {@link #ILLEGAL} (G-20). */
  public int highestZoneIndex(int gfp) {
    return highest[gfp & Gfp.ZONE_MASK];
  }

  /**
   * As {@link #highestZoneIndex}, but what a kernel without DEBUG_VM does: illegal means 0 (G-21).
   */
  public int lenientHighestZoneIndex(int gfp) {
    return Math.max(highest[gfp & Gfp.ZONE_MASK], 0);
  }

  /**
   * The zones that the mask may use, highest first, as a node's zone list has them (G-22, Z-10).
   */
  public List<ZoneKind> usable(int gfp) {
    List<ZoneKind> usable = new ArrayList<>();
    for (int i = lenientHighestZoneIndex(gfp); i >= 0; i--) {
      usable.add(zones.get(i));
    }
    return usable;
  }

  /** The sixteen entries, for a hot path that wants {@code table[gfp & 15]}; a copy. */
  public int[] toArray() {
    return highest.clone();
  }
}
