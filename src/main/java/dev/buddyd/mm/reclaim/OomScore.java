package dev.buddyd.mm.reclaim;

/** {@code /proc/PID/oom_score}: what users see of a badness. */
public final class OomScore {

  private OomScore() {}

  /**
   *
   *
   * @param badness in pages; may be negative
   * @param totalPages all RAM and swap
   */
  public static long of(long badness, long totalPages) {
    return (1000 + badness * 1000 / totalPages) * 2 / 3;
  }
}
