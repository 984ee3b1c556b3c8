package dev.buddyd.diagnosis.verdict;

import dev.buddyd.diagnosis.rules.Waiver;
import dev.buddyd.diagnosis.rules.ZoneArithmetic;
import dev.buddyd.diagnosis.verdict.Case.JudgedZone;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Weighs the judged zones: which cause explains the refusal, and which zone shows it. */
final class CauseFinder {

  /**
   * A cause and the zone that shows it.
   *
   * @param zone the zone that decided, or the one that would have served; null if none is known
   */
  record Found(Cause cause, @Nullable JudgedZone zone) {}

  private CauseFinder() {}

  /** The cause in one zone, or null if the zone does not refuse. */
  static @Nullable Cause inZone(JudgedZone zone, Case request) {
    ZoneArithmetic base = zone.base();
    if (!base.refuses()) {
      return null;
    }
    if (Boolean.FALSE.equals(base.markOk())) {
      List<Waiver> passing = zone.wouldPassIf();
      if (passing.contains(Waiver.CMA) && base.cmaTakenOff() > 0) {
        return Cause.CMA_ONLY;
      }
      if (passing.contains(Waiver.HIGHATOMIC) && base.highatomicTakenOff() > 0) {
        return Cause.HIGHATOMIC_ONLY;
      }
      return passing.contains(Waiver.RESERVE) ? Cause.LOWMEM_RESERVE : Cause.BELOW_WATERMARK;
    }
    int order = request.request().order();
    String held = zone.state().blocks().lettersFrom(order);
    if (blockPasses(zone, Waiver.CMA) && held.contains("C")) {
      return Cause.CMA_ONLY;
    }
    if (blockPasses(zone, Waiver.HIGHATOMIC) && held.contains("H")) {
      return Cause.HIGHATOMIC_ONLY;
    }
    boolean little = order == 0 || zone.state().blocks().pages() < 1L << order;
    return base.markOk() == null && little ? Cause.BELOW_WATERMARK : Cause.FRAGMENTATION;
  }

  private static boolean blockPasses(JudgedZone zone, Waiver waiver) {
    ZoneArithmetic arithmetic = zone.waived().get(waiver);
    return arithmetic != null && Boolean.TRUE.equals(arithmetic.blockOk());
  }

  /** The cause of the refusal, by the order of precedence of the classes. */
  static Found of(Case request) {
    List<JudgedZone> eligible = request.eligible();
    JudgedZone passing = largest(eligible.stream().filter(z -> z.base().passes()).toList());
    if (passing != null) {
      return new Found(Cause.UNKNOWN, passing);
    }
    Found fragmented = withoutBlock(request, eligible);
    if (fragmented != null) {
      return fragmented;
    }
    JudgedZone largest = largest(eligible.stream().filter(z -> z.base().refuses()).toList());
    Cause cause = largest == null ? null : inZone(largest, request);
    JudgedZone elsewhere =
        largest(request.zones().stream().filter(z -> !z.eligible() && z.base().passes()).toList());
    if (elsewhere != null && cause != Cause.CMA_ONLY) {
      return new Found(Cause.ZONE_RESTRICTED, elsewhere);
    }
    return largest == null || cause == null
        ? new Found(Cause.UNKNOWN, largest(eligible.stream().filter(CauseFinder::isOpen).toList()))
        : new Found(cause, largest);
  }

  /** A zone with enough memory and no block: plain fragmentation first. */
  private static @Nullable Found withoutBlock(Case request, List<JudgedZone> eligible) {
    Found found = null;
    for (JudgedZone zone : eligible) {
      boolean enough = !Boolean.FALSE.equals(zone.base().markOk());
      Cause cause = inZone(zone, request);
      if (enough && cause != null && (found == null || prefer(cause, zone, found))) {
        found = new Found(cause, zone);
      }
    }
    return found;
  }

  /** Fragmentation before the special lists; among equals the larger zone. */
  private static boolean prefer(Cause cause, JudgedZone zone, Found than) {
    boolean plain = cause == Cause.FRAGMENTATION;
    boolean thanPlain = than.cause() == Cause.FRAGMENTATION;
    if (plain != thanPlain) {
      return plain;
    }
    JudgedZone other = than.zone();
    return other == null || size(zone) > size(other);
  }

  private static long size(JudgedZone zone) {
    return zone.managedPages() > 0 ? zone.managedPages() : zone.state().blocks().pages();
  }

  /** Whether only the lowmem reserve, which is not shown, keeps from saying that it passes. */
  static boolean isOpen(JudgedZone zone) {
    ZoneArithmetic base = zone.base();
    return base.usable() != null
        && base.threshold() != null
        && base.markOk() == null
        && !Boolean.FALSE.equals(base.blockOk());
  }

  /** The largest zone; where the text does not show all sizes, the highest one. */
  private static @Nullable JudgedZone largest(List<JudgedZone> zones) {
    boolean sized = zones.stream().allMatch(zone -> zone.state().managed() != null);
    Comparator<JudgedZone> bySize = Comparator.comparingLong(CauseFinder::size);
    Comparator<JudgedZone> byIndex = Comparator.comparingInt(zone -> zone.state().index());
    return zones.stream().max(sized ? bySize : byIndex.thenComparing(bySize)).orElse(null);
  }
}
