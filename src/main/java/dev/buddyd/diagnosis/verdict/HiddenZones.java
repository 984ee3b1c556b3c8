package dev.buddyd.diagnosis.verdict;

import dev.buddyd.diagnosis.report.KernelReport;
import dev.buddyd.diagnosis.report.Totals;
import dev.buddyd.diagnosis.rules.ZoneState;
import dev.buddyd.diagnosis.verdict.Case.JudgedZone;
import dev.buddyd.mm.gfp.KernelVersion;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/** Zones that the kernel printed and that a cut text does not show. */
final class HiddenZones {
  private static final int MAX_NODES = 1024;

  /** Zones above the mask are left out from 5.19, and by enterprise kernels from 5.14. */
  static final String SHORT_FROM = "5.14";

  private static final String NORMAL = "Normal";

  /** Where a zone is: its node and its index. */
  private record Place(int node, int index) {}

  private HiddenZones() {}

  /** Their titles, or those of whole nodes; empty for a text that is complete. */
  static List<String> of(
      KernelReport report, Case judged, MachineZones machine, KernelVersion rules) {
    List<ZoneState> states = judged.zones().stream().map(JudgedZone::state).toList();
    int highest = judged.highestIndex();
    int printed = rules.atLeast(SHORT_FROM) ? highest : machine.kinds().size() - 1; // V-17
    Set<Place> shown = new HashSet<>();
    states.forEach(state -> shown.add(new Place(state.node(), state.index())));
    Set<String> hidden = new LinkedHashSet<>();
    for (ZoneState state : states) {
      addAbove(state, shown, machine, printed, hidden);
    }
    if (!states.isEmpty()) {
      addTop(states, printed, hidden);
      boolean normal = machine.indexOf(NORMAL) <= printed;
      addNodes(report, states, normal, hidden);
    }
    return new ArrayList<>(hidden);
  }

  /**
   * The reserve for a higher zone is more than that for the next lower one by a part of what it
   * manages: where it grows, there is memory.
   */
  static boolean growsAt(ZoneState zone, int index) {
    List<Long> reserves = zone.lowmemReserve();
    boolean above = zone.index() >= 0 && index > zone.index();
    return reserves != null
        && above
        && index < reserves.size()
        && reserves.get(index) > reserves.get(index - 1);
  }

  private static void addAbove(
      ZoneState zone, Set<Place> shown, MachineZones machine, int printed, Set<String> hidden) {
    for (int i = zone.index() + 1; i <= printed; i++) {
      if (growsAt(zone, i) && !shown.contains(new Place(zone.node(), i))) {
        hidden.add("Node " + zone.node() + " " + machine.nameOf(i));
      }
    }
  }

  /** Few machines end at a DMA zone, and those show it in its reserve line. */
  private static void addTop(List<ZoneState> states, int printed, Set<String> hidden) {
    ZoneState top = Collections.max(states, Comparator.comparingInt(ZoneState::index));
    if (top.index() < printed && top.lowmemReserve() == null && top.zone().startsWith("DMA")) {
      hidden.add("the zones above " + top.title());
    }
  }

  /** A node above the first has no other zones than Normal, or Movable, as a rule. */
  private static void addNodes(
      KernelReport report, List<ZoneState> states, boolean normal, Set<String> hidden) {
    NodeList nodemask = NodeList.of(report.confinement().nodemask());
    NodeList cpuset = NodeList.of(report.confinement().memsAllowed());
    Set<Integer> expected = new LinkedHashSet<>();
    report.nodes().forEach(node -> expected.add(node.node()));
    Totals totals = report.totals();
    boolean cut = totals.pagesRam() == null && totals.pagecachePages() == null;
    if (cut && normal && cpuset.excludes(MAX_NODES)) {
      IntStream.range(0, MAX_NODES).forEach(expected::add);
    }
    states.forEach(state -> expected.remove(state.node()));
    for (int node : expected) {
      if (!nodemask.excludes(node) && !cpuset.excludes(node)) {
        hidden.add("Node " + node);
      }
    }
  }
}
