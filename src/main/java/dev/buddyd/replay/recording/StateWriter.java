package dev.buddyd.replay.recording;

import dev.buddyd.mm.buddy.FreeLists;
import dev.buddyd.mm.frame.FrameTable;
import dev.buddyd.mm.frame.Geometry;
import dev.buddyd.mm.frame.MigrateType;
import dev.buddyd.mm.gfp.ZoneKind;
import dev.buddyd.mm.pcp.PerCpuPages;
import dev.buddyd.mm.zone.Kswapd;
import dev.buddyd.mm.zone.PhysicalMemory;
import dev.buddyd.mm.zone.Zone;
import dev.buddyd.replay.json.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes a machine's state as a snapshot: the snapshot it started from with everything replaced
 * that the allocator changes. What it does not know is carried over.
 */
public final class StateWriter {

  private final PhysicalMemory memory;
  private final Geometry geometry;
  private final List<String> typeNames;

  private StateWriter(PhysicalMemory memory) {
    this.memory = memory;
    this.geometry = memory.geometry();
    this.typeNames = MigrateType.procNames(geometry.cmaBuilt());
  }

  /**
   * The snapshot of a machine now.
   *
   * @param before the snapshot that the machine was loaded from
   */
  public static Json.Obj write(Json.Obj before, PhysicalMemory memory) {
    return new StateWriter(memory).state(before);
  }

  private Json.Obj state(Json.Obj before) {
    Map<String, Json> state = copy(before);
    state.computeIfPresent("vmEvents", (k, events) -> events((Json.Obj) events));
    state.computeIfPresent("nodes", (k, nodes) -> nodes((Json.Arr) nodes));
    return obj(state);
  }

  private Json events(Json.Obj before) {
    Map<String, Json> events = copy(before);
    List<ZoneKind> kinds = geometry.zoneKinds();
    for (int i = 0; i < kinds.size(); i++) {
      long pages = memory.pagesAllocated(i);
      events.computeIfPresent(KernelShape.allocEvent(kinds.get(i)), (k, v) -> whole(pages));
    }
    events.put("pgfree", whole(memory.pagesFreed()));
    return obj(events);
  }

  private Json nodes(Json.Arr before) {
    List<Json> nodes = new ArrayList<>();
    for (int id = 0; id < before.items().size(); id++) {
      Map<String, Json> node = copy((Json.Obj) before.items().get(id));
      Kswapd kswapd = memory.node(id).kswapd();
      node.computeIfPresent("kswapd", (k, old) -> kswapd((Json.Obj) old, kswapd));
      List<Zone> zones = memory.node(id).zones();
      node.computeIfPresent("zones", (k, old) -> zones((Json.Arr) old, zones));
      nodes.add(obj(node));
    }
    return new Json.Arr(0, nodes);
  }

  private static Json kswapd(Json.Obj before, Kswapd kswapd) {
    Map<String, Json> state = copy(before);
    state.put("sleeping", whole(kswapd.sleeping() ? 1 : 0));
    state.put("order", whole(kswapd.pendingOrder()));
    state.put("highestZoneidx", whole(kswapd.pendingHighestZoneidx()));
    state.put("failures", whole(kswapd.failures()));
    return obj(state);
  }

  private Json zones(Json.Arr before, List<Zone> zones) {
    List<Json> result = new ArrayList<>();
    for (int i = 0; i < before.items().size(); i++) {
      result.add(zone((Json.Obj) before.items().get(i), zones.get(i)));
    }
    return new Json.Arr(0, result);
  }

  private Json zone(Json.Obj before, Zone zone) {
    Map<String, Json> state = copy(before);
    int flags = zone.flags().bits();
    put(state, "nrFreePages", whole(zone.counter().stored()));
    if (state.get("watermark") instanceof Json.Obj marks) {
      Map<String, Json> boosted = copy(marks);
      boosted.put("boost", whole(zone.watermarks().boost()));
      state.put("watermark", obj(boosted));
    }
    put(state, "nrReservedHighatomic", whole(zone.highAtomic().reservedPages()));
    put(state, "nrFreeHighatomic", whole(zone.counter().freeHighatomic()));
    put(state, "flags", whole(flags));
    put(state, "boostedWatermarkFlag", whole(flags & 1));
    put(state, "reclaimActiveFlag", whole(flags >> 1 & 1));
    put(state, "belowHighFlag", whole(flags >> 2 & 1));
    put(state, "vmStat", numbers(vmStat(zone)));
    put(state, "numaEvents", geometry.numaBuilt() ? numbers(zone.numaEvents()) : numbers());
    put(state, "freeArea", freeArea(zone));
    put(state, "pageblocks", pageblocks(zone, state.get("pageblocks")));
    put(state, "pages", PageRuns.of(zone));
    put(state, "pcp", sets(zone, (Json.Arr) state.getOrDefault("pcp", new Json.Arr(0, List.of()))));
    return obj(state);
  }

  private static void put(Map<String, Json> state, String key, Json value) {
    state.computeIfPresent(key, (k, old) -> value);
  }

  private static long[] vmStat(Zone zone) {
    long[] counters = zone.statistics().counters();
    counters[0] = zone.counter().stored();
    return counters;
  }

  private Json freeArea(Zone zone) {
    List<Json> orders = new ArrayList<>();
    FreeLists lists = zone.lists();
    for (int order = 0; order <= geometry.maxOrder(); order++) {
      Map<String, Json> byType = new LinkedHashMap<>();
      for (int type = 0; type < geometry.migrateTypes(); type++) {
        if (lists.count(order, type) > 0) {
          byType.put(typeNames.get(type), numbers(pfns(zone, order, type)));
        }
      }
      Map<String, Json> entry = new LinkedHashMap<>();
      entry.put("order", whole(order));
      entry.put("nrFree", whole(lists.count(order)));
      entry.put("lists", obj(byType));
      orders.add(obj(entry));
    }
    return new Json.Arr(0, orders);
  }

  private static long[] pfns(Zone zone, int order, int type) {
    long[] pfns = new long[zone.lists().count(order, type)];
    int index = zone.lists().first(order, type);
    for (int i = 0; i < pfns.length; i++) {
      pfns[i] = zone.frames().pfn(index);
      index = zone.frames().nextOf(index, order);
    }
    return pfns;
  }

  /** Types by run; where there is no memory map (-1) there is none now. */
  private Json pageblocks(Zone zone, @Nullable Json before) {
    List<Json> runs = new ArrayList<>();
    FrameTable frames = zone.frames();
    int pages = geometry.pageblockPages();
    long type = Long.MIN_VALUE;
    long start = 0;
    long blocks = 0;
    for (Json item : before instanceof Json.Arr arr ? arr.items() : List.<Json>of()) {
      long[] run = ((Json.Numbers) item).values();
      for (long i = 0; i < run[2]; i++) {
        long pfn = run[1] + i * pages;
        long now = run[0] < 0 ? run[0] : frames.typeOf((int) (pfn - frames.pfn(0)));
        if (now != type) {
          if (blocks > 0) {
            runs.add(numbers(type, start, blocks));
          }
          type = now;
          start = pfn;
          blocks = 0;
        }
        blocks++;
      }
    }
    if (blocks > 0) {
      runs.add(numbers(type, start, blocks));
    }
    return new Json.Arr(0, runs);
  }

  private Json sets(Zone zone, Json.Arr before) {
    List<Json> sets = new ArrayList<>();
    for (Json item : before.items()) {
      Map<String, Json> state = copy((Json.Obj) item);
      int cpu = (int) ((Json.Whole) state.getOrDefault("cpu", whole(0))).value();
      PerCpuPages set = zone.set(cpu);
      put(state, "count", whole(set.count()));
      put(state, "high", whole(set.high()));
      put(state, "flags", whole(set.flags()));
      put(state, "allocFactor", whole(set.allocShift()));
      put(state, "freeCount", whole(set.freeRun()));
      put(state, "expire", whole(set.expire()));
      put(state, "freePagesDiff", whole(zone.counter().remainder(cpu)));
      int[] remainders = zone.statistics().remainders(cpu);
      long[] diffs = new long[remainders.length];
      for (int i = 0; i < diffs.length; i++) {
        diffs[i] = i == 0 ? zone.counter().remainder(cpu) : remainders[i];
      }
      put(state, "vmStatDiff", numbers(diffs));
      put(state, "lists", pcpLists(zone, set));
      sets.add(obj(state));
    }
    return new Json.Arr(0, sets);
  }

  private Json pcpLists(Zone zone, PerCpuPages set) {
    List<Json> lists = new ArrayList<>();
    for (int list = 0; list < set.lists(); list++) {
      if (set.size(list) == 0) {
        continue;
      }
      long[] pfns = new long[set.size(list)];
      for (int i = 0; i < pfns.length; i++) {
        pfns[i] = zone.frames().pfn(set.get(list, i));
      }
      Map<String, Json> entry = new LinkedHashMap<>();
      entry.put("index", whole(list));
      entry.put("order", whole(geometry.pcpOrderOf(list)));
      entry.put("mt", new Json.Text(0, typeNames.get(geometry.pcpTypeOf(list))));
      entry.put("pfns", numbers(pfns));
      lists.add(obj(entry));
    }
    return new Json.Arr(0, lists);
  }

  private static Map<String, Json> copy(Json.Obj origin) {
    return new LinkedHashMap<>(origin.members());
  }

  private static Json.Obj obj(Map<String, Json> members) {
    return new Json.Obj(0, members);
  }

  private static Json whole(long value) {
    return new Json.Whole(0, value);
  }

  private static Json numbers(long... values) {
    return values.length == 0 ? new Json.Arr(0, List.of()) : new Json.Numbers(0, values);
  }
}
