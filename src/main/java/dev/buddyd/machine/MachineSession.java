package dev.buddyd.machine;

import dev.buddyd.machine.MachineException.Kind;
import dev.buddyd.machine.PageRequest.Call;
import dev.buddyd.mm.alloc.FrameTableExhaustedException;
import dev.buddyd.mm.alloc.KernelWould;
import dev.buddyd.mm.alloc.PageAllocator;
import dev.buddyd.mm.frame.FrameTable;
import dev.buddyd.mm.gfp.Gfp;
import dev.buddyd.mm.reclaim.MemoryReclaim;
import dev.buddyd.mm.trace.Decision;
import dev.buddyd.mm.trace.Trace;
import dev.buddyd.mm.trace.WatermarkVerdict;
import dev.buddyd.mm.zone.AllocationRequest;
import dev.buddyd.mm.zone.PhysicalMemory;
import dev.buddyd.mm.zone.Sysctls;
import dev.buddyd.mm.zone.Zone;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Lock;

/**
 * One client's requests to a machine, one after the other. Everything that changes blocks goes
 * through here; results are primitives, so that a client with many requests makes no garbage that
 * matters. Used by one thread; several sessions work at the same time.
 */
public final class MachineSession {

  /** "Not given": the machine chooses. */
  public static final int ANY = Integer.MIN_VALUE;

  private static final long REFUSED_EARLY = -1;
  private static final PageUse[] USES = PageUse.values();

  private final SimulatedMachine machine;
  private final PhysicalMemory memory;
  private final PageAllocator allocator;
  private final AllocationTable allocations;
  private final FrameInspector inspector;
  private final RequestCheck check;
  private final RequestTrace trace;

  /** Slots of the request under way: how many were reserved, and how many of them are used. */
  private int[] slots = new int[1];

  private int reserved;
  private int granted;
  private int pagesPerGrant;
  private int owner;
  private long[] sequences = new long[1];

  private int gfp;
  private int order;
  private int cpu;

  /**
   * @param explain whether to keep every step of the last request
   */
  public MachineSession(SimulatedMachine machine, boolean explain) {
    this.machine = machine;
    this.memory = machine.memory();
    this.allocator = machine.allocator();
    this.allocations = machine.allocations();
    this.inspector = machine.inspector();
    this.check = new RequestCheck(memory);
    this.trace = new RequestTrace(machine, this::granted, explain);
  }

  public SimulatedMachine machine() {
    return machine;
  }

  // ---- what became of the last request

  /** Mask of the last allocation after what its call adds. */
  public int gfp() {
    return gfp;
  }

  /** Order of the last allocation. */
  public int order() {
    return order;
  }

  /** Pages of the last block granted. */
  public int pages() {
    return pagesPerGrant;
  }

  /** CPU that the last request ran on. */
  public int cpu() {
    return cpu;
  }

  /** Sequence of the last block granted. */
  public long sequence() {
    return sequences[0];
  }

  /** Sequence of the {@code i}-th page granted in bulk. */
  public long sequence(int i) {
    return sequences[i];
  }

  /** Watermark tests of the last walk down the zonelist. */
  public List<WatermarkVerdict> verdicts() {
    return trace.verdicts();
  }

  /** All steps of the last request, if they are kept. */
  public List<Step> steps() {
    return trace.steps();
  }

  // ---- allocate

  /**
   * Allocates one block.
   *
   * @param amount order of the block, or bytes for {@link Call#ALLOC_PAGES_EXACT}
   * @param node preferred node, or {@link #ANY} for that of the CPU
   * @param cpu simulated CPU, or {@link #ANY} for the lowest of the node
   * @param owner number of the owner: {@link SimulatedMachine#owner}
   * @return its pfn, or a refusal for {@link dev.buddyd.mm.alloc.KernelWould#of}
   * @throws MachineException if the request cannot be made at all
   */
  public long allocate(Call call, int gfp, long amount, int node, int cpu, int owner, PageUse use) {
    return allocate(call, gfp, amount, node, cpu, owner, use, false);
  }

  /**
   * Allocates one block, as {@link #allocate(Call, int, long, int, int, int, PageUse)}.
   *
   * @param dirty whether page cache differs from what is on disk
   */
  public long allocate(
      Call call, int gfp, long amount, int node, int cpu, int owner, PageUse use, boolean dirty) {
    int mask = check.mask(call, gfp);
    boolean exact = call == Call.ALLOC_PAGES_EXACT;
    int pages = exact ? check.exactPages(amount) : 0;
    int blockOrder = exact ? RequestCheck.orderOf(pages) : check.order(call, amount);
    place(node, cpu);
    int preferred = node == ANY ? memory.nodeOfCpu(this.cpu) : node;
    this.gfp = exact ? mask & ~Gfp.COMP : mask; // B-92
    this.order = blockOrder;
    begin(owner, 1, exact ? pages : 1 << blockOrder, exact ? PageUse.KERNEL : use);
    machine.oneRequest();
    AllocationRequest request =
        new AllocationRequest(mask, blockOrder, preferred, this.cpu, use.ordinal(), slots[0]);
    long pfn = REFUSED_EARLY;
    boolean listed = use.reclaimable() && !exact;
    Lock lock = listed || exact ? machine.manyStepped() : null;
    if (lock != null) {
      lock.lock();
    }
    try {
      pfn =
          exact
              ? allocator.allocateExact(request, pages, trace)
              : allocator.allocate(request, trace);
      if (pfn >= 0 && listed) {
        enlist(0, pfn, use, dirty);
      }
    } catch (FrameTableExhaustedException e) {
      throw MachineException.frameTablesFull(memory.budget());
    } finally {
      if (lock != null) {
        lock.unlock();
      }
      releaseUnused();
    }
    told(pfn);
    machine.background(trace);
    return pfn;
  }

  /** The {@code i}-th block granted goes to its reclaim list, unless it is free again. */
  private void enlist(int i, long pfn, PageUse use, boolean dirty) {
    int slot = slots[i];
    long sequence = sequences[i];
    int blockOrder = RequestCheck.orderOf(pagesPerGrant);
    machine
        .reclaim()
        .added(
            slot,
            pfn,
            blockOrder,
            use.ordinal(),
            owner,
            dirty,
            () -> allocations.holds(slot, sequence));
  }

  /**
   * Allocates single pages in bulk (F-60).
   *
   * @param pfns receives the pfns; as many are wanted as it has elements
   * @return how many were granted, or a refusal if none
   * @throws MachineException if the request cannot be made at all
   */
  public long allocateBulk(
      int gfp, long[] pfns, int node, int cpu, int owner, PageUse use, boolean dirty) {
    int mask = check.mask(Call.ALLOC_PAGES, gfp);
    place(node, cpu);
    int preferred = node == ANY ? memory.nodeOfCpu(this.cpu) : node;
    this.gfp = mask;
    this.order = 0;
    begin(owner, pfns.length, 1, use);
    machine.oneRequest();
    AllocationRequest request =
        new AllocationRequest(mask, 0, preferred, this.cpu, use.ordinal(), slots[0]);
    long got;
    Lock lock = use.reclaimable() ? machine.manyStepped() : null;
    if (lock != null) {
      lock.lock();
    }
    try {
      got = allocator.allocateBulk(request, pfns, pfns.length, trace);
      for (int i = 0; i < got && use.reclaimable(); i++) {
        enlist(i, pfns[i], use, dirty);
      }
    } catch (FrameTableExhaustedException e) {
      throw MachineException.frameTablesFull(memory.budget());
    } finally {
      if (lock != null) {
        lock.unlock();
      }
      releaseUnused();
    }
    told(got);
    machine.background(trace);
    return got;
  }

  /** The kernel's report of a request, if that is refused (F-41). */
  private void told(long result) {
    if (result < 0) {
      machine.denied(new KernelVoice.Denial(KernelWould.of(result), gfp, order, cpu, owner));
    }
  }

  private void place(int node, int cpu) {
    if (node != ANY) {
      check.node(node);
    }
    this.cpu = check.cpu(cpu, node);
  }

  /** Reserves a slot, and if reclaim will know of it a record, for each block to be granted. */
  private void begin(int owner, int blocks, int pagesPerBlock, PageUse use) {
    if (slots.length < blocks) {
      slots = new int[blocks];
      sequences = new long[blocks];
    }
    this.owner = owner;
    this.pagesPerGrant = pagesPerBlock;
    granted = 0;
    reserved = 0;
    trace.begin(cpu, owner);
    while (reserved < blocks) {
      try {
        slots[reserved] = allocations.reserve(owner);
        reserved++;
        if (use.reclaimable()) {
          machine.reserveRecord(slots[reserved - 1]);
        }
      } catch (MachineException e) {
        releaseUnused();
        throw e;
      }
    }
  }

  /** Told with the lock held that makes the blocks visible: holders become visible with them. */
  private void granted(Decision decision, long sequence, int zone, long pfn) {
    if (decision == Decision.SPLIT_PAGE) {
      while (granted < reserved) {
        fill(sequence, pfn + granted);
      }
      return;
    }
    if (granted > 0) { // the request carried the first slot's tag
      FrameTable frames = memory.zone(zone).frames();
      int index = frames.index(pfn);
      frames.setWords(index, frames.word0(index), slots[granted]);
    }
    fill(sequence, pfn);
  }

  private void fill(long sequence, long pfn) {
    sequences[granted] = sequence;
    allocations.fill(slots[granted], sequence, pfn, pagesPerGrant, owner, cpu);
    granted++;
  }

  private void releaseUnused() {
    for (int i = granted; i < reserved; i++) {
      allocations.release(slots[i]);
    }
    reserved = granted;
  }

  // ---- free

  /**
   * Frees the allocation that starts at a frame.
   *
   * @param order order it must have, or {@link #ANY}
   * @param expectedSequence sequence of the allocation it must be, or -1 for any
   * @param cpu simulated CPU that frees, or {@link #ANY} for the one that allocated
   * @return pages freed
   * @throws MachineException if no allocation starts there, or it is another one
   */
  public int free(long pfn, int order, long expectedSequence, int cpu) {
    if (cpu != ANY) {
      check.cpu(cpu);
    }
    return free(pfn, claim(pfn, order, expectedSequence), cpu);
  }

  /**
   * Frees an exact allocation (B-92).
   *
   * @param sizeBytes bytes it must have been made for, to the page, or {@link #ANY}
   * @param expectedSequence sequence of the allocation it must be, or -1 for any
   * @param cpu simulated CPU that frees, or {@link #ANY} for the one that allocated
   * @return pages freed
   * @throws MachineException if no exact allocation of this size starts there
   */
  public int freeExact(long pfn, long sizeBytes, long expectedSequence, int cpu) {
    if (cpu != ANY) {
      check.cpu(cpu);
    }
    int pages = sizeBytes == ANY ? ANY : check.exactPages(sizeBytes);
    Holder holder = claim(pfn, ANY, expectedSequence);
    boolean right = false;
    try {
      checkExact(pfn, holder, pages);
      right = true;
    } finally {
      if (!right) {
        allocations.unclaim(holder);
      }
    }
    return free(pfn, holder, cpu);
  }

  private void checkExact(long pfn, Holder holder, int pages) {
    if (holder.pages() > 1 && isOneBlock(pfn, holder)) {
      throw new MachineException(
          Kind.INVALID_REQUEST,
          "pfn %#x is a block of order %d, not an exact allocation; free it as a block"
              .formatted(pfn, RequestCheck.orderOf(holder.pages())));
    }
    if (pages != ANY && pages != holder.pages()) {
      throw new MachineException(
          Kind.ORDER_MISMATCH,
          "pfn %#x was allocated with %d pages, not %d".formatted(pfn, holder.pages(), pages),
          Map.of("allocated_pages", holder.pages()));
    }
  }

  /** Whether an allocation is a block and not the pages that one was cut into. */
  private boolean isOneBlock(long pfn, Holder holder) {
    FrameTable frames = zoneOf(pfn).frames();
    return 1 << frames.orderOf(frames.index(pfn)) == holder.pages();
  }

  private int free(long pfn, Holder holder, int cpu) {
    this.cpu = cpu == ANY ? holder.cpu() : cpu;
    this.order = RequestCheck.orderOf(holder.pages());
    machine.oneRequest();
    trace.begin(this.cpu, holder.owner());
    FrameTable frames = zoneOf(pfn).frames();
    boolean whole = isOneBlock(pfn, holder);
    if (whole && frames.useOf(frames.index(pfn)) == AllocationRequest.KERNEL) {
      allocator.free(pfn, this.order, this.cpu, trace);
      allocations.release(holder.slot());
    } else {
      freeInSteps(pfn, holder, whole);
    }
    machine.background(trace);
    return holder.pages();
  }

  /** Frees an exact allocation (B-92), or pages that may be on a reclaim list. */
  private void freeInSteps(long pfn, Holder holder, boolean whole) {
    Lock lock = machine.manyStepped();
    lock.lock();
    try {
      machine.reclaim().removed(holder.slot());
      if (whole) {
        allocator.free(pfn, order, cpu, trace);
      } else {
        allocator.freeExact(pfn, holder.pages(), cpu, trace);
      }
      allocations.release(holder.slot());
    } finally {
      lock.unlock();
    }
  }

  private Zone zoneOf(long pfn) {
    Zone zone = memory.zoneOfFrame(pfn);
    if (zone == null) {
      throw inspector.notAllocated(pfn);
    }
    return zone;
  }

  /** Takes the right to change the allocation that starts at a frame from all other sessions. */
  private Holder claim(long pfn, int order, long expectedSequence) {
    FrameTable frames = zoneOf(pfn).frames();
    int index = frames.index(pfn);
    while (true) {
      Holder holder =
          frames.stateOf(index) == FrameTable.ALLOCATED
              ? allocations.holder(frames.word1(index))
              : null;
      if (holder == null || holder.pfn() != pfn) {
        throw inspector.notAllocated(pfn);
      }
      if (expectedSequence >= 0 && holder.sequence() != expectedSequence) {
        throw new MachineException(
            Kind.STALE_STATE, "pfn %#x has been freed and allocated again".formatted(pfn));
      }
      int heldOrder = RequestCheck.orderOf(holder.pages());
      if (order != ANY && order != heldOrder) {
        throw new MachineException(
            Kind.ORDER_MISMATCH,
            "pfn %#x was allocated with order %d, not %d".formatted(pfn, heldOrder, order),
            Map.of("allocated_order", heldOrder));
      }
      if (allocations.claim(holder)) {
        return holder;
      }
    }
  }

  /**
   * Makes every page of a block an allocation of its own (B-91); the sequence of each is that of
   * the split.
   *
   * @param order order it must have, or {@link #ANY}
   * @param expectedSequence sequence of the allocation it must be, or -1 for any
   * @return how many pages there are now
   * @throws MachineException if no allocation starts there, or it cannot be split
   */
  public int split(long pfn, int order, long expectedSequence) {
    Lock lock = machine.manyStepped();
    lock.lock();
    try {
      Holder holder = claim(pfn, order, expectedSequence);
      boolean done = false;
      try {
        checkSplittable(pfn, holder);
        this.cpu = holder.cpu();
        this.order = RequestCheck.orderOf(holder.pages());
        FrameTable frames = zoneOf(pfn).frames();
        PageUse use = USES[frames.useOf(frames.index(pfn))];
        begin(holder.owner(), holder.pages(), 1, use);
        machine.oneRequest();
        MemoryReclaim.PageState listed = machine.reclaim().page(holder.slot());
        machine.reclaim().removed(holder.slot());
        allocator.split(pfn, this.order, i -> slots[i], trace);
        for (int i = 0; i < holder.pages() && listed != null; i++) {
          enlist(i, pfn + i, use, listed.dirty());
        }
        done = true;
      } finally {
        if (done) {
          allocations.release(holder.slot());
        } else {
          allocations.unclaim(holder);
        }
      }
      return holder.pages();
    } finally {
      lock.unlock();
    }
  }

  private void checkSplittable(long pfn, Holder holder) {
    FrameTable frames = zoneOf(pfn).frames();
    int index = frames.index(pfn);
    if (!isOneBlock(pfn, holder)) {
      throw new MachineException(
          Kind.INVALID_REQUEST, "pfn %#x is an exact allocation: split already".formatted(pfn));
    }
    if (frames.isCompound(index)) {
      throw new MachineException(
          Kind.INVALID_REQUEST,
          ("pfn %#x is a compound block (__GFP_COMP), which split_page does not take; the kernel"
                  + " would stop with a BUG")
              .formatted(pfn));
    }
  }

  // ---- background work asked for

  /** Empties the page sets of one CPU, or of all with {@link #ANY} (P-41). */
  public void drain(int cpu) {
    int first = firstCpu(cpu);
    machine.oneRequest();
    for (int c = first; c <= lastCpu(cpu); c++) {
      trace.begin(c, 0);
      allocator.drain(c, trace);
    }
  }

  /** The periodic housekeeping of one CPU, without letting time pass (P-42). */
  public void vmstatTick(int cpu) {
    check.cpu(cpu);
    machine.oneRequest();
    housekeeping(cpu);
  }

  /**
   * Lets time pass: the periodic work of one CPU or of all, ascending (P-42).
   *
   * @param count how often; each is one {@code vm.stat_interval}
   * @param cpu one CPU, or {@link #ANY} for all
   */
  public void tick(int count, int cpu) {
    int first = firstCpu(cpu);
    long intervalMicros = 1_000_000L * memory.tunables().get(Sysctls.Knob.STAT_INTERVAL);
    for (int i = 0; i < count; i++) {
      machine.passTime(intervalMicros);
      for (int c = first; c <= lastCpu(cpu); c++) {
        housekeeping(c);
      }
      machine.runBackground(); // what was left to ticks, and what they woke
      machine.timePassed(trace);
    }
  }

  private void housekeeping(int cpu) {
    trace.begin(cpu, 0);
    trace.decided(Decision.TICK, Trace.NO_ZONE, cpu);
    allocator.tick(cpu, trace);
    machine.background(trace);
  }

  private int firstCpu(int cpu) {
    return cpu == ANY ? 0 : check.cpu(cpu);
  }

  private int lastCpu(int cpu) {
    return cpu == ANY ? memory.cpus() - 1 : cpu;
  }

  /**
   * Gives one HIGHATOMIC pageblock back to ordinary use (B-71).
   *
   * @param gfp mask of the requester: picks the zones and the new type
   * @param force also the last pageblock of a zone
   * @return whether pages were moved
   */
  public boolean unreserveHighatomic(int gfp, int node, boolean force, int cpu) {
    int mask = check.mask(Call.ALLOC_PAGES, gfp);
    place(node, cpu);
    int preferred = node == ANY ? memory.nodeOfCpu(this.cpu) : node;
    machine.oneRequest();
    trace.begin(this.cpu, 0);
    return allocator.unreserveHighatomic(mask, preferred, force, this.cpu, trace);
  }
}
