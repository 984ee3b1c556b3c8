package dev.buddyd.mm.alloc;

import static dev.buddyd.mm.alloc.ZonelistScan.NONE;

import dev.buddyd.mm.frame.FrameTable;
import dev.buddyd.mm.frame.HeldWord;
import dev.buddyd.mm.frame.SectionBudget;
import dev.buddyd.mm.gfp.Gfp;
import dev.buddyd.mm.gfp.RequestFlags;
import dev.buddyd.mm.reclaim.Reclaim;
import dev.buddyd.mm.trace.Decision;
import dev.buddyd.mm.trace.Trace;
import dev.buddyd.mm.zone.AllocationRequest;
import dev.buddyd.mm.zone.FreePath;
import dev.buddyd.mm.zone.PhysicalMemory;
import dev.buddyd.mm.zone.TakePath;
import dev.buddyd.mm.zone.Zone;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The page allocator of one machine: requests in, page frames out (spec 05).
 *
 * <p>A pfn is returned, or a negative number that {@link KernelWould#of} reads. Callers own the
 * blocks they got: freeing one twice, or with another order, is theirs to prevent. Safe for
 * concurrent callers.
 */
public final class PageAllocator {

  /** Frames whose sections one request may touch at most, over all zones it visits. */
  private static final long FRAMES_PER_REQUEST = 64L << 10;

  private final PhysicalMemory memory;
  private final ZonelistScan scan;
  private final SlowPath slowPath;
  private final SectionBudget budget;
  private final int maxOrder;
  private final boolean singleNode;

  public PageAllocator(PhysicalMemory memory, Reclaim reclaim) {
    this.memory = memory;
    this.scan = new ZonelistScan(memory, reclaim);
    this.slowPath = new SlowPath(memory, scan, reclaim);
    this.budget = memory.budget();
    this.maxOrder = memory.geometry().maxOrder();
    this.singleNode = memory.nodes().size() == 1;
  }

  public PhysicalMemory memory() {
    return memory;
  }

  /**
   * Allocates one block (F-1 to F-41).
   *
   * @return pfn of the block, or a refusal for {@link KernelWould#of}
   * @throws FrameTableExhaustedException if the frame tables have no room; nothing was changed
   */
  public long allocate(AllocationRequest request, @Nullable Trace trace) {
    int order = request.order();
    if (order > maxOrder) { // F-1
      return KernelWould.FAIL.code();
    }
    admit();
    Route route = scan.route(request.route()); // F-4
    if (trace != null) {
      trace.decided(
          Decision.REQUEST,
          Trace.NO_ZONE,
          request.gfp(),
          order,
          request.node(),
          request.cpu(),
          route.highestZoneidx,
          route.type);
    }
    long pfn = scan.scan(route, request, route.flags, trace); // F-8
    if (pfn == NONE) {
      pfn = slowPath.allocate(route, request, trace);
    }
    return pfn;
  }

  /** {@link RequestFlags} of a request's last attempt, against min (F-20, F-21). */
  public int lastFlags(AllocationRequest request) {
    return SlowPath.lastFlags(request.gfp(), request.order(), scan.route(request.route()).type);
  }

  /** {@link RequestFlags} of a request's first attempt, against low (F-7, but for NOMIX). */
  public int firstFlags(AllocationRequest request) {
    return scan.route(request.route()).flags & ~RequestFlags.NOMIX;
  }

  /** The zones that a request goes through, in order (F-4). */
  public Zone[] zones(AllocationRequest request) {
    return scan.route(request.route()).zones.clone();
  }

  private void admit() {
    if (!budget.admits(FRAMES_PER_REQUEST)) {
      throw new FrameTableExhaustedException(budget.limitBytes());
    }
  }

  /**
   * Frees a block that was allocated with this order (B-23).
   *
   * @param cpu the simulated CPU that frees
   */
  public void free(long pfn, int order, int cpu, @Nullable Trace trace) {
    Zone zone = zoneOf(pfn, cpu);
    FreePath.free(zone, zone.frames().index(pfn), order, cpu, trace);
  }

  /**
   * Frees a block while somebody else holds a reference on its first page (B-25): nothing of a
   * compound block, of another one all but the first page, largest part first. The first page is a
   * block of order 0 from then on.
   *
   * @return order of what is still allocated at {@code pfn}
   */
  public int freeReferenced(long pfn, int order, int cpu, @Nullable Trace trace) {
    Zone zone = zoneOf(pfn);
    FrameTable frames = zone.frames();
    int index = frames.index(pfn);
    if (frames.isCompound(index)) {
      return order;
    }
    zone.lock();
    try {
      if (frames.stateOf(index) == FrameTable.ALLOCATED) {
        frames.setHeldWord(
            index,
            HeldWord.allocated(
                0,
                false,
                frames.isMovable(index),
                frames.useOf(index),
                frames.word0(index),
                frames.word1(index)));
        for (int k = order - 1; k >= 0; k--) {
          frames.setHead(index + (1 << k), FrameTable.ALLOCATED, k);
        }
      }
    } finally {
      zone.unlock();
    }
    for (int k = order - 1; k >= 0; k--) {
      FreePath.free(zone, index + (1 << k), k, cpu, trace);
    }
    return 0;
  }

  /**
   * Allocates single frames in bulk from one zone (F-60 to F-62).
   *
   * @param request its order must be 0
   * @param pfns receives the pfns from element 0 on
   * @param count pages wanted
   * @return pages obtained (F-62), or the refusal of a single request if none
   */
  public long allocateBulk(
      AllocationRequest request, long[] pfns, int count, @Nullable Trace trace) {
    admit();
    Route route = scan.route(request.route());
    Zone[] zones = route.zones;
    int flags = route.flags & (RequestFlags.WM_MASK | RequestFlags.USECMA);
    Zone zone = count > 1 ? bulkZone(zones, flags, count, trace) : null;
    if (zone != null) {
      int got =
          TakePath.takeBulk(zone, request, route.type, flags, zones[0], pfns, count, trace); // F-61
      if (got > 0) {
        return got;
      }
    }
    long pfn = allocate(request, trace);
    if (pfn < 0) {
      return pfn;
    }
    pfns[0] = pfn;
    return 1;
  }

  /** F-60: the zone that serves a bulk request, or null for an ordinary single allocation. */
  private @Nullable Zone bulkZone(Zone[] zones, int flags, int count, @Nullable Trace trace) {
    for (Zone zone : zones) {
      if (!singleNode && zone.node() != zones[0].node()) {
        return null;
      }
      if (zone.passesBulk(count, zones[0].index(), flags, trace)) {
        return zone;
      }
    }
    return null;
  }

  /**
   * Allocates exactly {@code pages} physically contiguous frames (B-92).
   *
   * @param request mask and place; its order is not looked at
   * @return pfn of the first frame, or a refusal
   */
  public long allocateExact(AllocationRequest request, int pages, @Nullable Trace trace) {
    int order = 32 - Integer.numberOfLeadingZeros(pages - 1);
    int gfp = request.gfp() & ~(Gfp.COMP | Gfp.HIGHMEM);
    long pfn = allocate(request.with(gfp, order), trace);
    if (pfn < 0) {
      return pfn;
    }
    split(pfn, order);
    int excess = (1 << order) - pages;
    if (excess > 0) {
      Zone zone = zoneOf(pfn);
      if (trace != null) {
        trace.decided(Decision.EXACT_TRIM, zone.ordinal(), pfn + pages, excess);
      }
      FreePath.trim(zone, zone.frames().index(pfn + pages), excess, request.cpu(), trace);
    }
    return pfn;
  }

  /** Frees frames of an exact allocation one by one, ascending (B-92). */
  public void freeExact(long pfn, int pages, int cpu, @Nullable Trace trace) {
    for (long p = pfn; p < pfn + pages; p++) {
      free(p, 0, cpu, trace);
    }
  }

  /** Makes every frame of a block an allocation of its own (B-91); no list changes. */
  public void split(long pfn, int order) {
    split(pfn, order, null, null);
  }

  /**
   * Makes every frame of a block an allocation of its own (B-91); no list changes.
   *
   * @param tags word to be kept with each frame, by its place in the block; null for the block's
   */
  public void split(long pfn, int order, @Nullable IntUnaryOperator tags, @Nullable Trace trace) {
    Zone zone = zoneOf(pfn);
    zone.lock();
    try {
      if (trace != null) {
        trace.decided(Decision.SPLIT_PAGE, zone.ordinal(), pfn, order);
      }
      split(zone.frames(), pfn, order, tags);
    } finally {
      zone.unlock();
    }
  }

  private static void split(
      FrameTable frames, long pfn, int order, @Nullable IntUnaryOperator tags) {
    int index = frames.index(pfn);
    if (frames.stateOf(index) != FrameTable.ALLOCATED) {
      return;
    }
    boolean movable = frames.isMovable(index);
    int use = frames.useOf(index);
    int gfp = frames.word0(index);
    int tag = frames.word1(index);
    for (int i = 0; i < 1 << order; i++) {
      int own = tags == null ? tag : tags.applyAsInt(i);
      frames.setAllocated(index + i, 0, false, use, gfp, own);
    }
    frames.setMovable(index, movable);
  }

  /**
   * Sets or clears "counts as movable" of a block, as a change of its LRU membership does (B-44).
   */
  public void setMovable(long pfn, int order, boolean movable) {
    Zone zone = zoneOf(pfn);
    FrameTable frames = zone.frames();
    int index = frames.index(pfn);
    int heads = frames.stateOf(index) == FrameTable.IN_USE ? 1 << order : 1;
    zone.lock();
    try {
      for (int i = index; i < index + heads; i++) {
        frames.setMovable(i, movable);
      }
    } finally {
      zone.unlock();
    }
  }

  /** Empties all sets of a CPU, zones ascending (P-41). */
  public void drain(int cpu, @Nullable Trace trace) {
    for (Zone zone : memory.zones()) {
      FreePath.drainAll(zone, cpu, trace);
    }
  }

  /** The periodic housekeeping of a CPU, zones ascending (P-42). */
  public void tick(int cpu, @Nullable Trace trace) {
    for (Zone zone : memory.zones()) {
      FreePath.tick(zone, cpu, trace);
    }
  }

  /**
   * Sets the pageblock of a frame aside: nothing is allocated from it, what is freed stays (B-80).
   *
   * @return false if it is isolated already, HIGHATOMIC, or not fully inside its zone
   */
  public boolean isolatePageblock(long pfn, int cpu, @Nullable Trace trace) {
    Zone zone = zoneOf(pfn);
    zone.lock();
    try {
      return zone.isolation().isolate(zone.frames().index(pfn), cpu, trace);
    } finally {
      zone.unlock();
    }
  }

  /**
   * Ends the isolation of the pageblock of a frame (B-81).
   *
   * @param type the type it gets: ordinary or CMA
   * @return false if it is not isolated
   */
  public boolean restorePageblock(long pfn, int type, int cpu, @Nullable Trace trace) {
    Zone zone = zoneOf(pfn);
    zone.lock();
    try {
      return zone.isolation().restore(zone.frames().index(pfn), type, cpu, trace);
    } finally {
      zone.unlock();
    }
  }

  /**
   * Gives one HIGHATOMIC pageblock back to ordinary use (B-71).
   *
   * @param gfp mask of the requester: picks the zones and the new type
   * @param force also the last pageblock of a zone
   * @return whether pages were moved
   */
  public boolean unreserveHighatomic(
      int gfp, int node, boolean force, int cpu, @Nullable Trace trace) {
    Route route = scan.route(AllocationRequest.route(node, gfp));
    return slowPath.unreserve(route, force, cpu, trace);
  }

  private Zone zoneOf(long pfn) {
    return zoneOf(pfn, 0);
  }

  private Zone zoneOf(long pfn, int cpu) {
    Zone zone = memory.zoneOfFrame(pfn, cpu);
    if (zone == null) {
      throw new IllegalArgumentException("pfn " + pfn + " is no frame of this machine");
    }
    return zone;
  }
}
