package dev.buddyd.procfs;

import dev.buddyd.mm.frame.Geometry;
import dev.buddyd.mm.frame.MigrateType;
import dev.buddyd.mm.zone.Node;
import dev.buddyd.mm.zone.PhysicalMemory;
import dev.buddyd.mm.zone.Zone;
import java.util.List;

/** {@code /proc/pagetypeinfo}: free blocks by order and type, pageblocks by type (T-5). */
public final class PagetypeinfoText {

  /** Counting a list stops here. */
  private static final int COUNTED = 100_000;

  private PagetypeinfoText() {}

  /** The whole text. */
  public static String write(PhysicalMemory memory) {
    StringBuilder out = new StringBuilder();
    for (Node node : memory.nodes()) {
      if (node.hasMemory()) {
        write(node, memory.geometry(), out);
      }
    }
    return out.toString();
  }

  private static void write(Node node, Geometry geometry, StringBuilder out) {
    List<String> types = MigrateType.procNames(geometry.cmaBuilt());
    out.append("Page block order: ").append(geometry.pageblockOrder()).append('\n');
    out.append("Pages per block:  ").append(geometry.pageblockPages()).append("\n\n");
    Columns.left(out, "Free pages count per migrate type at order", 43);
    out.append(' ');
    for (int order = 0; order <= geometry.maxOrder(); order++) {
      Columns.right(out, order, 6);
      out.append(' ');
    }
    out.append('\n');
    for (Zone zone : node.zones()) {
      freeBlocks(zone, types, out);
    }
    out.append('\n');
    Columns.left(out, "Number of blocks type", 23);
    for (String type : types) {
      Columns.right(out, type, 12);
      out.append(' ');
    }
    out.append('\n');
    for (Zone zone : node.zones()) {
      Columns.zone(out, zone.node(), zone.name());
      out.append(' ');
      for (long blocks : Pageblocks.byType(zone)) {
        Columns.right(out, blocks, 12);
        out.append(' ');
      }
      out.append('\n');
    }
  }

  private static void freeBlocks(Zone zone, List<String> types, StringBuilder out) {
    ZoneReading reading = ZoneReading.of(zone);
    for (int type = 0; type < types.size(); type++) {
      out.append("Node ");
      Columns.right(out, zone.node(), 4);
      out.append(", zone ");
      Columns.right(out, zone.name(), 8);
      out.append(", type ");
      Columns.right(out, types.get(type), 12);
      out.append(' ');
      for (int order = 0; order <= zone.geometry().maxOrder(); order++) {
        int blocks = reading.blocks(order, type);
        out.append(blocks >= COUNTED ? ">" : "");
        Columns.right(out, Math.min(blocks, COUNTED), 6);
        out.append(' ');
      }
      out.append('\n');
    }
  }
}
