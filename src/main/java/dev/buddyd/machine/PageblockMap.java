package dev.buddyd.machine;

import dev.buddyd.mm.frame.FrameTable;
import dev.buddyd.mm.frame.Geometry;
import dev.buddyd.mm.gfp.Gfp;
import dev.buddyd.mm.zone.PhysicalMemory;
import dev.buddyd.mm.zone.Zone;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A machine's pageblocks as a map: some zones one after the other, each from the pageblock of its
 * first frame to that of its last. The zone's lock is held for a gibibyte at a time: a map of a
 * machine at work is put together of parts of neighbouring moments, and stops nobody for long.
 * Sections that were never touched are looked at as a whole.
 */
public final class PageblockMap {

  /** Type that stands for "no RAM in this pageblock". */
  public static final int HOLE = 7;

  private static final int LEVEL_SHIFT = 3;
  private static final int MIXED_SHIFT = 7;
  private static final int WHOLE = 15;

  /** Sections that are read under one lock: 1 GiB where a section has 4 MiB. */
  private static final int SECTIONS_AT_ONCE = 256;

  /**
   * A pageblock.
   *
   * @param number its place in the map
   * @param pfn its first frame, which may lie before the zone's first
   * @param zone ordinal of its zone
   * @param type number of its migratetype, or {@link #HOLE}
   * @param freePages frames on the zone's free lists
   * @param mixed whether a page was allocated here by a request of another type
   */
  public record Pageblock(
      long number, long pfn, int zone, int type, int freePages, boolean mixed) {}

  private final Geometry geometry;
  private final List<Zone> zones;
  private final boolean grouping;
  private final int[] freePages;
  private final boolean[] mixed;

  /**
   * A map of some zones of a machine.
   *
   * @param zones in the order of the map
   */
  public PageblockMap(PhysicalMemory memory, List<Zone> zones) {
    this.geometry = memory.geometry();
    this.zones = List.copyOf(zones);
    this.grouping = !memory.tunables().groupingDisabled();
    int perSection = 1 << (geometry.maxOrder() - geometry.pageblockOrder());
    this.freePages = new int[perSection];
    this.mixed = new boolean[perSection];
  }

  /** First frame of the first pageblock of a zone. */
  public static long firstPfn(Zone zone) {
    return zone.frames().pfn(firstBlock(zone) << zone.geometry().pageblockOrder());
  }

  /** Pageblocks of a zone. */
  public static int count(Zone zone) {
    int shift = zone.geometry().pageblockOrder();
    return ((zone.frames().endIndex() - 1) >>> shift) - firstBlock(zone) + 1;
  }

  private static int firstBlock(Zone zone) {
    return zone.frames().firstIndex() >>> zone.geometry().pageblockOrder();
  }

  /** How much of a pageblock is free: 0 nothing, 15 all of it, 1 to 14 in even steps between. */
  public int level(int free) {
    int pages = geometry.pageblockPages();
    return free == 0 ? 0 : free == pages ? WHOLE : 1 + (int) (free * 14L / pages);
  }

  /** One byte per pageblock: bits 0 to 2 type, 3 to 6 {@link #level}, 7 mixed. */
  public byte[] bytes() {
    int total = zones.stream().mapToInt(PageblockMap::count).reduce(0, Math::addExact);
    byte[] bytes = new byte[total];
    int at = 0;
    for (Zone zone : zones) {
      int start = at;
      visit(
          zone,
          0,
          count(zone),
          (block, type, free, isMixed) ->
              bytes[start + block] =
                  (byte) (type | level(free) << LEVEL_SHIFT | (isMixed ? 1 : 0) << MIXED_SHIFT));
      at += count(zone);
    }
    return bytes;
  }

  /**
   * Some of the pageblocks.
   *
   * @param from number of the first
   * @param limit how many at most
   */
  public List<Pageblock> list(long from, int limit) {
    List<Pageblock> found = new ArrayList<>();
    long before = 0;
    for (Zone zone : zones) {
      int count = count(zone);
      long first = Math.max(from - before, 0);
      if (first < count && found.size() < limit) {
        int end = (int) Math.min(count, first + limit - found.size());
        long base = before;
        long pfn = firstPfn(zone);
        visit(
            zone,
            (int) first,
            end,
            (block, type, free, isMixed) ->
                found.add(
                    new Pageblock(
                        base + block,
                        pfn + ((long) block << geometry.pageblockOrder()),
                        zone.ordinal(),
                        type,
                        free,
                        isMixed)));
      }
      before += count;
    }
    return found;
  }

  /** Told of pageblocks by their number within the zone. */
  private interface Visitor {
    void visit(int block, int type, int free, boolean mixed);
  }

  private void visit(Zone zone, int from, int end, Visitor visitor) {
    int atOnce = SECTIONS_AT_ONCE * freePages.length;
    int next = from;
    while (next < end) {
      int last = Math.min(end - next, atOnce - (next + firstBlock(zone)) % freePages.length) + next;
      zone.lock();
      try {
        visitLocked(zone, next, last, visitor);
      } finally {
        zone.unlock();
      }
      next = last;
    }
  }

  private void visitLocked(Zone zone, int from, int end, Visitor visitor) {
    FrameTable frames = zone.frames();
    int shift = geometry.pageblockOrder();
    int offset = firstBlock(zone);
    int read = -1;
    for (int block = from; block < end; block++) {
      int index = (block + offset) << shift;
      int section = index >>> geometry.maxOrder();
      if (section != read) {
        readSection(frames, section << geometry.maxOrder());
        read = section;
      }
      int inSection = (block + offset) & (freePages.length - 1);
      boolean hole = isHole(zone, frames.pfn(index));
      visitor.visit(
          block, hole ? HOLE : frames.typeOf(index), freePages[inSection], mixed[inSection]);
    }
  }

  private boolean isHole(Zone zone, long pfn) {
    long first = Math.max(pfn, zone.span().startPfn());
    int range = zone.holes().find(first);
    long end = Math.min(pfn + geometry.pageblockPages(), zone.span().endPfn());
    return range >= 0 && zone.holes().end(range) >= end;
  }

  /** Fills {@link #freePages} and {@link #mixed} for the pageblocks of one section. */
  private void readSection(FrameTable frames, int start) {
    Arrays.fill(mixed, false);
    if (frames.freeOrderAt(start) == geometry.maxOrder()) {
      Arrays.fill(freePages, geometry.pageblockPages());
      return;
    }
    Arrays.fill(freePages, 0);
    if (!frames.isTouched(start)) {
      return;
    }
    int end = start + (1 << geometry.maxOrder());
    int index = start;
    while (index < end) {
      int state = frames.stateOf(index);
      if (state == FrameTable.NONE || state == FrameTable.IN_USE) {
        index++;
        continue;
      }
      int order = frames.orderOf(index);
      if (state == FrameTable.FREE) {
        addFree(index - start, order);
      } else if (state == FrameTable.ALLOCATED && grouping) {
        int block = (index - start) >>> geometry.pageblockOrder();
        mixed[block] |= Gfp.migratetype(frames.word0(index)) != frames.typeOf(index);
      }
      index += 1 << order;
    }
  }

  private void addFree(int offset, int order) {
    int first = offset >>> geometry.pageblockOrder();
    if (order <= geometry.pageblockOrder()) {
      freePages[first] += 1 << order;
      return;
    }
    for (int i = 0; i < 1 << (order - geometry.pageblockOrder()); i++) {
      freePages[first + i] = geometry.pageblockPages();
    }
  }
}
