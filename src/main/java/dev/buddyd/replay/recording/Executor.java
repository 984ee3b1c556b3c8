package dev.buddyd.replay.recording;

import dev.buddyd.mm.alloc.PageAllocator;
import dev.buddyd.mm.frame.FrameTable;
import dev.buddyd.mm.gfp.Gfp;
import dev.buddyd.mm.reclaim.Reclaim;
import dev.buddyd.mm.trace.Trace;
import dev.buddyd.mm.zone.AllocationRequest;
import dev.buddyd.mm.zone.PhysicalMemory;
import dev.buddyd.mm.zone.Zone;
import dev.buddyd.replay.json.RecordingException;
import org.jspecify.annotations.Nullable;

/**
 * Performs a recording's operations on a machine, one after the other (spec 00, "recorded
 * operation"), and keeps what came back. Operations that cannot be performed, such as the second
 * free of a slot, are refused.
 */
public final class Executor {

  private final PhysicalMemory memory;
  private final PageAllocator allocator;
  private final Operations operations;
  private final SlotTable slots;
  private final BulkPages bulk = new BulkPages();
  private boolean faithful = true;

  public Executor(PhysicalMemory memory, Operations operations) {
    this.memory = memory;
    this.allocator = new PageAllocator(memory, Reclaim.none());
    this.operations = operations;
    this.slots = new SlotTable();
  }

  /** From the first difference on, recorded pfns of frees say nothing about this machine. */
  public void diverged() {
    faithful = false;
  }

  /** Pfns that bulk requests got; offsets are kept in the operation. */
  public BulkPages bulk() {
    return bulk;
  }

  /**
   * Performs operation {@code i} and stores its result.
   *
   * @throws RecordingException if it cannot be performed
   */
  public void perform(int i, @Nullable Trace trace) {
    switch (operations.kind(i)) {
      case Operations.ALLOCATE -> allocate(i, trace);
      case Operations.FREE -> free(i, trace);
      case Operations.BULK -> allocateBulk(i, trace);
      case Operations.EXACT -> allocateExact(i, trace);
      case Operations.FREE_EXACT -> freeExact(i, trace);
      case Operations.SPLIT -> split(i);
      case Operations.DRAIN -> allocator.drain(cpu(i), trace);
      case Operations.VMSTAT -> allocator.tick(cpu(i), trace);
      case Operations.UNRESERVE ->
          operations.setResult(
              i,
              allocator.unreserveHighatomic(
                      gfp(i), node(i), operations.amount(i) == 1, cpu(i), trace)
                  ? 1
                  : 0);
      default -> throw wrong(i, 0, "a b line must follow the B that it belongs to");
    }
  }

  private void allocate(int i, @Nullable Trace trace) {
    int slot = vacant(i, operations.slot(i), 1);
    int order = operations.amount(i);
    long pfn = allocator.allocate(AllocationRequest.of(gfp(i), order, node(i), cpu(i)), trace);
    pfn = Math.max(pfn, -1);
    if (pfn >= 0 && operations.extra(i) == 1) {
      allocator.setMovable(pfn, order, true);
    }
    slots.put(slot, pfn, order);
    operations.setResult(i, pfn);
  }

  private void free(int i, @Nullable Trace trace) {
    int slot = operations.slot(i);
    int order = operations.amount(i);
    int cpu = cpu(i);
    long given = operations.given(i);
    int state = slots.state(slot);
    if (state == SlotTable.UNKNOWN) {
      operations.setResult(i, given);
      freeEarlier(i, given, order, cpu, trace);
      return;
    }
    long pfn = held(i, slot, order, false);
    operations.setResult(i, pfn);
    if (pfn >= 0) {
      slots.clear(slot);
      allocator.free(pfn, order, cpu, trace);
    }
  }

  /** Frees a block that was allocated before the recording's start. */
  private void freeEarlier(int i, long pfn, int order, int cpu, @Nullable Trace trace) {
    requireEarlier(i, pfn, order);
    slots.put(operations.slot(i), pfn, order);
    slots.clear(operations.slot(i));
    allocator.free(pfn, order, cpu, trace);
  }

  /** Checks that a block may have been allocated before the recording's start. */
  private void requireEarlier(int i, long pfn, int order) {
    requireGiven(i, pfn);
    if (memory.zoneOf(pfn) == null
        || order > memory.geometry().maxOrder()
        || (pfn & ((1L << order) - 1)) != 0) {
      throw wrong(i, pfnElement(i), "no block of order " + order + " starts at pfn " + pfn);
    }
    requireInUse(i, pfn, 1 << order);
  }

  private void requireGiven(int i, long pfn) {
    if (pfn == Operations.ASKED || pfn < 0) {
      throw wrong(i, 1, "slot " + operations.slot(i) + " was never filled, and no pfn is given");
    }
  }

  private void requireInUse(int i, long pfn, int pages) {
    Zone zone = memory.zoneOf(pfn);
    for (long p = pfn; p < pfn + pages; p++) {
      if (zone == null
          || memory.zoneOf(p) != zone
          || zone.frames().stateOf(zone.frames().index(p)) != FrameTable.IN_USE) {
        throw wrong(i, pfnElement(i), "pfn " + p + " is not in use since before the start");
      }
    }
  }

  private int pfnElement(int i) {
    return operations.kind(i) == Operations.SPLIT ? 5 : 4;
  }

  private void allocateBulk(int i, @Nullable Trace trace) {
    int count = operations.amount(i);
    int slot = vacant(i, operations.slot(i), count);
    long[] pfns = new long[count];
    AllocationRequest request = AllocationRequest.of(gfp(i), 0, node(i), cpu(i));
    long got = Math.max(allocator.allocateBulk(request, pfns, count, trace), 0);
    operations.setExtra(i, bulk.add(pfns, (int) got));
    operations.setResult(i, got);
    for (int k = 0; k < count; k++) {
      slots.put(slot + k, k < got ? pfns[k] : -1, 0);
    }
  }

  private void allocateExact(int i, @Nullable Trace trace) {
    int slot = vacant(i, operations.slot(i), 1);
    int pages = operations.amount(i);
    AllocationRequest request = AllocationRequest.of(gfp(i), 0, node(i), cpu(i));
    long pfn = Math.max(allocator.allocateExact(request, pages, trace), -1);
    slots.putExact(slot, pfn, pages);
    operations.setResult(i, pfn);
  }

  private void freeExact(int i, @Nullable Trace trace) {
    int slot = operations.slot(i);
    int pages = operations.amount(i);
    int cpu = cpu(i);
    if (slots.state(slot) == SlotTable.UNKNOWN) { // made before the recording's start
      requireGiven(i, operations.given(i));
      requireInUse(i, operations.given(i), pages);
      slots.putExact(slot, operations.given(i), pages);
    }
    long pfn = held(i, slot, pages, true);
    operations.setResult(i, pfn);
    if (pfn >= 0) {
      slots.clear(slot);
      allocator.freeExact(pfn, pages, cpu, trace);
    }
  }

  private void split(int i) {
    int slot = operations.slot(i);
    int order = operations.amount(i);
    cpu(i);
    boolean earlier = slots.state(slot) == SlotTable.UNKNOWN;
    if (earlier) { // its frames are in use one by one already
      requireEarlier(i, operations.given(i), order);
      slots.put(slot, operations.given(i), order);
    }
    long pfn = held(i, slot, order, false);
    operations.setResult(i, pfn);
    if (pfn < 0) {
      return;
    }
    slots.clear(slot);
    int first = vacant(i, operations.extra(i), 1 << order);
    if (!earlier) {
      allocator.split(pfn, order);
    }
    for (int k = 0; k < 1 << order; k++) {
      slots.put(first + k, pfn + k, 0);
    }
  }

  // ---- checks

  /** Checks that slots are free to be filled. */
  private int vacant(int i, int slot, int count) {
    if (slot > Integer.MAX_VALUE - count) {
      throw wrong(i, 1, "slots end at " + Integer.MAX_VALUE);
    }
    for (int k = slot; k < slot + count; k++) {
      if (slots.state(k) == SlotTable.HOLDS) {
        throw wrong(i, 1, "slot " + k + " holds a block already");
      }
    }
    return slot;
  }

  /** Pfn of the block in a slot, -1 for a refused one. */
  private long held(int i, int slot, int size, boolean exact) {
    if (slots.state(slot) == SlotTable.FREED) {
      throw wrong(i, 1, "slot " + slot + " was freed before");
    }
    if (slots.size(slot) != size || slots.exact(slot) != exact) {
      throw wrong(
          i,
          2,
          "slot "
              + slot
              + " holds "
              + (slots.exact(slot) ? "an exact block of " : "a block of order ")
              + slots.size(slot));
    }
    long pfn = slots.pfn(slot);
    long given = operations.given(i);
    if (faithful && given != Operations.ASKED && given != pfn) {
      throw wrong(i, pfnElement(i), "slot " + slot + " holds pfn " + pfn + ", not " + given);
    }
    return pfn;
  }

  private int gfp(int i) {
    int gfp = operations.gfp(i);
    if (Gfp.migratetype(gfp) == 3) { // G-30
      int element = operations.kind(i) == Operations.UNRESERVE ? 2 : 3;
      throw wrong(i, element, "asks for MOVABLE and RECLAIMABLE at once");
    }
    return gfp;
  }

  private int node(int i) {
    int node = operations.node(i);
    if (node >= memory.nodes().size()) {
      int element = operations.kind(i) == Operations.UNRESERVE ? 3 : 4;
      throw wrong(i, element, "there is no node " + node);
    }
    return node;
  }

  private int cpu(int i) {
    int cpu = operations.cpu(i);
    if (cpu >= memory.cpus()) {
      int element =
          switch (operations.kind(i)) {
            case Operations.DRAIN, Operations.VMSTAT -> 1;
            case Operations.FREE, Operations.FREE_EXACT -> 3;
            case Operations.SPLIT, Operations.UNRESERVE -> 4;
            default -> 5;
          };
      throw wrong(i, element, "there is no CPU " + cpu);
    }
    return cpu;
  }

  private RecordingException wrong(int i, int element, String sentence) {
    return new RecordingException(operations.line(i), "ops[" + i + "][" + element + "]", sentence);
  }
}
