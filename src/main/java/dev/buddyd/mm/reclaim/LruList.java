package dev.buddyd.mm.reclaim;

/** The lists that pages wait on for reclaim, by the numbers that {@link LruPages} stores. */
public final class LruList {

  /** On no list: free, held by the kernel, or not resident. */
  public static final int NONE = 0;

  public static final int INACTIVE_ANON = 1;
  public static final int ACTIVE_ANON = 2;
  public static final int INACTIVE_FILE = 3;
  public static final int ACTIVE_FILE = 4;

  /** Slab objects, which shrinkers free; no LRU list of the kernel. */
  public static final int SLAB = 5;

  /** How many numbers there are. */
  static final int COUNT = 6;

  private LruList() {}

  static boolean isFile(int list) {
    return list == INACTIVE_FILE || list == ACTIVE_FILE;
  }

  static boolean isAnon(int list) {
    return list == INACTIVE_ANON || list == ACTIVE_ANON;
  }

  static int inactive(boolean file) {
    return file ? INACTIVE_FILE : INACTIVE_ANON;
  }

  static int active(boolean file) {
    return file ? ACTIVE_FILE : ACTIVE_ANON;
  }
}
