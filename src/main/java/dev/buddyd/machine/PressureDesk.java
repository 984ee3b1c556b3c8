package dev.buddyd.machine;

import dev.buddyd.machine.MachineException.Kind;
import dev.buddyd.mm.reclaim.MemoryReclaim;
import dev.buddyd.mm.reclaim.ProcessState;
import dev.buddyd.mm.reclaim.Reclaim.Compaction;
import dev.buddyd.mm.reclaim.VmEvent;
import dev.buddyd.mm.trace.Decision;
import dev.buddyd.mm.trace.Trace;
import dev.buddyd.mm.zone.AllocationRequest;
import dev.buddyd.mm.zone.Node;
import dev.buddyd.mm.zone.PhysicalMemory;
import dev.buddyd.mm.zone.Zone;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What an administrator can ask of reclaim, and what it knows of owners. For one thread. */
public final class PressureDesk {

  private final SimulatedMachine machine;
  private final PhysicalMemory memory;
  private final MemoryReclaim reclaim;
  private final RequestTrace trace;

  /**
   * @param explain whether to keep every step of the last call
   */
  public PressureDesk(SimulatedMachine machine, boolean explain) {
    this.machine = machine;
    this.memory = machine.memory();
    this.reclaim = machine.reclaim();
    this.trace = new RequestTrace(machine, explain);
  }

  /** All steps of the last call, if they are kept. */
  public List<Step> steps() {
    return trace.steps();
  }

  // ---- reclaim and compaction

  /**
   * What reclaim came to.
   *
   * @param passes passes of direct reclaim; one without progress counts, too
   * @param reclaimedPages pages that are free now
   * @param events what else was counted meanwhile
   */
  public record Reclaimed(int passes, long reclaimedPages, Map<VmEvent, Long> events) {}

  /**
   * Reclaims from a node, pass by pass, until enough is won or a pass makes no progress.
   *
   * @param gfp says what the passes may do, and up to which zone
   */
  public Reclaimed reclaim(int node, long pages, int gfp, @Nullable Integer cpu) {
    RequestCheck check = machine.check();
    int mask = check.mask(PageRequest.Call.ALLOC_PAGES, gfp);
    int on = check.cpuOf(RequestCheck.given(cpu), check.node(node));
    machine.oneRequest();
    trace.begin(on, 0);
    Map<VmEvent, Long> before = counts();
    AllocationRequest request = AllocationRequest.of(mask, 0, node, on);
    int passes = 0;
    long reclaimed = 0;
    while (reclaimed < pages) {
      long won = reclaim.directReclaim(request, trace);
      passes++;
      reclaimed += won;
      if (won == 0) {
        break;
      }
    }
    machine.background(trace);
    return new Reclaimed(passes, reclaimed, since(before));
  }

  /**
   * What compaction of a zone came to.
   *
   * @param result whether a block of the order is there now; null for "the whole zone"
   */
  public record Compacted(int node, String zone, @Nullable Compaction result) {}

  /**
   * What compaction came to.
   *
   * @param zones one by one
   * @param events what was counted meanwhile
   */
  public record CompactedZones(List<Compacted> zones, Map<VmEvent, Long> events) {}

  /**
   * Compacts.
   *
   * @param node only this node, or null for all
   * @param zone only zones of this name, or null for all
   * @param order until a block of this order is there, or null for as far as it goes
   */
  public CompactedZones compact(
      @Nullable Integer node, @Nullable String zone, @Nullable Integer order) {
    RequestCheck check = machine.check();
    if (node != null) {
      check.node(node);
    }
    if (zone != null) {
      if (node != null) {
        machine.zone(node, zone);
      }
      machine.requireZone(zone);
    }
    if (order != null) {
      check.order(PageRequest.Call.ALLOC_PAGES, order);
    }
    machine.oneRequest();
    trace.begin(0, 0);
    Map<VmEvent, Long> before = counts();
    List<Compacted> done = new ArrayList<>();
    for (Node each : memory.nodes()) {
      for (Zone one : each.zones()) {
        if ((node == null || node == each.id()) && (zone == null || zone.equals(one.name()))) {
          int cpu = check.cpuOf(MachineSession.ANY, each.id());
          Compaction result = reclaim.compactZone(one, order == null ? -1 : order, cpu, trace);
          done.add(new Compacted(each.id(), one.name(), order == null ? null : result));
        }
      }
    }
    return new CompactedZones(done, since(before));
  }

  private Map<VmEvent, Long> counts() {
    Map<VmEvent, Long> counts = new EnumMap<>(VmEvent.class);
    for (VmEvent event : VmEvent.values()) {
      counts.put(event, reclaim.events().get(event));
    }
    return counts;
  }

  private Map<VmEvent, Long> since(Map<VmEvent, Long> before) {
    Map<VmEvent, Long> grown = counts();
    grown.replaceAll((event, now) -> now - before.getOrDefault(event, 0L));
    return grown;
  }

  // ---- owners

  /**
   * An owner.
   *
   * @param number as events carry it
   * @param process what the OOM killer knows
   * @param killedFor what it was killed for, or null if it lives or that is not known any more
   */
  public record Owner(
      int number, String name, ProcessState process, @Nullable KilledFor killedFor) {}

  /**
   * The request for which the OOM killer took an owner.
   *
   * @param timeMicros virtual time of the kill, in microseconds since boot
   * @param owner who asked, or null if nobody said
   * @param gfp mask of the request
   * @param order its order
   */
  public record KilledFor(long timeMicros, @Nullable String owner, int gfp, int order) {}

  private Owner known(int number, String name) {
    ProcessState process = reclaim.process(number);
    Kill kill = process.killed() ? machine.kills().get(number) : null;
    return new Owner(
        number,
        name,
        process,
        kill == null
            ? null
            : new KilledFor(
                kill.timeMicros(),
                kill.asking() == 0 ? null : machine.ownerName(kill.asking()),
                kill.gfp(),
                kill.order()));
  }

  /**
   * An owner is a process from now on.
   *
   * @param oomScoreAdj -1000 (never killed) to 1000
   * @throws MachineException if there are too many owners
   */
  public Owner declare(String name, int oomScoreAdj) {
    int number = machine.owner(name);
    reclaim.declareProcess(
        number,
        oomScoreAdj,
        () ->
            machine.event(
                Decision.OOM_SCORE_ADJ_UPDATE,
                Trace.NO_ZONE,
                0,
                number,
                oomScoreAdj,
                0,
                0,
                0,
                0,
                0));
    return known(number, name);
  }

  /**
   * An owner by name.
   *
   * @throws MachineException if nobody of this name has asked for anything
   */
  public Owner owner(String name) {
    int number = machine.ownerNumber(name);
    if (number <= 0) {
      throw new MachineException(Kind.NO_SUCH_OWNER, "there is no owner '%.128s'".formatted(name));
    }
    return known(number, name);
  }

  /** Owners in the order in which they were first heard of, from a number on. */
  public List<Owner> owners(long from, int limit) {
    List<String> names = machine.ownerNames();
    List<Owner> owners = new ArrayList<>();
    for (long number = Math.max(from, 1);
        number <= names.size() && owners.size() < limit;
        number++) {
      int n = (int) number;
      owners.add(known(n, names.get(n - 1)));
    }
    return owners;
  }
}
