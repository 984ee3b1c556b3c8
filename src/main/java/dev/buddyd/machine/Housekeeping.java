package dev.buddyd.machine;

import dev.buddyd.machine.PageRequest.Call;
import dev.buddyd.mm.alloc.PageAllocator;
import dev.buddyd.mm.trace.Decision;
import dev.buddyd.mm.trace.Trace;
import dev.buddyd.mm.zone.PhysicalMemory;
import dev.buddyd.mm.zone.Sysctls;

/** The kernel's work in the background, asked for. For one thread. */
public final class Housekeeping {

  private static final int ANY = MachineSession.ANY;

  private final SimulatedMachine machine;
  private final PhysicalMemory memory;
  private final PageAllocator allocator;
  private final RequestCheck check;
  private final RequestTrace trace;

  public Housekeeping(SimulatedMachine machine) {
    this.machine = machine;
    this.memory = machine.memory();
    this.allocator = machine.allocator();
    this.check = machine.check();
    this.trace = new RequestTrace(machine, false);
  }

  /** Empties the page sets of one CPU, or of all with {@link MachineSession#ANY} (P-41). */
  public void drain(int cpu) {
    int first = firstCpu(cpu);
    machine.oneRequest();
    for (int c = first; c <= lastCpu(cpu); c++) {
      trace.begin(c, 0);
      allocator.drain(c, trace);
    }
  }

  /** The periodic work of one CPU, without letting time pass (P-42). */
  public void vmstatTick(int cpu) {
    check.cpu(cpu);
    machine.oneRequest();
    periodicWork(cpu);
  }

  /**
   * Lets time pass: the periodic work of one CPU or of all, ascending (P-42).
   *
   * @param count how often; each is one {@code vm.stat_interval}
   * @param cpu one CPU, or {@link MachineSession#ANY} for all
   */
  public void tick(int count, int cpu) {
    int first = firstCpu(cpu);
    long intervalMicros = 1_000_000L * memory.tunables().get(Sysctls.Knob.STAT_INTERVAL);
    for (int i = 0; i < count; i++) {
      machine.passTime(intervalMicros);
      for (int c = first; c <= lastCpu(cpu); c++) {
        periodicWork(c);
      }
      machine.runBackground(); // what was left to ticks, and what they woke
      machine.timePassed(trace);
    }
  }

  private void periodicWork(int cpu) {
    trace.begin(cpu, 0);
    trace.decided(Decision.TICK, Trace.NO_ZONE, cpu);
    allocator.tick(cpu, trace);
    machine.background(trace);
  }

  private int firstCpu(int cpu) {
    return cpu == ANY ? 0 : check.cpu(cpu);
  }

  private int lastCpu(int cpu) {
    return cpu == ANY ? memory.cpus() - 1 : cpu;
  }

  /**
   * Gives one HIGHATOMIC pageblock back to ordinary use (B-71).
   *
   * @param gfp mask of the requester: picks the zones and the new type
   * @param node whose zones, or {@link MachineSession#ANY} for that of the CPU
   * @param force also the last pageblock of a zone
   * @param cpu that asks, or {@link MachineSession#ANY} for the lowest of the node
   * @return whether pages were moved
   */
  public boolean unreserveHighatomic(int gfp, int node, boolean force, int cpu) {
    int mask = check.mask(Call.ALLOC_PAGES, gfp);
    int on = check.cpuOf(cpu, node);
    machine.oneRequest();
    trace.begin(on, 0);
    return allocator.unreserveHighatomic(mask, check.nodeOf(node, on), force, on, trace);
  }
}
