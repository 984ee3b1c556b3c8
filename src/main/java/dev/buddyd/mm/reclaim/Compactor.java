package dev.buddyd.mm.reclaim;

import static dev.buddyd.mm.frame.FrameTable.NIL;

import dev.buddyd.mm.frame.FrameTable;
import dev.buddyd.mm.frame.MigrateType;
import dev.buddyd.mm.trace.Decision;
import dev.buddyd.mm.trace.Trace;
import dev.buddyd.mm.zone.PhysicalMemory;
import dev.buddyd.mm.zone.Zone;
import org.jspecify.annotations.Nullable;

/**
 * Compacts a zone: one scanner walks up and collects movable pages, another walks down and
 * finds free frames for them, until they meet or a block of the wanted order is there.
 *
 * <pre>
 *   zone start  |m.m.|..mm|    |    |m...|....|  zone end
 *    migrate scanner -&gt;                &lt;- free scanner
 * </pre>
 *
 * Under the lock of {@link MemoryReclaim}, which keeps the holders' pages where they are; takes the
 * zone lock for a pageblock at a time.
 */
final class Compactor {

  /** Order that stands for "the whole zone, as far as it goes". */
  static final int WHOLE_ZONE = -1;

  private final PhysicalMemory memory;
  private final LruPages pages;
  private final PageHolders holders;
  private final VmEvents events;

  Compactor(PhysicalMemory memory, LruPages pages, PageHolders holders, VmEvents events) {
    this.memory = memory;
    this.pages = pages;
    this.holders = holders;
    this.events = events;
  }

  /** Whether a zone holds anything that could be moved. */
  boolean hasMovable(Zone zone) {
    for (int list = LruList.INACTIVE_ANON; list <= LruList.ACTIVE_FILE; list++) {
      if (pages.pagesInZone(zone.ordinal(), list) > 0) {
        return true;
      }
    }
    return false;
  }

  /**
   * Compacts.
   *
   * @param order order wanted, or {@link #WHOLE_ZONE}
   * @param type migratetype of the request
   * @param async only pageblocks of the request's own type
   * @param daemon whether kcompactd does it
   * @return whether a block of the order is there now
   */
  boolean compact(
      Zone zone,
      int order,
      int type,
      boolean async,
      boolean daemon,
      int cpu,
      @Nullable Trace trace) {
    Run run = new Run(zone, order, type, async, cpu, trace);
    if (trace != null) {
      FrameTable frames = zone.frames();
      trace.decided(
          Decision.MM_COMPACTION_BEGIN,
          zone.ordinal(),
          frames.pfn(frames.firstIndex()),
          frames.pfn(frames.endIndex()),
          async ? 0 : 1,
          order,
          daemon ? 1 : 0);
    }
    while (run.step()) {}
    boolean done = run.done;
    events.count(VmEvent.COMPACT_MIGRATE_SCANNED, run.migrateScanned);
    events.count(VmEvent.COMPACT_FREE_SCANNED, run.freeScanned);
    events.count(VmEvent.COMPACT_ISOLATED, 2 * run.moved);
    events.count(VmEvent.PGMIGRATE_SUCCESS, run.moved);
    if (daemon) {
      events.count(VmEvent.COMPACT_DAEMON_MIGRATE_SCANNED, run.migrateScanned);
      events.count(VmEvent.COMPACT_DAEMON_FREE_SCANNED, run.freeScanned);
    }
    if (trace != null) {
      trace.decided(
          Decision.MM_COMPACTION_END,
          zone.ordinal(),
          run.moved,
          run.migrateScanned,
          run.freeScanned,
          done ? 1 : 0,
          zone.frames().pfn(Math.max(run.migrateBlock, zone.frames().firstIndex())),
          zone.frames().pfn(Math.max(run.freeBlock, zone.frames().firstIndex())));
    }
    return done;
  }

  /** a block is there that the request can use: its own type, CMA, or one it may claim. */
  private boolean blockReady(Zone zone, int order, int type) {
    if (order == WHOLE_ZONE) {
      return false;
    }
    int orders = zone.lists().nonEmptyOrders(type);
    if (type == MigrateType.MOVABLE && memory.geometry().cmaBuilt()) {
      orders |= zone.lists().nonEmptyOrders(memory.geometry().cmaType());
    }
    if (orders >>> order != 0) {
      return true;
    }
    // B-32: a movable request claims blocks from half a pageblock's order on, others any
    int from =
        type == MigrateType.MOVABLE
            ? Math.max(order, memory.geometry().pageblockOrder() / 2)
            : order;
    int others = 0;
    for (int t = 0; t < MigrateType.HIGHATOMIC; t++) {
      others |= t == type ? 0 : zone.lists().nonEmptyOrders(t);
    }
    return others >>> from != 0;
  }

  /** The two scanners on their way; takes the zone lock for one pageblock at a time. */
  private final class Run {
    private final Zone zone;
    private final FrameTable frames;
    private final int order;
    private final int type;
    private final boolean async;
    private final int cpu;
    private final @Nullable Trace trace;
    private final int blockPages;

    /** Start of the pageblock that the free scanner is in, and where it is inside. */
    private int freeBlock;

    private int freeAt;

    /** Start of the pageblock that the migrate scanner is in. */
    private int migrateBlock;

    private boolean done;
    private long moved;
    private long migrateScanned;
    private long freeScanned;

    Run(Zone zone, int order, int type, boolean async, int cpu, @Nullable Trace trace) {
      this.zone = zone;
      this.frames = zone.frames();
      this.order = order;
      this.type = type;
      this.async = async;
      this.cpu = cpu;
      this.trace = trace;
      this.blockPages = zone.geometry().pageblockPages();
      this.freeBlock = frames.endIndex() - 1 & -blockPages;
      this.freeAt = Math.max(freeBlock, frames.firstIndex());
      this.migrateBlock = frames.firstIndex() & -blockPages;
    }

    /** Goes on by a pageblock; false at the end. */
    boolean step() {
      zone.lock();
      boolean more;
      try {
        more = migrateBlock < freeBlock && nextBlock();
        done = !more && blockReady(zone, order, type);
      } finally {
        zone.unlock();
      }
      return more;
    }

    /** Leaves a pageblock where that is worth it; false if it was the last. */
    private boolean nextBlock() {
      int block = migrateBlock;
      if (frames.isTouched(Math.max(block, frames.firstIndex()))) {
        if (worthLeaving(block) && !migrateBlock(block)) {
          return false; // no frame to move to: the scanners have met
        }
        if (blockReady(zone, order, type)) {
          return false;
        }
      }
      migrateBlock += blockPages;
      return true;
    }

    private boolean worthLeaving(int block) {
      int at = Math.max(block, frames.firstIndex());
      int wanted = order == WHOLE_ZONE ? zone.geometry().pageblockOrder() : order;
      if (frames.freeOrderAt(at) >= wanted) {
        return false;
      }
      int blockType = frames.typeOf(at);
      if (blockType == zone.geometry().isolateType()) {
        return false;
      }
      return !async || blockType == type;
    }

    private boolean migrateBlock(int block) {
      int end = Math.min(block + blockPages, frames.endIndex());
      int i = Math.max(block, frames.firstIndex());
      while (i < end) {
        int free = frames.freeOrderAt(i);
        int step = 1;
        if (free >= 0) {
          step = 1 << free;
        } else if (frames.stateOf(i) == FrameTable.ALLOCATED) {
          int size = frames.orderOf(i);
          step = 1 << size;
          if (movable(i, size) && !move(i, size, block)) {
            migrateScanned += 1;
            return false;
          }
        }
        migrateScanned += step;
        i += step;
      }
      return true;
    }

    private boolean movable(int index, int size) {
      if (!frames.isMovable(index) || (order != WHOLE_ZONE && size >= order)) {
        return false;
      }
      int tag = frames.word1(index);
      return pages.resident(tag)
          && pages.pfnOf(tag) == frames.pfn(index)
          && pages.orderOf(tag) == size
          && !pages.has(tag, LruPages.WRITEBACK);
    }

    /** Moves one block up; false if no frame is left above for it. */
    private boolean move(int index, int size, int block) {
      int free = nextFree(size, block);
      if (free == NIL) {
        return false;
      }
      int tag = frames.word1(index);
      if (!holders.moves(tag, frames.pfn(free))) {
        events.count(VmEvent.PGMIGRATE_FAIL, 1);
        return true; // its holder gives it back
      }
      int to = zone.buddy().takeAt(free, frames.freeOrderAt(free), size, cpu);
      int gfp = frames.word0(index);
      int use = frames.useOf(index);
      boolean compound = frames.isCompound(index);
      frames.setAllocated(to, size, compound, use, gfp, tag);
      frames.setMovable(to, true);
      pages.relocate(tag, frames.pfn(to));
      if (trace != null) {
        trace.decided(
            Decision.PAGE_MIGRATED, zone.ordinal(), frames.pfn(index), frames.pfn(to), size);
      }
      zone.buddy().free(index, size, false, cpu, trace);
      moved += 1L << size;
      return true;
    }

    /** The next free block of at least this size above a pageblock, or NIL. */
    private int nextFree(int size, int above) {
      while (freeBlock > above) {
        int end = Math.min(freeBlock + blockPages, frames.endIndex());
        if (givesFrames(freeBlock)) {
          while (freeAt < end) {
            int free = frames.freeOrderAt(freeAt);
            if (free >= size && memory.budget().admits(1L << zone.geometry().maxOrder())) {
              return freeAt;
            }
            int step = free >= 0 ? 1 << free : 1;
            freeScanned += step;
            freeAt += step;
          }
        }
        freeBlock -= blockPages;
        freeAt = Math.max(freeBlock, frames.firstIndex());
      }
      return NIL;
    }

    /** MOVABLE or CMA, and not one big free block. */
    private boolean givesFrames(int block) {
      int at = Math.max(block, frames.firstIndex());
      int blockType = frames.typeOf(at);
      if (blockType != MigrateType.MOVABLE && blockType != zone.geometry().cmaType()) {
        return false;
      }
      int wanted = order == WHOLE_ZONE ? zone.geometry().pageblockOrder() : order;
      return frames.freeOrderAt(block & -(1 << zone.geometry().maxOrder())) < wanted
          && frames.freeOrderAt(at) < wanted;
    }
  }
}
