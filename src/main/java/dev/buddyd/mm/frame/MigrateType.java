package dev.buddyd.mm.frame;

import java.util.List;

/**
 * Migratetype numbers (spec 00). The first four are the same everywhere; CMA and ISOLATE move with
 * the configuration, so they are asked of a {@link Geometry}.
 */
public final class MigrateType {

  public static final int UNMOVABLE = 0;
  public static final int MOVABLE = 1;
  public static final int RECLAIMABLE = 2;
  public static final int HIGHATOMIC = 3;

  /**
   * How many types have per-CPU lists and fallbacks; the types below this are the ordinary ones.
   */
  public static final int PCP_TYPES = 3;

  private static final List<String> REPORT_WITH_CMA =
      List.of("UNMOVABLE", "MOVABLE", "RECLAIMABLE", "HIGHATOMIC", "CMA", "ISOLATE");
  private static final List<String> REPORT_WITHOUT_CMA =
      List.of("UNMOVABLE", "MOVABLE", "RECLAIMABLE", "HIGHATOMIC", "ISOLATE");
  private static final List<String> PROC_WITH_CMA =
      List.of("Unmovable", "Movable", "Reclaimable", "HighAtomic", "CMA", "Isolate");
  private static final List<String> PROC_WITHOUT_CMA =
      List.of("Unmovable", "Movable", "Reclaimable", "HighAtomic", "Isolate");

  private MigrateType() {}

  /** Upper-case names by number, as the HTTP interface writes them. */
  public static List<String> names(boolean cmaBuilt) {
    return cmaBuilt ? REPORT_WITH_CMA : REPORT_WITHOUT_CMA;
  }

  /** Names by number as {@code /proc/pagetypeinfo} writes them. */
  public static List<String> procNames(boolean cmaBuilt) {
    return cmaBuilt ? PROC_WITH_CMA : PROC_WITHOUT_CMA;
  }

  /** Whether {@code type} is UNMOVABLE, MOVABLE or RECLAIMABLE. */
  public static boolean ordinary(int type) {
    return type < PCP_TYPES;
  }
}
