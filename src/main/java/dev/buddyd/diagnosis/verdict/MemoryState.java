package dev.buddyd.diagnosis.verdict;

import dev.buddyd.diagnosis.report.KernelReport;
import dev.buddyd.diagnosis.report.ZoneFacts;
import dev.buddyd.diagnosis.rules.FreeBlocks;
import dev.buddyd.diagnosis.rules.ZoneState;
import java.util.ArrayList;
import java.util.List;

/** What the zones of a report show where no request is known that could be put to them. */
final class MemoryState {

  private MemoryState() {}

  /** " Below their min mark: Node 0 Normal (free 1000 kB, min 4000 kB).", or nothing. */
  static String below(KernelReport report) {
    List<String> low = new ArrayList<>();
    for (ZoneFacts zone : report.zones()) {
      Long free = zone.freeKb();
      Long min = zone.minKb();
      if (free != null && min != null && free <= min && min > 0) {
        low.add(
            "Node %d %s (free %d kB, min %d kB)".formatted(zone.node(), zone.zone(), free, min));
      }
    }
    return low.isEmpty() ? "" : " Below their min mark: " + String.join(", ", low) + ".";
  }

  /** The same, or that none is below it. */
  static String summary(KernelReport report) {
    boolean shown =
        !report.zones().isEmpty()
            && report.zones().stream().allMatch(z -> z.freeKb() != null && z.minKb() != null);
    String below = below(report);
    return shown && below.isEmpty() ? " Every zone is above its min mark." : below;
  }

  /** The zones by themselves, none of which is asked. */
  static List<ZoneVerdict> zones(KernelReport report) {
    int kb = report.pageSize().kb();
    return ZoneStates.of(report, MachineZones.of(report, null)).stream()
        .map(state -> zone(state, kb))
        .toList();
  }

  private static ZoneVerdict zone(ZoneState state, int kb) {
    FreeBlocks free = state.blocks();
    List<BlocksOfOrder> blocks = new ArrayList<>();
    for (int order = 0; order < free.counts().size(); order++) {
      blocks.add(
          new BlocksOfOrder(order, free.counts().get(order), free.letters().get(order), false));
    }
    return new ZoneVerdict(
        state.node(),
        state.zone(),
        false,
        "no-request",
        Words.kb(state.free(), kb),
        Words.kb(state.min(), kb),
        Words.kb(state.managed(), kb),
        null,
        null,
        null,
        null,
        null,
        null,
        Words.kb(state.boost(), kb),
        null,
        null,
        null,
        null,
        List.of(),
        null,
        null,
        blocks,
        sentence(state, kb));
  }

  /**
   * "Node 0 Normal: 1000 kB free, below its low mark (min 800, low 1200, high 1600); the largest
   * free block is order 3 (32 kB)."
   */
  private static String sentence(ZoneState state, int kb) {
    StringBuilder text = new StringBuilder(state.title()).append(": ");
    Long free = state.free();
    if (free == null) {
      text.append("its free memory is not shown");
    } else {
      text.append(free * kb).append(" kB free").append(place(free, state, kb));
    }
    int orders = state.blocks().anyOrders();
    if (orders != 0) {
      int largest = 31 - Integer.numberOfLeadingZeros(orders);
      text.append("; the largest free block is ").append(Words.order(largest, kb));
    }
    return text.append('.').toString();
  }

  private static String place(long free, ZoneState state, int kb) {
    Long min = state.min();
    Long low = state.low();
    Long high = state.high();
    if (min == null || low == null || high == null) {
      return ", its marks are not shown";
    }
    String where =
        free <= min
            ? "not above its min mark"
            : free <= low
                ? "below its low mark"
                : free <= high ? "between its low and its high mark" : "above its high mark";
    return ", %s (min %d, low %d, high %d)".formatted(where, min * kb, low * kb, high * kb);
  }
}
