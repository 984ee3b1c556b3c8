package dev.buddyd.replay.reclaim;

import dev.buddyd.mm.frame.FrameTable;
import dev.buddyd.mm.frame.MigrateType;
import dev.buddyd.mm.pcp.PcpList;
import dev.buddyd.mm.pcp.PerCpuPages;
import dev.buddyd.mm.zone.Zone;
import dev.buddyd.replay.json.Field;
import java.util.BitSet;

/**
 * Lays a zone out: free blocks as many as recorded and scattered, pages on the per-CPU lists, and
 * frames for the pages on lists: pageblocks in no order of their numbers, and of each in short runs
 * one half, later the other. Movable pageblocks come first, then those reserved for high atomic
 * requests, then the kernel's.
 */
final class FrameChooser {

  private static final int BLOCK = 512;

  /** Pages that follow each other in memory and on a list: the readahead of a file, 128 KiB. */
  private static final int RUN = 32;

  /**
   * Every second run of a pageblock is as old: after reclaim most free blocks are single runs, yet
   * the kernel claims the pageblocks and uses them up.
   */
  private static final int RUNS = BLOCK / (2 * RUN);

  /** The kernel's pageblocks are this part of a zone that user space has filled. */
  private static final int KERNEL_PART = 8;

  /** Steps through pageblocks: spreads what follows each other. */
  private static final int STRIDE = 7919;

  private final Zone zone;
  private final FrameTable frames;
  private final ZoneState state;
  private final boolean scarce;
  private final long tookPages;

  /** The most free blocks of an order that the kernel's lists have where memory is scarce. */
  private final int kernelBlocks;

  private final Field place;
  private final BitSet taken = new BitSet();
  private final BitSet[] heads;
  private final int size;
  private final int highatomicStart;
  private final int kernelStart;
  private final Walk lists;
  private int left;
  private int blocks;

  /**
   * Lays a zone out.
   *
   * @param before the zone before the test took pages from it
   * @param pressure pages that the test took and holds: the kernel's
   * @param scarce whether it took them until all zones were low, here or elsewhere
   */
  FrameChooser(
      Zone zone, ZoneState before, ZoneState state, long pressure, boolean scarce, Field place) {
    this.zone = zone;
    this.frames = zone.frames();
    this.state = state;
    this.scarce = scarce;
    this.tookPages = pressure > 0 ? before.free() - state.free() : 0;
    // B-10: single pages use up the small blocks first; B-42: more than one boost is claims that
    // failed, as nothing of its own was left
    this.kernelBlocks = state.boost() - before.boost() > BLOCK ? 0 : 1;
    this.place = place;
    this.size = (int) state.managed();
    int pageblocks = (size + BLOCK - 1) / BLOCK;
    long kernels = pageblocks / KERNEL_PART + 1L;
    if (scarce) { // whose requests claimed what they took (B-32), and what they left of it
      kernels += (pressure + state.free()) / BLOCK;
    }
    this.kernelStart = (int) Math.max(pageblocks - kernels, 0) * BLOCK;
    int reserved = (int) ((state.reservedHighatomic() + BLOCK - 1) / BLOCK);
    this.highatomicStart = Math.max(kernelStart - reserved * BLOCK, 0);
    for (int start = 0; start < size; start += BLOCK) {
      frames.setType(frames.firstIndex() + start, 0, typeAt(start));
    }
    this.heads = new BitSet[state.freeBlocks().length];
    freeBlocks();
    cached();
    this.left = size - taken.cardinality();
    this.lists = new Walk(0, size);
  }

  private int typeAt(int at) {
    if (at >= kernelStart) {
      return MigrateType.UNMOVABLE;
    }
    return at >= highatomicStart ? MigrateType.HIGHATOMIC : MigrateType.MOVABLE;
  }

  private void freeBlocks() {
    long highatomic = Math.min(state.freeHighatomic(), kernelStart - highatomicStart);
    long reserved = 0;
    for (int order = heads.length - 1; order >= 0; order--) {
      heads[order] = new BitSet();
      for (int n = 0; n < state.freeBlocks()[order]; n++) {
        int at = -1;
        if (reserved + (1L << order) <= highatomic) {
          at = find(order, highatomicStart, kernelStart);
        }
        if (at < 0 && (scarce ? n < kernelBlocks : order <= 3)) { // what its splits have left
          at = find(order, kernelStart, size);
        }
        if (at < 0) {
          at = find(order, 0, highatomicStart);
        }
        if (at < 0) {
          at = find(order, 0, size);
        }
        if (at < 0) {
          throw place.at("nrFree").wrong("blocks of order " + order + " do not fit the zone");
        }
        free(at, order);
        reserved += typeAt(at) == MigrateType.HIGHATOMIC ? 1L << order : 0;
      }
    }
    zone.counter().load(state.free(), reserved, 0);
  }

  /** Where a block may lie within these frames, or -1: its buddy must not be free, too (B-20). */
  private int find(int order, int from, int end) {
    int pages = 1 << order;
    int start = (from + pages - 1) & -pages;
    int places = (end - start) / pages;
    if (places <= 0) {
      return -1;
    }
    int first = (int) ((long) blocks++ * STRIDE % places);
    for (int i = 0; i < places; i++) {
      int at = start + (first + i) % places * pages;
      int busy = taken.nextSetBit(at);
      boolean mergeable = order < heads.length - 1 && heads[order].get(at ^ pages);
      if (!mergeable && (busy < 0 || busy >= at + pages)) {
        return at;
      }
    }
    return -1;
  }

  private void free(int at, int order) {
    for (int k = 0; k < 1 << order; k++) {
      frames.touch(frames.firstIndex() + at + k);
    }
    zone.buddy().place(frames.firstIndex() + at, order, typeAt(at));
    taken.set(at, at + (1 << order));
    heads[order].set(at);
  }

  /**
   * Pages on this CPU: of the last refill that the pressure made all but the one it was for wait on
   * the kernel's list, the others came from user space (P-21.3).
   */
  private void cached() {
    PerCpuPages set = zone.set(0);
    int shift = -1;
    for (long left = tookPages; left > 0; left -= (long) set.batch() << shift) {
      shift = Math.min(shift + 1, zone.geometry().batchScaleMax());
    }
    long kernels = shift < 0 ? 0 : Math.min((long) set.batch() << shift, state.cached() + 1) - 1;
    PcpList unmovable = set.list(zone.geometry().pcpListOf(0, MigrateType.UNMOVABLE));
    PcpList movable = set.list(zone.geometry().pcpListOf(0, MigrateType.MOVABLE));
    Walk kernel = new Walk(kernelStart, size);
    Walk user = new Walk(0, highatomicStart);
    for (long n = 0; n < state.cached(); n++) {
      PcpList list = n < kernels ? unmovable : movable;
      int index = frames.firstIndex() + (n < kernels ? kernel : user).next();
      frames.touch(index);
      frames.setHeld(index, list.heldWord());
      set.append(list, index);
    }
    int next = Math.min(shift + 1, zone.geometry().batchScaleMax());
    set.load(Math.max(set.count(), set.lim()), next, 0, 0, 0);
  }

  /** Frames that nobody has yet. */
  int left() {
    return left;
  }

  /** A frame for a page on a list. */
  int next() {
    left--;
    return frames.firstIndex() + lists.next();
  }

  /** Hands out frames of a part of the zone in short runs, half a pageblock after the other. */
  private final class Walk {
    private final int from;
    private final int end;
    private final int pageblocks;
    private int cursor;
    private int runs;

    Walk(int from, int end) {
      this.from = from;
      this.end = end;
      this.pageblocks = (end - from) / BLOCK + 1;
      this.cursor = end;
    }

    private int nextRun() {
      int half = runs / RUNS;
      int pageblock = (int) ((long) half * STRIDE % pageblocks);
      int lap = half / pageblocks;
      return from + pageblock * BLOCK + (2 * (runs++ % RUNS) + lap) * RUN;
    }

    /** The next frame that nobody has; where this part has none left, one of the zone. */
    int next() {
      cursor = taken.nextClearBit(cursor);
      while (cursor >= end || cursor % RUN == 0) {
        if (runs >= 2 * RUNS * pageblocks) {
          cursor = taken.nextClearBit(from);
          if (cursor >= size) {
            cursor = taken.nextClearBit(0);
          }
          break;
        }
        cursor = taken.nextClearBit(nextRun());
        if (cursor < end) {
          break;
        }
      }
      taken.set(cursor);
      return cursor;
    }
  }

  /** The rest belongs to the kernel. */
  void keepRest() {
    for (int at = taken.nextClearBit(0); at < size; at = taken.nextClearBit(at + 1)) {
      frames.touch(frames.firstIndex() + at);
      frames.setHead(frames.firstIndex() + at, FrameTable.IN_USE, 0);
    }
    left = 0;
  }
}
