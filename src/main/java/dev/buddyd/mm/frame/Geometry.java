package dev.buddyd.mm.frame;

import dev.buddyd.mm.gfp.ZoneKind;
import java.util.List;

/**
 * The build-time constants of a kernel and its architecture (spec 00, "Constants").
 *
 * @param arch the architecture's name, such as {@code x86_64}
 * @param pageShift base-2 logarithm of the page size in bytes: 12 for 4 KiB
 * @param maxOrder largest buddy order, TOP: 10 for 4 KiB pages
 * @param pageblockOrder order of a pageblock, PBO; at most {@code maxOrder}
 * @param hugePages whether transparent huge pages are built: order {@code pageblockOrder} is then
 *     cached per CPU (P-1)
 * @param cmaBuilt whether CMA is built: ISOLATE is then type 5, else 4
 * @param numaBuilt whether the kernel keeps NUMA counters and {@code __GFP_THISNODE} lists
 * @param zoneKinds the zone types by zone index
 * @param batchScaleMax cap of the per-CPU batch scaling, SCALE (0..6)
 * @param maxNumnodes build-time maximum of nodes (Z-12)
 */
public record Geometry(
    String arch,
    int pageShift,
    int maxOrder,
    int pageblockOrder,
    boolean hugePages,
    boolean cmaBuilt,
    boolean numaBuilt,
    List<ZoneKind> zoneKinds,
    int batchScaleMax,
    int maxNumnodes) {

  /** Orders above this are costly. */
  public static final int COSTLY_ORDER = 3;

  /** The lists of order 0 to {@link #COSTLY_ORDER} come first, those of huge pages after them. */
  private static final int HUGE_LISTS = 3 * (COSTLY_ORDER + 1);

  public Geometry {
    if (pageblockOrder < 1 || pageblockOrder > maxOrder || maxOrder > 15) {
      throw new IllegalArgumentException(
          "pageblock order " + pageblockOrder + " with maximum order " + maxOrder);
    }
    zoneKinds = List.copyOf(zoneKinds);
  }

  /** Number of migratetypes: 6 with CMA, else 5. */
  public int migrateTypes() {
    return cmaBuilt ? 6 : 5;
  }

  /** Number of CMA, or -1 where it is not built. */
  public int cmaType() {
    return cmaBuilt ? 4 : -1;
  }

  /** Number of ISOLATE. */
  public int isolateType() {
    return cmaBuilt ? 5 : 4;
  }

  public int pageblockPages() {
    return 1 << pageblockOrder;
  }

  /** Kibibytes in one page. */
  public int pageKbytes() {
    return 1 << (pageShift - 10);
  }

  /** Whether blocks of this order go through the per-CPU lists (B-23, P-1). */
  public boolean cachedOrder(int order) {
    return order <= COSTLY_ORDER || (hugePages && order == pageblockOrder);
  }

  /** Number of lists in a per-CPU set (P-1). */
  public int pcpLists() {
    return hugePages ? HUGE_LISTS + 2 : HUGE_LISTS;
  }

  /** List of a cached order and an ordinary type (P-1). */
  public int pcpListOf(int order, int type) {
    if (order <= COSTLY_ORDER) {
      return 3 * order + type;
    }
    return HUGE_LISTS + (type == MigrateType.MOVABLE ? 1 : 0);
  }

  /** Order of the blocks on a per-CPU list (P-1). */
  public int pcpOrderOf(int list) {
    return list < HUGE_LISTS ? list / 3 : pageblockOrder;
  }

  /**
   * Type of the blocks on a per-CPU list; unmovable huge pages stand for reclaimable ones (P-1).
   */
  public int pcpTypeOf(int list) {
    return list < HUGE_LISTS ? list % 3 : list - HUGE_LISTS;
  }

  /** Zone index of a kind, or -1 where this architecture has none. */
  public int zoneIndexOf(ZoneKind kind) {
    return zoneKinds.indexOf(kind);
  }
}
