package dev.buddyd.mm.reference;

import dev.buddyd.mm.frame.MigrateType;
import dev.buddyd.mm.reference.ReferenceAllocator.RefNode;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Writes what the reference model does as the recording of a kernel. */
final class RefRecording {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final RefSizing sizing;
  private final ReferenceAllocator machine;
  private final RefKernel kernel;
  private final List<String> typeNames;
  private final ObjectNode root = JSON.createObjectNode();
  private final ObjectNode texts;
  private final ArrayNode ops;
  private final ArrayNode probes;

  /** Starts a recording in the model's present state. */
  RefRecording(RefSizing sizing) {
    this.sizing = sizing;
    this.machine = sizing.machine;
    this.kernel = machine.kernel;
    this.typeNames = MigrateType.procNames(kernel.cma());
    root.put("format", "pgoracle/1").put("name", "reference");
    root.putObject("machine").set("kernel", build());
    root.set("before", state());
    texts = root.putObject("procText");
    texts("before");
    ops = root.putArray("ops");
    probes = root.putArray("probes");
    probe();
  }

  /** An operation with its result. */
  void op(String kind, long... values) {
    ops.add(array(values).insert(0, kind));
  }

  int operations() {
    return ops.size();
  }

  /** The recording, ended in the model's present state. */
  ObjectNode end() {
    probe();
    root.set("after", state());
    texts("after");
    return root;
  }

  private void texts(String moment) {
    for (String file : List.of("buddyinfo", "pagetypeinfo", "zoneinfo", "meminfo")) {
      texts.put(file + "." + moment, RefTexts.of(file, sizing));
    }
  }

  private ObjectNode build() {
    ObjectNode build = JSON.createObjectNode();
    build.put("pageShift", 31 - Integer.numberOfLeadingZeros(kernel.kbPerPage() * 1024));
    build.put("maxPageOrder", kernel.top()).put("pageblockOrder", kernel.pbo());
    build.put("nrPcpLists", kernel.pcpLists()).put("pcpBatchScaleMax", kernel.scale());
    typeNames.forEach(build.putArray("migrateTypes")::add);
    return build;
  }

  // ---- snapshots

  private ObjectNode state() {
    ObjectNode state = JSON.createObjectNode();
    ObjectNode global = state.putObject("global");
    global.put("minFreeKbytes", sizing.minFreeKbytes);
    global.put("userMinFreeKbytes", sizing.userMinFreeKbytes);
    global.put("watermarkScaleFactor", sizing.scaleFactor);
    global.put("watermarkBoostFactor", machine.zones.getFirst().boostFactor);
    global.put("percpuPagelistHighFraction", sizing.fraction);
    global.set("lowmemReserveRatio", array(IntStream.of(sizing.ratios).asLongStream().toArray()));
    global.put("pageGroupByMobilityDisabled", machine.groupingDisabled ? 1 : 0);
    global.put("nodeReclaimMode", 0);
    global.put("totalramPages", machine.zones.stream().mapToLong(z -> z.managed).sum());
    global.put("totalreservePages", sizing.totalReserve);
    global.put("nrOnlineCpus", machine.nodeOfCpu.length);
    state.set("vmEvents", events());
    ArrayNode nodes = state.putArray("nodes");
    machine.nodes.forEach(node -> nodes.add(node(node)));
    return state;
  }

  /** B-26, B-61. */
  private ObjectNode events() {
    Map<String, Long> events = new TreeMap<>();
    kernel.zoneNames().forEach(name -> events.put(event(name), 0L));
    for (RefZone zone : machine.zones) {
      events.merge(event(kernel.zoneNames().get(zone.index)), zone.pagesAllocated, Long::sum);
      events.merge("pgfree", zone.pagesFreed, Long::sum);
    }
    ObjectNode node = JSON.createObjectNode();
    events.forEach(node::put);
    return node;
  }

  private static String event(String zone) {
    return "pgalloc_" + (zone.equals("HighMem") ? "high" : zone.toLowerCase(Locale.ROOT));
  }

  private ObjectNode node(RefNode node) {
    ObjectNode entry = JSON.createObjectNode();
    entry.put("node", node.id);
    ObjectNode kswapd = entry.putObject("kswapd");
    kswapd.put("sleeping", node.kswapdWoken ? 0 : 1).put("order", node.pendingOrder);
    kswapd.put("highestZoneidx", pendingZone(node)).put("failures", node.failures);
    entry.set(
        "distance",
        array(
            IntStream.range(0, machine.nodes.size())
                .map(other -> other == node.id ? 10 : 20)
                .asLongStream()
                .toArray()));
    entry.set(
        "cpus",
        array(
            IntStream.range(0, machine.nodeOfCpu.length)
                .filter(cpu -> machine.nodeOfCpu[cpu] == node.id)
                .asLongStream()
                .toArray()));
    entry.set("zonelistFallback", zonelist(node.fallback));
    entry.set("zonelistNoFallback", zonelist(kernel.numa() ? node.own : node.fallback));
    ArrayNode all = entry.putArray("allZones");
    for (int index = 0; index < kernel.zoneNames().size(); index++) {
      all.addArray().add(kernel.zoneNames().get(index)).add(0).add(0).add(0).add(0);
    }
    ArrayNode zones = entry.putArray("zones");
    for (RefZone z : node.zones) {
      all.set(
          z.index,
          array(z.start, z.end - z.start, z.ram.cardinality(), z.managed)
              .insert(0, kernel.zoneNames().get(z.index)));
      zones.add(zone(z));
    }
    return entry;
  }

  private int pendingZone(RefNode node) {
    return node.pendingZone < 0 ? kernel.zoneNames().size() : node.pendingZone;
  }

  private ArrayNode zonelist(List<RefZone> zones) {
    ArrayNode list = JSON.createArrayNode();
    for (RefZone z : zones) {
      list.addArray().add(z.node).add(z.index).add(kernel.zoneNames().get(z.index)).add(1);
    }
    return list;
  }

  private ObjectNode zone(RefZone z) {
    ObjectNode entry = JSON.createObjectNode();
    entry.put("name", kernel.zoneNames().get(z.index)).put("index", z.index).put("node", z.node);
    entry.put("startPfn", z.start).put("spanned", z.end - z.start);
    entry.put("present", z.ram.cardinality()).put("managed", z.managed).put("cma", z.cma);
    entry.put("nrFreePages", z.f).set("vmStat", array(z.f, z.other));
    ObjectNode marks = entry.putObject("watermark");
    marks.put("min", z.min).put("low", z.low).put("high", z.high).put("promo", z.promo);
    marks.put("boost", z.boost);
    entry.set("lowmemReserve", array(z.reserve));
    entry.put("nrReservedHighatomic", z.reservedHighatomic);
    entry.put("nrFreeHighatomic", z.freeHighatomic);
    entry.put("flags", flags(z)).put("percpuDriftMark", z.driftMark);
    RefSet first = z.sets.getFirst();
    entry.put("pagesetHighMin", first.lim).put("pagesetHighMax", first.cap);
    entry.put("pagesetBatch", first.batch);
    entry.set(
        "numaEvents",
        kernel.numa()
            ? array(z.numaHit, z.numaMiss, z.numaForeign, 0, z.numaLocal, z.numaOther)
            : array());
    entry.set("freeArea", freeArea(z));
    entry.set("pageblocks", pageblocks(z));
    entry.set("pages", pages(z));
    ArrayNode sets = entry.putArray("pcp");
    z.sets.forEach(set -> sets.add(set(z, set)));
    return entry;
  }

  private static int flags(RefZone z) {
    return (z.boosted ? 1 : 0) | (z.reclaiming ? 2 : 0) | (z.belowHigh ? 4 : 0);
  }

  private ArrayNode freeArea(RefZone z) {
    ArrayNode area = JSON.createArrayNode();
    for (int order = 0; order <= kernel.top(); order++) {
      ObjectNode row = area.addObject().put("order", order).put("nrFree", z.blocks(order));
      ObjectNode lists = row.putObject("lists");
      for (int type = 0; type < kernel.types(); type++) {
        if (!z.list(order, type).isEmpty()) {
          z.list(order, type).forEach(lists.withArray(typeNames.get(type))::add);
        }
      }
    }
    return area;
  }

  private ObjectNode set(RefZone z, RefSet set) {
    ObjectNode entry = JSON.createObjectNode();
    entry.put("cpu", set.cpu).put("count", set.count()).put("high", set.high);
    entry.put("highMin", set.lim).put("highMax", set.cap).put("batch", set.batch);
    entry.put("flags", setFlags(set)).put("allocFactor", set.ashift).put("freeCount", set.run);
    entry.put("expire", set.expire).put("statThreshold", z.threshold[set.cpu]);
    entry.put("freePagesDiff", z.remainder[set.cpu]);
    entry.set("vmStatDiff", array(z.remainder[set.cpu], z.otherRemainder[set.cpu]));
    ArrayNode lists = entry.putArray("lists");
    for (int list = 0; list < set.lists.size(); list++) {
      if (!set.lists.get(list).isEmpty()) {
        ObjectNode row = lists.addObject().put("index", list);
        row.put("order", kernel.orderOfList(list));
        row.put("mt", typeNames.get(list < 12 ? list % 3 : list - 12));
        set.lists.get(list).forEach(row.putArray("pfns")::add);
      }
    }
    return entry;
  }

  private static int setFlags(RefSet set) {
    return (set.prevhi ? 1 : 0) | (set.keepbatch ? 2 : 0);
  }

  /** Types by run; -1 where no frame of the pageblock is the zone's. */
  private ArrayNode pageblocks(RefZone z) {
    ArrayNode runs = JSON.createArrayNode();
    int pages = kernel.blockPages();
    long start = z.start & -pages;
    for (long p = start; p < z.end; ) {
      int type = typeOrNone(z, p);
      long blocks = 0;
      while (p < z.end && typeOrNone(z, p) == type) {
        p += pages;
        blocks++;
      }
      runs.add(array(type, p - blocks * pages, blocks));
    }
    return runs;
  }

  private int typeOrNone(RefZone z, long first) {
    int next = z.ram.nextSetBit((int) Math.max(first - z.start, 0));
    return next < 0 || next >= first + kernel.blockPages() - z.start ? -1 : z.typeAt(first);
  }

  /** Classes by run: hole, reserved, free, in use, movable in use. */
  private ArrayNode pages(RefZone z) {
    char[] classes = new char[(int) (z.end - z.start)];
    for (int i = 0; i < classes.length; i++) {
      classes[i] = z.ram.get(i) ? 'r' : 'h';
    }
    z.freeOrder.forEach((p, order) -> fill(z, classes, p, order, 'f'));
    for (RefSet set : z.sets) {
      for (int list = 0; list < set.lists.size(); list++) {
        for (long p : set.lists.get(list)) {
          fill(z, classes, p, kernel.orderOfList(list), 'a');
        }
      }
    }
    z.held.forEach(
        (p, held) -> {
          fill(z, classes, p, held.order, 'a');
          if (held.movable) { // B-44
            fill(z, classes, p, held.compound ? held.order : 0, 'm');
          }
        });
    ArrayNode runs = JSON.createArrayNode();
    for (int i = 0; i < classes.length; ) {
      int start = i;
      while (i < classes.length && classes[i] == classes[start]) {
        i++;
      }
      runs.add(array(z.start + start, i - start).insert(0, String.valueOf(classes[start])));
    }
    return runs;
  }

  private static void fill(RefZone z, char[] classes, long p, int order, char name) {
    int from = (int) (p - z.start);
    Arrays.fill(classes, from, from + (1 << order), name);
  }

  // ---- probes

  /** A probe after the last operation. */
  void probe() {
    ObjectNode probe = probes.addObject().put("afterOp", ops.size() - 1);
    ArrayNode kswapds = probe.putArray("kswapd");
    for (RefNode node : machine.nodes) {
      kswapds.add(array(node.id, node.kswapdWoken ? 0 : 1, node.pendingOrder, pendingZone(node)));
    }
    ArrayNode zones = probe.putArray("zones");
    for (RefZone z : machine.zones) {
      ObjectNode entry = zones.addObject();
      entry.put("node", z.node).put("index", z.index).put("nrFreePages", z.f);
      entry.put("boost", z.boost).put("flags", flags(z)).put("resHA", z.reservedHighatomic);
      entry.put("freeHA", z.freeHighatomic);
      ArrayNode sets = entry.putArray("pcp");
      for (RefSet set : z.sets) {
        sets.add(
            array(
                set.cpu,
                set.count(),
                set.high,
                setFlags(set),
                set.ashift,
                set.run,
                z.remainder[set.cpu]));
      }
      ArrayNode free = entry.putArray("free");
      ArrayNode lists = entry.putArray("lists");
      for (int order = 0; order <= kernel.top(); order++) {
        free.add(z.blocks(order));
        for (int type = 0; type < kernel.types(); type++) {
          if (!z.list(order, type).isEmpty()) {
            long hash = 0xcbf29ce484222325L;
            for (long p : z.list(order, type)) {
              hash = (hash ^ p) * 0x100000001b3L;
            }
            lists.add(array(order, type).add(HexFormat.of().toHexDigits(hash)));
          }
        }
      }
    }
  }

  private static ArrayNode array(long... values) {
    ArrayNode array = JSON.createArrayNode();
    LongStream.of(values).forEach(array::add);
    return array;
  }
}
