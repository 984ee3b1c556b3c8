package dev.buddyd.diagnosis.verdict;

import dev.buddyd.diagnosis.rules.FreeBlocks;
import dev.buddyd.diagnosis.rules.ZoneState;
import dev.buddyd.mm.gfp.ZoneKind;
import dev.buddyd.procfs.parse.BuddyRow;
import dev.buddyd.procfs.parse.PageBlockRow;
import dev.buddyd.procfs.parse.PageTypeRow;
import dev.buddyd.procfs.parse.ProcFacts;
import dev.buddyd.procfs.parse.ZoneRow;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The state that a host's /proc files show, so that a request can be put to it. */
final class ProcMemory {
  private static final int MAX_ORDER = 24;

  private static final int MAX_PAGE_KB = 256;

  /** Machines with 64 kB pages have blocks of 14 orders (T-1). */
  private static final int ORDERS_OF_LARGE_PAGES = 14;

  private final ProcFacts facts;

  private record Key(int node, String zone) {}

  ProcMemory(ProcFacts facts) {
    this.facts = facts;
  }

  /** The zones that hold memory. */
  List<ZoneState> states() {
    return states(machine());
  }

  /** zoneinfo lists every kind of zone of a node, in index order (T-10). */
  MachineZones machine() {
    Set<ZoneKind> kinds = EnumSet.of(ZoneKind.NORMAL);
    facts.zones().forEach(zone -> add(kinds, zone.zone()));
    facts.buddyinfo().forEach(row -> add(kinds, row.zone()));
    facts.pageTypes().forEach(row -> add(kinds, row.zone()));
    return new MachineZones(new ArrayList<>(kinds));
  }

  private static void add(Set<ZoneKind> kinds, String name) {
    ZoneKind kind = MachineZones.kindOf(name);
    if (kind != null) {
      kinds.add(kind);
    }
  }

  int pageKb() {
    int measured = pageKbOfSums();
    if (measured > 0) {
      return measured;
    }
    for (BuddyRow row : facts.buddyinfo()) {
      if (row.free().size() == ORDERS_OF_LARGE_PAGES) {
        return 64;
      }
    }
    return 4;
  }

  /** MemTotal is the managed pages of all zones (T-20); 0 where one of both is not told. */
  private int pageKbOfSums() {
    Long total = facts.meminfoKb().get("MemTotal");
    long pages = 0;
    for (ZoneRow zone : facts.zones()) {
      Long managed = zone.managed();
      pages += managed == null ? 0 : managed;
    }
    if (total == null || pages == 0) {
      return 0;
    }
    for (int kb = 4; kb <= MAX_PAGE_KB; kb *= 2) {
      long all = pages * kb;
      if (all >= total * 3 / 4 && all <= total / 3 * 4) { // the files are of different instants
        return kb;
      }
    }
    return 0;
  }

  private List<ZoneState> states(MachineZones machine) {
    Map<Key, ZoneRow> rows = new LinkedHashMap<>();
    for (ZoneRow zone : facts.zones()) {
      if (zone.isPopulated()) {
        rows.put(new Key(zone.node(), zone.zone()), zone);
      }
    }
    Map<Key, FreeBlocks> blocks = blocks();
    List<ZoneState> states = new ArrayList<>();
    rows.forEach(
        (key, row) -> states.add(state(row, machine, blocks.getOrDefault(key, FreeBlocks.NONE))));
    blocks.forEach(
        (key, free) -> {
          if (!rows.containsKey(key)) {
            states.add(bare(key, machine, free));
          }
        });
    return states;
  }

  private ZoneState state(ZoneRow row, MachineZones machine, FreeBlocks blocks) {
    Long cma = row.counters().get("nr_free_cma");
    return new ZoneState(
        row.node(),
        row.zone(),
        machine.indexOf(row.zone()),
        row.page("free"),
        row.page("boost"),
        row.page("min"),
        row.page("low"),
        row.page("high"),
        row.managed(),
        cma,
        reservedHighatomic(row),
        freeOf("HighAtomic", row),
        row.protection().isEmpty() ? null : row.protection(),
        blocks);
  }

  /** A zone that only buddyinfo or pagetypeinfo shows: no marks. */
  private static ZoneState bare(Key key, MachineZones machine, FreeBlocks blocks) {
    return new ZoneState(
        key.node(),
        key.zone(),
        machine.indexOf(key.zone()),
        blocks.pages(),
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        blocks);
  }

  private @Nullable Long reservedHighatomic(ZoneRow zone) {
    Integer order = facts.pageBlockOrder();
    for (PageBlockRow row : facts.pageBlocks().reversed()) {
      Long blocks = row.blocks().get("HighAtomic");
      if (row.node() == zone.node() && row.zone().equals(zone.zone()) && blocks != null) {
        return order == null ? null : Long.valueOf(blocks << order);
      }
    }
    return null;
  }

  private @Nullable Long freeOf(String type, ZoneRow zone) {
    for (PageTypeRow row : lastPageTypes()) {
      boolean same = row.node() == zone.node() && row.zone().equals(zone.zone());
      if (same && row.type().equals(type)) {
        return new FreeBlocks(limited(row.free()), List.of()).pages();
      }
    }
    return null;
  }

  /** Counts from buddyinfo, else the sum over the types; letters from pagetypeinfo. */
  private Map<Key, FreeBlocks> blocks() {
    Map<Key, List<Long>> counts = new LinkedHashMap<>();
    Map<Key, List<StringBuilder>> letters = new LinkedHashMap<>();
    for (BuddyRow row : facts.buddyinfo()) {
      counts.put(new Key(row.node(), row.zone()), new ArrayList<>(limited(row.free())));
    }
    Set<Key> exact = Set.copyOf(counts.keySet());
    for (PageTypeRow row : lastPageTypes()) {
      Key key = new Key(row.node(), row.zone());
      List<Long> free = limited(row.free());
      List<Long> sums = counts.computeIfAbsent(key, k -> new ArrayList<>());
      List<StringBuilder> held = letters.computeIfAbsent(key, k -> new ArrayList<>());
      for (int order = 0; order < free.size(); order++) {
        if (held.size() <= order) {
          held.add(new StringBuilder());
        }
        if (sums.size() <= order) {
          sums.add(0L);
        }
        if (free.get(order) > 0) {
          held.get(order).append(letter(row.type()));
        }
        if (!exact.contains(key)) {
          sums.set(order, sums.get(order) + free.get(order));
        }
      }
    }
    Map<Key, FreeBlocks> blocks = new LinkedHashMap<>();
    counts.forEach(
        (key, free) ->
            blocks.put(
                key,
                new FreeBlocks(
                    free,
                    letters.getOrDefault(key, List.of()).stream()
                        .map(StringBuilder::toString)
                        .toList())));
    return blocks;
  }

  /** Of a file that comes again the last moment counts, as with buddyinfo and zoneinfo. */
  private Collection<PageTypeRow> lastPageTypes() {
    Map<List<Object>, PageTypeRow> last = new LinkedHashMap<>();
    for (PageTypeRow row : facts.pageTypes()) {
      last.put(List.of(row.node(), row.zone(), row.type()), row);
    }
    return last.values();
  }

  private static List<Long> limited(List<Long> free) {
    return free.subList(0, Math.min(free.size(), MAX_ORDER + 1));
  }

  private static String letter(String type) {
    return switch (type) {
      case "Unmovable" -> "U";
      case "Movable" -> "M";
      case "Reclaimable" -> "E";
      case "HighAtomic" -> "H";
      case "Reserve" -> "R";
      case "CMA" -> "C";
      case "Isolate" -> "I";
      default -> "";
    };
  }
}
