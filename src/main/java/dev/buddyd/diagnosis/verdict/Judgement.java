package dev.buddyd.diagnosis.verdict;

import dev.buddyd.diagnosis.report.KernelReport;
import dev.buddyd.diagnosis.rules.JudgedRequest;
import dev.buddyd.diagnosis.rules.ZoneState;
import dev.buddyd.mm.gfp.DecodedMask;
import dev.buddyd.mm.gfp.GfpFlag;
import dev.buddyd.mm.gfp.GfpReading;
import dev.buddyd.mm.gfp.KernelVersion;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A report, judged but not yet told.
 *
 * @param report the facts
 * @param reading its mask, or null when there is none
 * @param rules the version whose rules were applied, or null when nothing tells one
 * @param judged the request against the zones, or null without a mask
 * @param special the verdict that the zones have no say in, or null
 * @param found what the zones say
 * @param highestZone the highest zone that the mask may use, or null
 * @param hidden zones or nodes that the kernel printed and that the text does not show
 */
record Judgement(
    KernelReport report,
    @Nullable GfpReading reading,
    @Nullable KernelVersion rules,
    @Nullable Case judged,
    @Nullable Special special,
    CauseFinder.Found found,
    @Nullable String highestZone,
    List<String> hidden) {

  Judgement {
    hidden = List.copyOf(hidden);
  }

  static Judgement of(KernelReport report, MaskFinder masks) {
    KernelVersion version = MaskFinder.version(report);
    GfpReading reading = masks.read(report, version);
    if (reading == null) {
      CauseFinder.Found nothing = new CauseFinder.Found(Cause.UNKNOWN, null);
      Special special = Special.of(report, null);
      return new Judgement(report, null, version, null, special, nothing, null, List.of());
    }
    KernelVersion rules = MaskFinder.rules(report, version, reading);
    MachineZones machine = MachineZones.of(report, rules);
    Case judged = judge(report, reading, rules, machine);
    return new Judgement(
        report,
        reading,
        rules,
        judged,
        Special.of(report, judged),
        CauseFinder.of(judged),
        machine.nameOf(judged.highestIndex()),
        HiddenZones.of(report, judged, machine, rules));
  }

  Cause cause() {
    return special != null ? special.cause() : found.cause();
  }

  @Nullable DecodedMask mask() {
    return reading == null ? null : reading.mask();
  }

  private static Case judge(
      KernelReport report, GfpReading reading, KernelVersion rules, MachineZones machine) {
    DecodedMask mask = reading.mask();
    int order = report.order() == null ? 0 : Math.clamp(report.order(), 0, 30);
    JudgedRequest request = JudgedRequest.of(order, mask, CallerFinder.of(report), rules);
    int highest = machine.highest(mask.modern().bits());
    List<ZoneState> states = ZoneStates.of(report, machine);
    NodeList nodemask = NodeList.of(report.confinement().nodemask());
    boolean cpusetBinds =
        !report.inInterrupt()
            && (mask.flags().contains(GfpFlag.DIRECT_RECLAIM)
                || mask.flags().contains(GfpFlag.WAIT)
                || !mask.flags().contains(GfpFlag.HIGH)); // G-35
    NodeList cpuset = NodeList.of(cpusetBinds ? report.confinement().memsAllowed() : null);
    List<@Nullable String> exclusions = new ArrayList<>();
    for (ZoneState state : states) {
      exclusions.add(exclusion(state, highest, nodemask, cpuset));
    }
    return Case.of(request, states, exclusions, highest, report.pageSize().kb());
  }

  private static @Nullable String exclusion(
      ZoneState zone, int highest, NodeList nodemask, NodeList cpuset) {
    if (zone.index() < 0 || zone.index() > highest) {
      return "mask"; // G-22
    }
    if (nodemask.excludes(zone.node())) {
      return "nodemask";
    }
    return cpuset.excludes(zone.node()) ? "cpuset" : null;
  }
}
