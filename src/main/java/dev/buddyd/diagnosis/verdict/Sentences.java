package dev.buddyd.diagnosis.verdict;

import dev.buddyd.diagnosis.report.KernelReport;
import dev.buddyd.diagnosis.report.OomFacts;
import dev.buddyd.diagnosis.rules.ZoneArithmetic;
import dev.buddyd.diagnosis.verdict.Case.JudgedZone;
import java.util.Locale;

/** The first sentence of a verdict: zone, rule and the two numbers. */
final class Sentences {

  private Sentences() {}

  static String of(CauseFinder.Found found, Case request) {
    JudgedZone zone = found.zone();
    if (zone == null) {
      return request.zones().isEmpty()
          ? "The text does not hold the lines of the zones (below Mem-Info): why none of them"
              + " served it cannot be told."
          : "The report does not show why no zone served it.";
    }
    String title = zone.state().title();
    String order = Words.order(request.request().order(), request.pageKb());
    return switch (found.cause()) {
      case UNKNOWN -> nothingWrong(zone, request);
      case BELOW_WATERMARK ->
          zone.base().markOk() == null
              ? title
                  + " has too little free memory, whatever its mark: its blocks come to "
                  + zone.state().blocks().pages() * request.pageKb()
                  + " kB."
              : title + " is below the watermark: " + compared(zone, request, "is not above") + ".";
      case LOWMEM_RESERVE ->
          title
              + " keeps its memory for requests that cannot go elsewhere: "
              + compared(zone, request, "is not above")
              + ", and without the lowmem_reserve it would pass.";
      case CMA_ONLY ->
          title + ": " + special(zone, request, "CMA areas, which only movable requests may use");
      case HIGHATOMIC_ONLY ->
          title
              + ": "
              + special(
                  zone,
                  request,
                  "the HIGHATOMIC reserve, which is kept for high-order atomic requests");
      case FRAGMENTATION ->
          zone.base().markOk() == null
              ? title + " looks fragmented: " + lowerFirst(Words.block(zone, request))
              : title
                  + " has enough free memory, "
                  + compared(zone, request, "is above")
                  + ", but it is fragmented: "
                  + lowerFirst(Words.block(zone, request));
      case ZONE_RESTRICTED ->
          title
              + " would serve the request, "
              + compared(zone, request, "is above")
              + ", but the request may not use it ("
              + zone.excludedBy()
              + ")"
              + others(request);
      case ORDER_TOO_LARGE, MEMCG_LIMIT -> order + " is not a matter of " + title + ".";
    };
  }

  /** A zone that passes, as far as the text shows it. */
  private static String nothingWrong(JudgedZone zone, Case request) {
    String title = zone.state().title();
    String order = Words.order(request.request().order(), request.pageKb());
    String above = compared(zone, request, "is above");
    if (CauseFinder.isOpen(zone)) {
      return title
          + " has free memory, "
          + above
          + ": whether its lowmem_reserve[] kept "
          + order
          + " out the text does not tell.";
    }
    if (request.request().order() > 0 && zone.base().blockOk() == null) {
      return title
          + " has enough free memory, "
          + above
          + ", but its free lists are not shown: whether it had a block of "
          + order
          + " the text does not tell; without one it is fragmentation.";
    }
    return "Nothing is wrong in this snapshot: "
        + title
        + " would serve "
        + order
        + ", "
        + above
        + "; memory was freed between the failure and the printing, or the failure is not"
        + " about pages.";
  }

  /** For a question whose answer is yes. */
  static String served(CauseFinder.Found found, Case request) {
    JudgedZone zone = found.zone();
    String order = Words.order(request.request().order(), request.pageKb());
    return zone == null
        ? "Some zone serves " + order + "."
        : zone.state().title()
            + " serves "
            + order
            + ": "
            + compared(zone, request, "is above")
            + ".";
  }

  private static String compared(JudgedZone zone, Case request, String verb) {
    ZoneArithmetic base = zone.base();
    if (base.usable() == null || base.threshold() == null) {
      return "free memory and mark are not shown";
    }
    return Words.usable(zone, request) + " " + verb + " " + Words.threshold(zone, request);
  }

  private static String special(JudgedZone zone, Case request, String where) {
    if (Boolean.FALSE.equals(zone.base().markOk())) {
      return "what is free lies in " + where + ": " + compared(zone, request, "is not above") + ".";
    }
    return "the only blocks lie in "
        + where
        + ": "
        + compared(zone, request, "is above")
        + ", but "
        + lowerFirst(Words.block(zone, request));
  }

  /** What the largest zone that the request may use had to offer. */
  private static String others(Case request) {
    JudgedZone largest = null;
    for (JudgedZone zone : request.eligible()) {
      boolean comparable = zone.base().usable() != null && zone.base().threshold() != null;
      if (comparable && (largest == null || zone.managedPages() > largest.managedPages())) {
        largest = zone;
      }
    }
    if (largest == null) {
      return ".";
    }
    String verb = Boolean.TRUE.equals(largest.base().markOk()) ? "is above" : "is not above";
    return "; in " + largest.state().title() + " " + compared(largest, request, verb) + ".";
  }

  static String memcg(KernelReport report) {
    OomFacts oom = report.oom();
    String path =
        oom == null || oom.memcg() == null ? "A memory cgroup" : "Memory cgroup " + oom.memcg();
    if (oom == null || oom.memcgUsageKb() == null || oom.memcgLimitKb() == null) {
      return path + " was at its limit; the zones of the machine were not asked.";
    }
    return path
        + " was at its limit: usage "
        + oom.memcgUsageKb()
        + " kB of "
        + oom.memcgLimitKb()
        + " kB; the zones of the machine were not asked.";
  }

  private static String lowerFirst(String sentence) {
    return sentence.substring(0, 1).toLowerCase(Locale.ROOT) + sentence.substring(1);
  }
}
