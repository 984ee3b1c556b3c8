package dev.buddyd.diagnosis.verdict;

import dev.buddyd.diagnosis.report.KernelName;
import dev.buddyd.diagnosis.report.KernelReport;
import dev.buddyd.diagnosis.report.MaskText;
import dev.buddyd.diagnosis.report.ReportKind;
import dev.buddyd.diagnosis.report.VmallocFailure;
import dev.buddyd.diagnosis.rules.FreeBlocks;
import dev.buddyd.diagnosis.verdict.Case.JudgedZone;
import org.jspecify.annotations.Nullable;

/** Verdicts that the zones have no say in. */
record Special(Cause cause, Confidence confidence, String sentence) {

  private static final String HINT =
      " With ?gfp= and &order= it is asked what a request would get.";

  /** The verdict that the report itself gives away, or null if the zones decide. */
  static @Nullable Special of(KernelReport report, @Nullable Case judged) {
    if (report.kind() == ReportKind.MEMCG_OOM) {
      return new Special(Cause.MEMCG_LIMIT, Confidence.HIGH, Sentences.memcg(report));
    }
    boolean ancient = MaskFinder.isAncient(MaskFinder.version(report));
    if (report.kind() == ReportKind.SHOW_MEMORY) {
      return unknown(
          "The memory was shown by hand (SysRq-m): no request failed."
              + MemoryState.summary(report)
              + (ancient ? "" : HINT));
    }
    if (ancient) {
      return ancient(report);
    }
    Integer order = report.order();
    if (order != null && order < 0) {
      return unknown(
          "The OOM killer was called by hand (SysRq-f, order -1): no allocation failed.");
    }
    Special vmalloc = vmalloc(report, judged);
    if (vmalloc != null) {
      return vmalloc;
    }
    boolean pageFault =
        report.callTrace().stream().anyMatch(f -> f.startsWith("pagefault_out_of_memory"));
    Long mask = report.mask() == null ? null : report.mask().value();
    if (pageFault && mask != null && mask == 0 && (judged == null || judged.passes())) {
      return unknown(
          "A page fault ended in out-of-memory without asking for a page (mask 0x0): not about free"
              + " memory.");
    }
    if (report.mask() == null || judged == null) {
      return headless(report);
    }
    if (order == null) {
      return judged.passes() ? orderless(report) : null; // a larger order is refused all the more
    }
    return tooLarge(order, judged);
  }

  private static Special headless(KernelReport report) {
    String sentence =
        report.order() == null && report.mask() == null
            ? "The header is missing: without order and mask the numbers of the zones decide"
                + " nothing."
            : "The mask cannot be read: without it the numbers of the zones decide nothing.";
    return new Special(Cause.UNKNOWN, Confidence.LOW, sentence + MemoryState.below(report) + HINT);
  }

  private static Special ancient(KernelReport report) {
    KernelName kernel = report.kernel();
    MaskText mask = report.mask();
    String sentence =
        "This is a report of a kernel %s%s: of kernels before 2.6 neither masks nor rules are known here, so that the numbers decide nothing."
            .formatted(
                kernel == null ? "" : kernel.text(),
                mask == null ? "" : ", mask " + mask.printed());
    return new Special(Cause.UNKNOWN, Confidence.LOW, sentence + MemoryState.below(report));
  }

  /** Kernels before 2.6.13 or so printed the mask alone; others lost the order on the way. */
  private static Special orderless(KernelReport report) {
    String asked = report.kind() == ReportKind.OOM ? "The OOM report" : "The report";
    return new Special(
        Cause.UNKNOWN,
        Confidence.LOW,
        asked
            + " does not show the order: a single page (order 0) would be served from this"
            + " snapshot; only a larger order can have been refused.");
  }

  private static Special unknown(String sentence) {
    return new Special(Cause.UNKNOWN, Confidence.HIGH, sentence);
  }

  private static @Nullable Special vmalloc(KernelReport report, @Nullable Case judged) {
    VmallocFailure vmalloc = report.vmalloc();
    if (vmalloc == null) {
      return null;
    }
    Long size = vmalloc.sizeBytes();
    Long ram = report.totals().pagesRam();
    String asked = size == null ? "A vmalloc request" : "A vmalloc request of " + size + " bytes";
    if (vmalloc.reason() == VmallocFailure.Reason.EXCEEDS_TOTAL) {
      return unknown(asked + " exceeds all memory and was rejected before any zone was asked.");
    }
    if (size != null && ram != null && size / 1024 >= ram * report.pageSize().kb()) {
      return unknown(
          asked
              + " is more than the machine has ("
              + ram * report.pageSize().kb()
              + " kB): no zone can help.");
    }
    boolean refused = judged != null && !judged.zones().isEmpty() && !judged.passes();
    if (vmalloc.reason() == VmallocFailure.Reason.ADDRESSES && !refused) {
      return new Special(
          Cause.UNKNOWN,
          Confidence.MEDIUM,
          asked
              + " got no range of addresses (vm_struct): the vmalloc or module area is full or its"
              + " range too narrow; no zone is short of memory.");
    }
    if (vmalloc.reason() == VmallocFailure.Reason.MAPPING) {
      return unknown(asked + " could not be mapped: address space, not memory, was missing.");
    }
    return null;
  }

  static @Nullable Special tooLarge(int order, Case judged) {
    int top = -1;
    for (JudgedZone zone : judged.zones()) {
      FreeBlocks blocks = zone.state().blocks();
      top = Math.max(top, blocks.counts().size() - 1);
    }
    boolean impossible = top >= 0 && order > top && order > 10;
    return impossible
        ? new Special(
            Cause.ORDER_TOO_LARGE,
            Confidence.HIGH,
            Words.order(order, judged.pageKb())
                + " is more than the largest block, "
                + Words.order(top, judged.pageKb())
                + ".")
        : null;
  }
}
