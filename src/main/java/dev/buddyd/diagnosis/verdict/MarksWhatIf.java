package dev.buddyd.diagnosis.verdict;

import dev.buddyd.diagnosis.rules.ZoneState;
import dev.buddyd.diagnosis.verdict.Case.JudgedZone;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a write to vm.min_free_kbytes would have done: all marks are computed anew (Z-22) and the
 * same request is put to them. The present value is the sum of the min marks without boost; the
 * marks of another value are in proportion, so that the managed pages of the last computation need
 * not be known (Z-24).
 */
final class MarksWhatIf {
  private final Case request;
  private final long presentMinFreePages;

  private MarksWhatIf(Case request, long presentMinFreePages) {
    this.request = request;
    this.presentMinFreePages = presentMinFreePages;
  }

  /** The what-if, or null when the report does not show the marks of all its zones. */
  static @Nullable MarksWhatIf of(Case request) {
    long present = 0;
    for (JudgedZone zone : request.zones()) {
      ZoneState state = zone.state();
      if (state.min() == null || state.free() == null) {
        return null;
      }
      present += isLowmem(state) ? storedMin(state) : 0;
    }
    return present > 0 && present < 1L << 40 ? new MarksWhatIf(request, present) : null;
  }

  private static long storedMin(ZoneState state) {
    long min = state.min() == null ? 0 : state.min();
    return Math.max(0, min - (state.boost() == null ? 0 : state.boost()));
  }

  private static boolean isLowmem(ZoneState state) {
    return switch (state.zone()) {
      case "HighMem", "Movable", "Device" -> false;
      default -> true;
    };
  }

  List<Remedy> remedies() {
    List<Remedy> remedies = new ArrayList<>();
    long twice = presentMinFreePages * 2;
    boolean raised = passesWith(twice);
    String lasting =
        Remedies.usesReserves(request)
            ? " In the long run kswapd keeps more free, which is what atomic requests live on."
            : "";
    remedies.add(
        new Remedy(
            "vm.min_free_kbytes=" + twice * request.pageKb(),
            raised,
            "Raising vm.min_free_kbytes from about "
                + presentMinFreePages * request.pageKb()
                + " to "
                + twice * request.pageKb()
                + (raised
                    ? " clears the boost and would have let it pass in that instant."
                    : " would not have helped in that instant: the marks rise, the request needs"
                        + " more.")
                + lasting));
    long lowered = largestPassing();
    if (lowered == presentMinFreePages) {
      remedies.add(
          new Remedy(
              "vm.min_free_kbytes=" + lowered * request.pageKb(),
              true,
              "Writing vm.min_free_kbytes, even its present value, clears the boost and would have"
                  + " let it pass."));
    } else if (lowered >= 0) {
      remedies.add(
          new Remedy(
              "vm.min_free_kbytes=" + lowered * request.pageKb(),
              true,
              "Lowering vm.min_free_kbytes to "
                  + lowered * request.pageKb()
                  + " or less would have let it pass, and takes that memory away from atomic"
                  + " requests."));
    }
    return remedies;
  }

  /**
   * The largest value below the present one that lets the request pass, in pages; -1 if none does.
   */
  private long largestPassing() {
    if (!passesWith(0)) {
      return -1;
    }
    long passes = 0;
    long fails = presentMinFreePages;
    if (passesWith(fails)) {
      return fails;
    }
    while (fails - passes > 1) {
      long middle = (passes + fails) >>> 1;
      if (passesWith(middle)) {
        passes = middle;
      } else {
        fails = middle;
      }
    }
    return passes;
  }

  private long share(long stored, long minFreePages) {
    return BigInteger.valueOf(stored)
        .multiply(BigInteger.valueOf(minFreePages))
        .divide(BigInteger.valueOf(presentMinFreePages))
        .longValue();
  }

  /**
   * The request against the marks of another min_free_kbytes (Z-22); writing it clears all boosts.
   */
  private boolean passesWith(long minFreePages) {
    List<ZoneState> states = new ArrayList<>();
    for (JudgedZone zone : request.zones()) {
      ZoneState state = zone.state();
      long stored = storedMin(state);
      long min = isLowmem(state) ? share(stored, minFreePages) : stored; // Z-22: clamped elsewhere
      long gap = Math.max(min / 4, zone.managedPages() / 1000);
      states.add(state.withMarks(min, min + gap, min + 2 * gap));
    }
    return request.passesAgainst(states);
  }
}
