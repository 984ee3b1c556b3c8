package dev.buddyd.replay.recording;

import dev.buddyd.mm.boot.MemoryBuilder;
import dev.buddyd.mm.frame.Geometry;
import dev.buddyd.mm.frame.SectionBudget;
import dev.buddyd.mm.gfp.ZoneKind;
import dev.buddyd.mm.zone.Node;
import dev.buddyd.mm.zone.PhysicalMemory;
import dev.buddyd.mm.zone.Sysctls.Knob;
import dev.buddyd.mm.zone.Tunables;
import dev.buddyd.mm.zone.Zone;
import dev.buddyd.mm.zone.ZoneSpan;
import dev.buddyd.mm.zone.Zonelists;
import dev.buddyd.replay.json.Field;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes a machine of a recording's {@code before}; a state that contradicts itself is refused. */
public final class StateLoader {

  private static final int MAX_CPUS = 512;
  private static final int MAX_NODES = 64;
  private static final int MAX_KBYTES = Integer.MAX_VALUE;

  private final Field before;
  private final Geometry geometry;
  private final SectionBudget budget;
  private final List<Field> nodeFields;
  private final int[] nodeOfCpu;

  private StateLoader(Field kernel, Field before, SectionBudget budget) {
    this.before = before;
    this.budget = budget;
    this.nodeFields = before.at("nodes").items();
    if (nodeFields.isEmpty() || nodeFields.size() > MAX_NODES) {
      throw before.at("nodes").wrong("must be 1 to " + MAX_NODES + " nodes");
    }
    this.geometry = KernelShape.geometry(kernel, kinds(), numaBuilt());
    this.nodeOfCpu = cpus();
  }

  /**
   * A machine in the state of a recording's start.
   *
   * @param kernel {@code machine.kernel}
   * @param before {@code before}
   * @param budget what its frame tables may take
   */
  public static PhysicalMemory load(Field kernel, Field before, SectionBudget budget) {
    return new StateLoader(kernel, before, budget).load();
  }

  private List<ZoneKind> kinds() {
    Field all = nodeFields.get(0).at("allZones");
    List<ZoneKind> kinds = KernelShape.kinds(all.items().stream().map(z -> z.item(0, 5)).toList());
    if (!kinds.contains(ZoneKind.NORMAL)) {
      throw all.wrong("every machine has a zone type Normal");
    }
    return kinds;
  }

  private boolean numaBuilt() {
    for (Field node : nodeFields) {
      for (Field zone : node.at("zones").items()) {
        return zone.at("numaEvents").asLongs().length > 0;
      }
    }
    throw before.at("nodes").wrong("there is no populated zone");
  }

  /** Node of each CPU; CPUs must be numbered from 0 without a gap. */
  private int[] cpus() {
    Map<Integer, Integer> nodes = new HashMap<>();
    for (int id = 0; id < nodeFields.size(); id++) {
      Field cpus = nodeFields.get(id).at("cpus");
      for (int cpu : cpus.asInts(-1, 0, MAX_CPUS - 1)) {
        if (nodes.put(cpu, id) != null) {
          throw cpus.wrong("CPU " + cpu + " belongs to two nodes");
        }
      }
    }
    int[] result = new int[nodes.size()];
    for (int cpu = 0; cpu < result.length; cpu++) {
      Integer node = nodes.get(cpu);
      if (node == null) {
        throw before.at("nodes").wrong("CPU " + cpu + " is on no node, but a higher one is");
      }
      result[cpu] = node;
    }
    if (result.length == 0) {
      throw before.at("nodes").wrong("there is no CPU");
    }
    Field online = before.at("global").at("nrOnlineCpus");
    if (online.asLong() != result.length) {
      throw online.wrong("the nodes have " + result.length + " CPUs");
    }
    return result;
  }

  private PhysicalMemory load() {
    Tunables tunables = tunables();
    MemoryBuilder builder = new MemoryBuilder(geometry, tunables, nodeOfCpu.length, budget);
    List<ZoneLoader> loaders = new ArrayList<>();
    for (int id = 0; id < nodeFields.size(); id++) {
      node(id, builder, loaders);
    }
    disjoint(loaders);
    long worst = loaders.stream().mapToLong(ZoneLoader::worstFrames).sum();
    if (!budget.admits(worst)) {
      throw new FrameTablesFullException(budget.limitBytes());
    }
    List<Zone> zones = new ArrayList<>();
    for (ZoneLoader loader : loaders) {
      zones.add(builder.zone(loader.span(), loader.holes(), loader.reserved()));
    }
    PhysicalMemory memory = builder.build();
    try {
      fill(memory, loaders, zones);
      return memory;
    } catch (RuntimeException e) {
      memory.release();
      throw e;
    }
  }

  private void fill(PhysicalMemory memory, List<ZoneLoader> loaders, List<Zone> zones) {
    for (int i = 0; i < zones.size(); i++) {
      loaders.get(i).fill(zones.get(i));
    }
    for (int id = 0; id < nodeFields.size(); id++) {
      finishNode(memory, nodeFields.get(id), memory.node(id));
    }
    events(memory);
    Field ram = before.at("global").at("totalramPages");
    long managed = zones.stream().mapToLong(Zone::managedPages).sum();
    if (ram.asLong() != managed) {
      throw ram.wrong("the zones manage " + managed + " pages");
    }
  }

  private Tunables tunables() {
    Field global = before.at("global");
    int kinds = geometry.zoneKinds().size();
    Tunables tunables =
        new Tunables(global.at("lowmemReserveRatio").asInts(kinds, 0, Integer.MAX_VALUE));
    tunables.setMinFreeKbytes(global.at("minFreeKbytes").asInt(0, MAX_KBYTES));
    tunables.setUserMinFreeKbytes(global.at("userMinFreeKbytes").asInt(-1, MAX_KBYTES));
    tunables.set(Knob.WATERMARK_SCALE_FACTOR, global.at("watermarkScaleFactor").asInt(1, 3000));
    tunables.set(
        Knob.WATERMARK_BOOST_FACTOR, global.at("watermarkBoostFactor").asInt(0, Integer.MAX_VALUE));
    tunables.set(
        Knob.PERCPU_PAGELIST_HIGH_FRACTION,
        global.at("percpuPagelistHighFraction").asInt(0, Integer.MAX_VALUE));
    tunables.setGroupingDisabled(global.at("pageGroupByMobilityDisabled").asFlag());
    tunables.set(Knob.ZONE_RECLAIM_MODE, Math.max(0, global.at("nodeReclaimMode").asInt(-1, 7)));
    tunables.setTotalReservePages(global.at("totalreservePages").asLong(0, 1L << 52));
    return tunables;
  }

  private void node(int id, MemoryBuilder builder, List<ZoneLoader> loaders) {
    Field node = nodeFields.get(id);
    if (node.at("node").asLong() != id) {
      throw node.at("node").wrong("nodes must be numbered from 0 in order");
    }
    List<Field> all = node.at("allZones").items();
    if (all.size() != geometry.zoneKinds().size()) {
      throw node.at("allZones").wrong("must have " + geometry.zoneKinds().size() + " zones");
    }
    List<ZoneSpan> spans = new ArrayList<>();
    Map<Integer, Field> populated = new HashMap<>();
    int last = -1;
    for (Field zone : node.at("zones").items()) {
      int index = zone.at("index").asInt(0, all.size() - 1);
      if (index <= last) {
        throw zone.at("index").wrong("zones must come in ascending order");
      }
      last = index;
      populated.put(index, zone);
    }
    for (int index = 0; index < all.size(); index++) {
      Field entry = all.get(index);
      ZoneKind kind = geometry.zoneKinds().get(index);
      if (!entry.item(0, 5).asText().equals(kind.kernelName())) {
        throw entry.item(0, 5).wrong("must be " + kind.kernelName() + " as on node 0");
      }
      Field zone = populated.get(index);
      long present = entry.item(3, 5).asLong(0, 1L << 52);
      if ((zone != null) != (present > 0)) {
        throw entry.wrong(
            zone == null ? "is populated, but not among the zones" : "is not populated");
      }
      ZoneSpan span =
          new ZoneSpan(
              id,
              index,
              kind,
              entry.item(1, 5).asLong(0, 1L << 52),
              entry.item(2, 5).asLong(0, 1L << 52),
              present,
              zone == null ? 0 : zone.at("cma").asLong(0, 1L << 52));
      spans.add(span);
      if (zone != null) {
        loaders.add(new ZoneLoader(zone, entry, span, geometry, nodeOfCpu.length));
      }
    }
    int[] distances = node.at("distance").asInts(nodeFields.size(), 0, 255);
    int[] cpus = node.at("cpus").asInts(-1, 0, MAX_CPUS - 1);
    builder.node(cpus, distances, spans);
  }

  /** No frame may belong to two zones. */
  private static void disjoint(List<ZoneLoader> loaders) {
    for (int i = 0; i < loaders.size(); i++) {
      for (int j = 0; j < i; j++) {
        long shared = loaders.get(i).sharedFrame(loaders.get(j));
        if (shared >= 0) {
          throw loaders
              .get(i)
              .field("pages")
              .wrong("pfn " + shared + " belongs to " + loaders.get(j).path() + ", too");
        }
      }
    }
  }

  private void finishNode(PhysicalMemory memory, Field field, Node node) {
    Field kswapd = field.at("kswapd");
    node.kswapd()
        .load(
            kswapd.at("sleeping").asFlag(),
            kswapd.at("order").asInt(0, geometry.maxOrder()),
            kswapd.at("highestZoneidx").asInt(0, geometry.zoneKinds().size()),
            kswapd.at("failures").asInt(0, Integer.MAX_VALUE));
    Zonelists.load(
        node,
        zonelist(memory, field.at("zonelistFallback")),
        zonelist(memory, field.at("zonelistNoFallback")));
  }

  private List<Zone> zonelist(PhysicalMemory memory, Field field) {
    List<Zone> zones = new ArrayList<>();
    for (Field entry : field.items()) {
      if (!entry.item(3, 4).asFlag()) {
        continue;
      }
      int node = entry.item(0, 4).asInt(0, memory.nodes().size() - 1);
      int index = entry.item(1, 4).asInt(0, geometry.zoneKinds().size() - 1);
      Zone zone = memory.node(node).zone(index);
      if (zone == null || !zone.name().equals(entry.item(2, 4).asText())) {
        throw entry.wrong("is no populated zone of this machine");
      }
      if (zones.contains(zone)) {
        throw entry.wrong("appears twice");
      }
      zones.add(zone);
    }
    return zones;
  }

  private void events(PhysicalMemory memory) {
    Field events = before.at("vmEvents");
    long[] allocated = new long[geometry.zoneKinds().size()];
    for (int i = 0; i < allocated.length; i++) {
      @Nullable Field event = events.find(KernelShape.allocEvent(geometry.zoneKinds().get(i)));
      allocated[i] = event == null ? 0 : event.asLong();
    }
    memory.loadEvents(allocated, events.at("pgfree").asLong());
  }
}
