package dev.buddyd.procfs;

import dev.buddyd.mm.zone.Fragmentation;
import dev.buddyd.mm.zone.PhysicalMemory;
import dev.buddyd.mm.zone.Zone;

/** The two fragmentation indices under {@code /sys/kernel/debug/extfrag} (T-30, T-31). */
public final class ExtfragText {

  private ExtfragText() {}

  /** {@code unusable_index} (T-30). */
  public static String unusable(PhysicalMemory memory) {
    return write(memory, false);
  }

  /** {@code extfrag_index} (T-31). */
  public static String fragmentation(PhysicalMemory memory) {
    return write(memory, true);
  }

  private static String write(PhysicalMemory memory, boolean fragmentation) {
    StringBuilder out = new StringBuilder();
    for (Zone zone : memory.zones()) {
      Columns.zone(out, zone.node(), zone.name());
      out.append(' ');
      long[] blocks = Fragmentation.freeBlocks(zone);
      for (int order = 0; order < blocks.length; order++) {
        int index =
            fragmentation
                ? Fragmentation.index(blocks, order)
                : Fragmentation.unusable(blocks, order);
        Columns.right(out, index / 1000, fragmentation ? 2 : 0);
        out.append('.');
        int rest = index % 1000; // %03d: the sign counts as a column
        String digits = Integer.toString(Math.abs(rest));
        out.append(rest < 0 ? "-" : "");
        out.repeat('0', Math.max(0, 3 - digits.length() - (rest < 0 ? 1 : 0))).append(digits);
        out.append(' ');
      }
      out.append('\n');
    }
    return out.toString();
  }
}
