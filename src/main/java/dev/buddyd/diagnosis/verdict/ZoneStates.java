package dev.buddyd.diagnosis.verdict;

import dev.buddyd.diagnosis.report.FreeList;
import dev.buddyd.diagnosis.report.KernelReport;
import dev.buddyd.diagnosis.report.ZoneFacts;
import dev.buddyd.diagnosis.rules.FreeBlocks;
import dev.buddyd.diagnosis.rules.ZoneState;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Turns what a report prints about its zones into states in pages. */
final class ZoneStates {
  /** Larger orders exist nowhere; they come from damaged text. */
  private static final int MAX_ORDER = 24;

  private ZoneStates() {}

  static List<ZoneState> of(KernelReport report, MachineZones machine) {
    int pageKb = report.pageSize().kb();
    List<ZoneState> states = new ArrayList<>();
    for (ZoneFacts zone : report.zones()) {
      Long managed = zone.managedKb() != null ? zone.managedKb() : zone.presentKb();
      states.add(
          new ZoneState(
              zone.node(),
              zone.zone(),
              machine.indexOf(zone.zone()),
              pages(zone.freeKb(), pageKb),
              pages(zone.boostKb(), pageKb),
              pages(zone.minKb(), pageKb),
              pages(zone.lowKb(), pageKb),
              pages(zone.highKb(), pageKb),
              pages(managed, pageKb),
              pages(zone.freeCmaKb(), pageKb),
              pages(zone.reservedHighatomicKb(), pageKb),
              pages(zone.freeHighatomicKb(), pageKb),
              zone.lowmemReserve(),
              blocks(zone.freeList())));
    }
    return states;
  }

  private static @Nullable Long pages(@Nullable Long kb, int pageKb) {
    return kb == null ? null : Long.valueOf(kb / pageKb);
  }

  private static FreeBlocks blocks(@Nullable FreeList list) {
    if (list == null) {
      return FreeBlocks.NONE;
    }
    List<Long> counts = new ArrayList<>();
    List<String> letters = new ArrayList<>();
    for (FreeList.Entry entry : list.entries()) {
      if (entry.order() > MAX_ORDER) {
        break;
      }
      while (counts.size() < entry.order()) {
        counts.add(0L);
        letters.add("");
      }
      counts.add(entry.count());
      letters.add(entry.letters());
    }
    if (counts.isEmpty() && list.complete()) {
      counts.add(0L); // "HighMem: empty"
    }
    return new FreeBlocks(counts, letters);
  }
}
