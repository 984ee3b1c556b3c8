package dev.buddyd.replay.table;

import dev.buddyd.mm.boot.MemoryBuilder;
import dev.buddyd.mm.frame.FrameTable;
import dev.buddyd.mm.frame.Geometry;
import dev.buddyd.mm.frame.MemoryRanges;
import dev.buddyd.mm.frame.SectionBudget;
import dev.buddyd.mm.gfp.ZoneKind;
import dev.buddyd.mm.zone.PhysicalMemory;
import dev.buddyd.mm.zone.Tunables;
import dev.buddyd.mm.zone.ZoneSpan;
import dev.buddyd.mm.zone.Zonelists;
import dev.buddyd.replay.json.Field;
import dev.buddyd.replay.json.LimitException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The empty machine of a table row: zones with their sizes, nothing computed and nothing in them.
 */
final class TableMachine {

  private static final List<ZoneKind> X86_64 =
      List.of(ZoneKind.DMA, ZoneKind.DMA32, ZoneKind.NORMAL, ZoneKind.MOVABLE, ZoneKind.DEVICE);
  private static final List<ZoneKind> X86_32 =
      List.of(ZoneKind.DMA, ZoneKind.NORMAL, ZoneKind.HIGHMEM, ZoneKind.MOVABLE);
  private static final long MAX_SPANNED = (1L << 31) - (1L << 15);
  private static final int MAX_NODES = 64;
  private static final int MAX_CPUS = 512;

  private TableMachine() {}

  /**
   * The machine of a row.
   *
   * @param boot the row's {@code boot}: its nodes, and its zones with their sizes
   */
  static PhysicalMemory build(Field boot, SectionBudget budget) {
    List<Field> zones = boot.at("zones").items();
    List<Field> nodes = boot.at("nodes").items();
    if (nodes.isEmpty() || nodes.size() > MAX_NODES || zones.isEmpty()) {
      throw boot.wrong("must have 1 to " + MAX_NODES + " nodes, and zones");
    }
    List<ZoneKind> kinds = kinds(zones, boot);
    boolean wide = kinds.contains(ZoneKind.DMA32);
    Geometry geometry =
        new Geometry(wide ? "x86_64" : "i686", 12, 10, 9, true, false, wide, kinds, 5, 1024);
    int[] ratio = Arrays.copyOf(new int[] {256, wide ? 256 : 32}, kinds.size());
    ratio[2] = wide ? 32 : 0; // Z-30
    Tunables tunables = new Tunables(ratio);
    int cpus = nodes.stream().mapToInt(n -> n.at("cpus").items().size()).sum();
    if (cpus < 1 || cpus > MAX_CPUS) {
      throw boot.at("nodes").wrong("must have 1 to " + MAX_CPUS + " CPUs");
    }
    MemoryBuilder builder = new MemoryBuilder(geometry, tunables, cpus, budget);
    List<ZoneSpan> populated = new ArrayList<>();
    for (int id = 0; id < nodes.size(); id++) {
      Field node = nodes.get(id);
      if (node.at("node").asLong() != id) {
        throw node.at("node").wrong("nodes must be numbered from 0 in order");
      }
      List<ZoneSpan> spans = spans(id, kinds, zones);
      spans.stream().filter(ZoneSpan::populated).forEach(populated::add);
      int[] distances = node.at("distance").asInts(nodes.size(), 0, 255);
      builder.node(node.at("cpus").asInts(-1, 0, cpus - 1), distances, spans);
    }
    if (populated.size() != zones.size()) {
      throw boot.at("zones").wrong("a zone is not populated, appears twice or has no node");
    }
    long[] managed = new long[populated.size()];
    for (int i = 0; i < managed.length; i++) {
      ZoneSpan span = populated.get(i);
      Field zone = find(zones, span.node(), span.index());
      managed[i] = zone == null ? 0 : zone.at("managed").asLong(0, span.presentPages());
    }
    long bytes = 0;
    for (ZoneSpan span : populated) {
      bytes += FrameTable.blockLevelBytes(geometry, span.spannedPages());
    }
    if (bytes > budget.remainingBytes()) {
      throw new LimitException("frame_table_bytes", budget.limitBytes());
    }
    for (int i = 0; i < populated.size(); i++) {
      builder.zone(populated.get(i), MemoryRanges.NONE, MemoryRanges.NONE).addManaged(managed[i]);
    }
    PhysicalMemory memory = builder.build();
    Zonelists.rebuild(memory);
    return memory;
  }

  /** Which zone types the machine has, told by the names and numbers of its zones. */
  private static List<ZoneKind> kinds(List<Field> zones, Field boot) {
    List<List<ZoneKind>> candidates = new ArrayList<>(List.of(X86_64, X86_32));
    for (Field zone : zones) {
      int index = zone.at("index").asInt(0, X86_64.size() - 1);
      String name = zone.at("name").asText();
      candidates.removeIf(
          kinds -> index >= kinds.size() || !kinds.get(index).kernelName().equals(name));
      if (candidates.isEmpty()) {
        throw zone.at("name").wrong("no known machine has zone " + index + " with this name");
      }
    }
    Field ratio = boot.at("global").find("lowmemReserveRatio");
    int elements = ratio == null || ratio.isNull() ? 0 : ratio.asLongs().length;
    return candidates.stream()
        .filter(kinds -> kinds.size() == elements)
        .findFirst()
        .orElse(candidates.getFirst());
  }

  private static List<ZoneSpan> spans(int node, List<ZoneKind> kinds, List<Field> zones) {
    List<ZoneSpan> spans = new ArrayList<>();
    for (int index = 0; index < kinds.size(); index++) {
      Field zone = find(zones, node, index);
      spans.add(
          zone == null
              ? new ZoneSpan(node, index, kinds.get(index), 0, 0, 0, 0)
              : new ZoneSpan(
                  node,
                  index,
                  kinds.get(index),
                  zone.at("startPfn").asLong(0, 1L << 52),
                  zone.at("spanned").asLong(1, MAX_SPANNED),
                  zone.at("present").asLong(1, MAX_SPANNED),
                  0));
    }
    return spans;
  }

  private static @Nullable Field find(List<Field> zones, int node, int index) {
    for (Field zone : zones) {
      if (zone.at("node").asLong() == node && zone.at("index").asLong() == index) {
        return zone;
      }
    }
    return null;
  }
}
