package dev.buddyd.diagnosis.verdict;

import dev.buddyd.diagnosis.report.KernelReport;
import dev.buddyd.diagnosis.report.Quantity;
import dev.buddyd.diagnosis.report.ZoneFacts;
import dev.buddyd.mm.gfp.KernelVersion;
import org.jspecify.annotations.Nullable;

/**
 * The head of the block counts the free pages of the machine, which are those of its zones: where
 * both are far apart, lines are lost, those of another report stand between, or much was freed
 * while the report was printed.
 */
final class HeadCount {
  /** What a machine frees while it prints is no contradiction. */
  private static final long SLACK_KB = 8192;

  private static final int FACTOR = 2;

  private HeadCount() {}

  /** What the head and the zones say, or null if they agree as far as they are shown. */
  static @Nullable String contradiction(KernelReport report, @Nullable KernelVersion rules) {
    Quantity free = report.totals().counters().get("free");
    Long pages = free == null ? null : free.value();
    if (pages == null || report.zones().isEmpty()) {
      return null;
    }
    long head = pages * report.pageSize().kb();
    long zones = 0;
    boolean complete = rules != null && !rules.atLeast(HiddenZones.SHORT_FROM); // V-17
    for (ZoneFacts zone : report.zones()) {
      Long kb = zone.freeKb();
      complete &= kb != null;
      zones += kb == null ? 0 : kb;
    }
    boolean more = zones > FACTOR * head + SLACK_KB;
    boolean less = complete && head > FACTOR * zones + SLACK_KB;
    return more || less
        ? "The zones come to %d kB free, the head of the block counts %d kB: lines are lost or of another report, or memory was freed while it was printed."
            .formatted(zones, head)
        : null;
  }
}
