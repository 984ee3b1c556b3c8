package dev.buddyd.replay.table;

import dev.buddyd.mm.zone.Node;
import dev.buddyd.mm.zone.PhysicalMemory;
import dev.buddyd.mm.zone.Sysctls.Knob;
import dev.buddyd.mm.zone.Tunables;
import dev.buddyd.mm.zone.Watermarks;
import dev.buddyd.mm.zone.Zone;
import dev.buddyd.replay.json.Field;
import dev.buddyd.replay.json.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** A table's state (boot or step) as JSON: written from a machine, and loaded into one. */
final class TableState {

  private TableState() {}

  // ---- writing

  /**
   * A machine's numbers, laid over what is carried along.
   *
   * @param carried the state as sent, or the one before it where it was left out
   */
  static Json.Obj write(PhysicalMemory memory, Json.Obj carried, Json.Obj boot) {
    Map<String, Json> state = new LinkedHashMap<>(carried.members());
    for (String part : List.of("global", "nodes", "zones")) {
      Json sent = state.get(part);
      if (sent == null || sent instanceof Json.Other) {
        state.put(part, boot.members().getOrDefault(part, new Json.Arr(0, List.of())));
      }
    }
    state.computeIfPresent("global", (k, v) -> v instanceof Json.Obj o ? global(memory, o) : v);
    state.computeIfPresent("nodes", (k, v) -> v instanceof Json.Arr a ? nodes(memory, a) : v);
    state.computeIfPresent("zones", (k, v) -> v instanceof Json.Arr a ? zones(memory, a) : v);
    return new Json.Obj(0, state);
  }

  private static Json global(PhysicalMemory memory, Json.Obj carried) {
    Map<String, Json> global = new LinkedHashMap<>(carried.members());
    Tunables t = memory.tunables();
    global.put("minFreeKbytes", whole(t.minFreeKbytes()));
    global.put("userMinFreeKbytes", whole(t.userMinFreeKbytes()));
    global.put("watermarkScaleFactor", whole(t.watermarkScaleFactor()));
    global.put("watermarkBoostFactor", whole(t.watermarkBoostFactor()));
    global.put("percpuPagelistHighFraction", whole(t.percpuPagelistHighFraction()));
    long[] ratios = new long[t.lowmemReserveRatios()];
    for (int i = 0; i < ratios.length; i++) {
      ratios[i] = t.lowmemReserveRatio(i);
    }
    global.put("lowmemReserveRatio", new Json.Numbers(0, ratios));
    global.put("totalramPages", whole(memory.zones().stream().mapToLong(Zone::managedPages).sum()));
    global.put("totalreservePages", whole(t.totalReservePages()));
    return new Json.Obj(0, global);
  }

  private static Json nodes(PhysicalMemory memory, Json.Arr carried) {
    List<Json> nodes = new ArrayList<>();
    for (int id = 0; id < carried.items().size(); id++) {
      Json item = carried.items().get(id);
      if (item instanceof Json.Obj obj && id < memory.nodes().size()) {
        Map<String, Json> node = new LinkedHashMap<>(obj.members());
        node.put("totalreserve", whole(memory.node(id).totalReservePages()));
        nodes.add(new Json.Obj(0, node));
      } else {
        nodes.add(item);
      }
    }
    return new Json.Arr(0, nodes);
  }

  private static Json zones(PhysicalMemory memory, Json.Arr carried) {
    List<Json> zones = new ArrayList<>();
    for (Json item : carried.items()) {
      Zone zone = item instanceof Json.Obj obj ? zone(memory, new Field(obj, "zones")) : null;
      if (zone == null) {
        zones.add(item);
        continue;
      }
      Map<String, Json> state = new LinkedHashMap<>(((Json.Obj) item).members());
      Map<String, Json> marks = new LinkedHashMap<>();
      marks.put("min", whole(zone.watermarks().stored(Watermarks.MIN)));
      marks.put("low", whole(zone.watermarks().stored(Watermarks.LOW)));
      marks.put("high", whole(zone.watermarks().stored(Watermarks.HIGH)));
      marks.put("promo", whole(zone.watermarks().stored(Watermarks.PROMO)));
      marks.put("boost", whole(zone.watermarks().boost()));
      state.put("watermark", new Json.Obj(0, marks));
      long[] reserve = new long[zone.lowmemReserves()];
      for (int i = 0; i < reserve.length; i++) {
        reserve[i] = zone.lowmemReserve(i);
      }
      state.put("lowmemReserve", new Json.Numbers(0, reserve));
      state.put("percpuDriftMark", whole(zone.driftMark()));
      state.put("pagesetHighMin", whole(zone.pagesetLim()));
      state.put("pagesetHighMax", whole(zone.pagesetCap()));
      state.put("pagesetBatch", whole(zone.pagesetBatch()));
      state.put("statThreshold", whole(zone.counter().threshold(0)));
      zones.add(new Json.Obj(0, state));
    }
    return new Json.Arr(0, zones);
  }

  private static @Nullable Zone zone(PhysicalMemory memory, Field zone) {
    Field node = zone.find("node");
    Field index = zone.find("index");
    if (node == null || index == null) {
      return null;
    }
    Node home = memory.node(node.asInt(0, memory.nodes().size() - 1));
    return home.zone(index.asInt(0, memory.geometry().zoneKinds().size() - 1));
  }

  private static Json whole(long value) {
    return new Json.Whole(0, value);
  }

  // ---- loading: what a booted machine was seen with overrides what was computed (Z-24)

  static void load(PhysicalMemory memory, Field state) {
    Field global = state.find("global");
    if (global != null && !global.isNull()) {
      load(memory.tunables(), global);
    }
    Field nodes = state.find("nodes");
    if (nodes != null && !nodes.isNull()) {
      for (Field entry : nodes.items()) {
        Node node = memory.node(entry.at("node").asInt(0, memory.nodes().size() - 1));
        given(entry, "totalreserve", node::setTotalReservePages);
      }
    }
    Field zones = state.find("zones");
    if (zones == null || zones.isNull()) {
      return;
    }
    for (Field entry : zones.items()) {
      Zone zone = zone(memory, entry);
      if (zone == null) {
        throw entry.wrong("is no zone of this row");
      }
      load(zone, entry);
    }
  }

  private static void load(Tunables t, Field global) {
    given(global, "minFreeKbytes", v -> t.setMinFreeKbytes((int) v));
    given(global, "userMinFreeKbytes", v -> t.setUserMinFreeKbytes((int) v));
    given(global, "watermarkScaleFactor", v -> t.set(Knob.WATERMARK_SCALE_FACTOR, (int) v));
    given(global, "watermarkBoostFactor", v -> t.set(Knob.WATERMARK_BOOST_FACTOR, (int) v));
    given(
        global,
        "percpuPagelistHighFraction",
        v -> t.set(Knob.PERCPU_PAGELIST_HIGH_FRACTION, (int) v));
    given(global, "totalreservePages", t::setTotalReservePages);
    Field ratio = global.find("lowmemReserveRatio");
    if (ratio != null && !ratio.isNull()) {
      t.setLowmemReserveRatio(ratio.asInts(t.lowmemReserveRatios(), 0, Integer.MAX_VALUE));
    }
  }

  private static void load(Zone zone, Field entry) {
    Field marks = entry.find("watermark");
    if (marks != null && !marks.isNull()) {
      long[] values = new long[4];
      String[] names = {"min", "low", "high", "promo"};
      for (int i = 0; i < names.length; i++) {
        Field mark = marks.at(names[i]);
        values[i] = mark.isNull() ? zone.watermarks().stored(i) : mark.asLong(0, 1L << 52);
      }
      zone.watermarks().set(values[0], values[1], values[2], values[3]);
      given(marks, "boost", zone.watermarks()::loadBoost);
    }
    Field reserve = entry.find("lowmemReserve");
    if (reserve != null && !reserve.isNull()) {
      int[] pages = reserve.asInts(zone.lowmemReserves(), 0, Integer.MAX_VALUE);
      for (int i = 0; i < pages.length; i++) {
        zone.setLowmemReserve(i, pages[i]);
      }
    }
    given(entry, "percpuDriftMark", zone::setDriftMark);
    given(
        entry,
        "statThreshold",
        v -> {
          for (int cpu = 0; cpu < zone.cpus(); cpu++) {
            zone.counter().setThreshold(cpu, (int) v);
          }
        });
    int[] sizes = {zone.pagesetBatch(), zone.pagesetLim(), zone.pagesetCap()};
    given(entry, "pagesetBatch", v -> sizes[0] = (int) v);
    given(entry, "pagesetHighMin", v -> sizes[1] = (int) v);
    given(entry, "pagesetHighMax", v -> sizes[2] = (int) v);
    zone.resizeSets(sizes[0], sizes[1], sizes[2]);
  }

  private static void given(Field parent, String name, LongConsumer into) {
    Field field = parent.find(name);
    if (field != null && !field.isNull()) {
      into.accept(field.asLong(-1, Integer.MAX_VALUE));
    }
  }
}
