package dev.buddyd.procfs;

import dev.buddyd.machine.KernelVoice;
import dev.buddyd.machine.SimulatedMachine;
import dev.buddyd.mm.reclaim.OomKill;
import dev.buddyd.mm.reclaim.ReclaimCounts;
import dev.buddyd.mm.zone.PhysicalMemory;

/** The reports of 6.12 (F-70, F-80). */
public final class ReportVoice implements KernelVoice {

  @Override
  public String oomKill(
      SimulatedMachine machine, OomKill kill, ReclaimCounts counts, boolean whole) {
    return whole ? OomReport.of(machine, kill, counts) : OomReport.killed(machine, kill);
  }

  @Override
  public boolean tells(SimulatedMachine machine, Denial denial) {
    return switch (denial.would()) {
      case FAIL -> !FailureReport.suppressed(machine.memory(), denial.gfp());
      case LOOP -> false;
      case OOM_KILL, PANIC -> true;
    };
  }

  @Override
  public String denial(
      SimulatedMachine machine, PhysicalMemory memory, ReclaimCounts counts, Denial denial) {
    String report = FailureReport.of(machine, memory, counts, denial);
    return report == null ? "" : report;
  }
}
