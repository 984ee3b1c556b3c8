package dev.buddyd.diagnosis.verdict;

import dev.buddyd.diagnosis.report.KernelReport;
import dev.buddyd.mm.gfp.Caller;
import java.util.List;

/**
 * Tells from the call trace who asked, as far as it changes the rights of a request (F-21, V-3).
 */
final class CallerFinder {
  private static final List<String> RECLAIM =
      List.of(
          "try_to_free_pages",
          "do_try_to_free_pages",
          "shrink_node",
          "shrink_zone",
          "shrink_lruvec",
          "shrink_page_list",
          "shrink_folio_list",
          "shrink_inactive_list",
          "balance_pgdat",
          "kswapd",
          "compact_zone",
          "kcompactd");

  private CallerFinder() {}

  /**
   * A reclaimer may use all memory (V-3), but an interrupt on top of it may not. Whether a task is
   * scheduled in realtime is not printed.
   */
  static Caller of(KernelReport report) {
    if (report.inInterrupt()) {
      return Caller.ORDINARY;
    }
    String task = report.task();
    boolean daemon = task != null && (task.startsWith("kswapd") || task.startsWith("kcompactd"));
    boolean reclaims = report.callTrace().stream().anyMatch(CallerFinder::isReclaim);
    return (daemon || reclaims) ? Caller.RECLAIMER : Caller.ORDINARY;
  }

  private static boolean isReclaim(String function) {
    int dot = function.indexOf('.');
    return RECLAIM.contains(dot < 0 ? function : function.substring(0, dot));
  }
}
