package dev.buddyd.explain;

import dev.buddyd.mm.frame.Geometry;
import dev.buddyd.mm.gfp.RequestFlags;
import dev.buddyd.mm.trace.WatermarkVerdict;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A watermark test in words: left side, right side, and each term. */
final class WatermarkSentence {

  private static final int MIN = 0;

  private static final List<String> MARKS = List.of("min", "low", "high", "promo");

  private final Kb kb;

  WatermarkSentence(Geometry geometry) {
    this.kb = new Kb(geometry.pageKbytes());
  }

  /**
   * @param asked mark of the walk: a zone is asked for high first (F-12); -1 if there is no walk
   */
  String of(WatermarkVerdict v, int asked) {
    StringBuilder text = new StringBuilder();
    text.append(MARKS.get(v.wm())).append(" watermark ").append(v.pass() ? "passed" : "failed");
    if (v.pass() && asked >= 0 && asked < v.wm()) {
      text.append(", and so the ").append(MARKS.get(asked)).append(" one");
    }
    text.append(": ").append(kb.of(v.left())).append(" usable (free ").append(kb.of(v.freePages()));
    term(text, " - ", v.blockPages(), "for the block itself");
    term(text, " - ", v.highatomicPages(), "HIGHATOMIC");
    term(text, " - ", v.cmaPages(), "CMA");
    text.append(") ").append(v.watermarkOk() ? ">" : "<=").append(' ').append(kb.of(v.right()));
    text.append(" (").append(MARKS.get(v.wm())).append(' ').append(kb.of(v.markPages()));
    if (v.boostPages() > 0) {
      text.append(" with boost ").append(kb.of(v.boostPages()));
    }
    if (v.thresholdPages() != v.markPages()) {
      text.append(", reduced to ").append(kb.of(v.thresholdPages())).append(fraction(v.flags()));
    }
    term(text, " + ", v.lowmemReservePages(), "lowmem_reserve");
    text.append(')');
    if (v.watermarkOk() && v.order() > 0) {
      text.append(
          v.blockOk()
              ? ", and a block of order " + v.order() + " or more is free"
              : ", but no block of order " + v.order() + " or more is on an allowed list");
    }
    if (!v.pass() && v.wm() == MIN && (v.flags() & RequestFlags.NOWM) != 0) { // F-13
      text.append("; this walk takes no notice of it");
    }
    return text.toString();
  }

  private void term(StringBuilder text, String sign, long pages, String what) {
    if (pages > 0) {
      text.append(sign).append(kb.of(pages)).append(' ').append(what);
    }
  }

  /** Z-41.2. */
  private static String fraction(int flags) {
    boolean reserve = (flags & RequestFlags.RESERVE) != 0;
    boolean nonblock = (flags & RequestFlags.NONBLOCK) != 0;
    if (reserve && nonblock) {
      return " (3/8: __GFP_HIGH and cannot sleep)";
    }
    return reserve ? " (1/2: __GFP_HIGH)" : "";
  }

  /** The terms by name, in pages. */
  static Map<String, Object> values(WatermarkVerdict v) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("watermark", MARKS.get(v.wm()));
    values.put("verdict", v.pass() ? "pass" : "fail");
    values.put("left", v.left());
    values.put("right", v.right());
    values.put("order", v.order());
    values.put("free_pages", v.freePages());
    values.put("block_pages", v.blockPages());
    values.put("highatomic_pages", v.highatomicPages());
    values.put("cma_pages", v.cmaPages());
    values.put("mark_pages", v.markPages());
    values.put("boost_pages", v.boostPages());
    values.put("threshold_pages", v.thresholdPages());
    values.put("lowmem_reserve_pages", v.lowmemReservePages());
    values.put("lowmem_reserve_index", v.highestZoneidx());
    values.put("watermark_ok", v.watermarkOk());
    values.put("block_ok", v.blockOk());
    return values;
  }
}
