package dev.buddyd.diagnosis.verdict;

import dev.buddyd.diagnosis.report.KernelReport;
import dev.buddyd.diagnosis.report.OomFacts;
import dev.buddyd.diagnosis.report.ReportKind;
import dev.buddyd.mm.gfp.DecodedMask;
import dev.buddyd.mm.gfp.Gfp;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Says in words what a failure meant for the caller, from header, mask and call trace. */
final class Severity {

  private Severity() {}

  static String of(KernelReport report, @Nullable DecodedMask mask) {
    if (report.kind() == ReportKind.SHOW_MEMORY) {
      return "none: the memory was shown by hand";
    }
    if (report.kind().isOom()) {
      return oom(report);
    }
    if (mask == null) {
      return "not told: the report shows no mask that can be read";
    }
    Integer order = report.order();
    if (report.vmalloc() != null) {
      return order != null && order > 0
          ? "vmalloc falls back to single pages: harmless"
          : "the caller got an error from vmalloc";
    }
    if (calls(report, "kvmalloc")) {
      return "fell back to vmalloc: harmless";
    }
    if (calls(report, "copy_process", "dup_task_struct", "do_fork")) {
      return "fork failed";
    }
    int gfp = mask.modern().bits();
    if ((gfp & Gfp.DIRECT_RECLAIM) == 0) {
      return (gfp & Gfp.HIGH) != 0
          ? "atomic: the caller must cope, usually a dropped packet"
          : "non-blocking: the caller must cope, usually by trying again later";
    }
    if ((gfp & (Gfp.NORETRY | Gfp.RETRY_MAYFAIL)) != 0) {
      return "an attempt that may fail: the caller has something to fall back to";
    }
    return "the caller got an error (ENOMEM) and must handle it";
  }

  private static String oom(KernelReport report) {
    OomFacts facts = report.oom();
    List<OomFacts.Victim> victims = facts == null ? List.of() : facts.victims();
    if (facts != null && facts.panicked()) {
      return "nothing was left to kill: the kernel panicked";
    }
    String scope = report.kind() == ReportKind.MEMCG_OOM ? " of the memory cgroup" : "";
    if (victims.isEmpty()) {
      return report.mask() == null
          ? "not told: the header is missing"
          : "a process" + scope + " was killed";
    }
    OomFacts.Victim victim = victims.getFirst();
    return "process " + victim.pid() + " (" + victim.name() + ")" + scope + " was killed";
  }

  private static boolean calls(KernelReport report, String... parts) {
    for (String function : report.callTrace()) {
      for (String part : parts) {
        if (function.contains(part)) {
          return true;
        }
      }
    }
    return false;
  }
}
