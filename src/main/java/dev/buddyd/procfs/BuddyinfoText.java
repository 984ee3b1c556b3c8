package dev.buddyd.procfs;

import dev.buddyd.mm.zone.PhysicalMemory;
import dev.buddyd.mm.zone.Zone;

/** {@code /proc/buddyinfo}: free blocks by order, one line per populated zone (T-1). */
public final class BuddyinfoText {

  private BuddyinfoText() {}

  /** The whole text. */
  public static String write(PhysicalMemory memory) {
    StringBuilder out = new StringBuilder();
    int maxOrder = memory.geometry().maxOrder();
    for (Zone zone : memory.zones()) {
      Columns.zone(out, zone.node(), zone.name());
      out.append(' ');
      zone.lock();
      try {
        for (int order = 0; order <= maxOrder; order++) {
          Columns.right(out, zone.lists().count(order), 6);
          out.append(' ');
        }
      } finally {
        zone.unlock();
      }
      out.append('\n');
    }
    return out.toString();
  }
}
