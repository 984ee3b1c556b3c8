package dev.buddyd.mm.reference;

import java.util.List;

/** Build-time constants of a simulated kernel (spec 00). */
record RefKernel(
    int top,
    int pbo,
    int scale,
    boolean hugePages,
    boolean cma,
    boolean numa,
    int kbPerPage,
    List<String> zoneNames) {

  static final int UNMOVABLE = 0;
  static final int MOVABLE = 1;
  static final int RECLAIMABLE = 2;
  static final int HIGHATOMIC = 3;

  /** Bits of a request (spec 00, "Request flags"). */
  enum Flag {
    NOWM,
    VICTIM,
    NONBLOCK,
    RESERVE,
    CPUSET,
    USECMA,
    NOMIX,
    HATOM,
    WAKE,
    WM_LOW,
    WM_HIGH
  }

  int types() {
    return cma ? 6 : 5;
  }

  int cmaType() {
    return cma ? 4 : -1;
  }

  int isolate() {
    return cma ? 5 : 4;
  }

  int blockPages() {
    return 1 << pbo;
  }

  boolean ordinary(int type) {
    return type <= RECLAIMABLE;
  }

  boolean cached(int order) { // P-1: orders 0..3 and the huge page order
    return order <= 3 || (hugePages && order == pbo);
  }

  int listOf(int order, int type) { // P-1
    if (order <= 3) {
      return 3 * order + type;
    }
    return type == MOVABLE ? 13 : 12;
  }

  int pcpLists() {
    return hugePages ? 14 : 12;
  }

  int orderOfList(int list) {
    return list >= 12 ? pbo : list / 3;
  }

  int zone(String name) {
    return zoneNames.indexOf(name);
  }
}
