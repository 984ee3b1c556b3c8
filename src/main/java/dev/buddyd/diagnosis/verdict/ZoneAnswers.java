package dev.buddyd.diagnosis.verdict;

import dev.buddyd.diagnosis.rules.FreeBlocks;
import dev.buddyd.diagnosis.rules.ZoneState;
import dev.buddyd.diagnosis.verdict.Case.JudgedZone;
import java.util.ArrayList;
import java.util.List;

/** Turns judged zones into answers in kB. */
final class ZoneAnswers {

  private ZoneAnswers() {}

  static List<ZoneVerdict> of(Case judged) {
    return judged.zones().stream().map(zone -> zone(zone, judged)).toList();
  }

  private static ZoneVerdict zone(JudgedZone zone, Case judged) {
    ZoneState state = zone.state();
    int kb = judged.pageKb();
    boolean known = zone.base().usable() != null;
    return new ZoneVerdict(
        state.node(),
        state.zone(),
        zone.eligible(),
        zone.excludedBy(),
        Words.kb(state.free(), kb),
        Words.kb(state.min(), kb),
        Words.kb(state.managed(), kb),
        Words.kb(zone.base().usable(), kb),
        Words.effectiveKb(zone, judged),
        zone.base().threshold(),
        zone.base().reserveKnown() ? Long.valueOf(zone.base().reserve() * kb) : null,
        known ? Long.valueOf(zone.base().cmaTakenOff() * kb) : null,
        known ? Long.valueOf(zone.base().highatomicTakenOff() * kb) : null,
        Words.kb(state.boost(), kb),
        zone.base().markOk(),
        zone.base().blockOk(),
        zone.base().largestOrder(),
        zone.largestPassing(),
        zone.eligible() ? zone.wouldPassIf() : List.of(),
        zone.eligible() ? CauseFinder.inZone(zone, judged) : null,
        zone.eligible() ? null : Boolean.valueOf(zone.base().passes()),
        blocks(zone),
        Words.arithmetic(zone, judged));
  }

  private static List<BlocksOfOrder> blocks(JudgedZone zone) {
    FreeBlocks free = zone.state().blocks();
    List<BlocksOfOrder> blocks = new ArrayList<>();
    for (int order = 0; order < free.counts().size(); order++) {
      boolean usable = (zone.base().allowedOrders() >>> order & 1) != 0;
      blocks.add(
          new BlocksOfOrder(order, free.counts().get(order), free.letters().get(order), usable));
    }
    return blocks;
  }
}
