package dev.buddyd.diagnosis.verdict;

import dev.buddyd.diagnosis.rules.JudgedRequest;
import dev.buddyd.diagnosis.rules.Waiver;
import dev.buddyd.diagnosis.rules.ZoneArithmetic;
import dev.buddyd.diagnosis.rules.ZoneJudge;
import dev.buddyd.diagnosis.rules.ZoneState;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One request against all zones of one machine, judged.
 *
 * @param request the request
 * @param highestIndex index of the highest zone that its mask may use
 * @param reserveIndex index that picks the lowmem reserve (V-11)
 * @param pageKb page size in kB
 * @param zones all zones with their judgement, in the order of the source
 */
record Case(
    JudgedRequest request, int highestIndex, int reserveIndex, int pageKb, List<JudgedZone> zones) {

  Case {
    zones = List.copyOf(zones);
  }

  /**
   * A zone, judged.
   *
   * @param excludedBy what keeps the request out of this zone, or null
   * @param base the test as it is
   * @param waived the test with one term left out
   * @param largestPassing largest order up to the request's own that passes, or null
   */
  record JudgedZone(
      ZoneState state,
      @Nullable String excludedBy,
      ZoneArithmetic base,
      Map<Waiver, ZoneArithmetic> waived,
      @Nullable Integer largestPassing) {

    boolean eligible() {
      return excludedBy == null;
    }

    /** The terms any one of which left out lets a refused request pass. */
    List<Waiver> wouldPassIf() {
      List<Waiver> terms = new ArrayList<>();
      if (base.refuses()) {
        waived.forEach(
            (waiver, arithmetic) -> {
              if (arithmetic.passes() && !Boolean.FALSE.equals(arithmetic.blockOk())) {
                terms.add(waiver);
              }
            });
      }
      return terms;
    }

    long managedPages() {
      Long managed = state.managed();
      return managed == null ? 0 : managed;
    }
  }

  /**
   * Judges {@code states}; {@code exclusions} holds for each what keeps the request out, or null.
   */
  static Case of(
      JudgedRequest request,
      List<ZoneState> states,
      List<@Nullable String> exclusions,
      int highestIndex,
      int pageKb) {
    int reserveIndex = highestIndex;
    if (request.profile().reserveOfPreferredZone()) { // V-11
      reserveIndex = -1;
      for (int i = 0; i < states.size(); i++) {
        if (exclusions.get(i) == null) {
          reserveIndex = Math.max(reserveIndex, states.get(i).index());
        }
      }
      reserveIndex = reserveIndex < 0 ? highestIndex : reserveIndex;
      reserveIndex = Math.max(reserveIndex, highestHidden(states, highestIndex));
    }
    List<JudgedZone> zones = new ArrayList<>();
    int highestShown = highestShown(states, reserveIndex);
    for (int i = 0; i < states.size(); i++) {
      boolean printed = states.get(i).lowmemReserve() != null;
      int index = printed ? reserveIndex : Math.min(reserveIndex, highestShown);
      zones.add(judge(request, states.get(i), exclusions.get(i), index));
    }
    return new Case(request, highestIndex, reserveIndex, pageKb, zones);
  }

  /**
   * Highest zone for which others keep a reserve, as far as the text shows zones: an empty zone
   * gets none, and without Normal the text was cut before its highest zone.
   */
  private static int highestShown(List<ZoneState> states, int reserveIndex) {
    int highest = -1;
    boolean normal = false;
    for (ZoneState state : states) {
      highest = Math.max(highest, state.index());
      normal |= !state.zone().startsWith("DMA");
    }
    return normal ? highest : reserveIndex;
  }

  /** Highest zone up to {@code highestIndex} that no state shows and that reserves give away. */
  private static int highestHidden(List<ZoneState> states, int highestIndex) {
    for (int index = highestIndex; index > 0; index--) {
      int wanted = index;
      boolean shown = states.stream().anyMatch(state -> state.index() == wanted);
      if (!shown && states.stream().anyMatch(state -> HiddenZones.growsAt(state, wanted))) {
        return index;
      }
    }
    return -1;
  }

  private static JudgedZone judge(
      JudgedRequest request, ZoneState state, @Nullable String excludedBy, int reserveIndex) {
    Map<Waiver, ZoneArithmetic> waived = new EnumMap<>(Waiver.class);
    for (Waiver waiver : Waiver.values()) {
      if (waiver != Waiver.NONE) {
        waived.put(waiver, ZoneJudge.judge(state, request, reserveIndex, waiver));
      }
    }
    return new JudgedZone(
        state,
        excludedBy,
        ZoneJudge.judge(state, request, reserveIndex, Waiver.NONE),
        waived,
        ZoneJudge.largestOrderPassing(state, request, reserveIndex));
  }

  /** The zones that the request may use. */
  List<JudgedZone> eligible() {
    return zones.stream().filter(JudgedZone::eligible).toList();
  }

  /** Whether the same request would pass against other states of the same zones. */
  boolean passesAgainst(List<ZoneState> states) {
    for (int i = 0; i < states.size(); i++) {
      if (zones.get(i).eligible()
          && ZoneJudge.judge(states.get(i), request, reserveIndex, Waiver.NONE).passes()) {
        return true;
      }
    }
    return false;
  }

  /** Whether any eligible zone serves the request. */
  boolean passes() {
    return eligible().stream().anyMatch(zone -> zone.base().passes());
  }
}
