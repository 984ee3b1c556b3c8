package dev.buddyd.mm.zone;

import dev.buddyd.mm.gfp.ZoneKind;

/**
 * Where a zone lies (Z-5). All quantities are pages.
 *
 * @param node the node's number
 * @param index the zone's index on this machine
 * @param kind what kind of zone it is
 * @param startPfn first frame
 * @param spannedPages frames from the first to the last, holes included
 * @param presentPages frames that are RAM
 * @param cmaPages frames in CMA pageblocks
 */
public record ZoneSpan(
    int node,
    int index,
    ZoneKind kind,
    long startPfn,
    long spannedPages,
    long presentPages,
    long cmaPages) {

  /** Whether the zone has RAM at all (Z-5). */
  public boolean populated() {
    return presentPages > 0;
  }

  public String name() {
    return kind.kernelName();
  }

  public long endPfn() {
    return startPfn + spannedPages;
  }
}
