package dev.buddyd.mm;

import dev.buddyd.mm.frame.Geometry;
import dev.buddyd.mm.frame.MigrateType;
import dev.buddyd.mm.zone.Watermarks;
import dev.buddyd.mm.zone.Zone;

/** The numbers of one zone against what its lists and frames hold. */
final class NumbersCheck {

  /** Z-61: no CPU keeps more than this back from the free counter. */
  private static final int MAX_REMAINDER = 125;

  private final Zone zone;
  private final Geometry geometry;
  private final FreeListCheck lists;
  private final FrameCheck frames;
  private final Findings findings;

  NumbersCheck(Zone zone, FreeListCheck lists, FrameCheck frames, Findings findings) {
    this.zone = zone;
    this.geometry = zone.geometry();
    this.lists = lists;
    this.frames = frames;
    this.findings = findings;
  }

  void check() {
    freeCounter();
    sizes();
    marks();
    reserves();
  }

  private void freeCounter() {
    long isolated = lists.pages(geometry.isolateType());
    findings.same( // B-4, Z-64
        "Z-64",
        zone,
        zone.counter().exact(),
        lists.pages() - isolated,
        "free counter with all remainders",
        "free and not isolated on the lists");
    findings.same(
        "B-4",
        zone,
        zone.counter().freeHighatomic(),
        lists.pages(MigrateType.HIGHATOMIC),
        "counter of free HIGHATOMIC pages",
        "on the HIGHATOMIC lists");
    long cma = geometry.cmaBuilt() ? lists.pages(geometry.cmaType()) : 0;
    findings.same(
        "B-4", zone, zone.counter().freeCma(), cma, "counter of free CMA pages", "on CMA lists");
    findings.same(
        "Z-40",
        zone,
        zone.counter().spare(),
        zone.counter().stored()
            - zone.counter().freeHighatomic()
            - zone.counter().freeCma()
            - kept(),
        "spare pages",
        "free counter less HIGHATOMIC, CMA, marks and reserves");
    for (int cpu = 0; cpu < zone.cpus(); cpu++) {
      int remainder = zone.counter().remainder(cpu);
      if (Math.abs(remainder) > MAX_REMAINDER) {
        findings.zone("Z-61", zone, "CPU %d keeps back %d free pages", cpu, remainder);
      }
    }
  }

  /** The largest mark in force and the largest reserve. */
  private long kept() {
    long mark = 0;
    for (int i = Watermarks.MIN; i <= Watermarks.HIGH; i++) {
      mark = Math.max(mark, zone.watermarks().effective(i));
    }
    long reserve = 0;
    for (int j = 0; j < zone.lowmemReserves(); j++) {
      reserve = Math.max(reserve, zone.lowmemReserve(j));
    }
    return mark + reserve;
  }

  /** Z-5. */
  private void sizes() {
    findings.same(
        "Z-5",
        zone,
        zone.managedPages(),
        lists.pages() + frames.cachedPages() + frames.usedPages(),
        "managed pages",
        "free + cached + held");
    long ram = zone.span().spannedPages() - zone.holes().pages();
    if (zone.span().presentPages() > ram) { // firmware's frames are no RAM, but no holes either
      findings.zone(
          "Z-5",
          zone,
          "present pages is %d, but spanned without holes is %d",
          zone.span().presentPages(),
          ram);
    }
    findings.same(
        "B-70",
        zone,
        zone.highAtomic().reservedPages(),
        frames.pageblocks(MigrateType.HIGHATOMIC) * geometry.pageblockPages(),
        "HIGHATOMIC reserve",
        "in HIGHATOMIC pageblocks");
  }

  private void marks() {
    Watermarks marks = zone.watermarks();
    for (int mark = Watermarks.MIN; mark < Watermarks.PROMO; mark++) { // Z-22
      if (marks.stored(mark) < 0 || marks.stored(mark) > marks.stored(mark + 1)) {
        findings.zone(
            "Z-22",
            zone,
            "marks do not ascend: %d, %d, %d, %d",
            marks.stored(Watermarks.MIN),
            marks.stored(Watermarks.LOW),
            marks.stored(Watermarks.HIGH),
            marks.stored(Watermarks.PROMO));
        break;
      }
    }
    if (marks.boost() < 0) {
      findings.zone("B-42", zone, "boost is %d", marks.boost());
    }
    if (marks.boost() > 0 && zone.managedPages() < 4L * geometry.pageblockPages()) { // B-42
      findings.zone(
          "B-42", zone, "boosted by %d with %d managed", marks.boost(), zone.managedPages());
    }
  }

  /** Z-31: no reserve against requests of the zone's own kind, and never less for a higher one. */
  private void reserves() {
    for (int j = 0; j < zone.lowmemReserves(); j++) {
      long reserve = zone.lowmemReserve(j);
      if (j <= zone.index() ? reserve != 0 : reserve < zone.lowmemReserve(j - 1)) {
        findings.zone("Z-31", zone, "lowmem reserve against zone index %d is %d", j, reserve);
      }
    }
  }
}
