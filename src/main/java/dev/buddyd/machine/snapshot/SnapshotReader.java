package dev.buddyd.machine.snapshot;

import dev.buddyd.machine.AllocationTable;
import dev.buddyd.machine.DecisionCounters;
import dev.buddyd.machine.MachineException;
import dev.buddyd.machine.MachineException.Kind;
import dev.buddyd.machine.MachineState;
import dev.buddyd.mm.MmInvariants;
import dev.buddyd.mm.Violation;
import dev.buddyd.mm.boot.MemoryBuilder;
import dev.buddyd.mm.frame.Geometry;
import dev.buddyd.mm.frame.SectionBudget;
import dev.buddyd.mm.gfp.ZoneKind;
import dev.buddyd.mm.reclaim.MemoryReclaim;
import dev.buddyd.mm.zone.Node;
import dev.buddyd.mm.zone.PhysicalMemory;
import dev.buddyd.mm.zone.Sysctls.Knob;
import dev.buddyd.mm.zone.Tunables;
import dev.buddyd.mm.zone.Zone;
import dev.buddyd.mm.zone.ZoneSpan;
import dev.buddyd.mm.zone.Zonelists;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import tools.jackson.core.JacksonException;

/**
 * Makes a machine of a snapshot. Checks each value when it comes, and the whole machine against
 * {@link MmInvariants} at the end; gives back what the machine took if it is refused.
 */
final class SnapshotReader {

  static final long MANY = 1L << 52;

  private static final int MAX_NAME = 128;
  private static final int MAX_RANK = 1024;

  /** A node as it was read; zones do not exist yet. */
  private record NodePlan(
      int[] cpus,
      int[] distances,
      List<ZoneSpan> spans,
      boolean sleeping,
      int order,
      int highestZoneidx,
      int failures,
      int compactOrder,
      int compactHighestZoneidx,
      long totalReservePages,
      List<int[]> zonelist,
      List<int[]> ownZonelist) {}

  private final SnapshotParser in;
  private final SectionBudget budget;
  private final Snapshots.Limits limits;
  private final AllocationTable allocations;
  private final List<Zone> zones = new ArrayList<>();

  SnapshotReader(InputStream from, SectionBudget budget, Snapshots.Limits limits) {
    this.in = new SnapshotParser(from);
    this.budget = budget;
    this.limits = limits;
    this.allocations = new AllocationTable(budget);
  }

  MachineState read() {
    boolean done = false;
    try {
      MachineState state = machine();
      done = true;
      return state;
    } catch (JacksonException e) {
      throw in.unreadable(e);
    } finally {
      if (!done) {
        zones.forEach(zone -> zone.frames().release());
        allocations.release();
      }
    }
  }

  private MachineState machine() {
    in.beginText();
    format(in.member("format").text(MAX_NAME));
    final String name = in.member("name").text(MAX_NAME);
    final long time = in.member("time_us").number(0, Long.MAX_VALUE);
    final long sequence = in.member("sequence").number(0, Long.MAX_VALUE / 2);
    Geometry geometry = geometry();
    Tunables tunables = tunables(geometry);
    final List<String> owners = owners();
    int[] nodeOfCpu = cpus();
    List<NodePlan> plans = nodes(geometry, nodeOfCpu);
    long[] allocated = array("pages_allocated", geometry.zoneKinds().size(), 0, Long.MAX_VALUE);
    final long freed = in.member("pages_freed").number(0, Long.MAX_VALUE);
    MemoryBuilder builder = new MemoryBuilder(geometry, tunables, nodeOfCpu.length, budget);
    for (NodePlan plan : plans) {
      builder.node(plan.cpus(), plan.distances(), plan.spans());
    }
    HolderLimits holders = new HolderLimits(nodeOfCpu.length, owners.size(), sequence, time);
    in.member("zones").beginArray();
    for (NodePlan plan : plans) {
      for (ZoneSpan span : plan.spans()) {
        if (span.populated()) {
          in.element();
          new ZoneReader(in, geometry, budget, allocations, holders).read(builder, span, zones);
        }
      }
    }
    in.endArray();
    PhysicalMemory memory = builder.build();
    ReclaimReader reclaimReader =
        new ReclaimReader(in, memory, allocations, holders, () -> ZoneReader.tooLarge(budget));
    MemoryReclaim reclaim = reclaimReader.read();
    boolean done = false;
    try {
      DecisionCounters counters = counters(memory);
      in.endObject();
      in.endText();
      memory.loadEvents(allocated, freed);
      for (int id = 0; id < plans.size(); id++) {
        finish(memory, memory.node(id), plans.get(id));
      }
      checkWhole(memory, reclaim);
      done = true;
      return new MachineState(
          name,
          memory,
          time,
          sequence,
          owners,
          allocations,
          reclaim,
          reclaimReader.kills(),
          counters);
    } finally {
      if (!done) {
        reclaim.release();
      }
    }
  }

  private DecisionCounters counters(PhysicalMemory memory) {
    DecisionCounters counters = new DecisionCounters(memory);
    Map<String, long[]> values = counters.values();
    in.member("counters").beginObject();
    values.replaceAll((name, fresh) -> array(name, fresh.length, 0, Long.MAX_VALUE));
    in.endObject();
    counters.load(values);
    return counters;
  }

  /** What a row may say about its holder. */
  record HolderLimits(int cpus, int owners, long sequence, long timeMicros) {}

  private void format(String format) {
    if (format.equals(Snapshots.FORMAT)) {
      return;
    }
    if (format.startsWith("buddyd-snapshot/")) {
      throw in.wrong(
          "is '" + format + "'; this service reads " + Snapshots.FORMAT + " and no other version");
    }
    throw in.wrong("must be '" + Snapshots.FORMAT + "', not '" + format + "'");
  }

  private Geometry geometry() {
    in.member("geometry").beginObject();
    String arch = in.member("arch").text(MAX_NAME);
    if (!Set.of("x86_64", "x86_32", "arm64").contains(arch)) {
      throw in.wrong("must be x86_64, x86_32 or arm64");
    }
    int pageShift = in.member("page_shift").whole(12, 16);
    int maxOrder = in.member("max_order").whole(1, 14);
    int pageblockOrder = in.member("pageblock_order").whole(4, maxOrder);
    boolean hugePages = in.member("huge_pages").flag();
    boolean cma = in.member("cma").flag();
    boolean numa = in.member("numa").flag();
    int batchScaleMax = in.member("batch_scale_max").whole(0, 6);
    int maxNumnodes = in.member("max_numnodes").whole(1, MAX_RANK);
    List<ZoneKind> kinds = new ArrayList<>();
    in.member("zone_types").beginArray();
    while (in.more()) {
      ZoneKind kind = zoneKind(in.text(MAX_NAME));
      if (!kinds.isEmpty() && kinds.getLast().compareTo(kind) >= 0) {
        throw in.wrong("zone types must come from the lowest memory to the highest");
      }
      kinds.add(kind);
    }
    if (!kinds.contains(ZoneKind.NORMAL) || !kinds.contains(ZoneKind.MOVABLE)) {
      throw in.wrong("every machine has the zone types Normal and Movable");
    }
    in.endObject();
    return new Geometry(
        arch,
        pageShift,
        maxOrder,
        pageblockOrder,
        hugePages,
        cma,
        numa,
        kinds,
        batchScaleMax,
        maxNumnodes);
  }

  private ZoneKind zoneKind(String name) {
    for (ZoneKind kind : ZoneKind.values()) {
      if (kind.kernelName().equals(name)) {
        return kind;
      }
    }
    throw in.wrong("is no zone type");
  }

  private Tunables tunables(Geometry geometry) {
    in.member("sysctls").beginObject();
    int[] values = new int[Knob.values().length];
    for (Knob knob : Knob.values()) {
      if (Snapshots.numeric(knob)) {
        String name = knob.name().toLowerCase(Locale.ROOT);
        values[knob.ordinal()] = in.member(name).whole(knob.min(), knob.max());
      }
    }
    in.endObject();
    long[] ratio = array("lowmem_reserve_ratio", geometry.zoneKinds().size(), 0, Integer.MAX_VALUE);
    Tunables tunables = new Tunables(Arrays.stream(ratio).mapToInt(r -> (int) r).toArray());
    for (Knob knob : Knob.values()) {
      if (Snapshots.numeric(knob)) {
        tunables.set(knob, values[knob.ordinal()]);
      }
    }
    tunables.setUserMinFreeKbytes(in.member("user_min_free_kbytes").whole(-1, Integer.MAX_VALUE));
    tunables.setGroupingDisabled(in.member("grouping_disabled").flag());
    tunables.setTotalReservePages(in.member("total_reserve_pages").number(0, MANY));
    return tunables;
  }

  /** The named array of exactly so many numbers. */
  private long[] array(String name, int length, long least, long most) {
    in.member(name).beginArray();
    long[] values = new long[length];
    for (int i = 0; i < length; i++) {
      values[i] = in.element().number(least, most);
    }
    in.endArray();
    return values;
  }

  private List<String> owners() {
    Set<String> owners = new LinkedHashSet<>();
    in.member("owners").beginArray();
    while (in.more()) {
      String name = in.text(MAX_NAME);
      if (name.isEmpty() || !owners.add(name)) {
        throw in.wrong("owners have different names");
      }
      if (owners.size() > limits.maxOwners()) {
        throw new MachineException(
            Kind.TOO_LARGE,
            "a machine knows at most " + limits.maxOwners() + " owners",
            Map.of("limit_name", "buddyd.limits.owners", "limit", limits.maxOwners()));
      }
    }
    return List.copyOf(owners);
  }

  private int[] cpus() {
    int[] nodeOfCpu = new int[limits.maxCpus()];
    int cpus = 0;
    in.member("cpus").beginArray();
    while (in.more()) {
      if (cpus == limits.maxCpus()) {
        throw in.wrong("a machine has " + limits.maxCpus() + " CPUs at most");
      }
      nodeOfCpu[cpus++] = in.whole(0, limits.maxNodes() - 1);
    }
    if (cpus == 0) {
      throw in.wrong("a machine has a CPU");
    }
    return Arrays.copyOf(nodeOfCpu, cpus);
  }

  // ---- nodes

  private List<NodePlan> nodes(Geometry geometry, int[] nodeOfCpu) {
    List<NodePlan> plans = new ArrayList<>();
    int listed = 0;
    in.member("nodes").beginArray();
    while (in.more()) {
      if (plans.size() == limits.maxNodes()) {
        throw in.wrong("a machine has " + limits.maxNodes() + " nodes at most");
      }
      NodePlan plan = node(plans.size(), geometry, nodeOfCpu);
      listed += plan.cpus().length;
      plans.add(plan);
    }
    if (plans.isEmpty() || listed != nodeOfCpu.length) {
      throw in.wrong("the nodes have " + listed + " CPUs, but cpus has " + nodeOfCpu.length);
    }
    for (NodePlan plan : plans) {
      if (plan.distances().length != plans.size()) {
        throw in.wrong("every node has a distance to each of the " + plans.size() + " nodes");
      }
    }
    if (plans.stream().flatMap(plan -> plan.spans().stream()).noneMatch(ZoneSpan::populated)) {
      throw in.wrong("no zone has memory");
    }
    return plans;
  }

  private NodePlan node(int id, Geometry geometry, int[] nodeOfCpu) {
    in.beginObject();
    List<Integer> cpus = new ArrayList<>();
    in.member("cpus").beginArray();
    while (in.more()) {
      int cpu = in.whole(cpus.isEmpty() ? 0 : cpus.getLast() + 1L, nodeOfCpu.length - 1L);
      if (nodeOfCpu[cpu] != id) {
        throw in.wrong("CPU " + cpu + " is on node " + nodeOfCpu[cpu]);
      }
      cpus.add(cpu);
    }
    List<Integer> distances = new ArrayList<>();
    in.member("distances").beginArray();
    while (in.more() && distances.size() < limits.maxNodes()) {
      distances.add(in.whole(0, 255));
    }
    final List<ZoneSpan> spans = spans(id, geometry);
    in.member("kswapd").beginObject();
    final boolean sleeping = in.member("sleeping").flag();
    final int order = in.member("order").whole(0, geometry.maxOrder());
    final int highest = in.member("highest_zoneidx").whole(0, geometry.zoneKinds().size());
    final int failures = in.member("failures").whole(0, Integer.MAX_VALUE);
    in.endObject();
    in.member("kcompactd").beginObject();
    final int compactOrder = in.member("order").whole(0, geometry.maxOrder());
    final int compactHighest =
        in.member("highest_zoneidx").whole(0, geometry.zoneKinds().size() - 1L);
    in.endObject();
    final long reserve = in.member("total_reserve_pages").number(0, MANY);
    final List<int[]> zonelist = zonelist("zonelist", geometry);
    final List<int[]> own = zonelist("own_zonelist", geometry);
    in.endObject();
    return new NodePlan(
        ints(cpus),
        ints(distances),
        spans,
        sleeping,
        order,
        highest,
        failures,
        compactOrder,
        compactHighest,
        reserve,
        zonelist,
        own);
  }

  private static int[] ints(List<Integer> list) {
    return list.stream().mapToInt(Integer::intValue).toArray();
  }

  private List<ZoneSpan> spans(int node, Geometry geometry) {
    List<ZoneSpan> spans = new ArrayList<>();
    in.member("zones").beginArray();
    for (int index = 0; index < geometry.zoneKinds().size(); index++) {
      in.element().beginArray();
      long start = in.element().number(0, MANY);
      long spanned = in.element().number(0, ZoneReader.MAX_SPANNED);
      long present = in.element().number(0, spanned);
      long cma = in.element().number(0, present);
      in.endArray();
      ZoneKind kind = geometry.zoneKinds().get(index);
      spans.add(new ZoneSpan(node, index, kind, start, spanned, present, cma));
    }
    in.endArray();
    return spans;
  }

  private List<int[]> zonelist(String name, Geometry geometry) {
    List<int[]> list = new ArrayList<>();
    in.member(name).beginArray();
    while (in.more()) {
      if (list.size() == MAX_RANK) {
        throw in.wrong("is an element too many");
      }
      in.beginArray();
      int node = in.element().whole(0, limits.maxNodes() - 1);
      int index = in.element().whole(0, geometry.zoneKinds().size() - 1L);
      in.endArray();
      list.add(new int[] {node, index});
    }
    return list;
  }

  private void finish(PhysicalMemory memory, Node node, NodePlan plan) {
    node.kswapd().load(plan.sleeping(), plan.order(), plan.highestZoneidx(), plan.failures());
    node.kswapd().wakeKcompactd(plan.compactOrder(), plan.compactHighestZoneidx());
    node.setTotalReservePages(plan.totalReservePages());
    Zonelists.load(
        node,
        zones(memory, node, "zonelist", plan.zonelist()),
        zones(memory, node, "own_zonelist", plan.ownZonelist()));
  }

  private List<Zone> zones(PhysicalMemory memory, Node of, String name, List<int[]> list) {
    Set<Zone> zones = new LinkedHashSet<>();
    for (int[] entry : list) {
      Zone zone = entry[0] < memory.nodes().size() ? memory.node(entry[0]).zone(entry[1]) : null;
      if (zone == null || !zones.add(zone)) {
        throw in.wrong(
            "nodes[%d].%s: zone %d of node %d %s"
                .formatted(
                    of.id(),
                    name,
                    entry[1],
                    entry[0],
                    zone == null ? "has no memory" : "appears twice"));
      }
    }
    return List.copyOf(zones);
  }

  private void checkWhole(PhysicalMemory memory, MemoryReclaim reclaim) {
    memory.quiesce();
    try {
      for (Violation violation : MmInvariants.check(memory, reclaim.state(), 1)) {
        throw in.wrong("the machine contradicts itself: " + violation);
      }
    } finally {
      memory.resume();
    }
  }
}
