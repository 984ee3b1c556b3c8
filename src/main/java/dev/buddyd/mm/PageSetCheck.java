package dev.buddyd.mm;

import dev.buddyd.mm.frame.FrameTable;
import dev.buddyd.mm.frame.Geometry;
import dev.buddyd.mm.pcp.PerCpuPages;
import dev.buddyd.mm.zone.Zone;

/** The per-CPU sets of one zone: members, counts, and the ranges of what tunes them. */
final class PageSetCheck {

  /** P-12: the run of frees is a 16-bit number. */
  private static final int MAX_FREE_RUN = 0xffff;

  /** P-42: ticks until a remote set is drained. */
  private static final int MAX_EXPIRE = 3;

  private final Zone zone;
  private final FrameTable frames;
  private final Geometry geometry;
  private final FrameCheck walk;
  private final Findings findings;

  PageSetCheck(Zone zone, FrameCheck walk, Findings findings) {
    this.zone = zone;
    this.frames = zone.frames();
    this.geometry = zone.geometry();
    this.walk = walk;
    this.findings = findings;
  }

  void check() {
    long cached = 0;
    for (int cpu = 0; cpu < zone.cpus() && !findings.full(); cpu++) {
      PerCpuPages set = zone.set(cpu);
      long pages = 0;
      for (int list = 0; list < set.lists(); list++) {
        members(set, cpu, list);
        pages += (long) set.size(list) << geometry.pcpOrderOf(list);
      }
      cached += pages;
      String owner = "count of the set of CPU " + cpu;
      findings.same("P-2", zone, set.count(), pages, owner, "the sum of its lists"); // P-2
      tuning(set, cpu);
    }
    findings.same("B-5", zone, walk.cachedPages(), cached, "pages marked as cached", "in sets");
  }

  private void members(PerCpuPages set, int cpu, int list) {
    int order = geometry.pcpOrderOf(list);
    for (int i = 0; i < set.size(list) && !findings.full(); i++) {
      int index = set.get(list, i);
      if (index < frames.firstIndex() || index >= frames.endIndex() || !frames.isTouched(index)) {
        findings.zone("P-1", zone, "list %d of CPU %d holds index %d", list, cpu, index);
        continue;
      }
      if (frames.stateOf(index) != FrameTable.PCP // B-5
          || frames.orderOf(index) != order
          || frames.word0(index) != cpu
          || frames.word1(index) != list) {
        findings.frame("P-1", zone, index, "is on list %d of CPU %d, but not marked so", list, cpu);
      }
    }
    if (walk.cachedHeads(cpu, list) != set.size(list)) {
      findings.zone(
          "P-1",
          zone,
          "list %d of CPU %d holds %d blocks, %d are marked so",
          list,
          cpu,
          set.size(list),
          walk.cachedHeads(cpu, list));
    }
  }

  private void tuning(PerCpuPages set, int cpu) {
    range("P-12", cpu, "allocation shift", set.allocShift(), 0, geometry.batchScaleMax());
    range("P-12", cpu, "run of frees", set.freeRun(), 0, MAX_FREE_RUN);
    range("P-8", cpu, "limit", set.high(), 0, Integer.MAX_VALUE);
    range("P-42", cpu, "expire", set.expire(), 0, MAX_EXPIRE);
    range("P-5", cpu, "batch", set.batch(), 1, Integer.MAX_VALUE);
    if (set.batch() != zone.pagesetBatch() // P-9
        || set.lim() != zone.pagesetLim()
        || set.cap() != zone.pagesetCap()) {
      findings.zone("P-9", zone, "the set of CPU %d is not sized as its zone says", cpu);
    }
  }

  private void range(String rule, int cpu, String what, int value, int low, int high) {
    if (value < low || value > high) {
      findings.zone(
          rule,
          zone,
          "%s of the set of CPU %d is %d, not within %d..%d",
          what,
          cpu,
          value,
          low,
          high);
    }
  }
}
