package dev.buddyd.mm.gfp;

/**
 * What the allocator may do to find a page for a request (section 5 of spec 05). I/O, file systems
 * and compaction need a caller that may sleep: without direct reclaim their flags have no effect.
 *
 * @param sleep the caller may sleep and reclaim memory itself
 * @param startIo reclaim may start physical I/O
 * @param enterFileSystems reclaim may call into file systems
 * @param compact memory may be compacted (F-33a)
 * @param wakeKswapd kswapd may be woken
 */
public record Permissions(
    boolean sleep, boolean startIo, boolean enterFileSystems, boolean compact, boolean wakeKswapd) {

  /** The permissions of a 6.12 mask. */
  static Permissions of(int gfp) {
    boolean sleep = (gfp & Gfp.DIRECT_RECLAIM) != 0;
    boolean io = sleep && (gfp & Gfp.IO) != 0;
    boolean fs = sleep && (gfp & Gfp.FS) != 0;
    return new Permissions(sleep, io, fs, io, (gfp & Gfp.KSWAPD_RECLAIM) != 0);
  }

  /** All of it in one sentence. */
  public String sentence() {
    return (sleep ? sleeping() : "Never sleeps")
        + (wakeKswapd ? "; wakes kswapd when a zone runs low." : "; does not wake kswapd.");
  }

  private String sleeping() {
    String reclaim = "May sleep and reclaim memory, ";
    if (startIo && enterFileSystems) {
      return reclaim + "starting I/O and calling into file systems";
    }
    if (startIo) {
      return reclaim + "starting I/O but without calling into file systems";
    }
    return reclaim
        + (enterFileSystems
            ? "calling into file systems but without starting I/O"
            : "without starting I/O and without calling into file systems");
  }
}
