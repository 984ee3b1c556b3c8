package dev.buddyd.replay.recording;

import dev.buddyd.mm.buddy.FreeLists;
import dev.buddyd.mm.frame.FrameTable;
import dev.buddyd.mm.frame.Geometry;
import dev.buddyd.mm.pcp.PerCpuPages;
import dev.buddyd.mm.zone.Kswapd;
import dev.buddyd.mm.zone.Node;
import dev.buddyd.mm.zone.PhysicalMemory;
import dev.buddyd.mm.zone.Zone;
import dev.buddyd.replay.json.Json;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes a machine's state as a probe: numbers, and a hash of every free list. */
public final class ProbeWriter {

  private static final long FNV_OFFSET = 0xcbf29ce484222325L;
  private static final long FNV_PRIME = 0x100000001b3L;

  private ProbeWriter() {}

  /** The probe after the operation on this line of the (completed) recording. */
  public static Json.Obj write(PhysicalMemory memory, int afterOp) {
    Map<String, Json> probe = new LinkedHashMap<>();
    probe.put("afterOp", whole(afterOp));
    List<Json> kswapds = new ArrayList<>();
    for (Node node : memory.nodes()) {
      Kswapd k = node.kswapd();
      kswapds.add(
          numbers(node.id(), k.sleeping() ? 1 : 0, k.pendingOrder(), k.pendingHighestZoneidx()));
    }
    probe.put("kswapd", new Json.Arr(0, kswapds));
    List<Json> zones = new ArrayList<>();
    for (Zone zone : memory.zones()) {
      zones.add(zone(zone));
    }
    probe.put("zones", new Json.Arr(0, zones));
    return new Json.Obj(0, probe);
  }

  private static Json zone(Zone zone) {
    Map<String, Json> state = new LinkedHashMap<>();
    state.put("node", whole(zone.node()));
    state.put("index", whole(zone.index()));
    state.put("nrFreePages", whole(zone.counter().stored()));
    state.put("boost", whole(zone.watermarks().boost()));
    state.put("flags", whole(zone.flags().bits()));
    state.put("resHA", whole(zone.highAtomic().reservedPages()));
    state.put("freeHA", whole(zone.counter().freeHighatomic()));
    List<Json> sets = new ArrayList<>();
    for (int cpu = 0; cpu < zone.cpus(); cpu++) {
      PerCpuPages set = zone.set(cpu);
      sets.add(
          numbers(
              cpu,
              set.count(),
              set.high(),
              set.flags(),
              set.allocShift(),
              set.freeRun(),
              zone.counter().remainder(cpu)));
    }
    state.put("pcp", new Json.Arr(0, sets));
    Geometry geometry = zone.geometry();
    FreeLists lists = zone.lists();
    long[] free = new long[geometry.maxOrder() + 1];
    List<Json> hashes = new ArrayList<>();
    for (int order = 0; order < free.length; order++) {
      free[order] = lists.count(order);
      for (int type = 0; type < geometry.migrateTypes(); type++) {
        if (lists.count(order, type) > 0) {
          hashes.add(
              new Json.Arr(
                  0,
                  List.of(
                      whole(order),
                      whole(type),
                      new Json.Text(0, HexFormat.of().toHexDigits(hash(zone, order, type))))));
        }
      }
    }
    state.put("free", numbers(free));
    state.put("lists", new Json.Arr(0, hashes));
    return new Json.Obj(0, state);
  }

  /** FNV-1a style hash of a list's pfns, head first. */
  public static long hash(Zone zone, int order, int type) {
    long h = FNV_OFFSET;
    FrameTable frames = zone.frames();
    for (int i = zone.lists().first(order, type);
        i != FrameTable.NIL;
        i = frames.nextOf(i, order)) {
      h = (h ^ frames.pfn(i)) * FNV_PRIME;
    }
    return h;
  }

  private static Json whole(long value) {
    return new Json.Whole(0, value);
  }

  private static Json numbers(long... values) {
    return new Json.Numbers(0, values);
  }
}
