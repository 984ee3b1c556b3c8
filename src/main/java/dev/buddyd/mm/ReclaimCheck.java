package dev.buddyd.mm;

import dev.buddyd.mm.frame.FrameTable;
import dev.buddyd.mm.reclaim.LruList;
import dev.buddyd.mm.reclaim.ReclaimState;
import dev.buddyd.mm.zone.AllocationRequest;
import dev.buddyd.mm.zone.Node;
import dev.buddyd.mm.zone.PhysicalMemory;
import dev.buddyd.mm.zone.Zone;
import java.util.Arrays;
import java.util.BitSet;

/**
 * Pages on reclaim lists: each on one list, at the frame that says so, counted where they lie; swap
 * slots and the memory of processes add up.
 */
final class ReclaimCheck {

  private static final int LISTS = LruList.SLAB + 1;
  private static final int FLAGS = 3;

  private final PhysicalMemory memory;
  private final ReclaimState state;
  private final Findings findings;
  private final BitSet seen = new BitSet();
  private final long[][] onList;
  private final long[][] flagged;
  private long[] rss = new long[16];

  ReclaimCheck(PhysicalMemory memory, ReclaimState state, Findings findings) {
    this.memory = memory;
    this.state = state;
    this.findings = findings;
    this.onList = new long[memory.zones().size()][LISTS];
    this.flagged = new long[memory.zones().size()][FLAGS];
  }

  void check() {
    for (Node node : memory.nodes()) {
      for (int list = LruList.INACTIVE_ANON; list < LISTS; list++) {
        int number = list;
        state.visit(
            node.id(),
            list,
            (tag, pfn, order, owner, flags, writtenAt) ->
                page(node, number, tag, pfn, order, owner));
      }
    }
    for (Zone zone : memory.zones()) {
      counts(zone);
    }
    Zone first = memory.zones().getFirst();
    swap(first);
    for (int owner = 0; owner < Math.max(state.processes(), rss.length); owner++) {
      long counted = owner < state.processes() ? state.rss(owner) : 0;
      long found = owner < rss.length ? rss[owner] : 0;
      findings.same(
          "R-52", first, counted, found, "rss of process " + owner, "what it has on the lists");
    }
  }

  private void page(Node node, int list, int tag, long pfn, int order, int owner) {
    Zone zone = state.zoneOf(tag);
    if (findings.full()) {
      return;
    }
    if (seen.get(tag)) {
      findings.zone("R-1", zone, "pages with tag %d are on two lists, or twice on one", tag);
      return;
    }
    seen.set(tag);
    if (zone.node() != node.id() || !zone.frames().spans(pfn)) {
      findings.zone("R-1", zone, "pfn %#x is on a list of node %d", pfn, node.id());
      return;
    }
    frame(zone, list, tag, pfn, order);
    long pages = 1L << order;
    onList[zone.ordinal()][list] += pages;
    long[] flags = state.flagsOf(tag);
    for (int i = 0; i < FLAGS; i++) {
      flagged[zone.ordinal()][i] += flags[i] * pages;
    }
    if (list == LruList.INACTIVE_ANON || list == LruList.ACTIVE_ANON) {
      if (owner >= rss.length) {
        rss = Arrays.copyOf(rss, 2 * owner);
      }
      rss[owner] += pages;
    }
  }

  private void frame(Zone zone, int list, int tag, long pfn, int order) {
    FrameTable frames = zone.frames();
    int index = frames.index(pfn);
    if (frames.stateOf(index) != FrameTable.ALLOCATED
        || frames.word1(index) != tag
        || frames.orderOf(index) != order) {
      findings.frame("R-1", zone, index, "is on list %d, but not allocated to tag %d", list, tag);
      return;
    }
    int use =
        switch (list) {
          case LruList.SLAB -> AllocationRequest.SLAB;
          case LruList.INACTIVE_ANON, LruList.ACTIVE_ANON -> AllocationRequest.ANON;
          default -> AllocationRequest.FILE;
        };
    if (frames.useOf(index) != use) {
      findings.frame("R-1", zone, index, "is on list %d with use %d", list, frames.useOf(index));
    }
  }

  private void counts(Zone zone) {
    for (int list = LruList.INACTIVE_ANON; list < LISTS; list++) {
      findings.same(
          "R-1",
          zone,
          state.pagesInZone(zone, list),
          onList[zone.ordinal()][list],
          "the count of list " + list,
          "what is on it");
    }
    long[] counted = state.flagged(zone);
    for (int i = 0; i < FLAGS; i++) {
      findings.same(
          "R-1",
          zone,
          counted[i],
          flagged[zone.ordinal()][i],
          "the count of pages with flag " + i,
          "what is on the lists");
    }
  }

  /** */
  private void swap(Zone zone) {
    long used = state.swapForeign();
    for (long[] flags : flagged) {
      used += flags[2];
    }
    for (int owner = 0; owner < state.processes(); owner++) {
      used += state.inSwap(owner);
    }
    findings.same(
        "R-3", zone, state.swapUsed(), used, "swap in use", "what pages and processes have there");
    if (state.swapUsed() > state.settings().swapPages() || state.swapUsed() < 0) {
      findings.zone(
          "R-3",
          zone,
          "%d of %d swap slots are in use",
          state.swapUsed(),
          state.settings().swapPages());
    }
  }
}
