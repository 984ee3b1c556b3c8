package dev.buddyd.diagnosis.verdict;

import dev.buddyd.diagnosis.rules.JudgedRequest;
import dev.buddyd.diagnosis.rules.ZoneArithmetic;
import dev.buddyd.diagnosis.verdict.Case.JudgedZone;
import org.jspecify.annotations.Nullable;

/** Puts the arithmetic of one zone into words, with its numbers in kB. */
final class Words {

  private Words() {}

  /** "order 5 (128 kB)". */
  static String order(int order, int pageKb) {
    return "order " + order + " (" + ((long) pageKb << Math.clamp(order, 0, 40)) + " kB)";
  }

  /**
   * The whole test of one zone: what counts, what it is compared with, whether a block is there.
   */
  static String arithmetic(JudgedZone zone, Case request) {
    if (!zone.eligible()) {
      String serve = zone.base().passes() ? "; it would have served the request" : "";
      return zone.state().title() + " may not be used (" + zone.excludedBy() + ")" + serve + ".";
    }
    ZoneArithmetic base = zone.base();
    if (base.usable() == null || base.threshold() == null) {
      return zone.state().title()
          + ": the report does not show free memory and mark. "
          + block(zone, request);
    }
    String verdict = Boolean.TRUE.equals(base.markOk()) ? "is above" : "is not above";
    return zone.state().title()
        + ": "
        + usable(zone, request)
        + " "
        + verdict
        + " "
        + threshold(zone, request)
        + ". "
        + block(zone, request);
  }

  /**
   * "57248 kB usable (60196 free less 776 CMA less 2048 HIGHATOMIC less 124 for the block itself)".
   */
  static String usable(JudgedZone zone, Case request) {
    ZoneArithmetic base = zone.base();
    int kb = request.pageKb();
    StringBuilder text = new StringBuilder();
    text.append(kb(base.usable(), kb)).append(" kB usable");
    long block = ((1L << Math.clamp(request.request().order(), 0, 40)) - 1) * kb;
    if (block + base.cmaTakenOff() + base.highatomicTakenOff() == 0) {
      return text.toString();
    }
    text.append(" (").append(kb(zone.state().free(), kb)).append(" free");
    if (base.cmaTakenOff() > 0) {
      text.append(" less ").append(base.cmaTakenOff() * kb).append(" in CMA areas");
    }
    if (base.highatomicTakenOff() > 0) {
      text.append(" less ")
          .append(base.highatomicTakenOff() * kb)
          .append(" of the HIGHATOMIC reserve");
    }
    if (block > 0) {
      text.append(" less ").append(block).append(" of the block itself");
    }
    return text.append(')').toString();
  }

  /** "29060 kB (min 77492, of which 3/8 binds this request, plus lowmem_reserve 0)". */
  static String threshold(JudgedZone zone, Case request) {
    ZoneArithmetic base = zone.base();
    int kb = request.pageKb();
    Long mark = effectiveKb(zone, request);
    long reserve = base.reserve() * kb;
    if (mark == null) {
      return "an unknown mark";
    }
    long exact = base.threshold() == null ? mark : base.threshold() * kb;
    boolean rounded = exact != mark && contradicts(base, mark, kb);
    StringBuilder text = new StringBuilder();
    text.append((rounded ? exact : mark) + reserve).append(" kB (");
    if (request.request().rights().ignoresWatermarks()) {
      return text.append("this caller ignores the marks)").toString();
    }
    Long min = zone.state().min();
    text.append("min ").append(kb(min, kb));
    Long boost = zone.state().boost();
    boolean unboosted = request.request().order() == 0 && request.request().rights().ignoresBoost();
    if (boost != null && boost > 0) {
      text.append(unboosted ? " without its boost of " : " with a boost of ").append(boost * kb);
    }
    String fraction = request.request().rights().fractionOfMin().toString();
    if (!fraction.equals("1")) {
      text.append(", of which ").append(fraction).append(" binds this request");
      text.append(rounded ? " in whole pages" : "");
    }
    text.append(", plus lowmem_reserve ").append(reserve);
    return text.append(base.reserveKnown() ? ")" : ", which is not printed)").toString();
  }

  /** Whether kB that no page boundary rounds would say the contrary of the test. */
  private static boolean contradicts(ZoneArithmetic base, long markKb, int pageKb) {
    Long usable = base.usable();
    if (usable == null || base.markOk() == null) {
      return false;
    }
    return (usable * pageKb > markKb + base.reserve() * pageKb) != base.markOk();
  }

  /** Whether there is a block, and on which lists. */
  static String block(JudgedZone zone, Case request) {
    ZoneArithmetic base = zone.base();
    JudgedRequest asked = request.request();
    if (base.blockOk() == null) {
      return "Its free lists are not shown.";
    }
    String order = order(asked.order(), request.pageKb());
    if (base.blockOk()) {
      return "A free block of " + order + " is on a list that this request may use.";
    }
    String held = zone.state().blocks().lettersFrom(asked.order());
    Integer largest = base.largestOrder();
    if (largest != null && largest >= asked.order()) {
      return "Blocks of "
          + order
          + " exist, but without the smaller blocks too little is free (the rule until 4.3).";
    }
    String where = held.isEmpty() ? "" : " (only on lists " + held + ")";
    String most =
        largest == null
            ? "; there is none of any order."
            : "; the largest there is " + order(largest, request.pageKb()) + ".";
    return "No free block of " + order + " is on a list that this request may use" + where + most;
  }

  /**
   * The mark after boost and fractions in kB, of the kB printed: that is what the arithmetic of a
   * reader gives. The test itself divides pages.
   */
  static @Nullable Long effectiveKb(JudgedZone zone, Case request) {
    Long threshold = zone.base().threshold();
    Long min = zone.state().min();
    if (threshold == null) {
      return null;
    }
    if (request.request().rights().ignoresWatermarks() || min == null) {
      return threshold * request.pageKb();
    }
    boolean unboosted = request.request().order() == 0 && request.request().rights().ignoresBoost();
    Long boost = zone.state().boost();
    long mark = unboosted && boost != null ? Math.max(0, min - boost) : min;
    return request.request().rights().threshold(mark * request.pageKb());
  }

  static @Nullable Long kb(@Nullable Long pages, int pageKb) {
    return pages == null ? null : Long.valueOf(pages * pageKb);
  }
}
