package dev.buddyd.diagnosis.verdict;

import dev.buddyd.diagnosis.report.KernelName;
import dev.buddyd.diagnosis.report.KernelReport;
import dev.buddyd.diagnosis.report.MaskText;
import dev.buddyd.diagnosis.report.ZoneFacts;
import dev.buddyd.mm.gfp.GfpEras;
import dev.buddyd.mm.gfp.GfpEvidence;
import dev.buddyd.mm.gfp.GfpLayout;
import dev.buddyd.mm.gfp.GfpReading;
import dev.buddyd.mm.gfp.KernelVersion;
import dev.buddyd.mm.gfp.ReportHint;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the masks of reports with the bit values of the kernels that printed them (G-57). One
 * finder serves one text, in which the same masks come again and again.
 */
final class MaskFinder {
  private static final long LARGEST = 0xffff_ffffL;

  private final Map<GfpEvidence, GfpReading> known = new HashMap<>();

  /** The version that a report names, or null. */
  static @Nullable KernelVersion version(KernelReport report) {
    KernelName kernel = report.kernel();
    if (kernel == null) {
      return null;
    }
    try {
      return KernelVersion.parse(kernel.text());
    } catch (IllegalArgumentException e) {
      return null; // a name that starts like a version and is none
    }
  }

  /** Whether the report is of a kernel before 2.6, of which neither masks nor rules are known. */
  static boolean isAncient(@Nullable KernelVersion version) {
    return version != null && !version.atLeast("2.6");
  }

  /**
   * The version whose rules apply: what the report names, else the oldest of the mask's kernels
   * that prints reports of this shape.
   */
  static KernelVersion rules(
      KernelReport report, @Nullable KernelVersion version, GfpReading reading) {
    if (version != null) {
      return version;
    }
    KernelVersion rules = reading.mask().layout().version();
    for (ReportHint hint : hints(report)) {
      KernelVersion from = hint.releases().from();
      boolean later = from != null && !rules.atLeast(from);
      if (from != null && later && GfpLayout.of(from).era() == reading.era()) {
        rules = from;
      }
    }
    return rules;
  }

  /** The reading of the mask, or null when there is none. */
  @Nullable GfpReading read(KernelReport report, @Nullable KernelVersion version) {
    MaskText mask = report.mask();
    if (mask == null || isAncient(version)) {
      return null;
    }
    Long value = mask.value();
    boolean fits = value != null && value >= 0 && value <= LARGEST;
    Integer number = value != null && fits ? Integer.valueOf(value.intValue()) : null;
    String names = mask.namesPrinted() ? String.join("|", mask.names()) : null;
    if (number == null && names == null) {
      return null;
    }
    return known.computeIfAbsent(
        new GfpEvidence(number, names, version, hints(report)), GfpEras::infer);
  }

  /** What the shape of the report tells about the kernel (G-57.5). */
  private static Set<ReportHint> hints(KernelReport report) {
    Set<ReportHint> hints = EnumSet.noneOf(ReportHint.class);
    MaskText mask = report.mask();
    if (mask != null && !mask.namesPrinted()) {
      hints.add(ReportHint.NO_NAMES);
    }
    if (!report.nodes().isEmpty()) {
      hints.add(ReportHint.NODE_LINE);
    }
    if (report.totals().counters().containsKey("unstable")) {
      hints.add(ReportHint.UNSTABLE);
    }
    List<ZoneFacts> zones = report.zones();
    addIf(hints, ReportHint.RESERVED_HIGHATOMIC, zones, "reserved_highatomic");
    addIf(hints, ReportHint.BOOST, zones, "boost");
    addIf(hints, ReportHint.FREE_HIGHATOMIC, zones, "free_highatomic");
    if (hints.contains(ReportHint.RESERVED_HIGHATOMIC) && !hints.contains(ReportHint.BOOST)) {
      hints.add(ReportHint.NO_BOOST);
    }
    if (hints.contains(ReportHint.BOOST) && !hints.contains(ReportHint.FREE_HIGHATOMIC)) {
      hints.add(ReportHint.NO_FREE_HIGHATOMIC);
    }
    return hints;
  }

  private static void addIf(
      Set<ReportHint> hints, ReportHint hint, List<ZoneFacts> zones, String key) {
    if (zones.stream().anyMatch(zone -> zone.values().containsKey(key))) {
      hints.add(hint);
    }
  }
}
