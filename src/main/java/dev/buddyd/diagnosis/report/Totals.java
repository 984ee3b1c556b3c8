package dev.buddyd.diagnosis.report;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The sums at the head and the end of the Mem-Info block. Every number may be absent.
 *
 * @param counters the page counters of the head ({@code free:34573 free_cma:194}), in pages
 * @param pagesRam "pages RAM"
 * @param pagesHighmem "pages HighMem/MovableOnly"
 * @param pagesReserved "pages reserved"
 * @param pagesCmaReserved "pages cma reserved"
 * @param pagesHwpoisoned "pages hwpoisoned"
 * @param pagecachePages "total pagecache pages"
 * @param swapCachePages "pages in swap cache"
 * @param freeSwapKb "Free swap" in kB
 * @param totalSwapKb "Total swap" in kB
 */
public record Totals(
    Map<String, Quantity> counters,
    @Nullable Long pagesRam,
    @Nullable Long pagesHighmem,
    @Nullable Long pagesReserved,
    @Nullable Long pagesCmaReserved,
    @Nullable Long pagesHwpoisoned,
    @Nullable Long pagecachePages,
    @Nullable Long swapCachePages,
    @Nullable Long freeSwapKb,
    @Nullable Long totalSwapKb) {

  public Totals {
    counters = Collections.unmodifiableMap(new LinkedHashMap<>(counters));
  }
}
