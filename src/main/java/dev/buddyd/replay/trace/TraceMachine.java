package dev.buddyd.replay.trace;

import dev.buddyd.machine.DecisionCounters;
import dev.buddyd.machine.MachineException;
import dev.buddyd.machine.MachineSession;
import dev.buddyd.machine.PageRequest.Call;
import dev.buddyd.machine.PageUse;
import dev.buddyd.machine.SimulatedMachine;
import dev.buddyd.mm.Violation;
import dev.buddyd.mm.frame.MigrateType;
import dev.buddyd.mm.zone.PhysicalMemory;
import dev.buddyd.mm.zone.Zone;
import dev.buddyd.replay.json.LimitException;
import dev.buddyd.replay.recording.FrameTablesFullException;
import dev.buddyd.replay.trace.TraceResult.Fallback;
import dev.buddyd.replay.trace.TraceResult.Outcome;
import dev.buddyd.replay.trace.TraceResult.Refusal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One machine that lives through a trace, and what it made of it. */
final class TraceMachine {

  private static final int MOST_REFUSALS = 64;
  private static final int MOST_VIOLATIONS = 20;

  /** Blocks of the recording that are held at a time. */
  private static final int MOST_NAMES = 1 << 20;

  private record Wanted(int order, String gfp) {}

  private final SimulatedMachine machine;
  private final Map<String, String> sysctls;
  private final MachineSession session;
  private final PfnNames names = new PfnNames();
  private final Samples samples;
  private final Map<Wanted, Long> refusals = new LinkedHashMap<>();
  private final long[][] fallbacksBefore;
  private final int cpus;
  private long granted;
  private long refused;
  private long grantedButFailed;
  private long refusedButGranted;
  private long impossible;
  private long freed;
  private long freesOfUnknown;
  private long freesOfRefused;
  private long impliedFrees;
  private long held;

  TraceMachine(SimulatedMachine machine, Map<String, String> sysctls) {
    this.machine = machine;
    this.sysctls = sysctls;
    this.session = new MachineSession(machine, false);
    this.samples = new Samples(machine.memory());
    this.cpus = machine.memory().cpus();
    this.fallbacksBefore = fallbacks();
    samples.reach(0, -1);
  }

  void allocate(TraceEvent event, int mask) {
    boolean failed = event.pfn() == 0;
    if (names.size() >= MOST_NAMES) {
      throw new LimitException("trace_live_blocks", MOST_NAMES);
    }
    if (!failed) {
      long before = names.remove(event.pfn());
      if (before >= 0) {
        impliedFrees++;
        give(before, event.cpu());
      }
    }
    long pfn;
    try {
      pfn =
          session.allocate(
              Call.ALLOC_PAGES,
              mask,
              event.order(),
              MachineSession.ANY,
              event.cpu() % cpus,
              0,
              PageUse.KERNEL);
    } catch (MachineException e) {
      if (e.kind() == MachineException.Kind.FRAME_TABLE_EXHAUSTED) {
        throw new FrameTablesFullException(machine.memory().budget().limitBytes());
      }
      impossible++;
      return;
    }
    if (pfn < 0) {
      refused++;
      refusedButGranted += failed ? 0 : 1;
      refusals.merge(
          new Wanted(event.order(), TraceMasks.print(event.mask(), mask)), 1L, Long::sum);
      if (!failed) {
        names.put(event.pfn(), PfnNames.REFUSED);
      }
      return;
    }
    granted++;
    held += 1L << event.order();
    if (failed) {
      grantedButFailed++;
      give(pfn, event.cpu());
    } else {
      names.put(event.pfn(), pfn);
    }
  }

  void free(TraceEvent event) {
    long pfn = names.remove(event.pfn());
    if (pfn == PfnNames.UNKNOWN) {
      freesOfUnknown++;
    } else if (pfn == PfnNames.REFUSED) {
      freesOfRefused++;
    } else {
      freed++;
      give(pfn, event.cpu());
    }
  }

  private void give(long pfn, int cpu) {
    held -= session.free(pfn, MachineSession.ANY, -1, cpu % cpus);
  }

  void sample(long event, double seconds) {
    samples.reach(event, seconds);
  }

  Outcome outcome(long events, double seconds) {
    return new Outcome(
        machine.name(),
        sysctls,
        granted,
        refused,
        grantedButFailed,
        refusedButGranted,
        impossible,
        mostRefused(),
        freed,
        freesOfUnknown,
        freesOfRefused,
        impliedFrees,
        newFallbacks(),
        held,
        violations(),
        samples.finish(events, seconds));
  }

  private List<Refusal> mostRefused() {
    return refusals.entrySet().stream()
        .map(e -> new Refusal(e.getKey().order(), e.getKey().gfp(), e.getValue()))
        .sorted(Comparator.comparingLong(Refusal::count).reversed())
        .limit(MOST_REFUSALS)
        .toList();
  }

  /** By type asked for and type taken from. */
  private long[][] fallbacks() {
    PhysicalMemory memory = machine.memory();
    DecisionCounters counters = machine.counters();
    int types = memory.geometry().migrateTypes();
    long[][] counts = new long[MigrateType.PCP_TYPES][types];
    for (Zone zone : memory.zones()) {
      for (int wanted = 0; wanted < MigrateType.PCP_TYPES; wanted++) {
        for (int from = 0; from < types; from++) {
          counts[wanted][from] +=
              counters.fallbacks(zone.ordinal(), wanted, from, true)
                  + counters.fallbacks(zone.ordinal(), wanted, from, false);
        }
      }
    }
    return counts;
  }

  private List<Fallback> newFallbacks() {
    List<String> types = MigrateType.names(machine.memory().geometry().cmaBuilt());
    long[][] now = fallbacks();
    List<Fallback> list = new ArrayList<>();
    for (int wanted = 0; wanted < now.length; wanted++) {
      for (int from = 0; from < now[wanted].length; from++) {
        long count = now[wanted][from] - fallbacksBefore[wanted][from];
        if (count > 0) {
          list.add(new Fallback(types.get(wanted), types.get(from), count));
        }
      }
    }
    return list;
  }

  private List<String> violations() {
    return machine.violations().stream().map(Violation::toString).limit(MOST_VIOLATIONS).toList();
  }
}
