package dev.buddyd.machine;

import dev.buddyd.machine.PageRequest.Call;
import dev.buddyd.mm.alloc.FrameTableExhaustedException;
import dev.buddyd.mm.alloc.KernelWould;
import dev.buddyd.mm.alloc.PageAllocator;
import dev.buddyd.mm.gfp.Gfp;
import dev.buddyd.mm.reclaim.MemoryReclaim;
import dev.buddyd.mm.trace.WatermarkVerdict;
import dev.buddyd.mm.zone.AllocationRequest;
import dev.buddyd.mm.zone.PhysicalMemory;
import java.util.List;
import java.util.concurrent.locks.Lock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One client's requests to a machine, one after the other. Everything that changes blocks goes
 * through here; results are primitives, so that a client with many requests makes no garbage that
 * matters. Used by one thread; several sessions work at the same time.
 */
public final class MachineSession {

  /** "Not given": the machine chooses. */
  public static final int ANY = Integer.MIN_VALUE;

  private final SimulatedMachine machine;
  private final PhysicalMemory memory;
  private final PageAllocator allocator;
  private final AllocationTable allocations;
  private final RequestCheck check;
  private final Claims claims;
  private final RequestGrants grants;
  private final RequestTrace trace;

  private int gfp;
  private int order;
  private int cpu;
  private boolean reportWanted;
  private @Nullable String report;

  /**
   * @param explain whether to keep every step of the last request
   */
  public MachineSession(SimulatedMachine machine, boolean explain) {
    this.machine = machine;
    this.memory = machine.memory();
    this.allocator = machine.allocator();
    this.allocations = machine.allocations();
    this.check = machine.check();
    this.claims = machine.claims();
    this.grants = new RequestGrants(machine);
    this.trace = new RequestTrace(machine, grants, explain);
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
    return grants.pages();
  }

  /** CPU that the last request ran on. */
  public int cpu() {
    return cpu;
  }

  /** Sequence of the last block granted. */
  public long sequence() {
    return grants.sequence(0);
  }

  /** Sequence of the {@code i}-th page granted in bulk. */
  public long sequence(int i) {
    return grants.sequence(i);
  }

  /** Watermark tests of the last walk down the zonelist. */
  public List<WatermarkVerdict> verdicts() {
    return trace.verdicts();
  }

  /** All steps of the last request, if they are kept. */
  public List<Step> steps() {
    return trace.steps();
  }

  /** From now on the kernel's report of each refusal is kept until the next one. */
  void keepReport() {
    reportWanted = true;
  }

  /** What the kernel said of the last refusal, or null for nothing. */
  @Nullable String report() {
    return report;
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
    this.cpu = check.cpuOf(cpu, node);
    int preferred = check.nodeOf(node, this.cpu);
    this.gfp = exact ? mask & ~Gfp.COMP : mask; // B-92
    this.order = blockOrder;
    trace.begin(this.cpu, owner);
    grants.reserve(
        owner, this.cpu, 1, exact ? pages : 1 << blockOrder, exact ? PageUse.KERNEL : use);
    AllocationRequest request =
        new AllocationRequest(mask, blockOrder, preferred, this.cpu, use.ordinal(), grants.slot(0));
    if (exact) {
      return perform(owner, true, () -> allocator.allocateExact(request, pages, trace));
    }
    return perform(
        owner,
        use.reclaimable(),
        () -> {
          long pfn = allocator.allocate(request, trace);
          if (pfn >= 0 && use.reclaimable()) {
            grants.enlist(0, pfn, use, dirty);
          }
          return pfn;
        });
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
    this.cpu = check.cpuOf(cpu, node);
    int preferred = check.nodeOf(node, this.cpu);
    this.gfp = mask;
    this.order = 0;
    trace.begin(this.cpu, owner);
    grants.reserve(owner, this.cpu, pfns.length, 1, use);
    AllocationRequest request =
        new AllocationRequest(mask, 0, preferred, this.cpu, use.ordinal(), grants.slot(0));
    return perform(
        owner,
        use.reclaimable(),
        () -> {
          long got = allocator.allocateBulk(request, pfns, pfns.length, trace);
          for (int i = 0; i < got && use.reclaimable(); i++) {
            grants.enlist(i, pfns[i], use, dirty);
          }
          return got;
        });
  }

  /** Makes a request whose records are reserved; one that is refused has its report (F-41). */
  private long perform(int owner, boolean inSteps, LongSupplier request) {
    machine.oneRequest();
    Lock lock = inSteps ? machine.manyStepped() : null;
    if (lock != null) {
      lock.lock();
    }
    long result;
    try {
      result = request.getAsLong();
    } catch (FrameTableExhaustedException e) {
      throw MachineException.frameTablesFull(memory.budget());
    } finally {
      if (lock != null) {
        lock.unlock();
      }
      grants.releaseUnused();
    }
    if (result < 0) {
      KernelWould would = KernelWould.of(result);
      report = machine.denied(new KernelVoice.Denial(would, gfp, order, cpu, owner), reportWanted);
    }
    machine.background(trace);
    return result;
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
    return free(claims.claim(pfn, order, expectedSequence), cpu);
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
    return free(claims.claimExact(pfn, pages, expectedSequence), cpu);
  }

  private int free(Holder holder, int cpu) {
    this.cpu = cpu == ANY ? holder.cpu() : cpu;
    this.order = RequestCheck.orderOf(holder.pages());
    machine.oneRequest();
    trace.begin(this.cpu, holder.owner());
    boolean whole = claims.isOneBlock(holder);
    if (whole && claims.useOf(holder) == PageUse.KERNEL) {
      allocator.free(holder.pfn(), this.order, this.cpu, trace);
      allocations.release(holder.slot());
    } else {
      freeInSteps(holder, whole);
    }
    machine.background(trace);
    return holder.pages();
  }

  /** Frees an exact allocation (B-92), or pages that may be on a reclaim list. */
  private void freeInSteps(Holder holder, boolean whole) {
    Lock lock = machine.manyStepped();
    lock.lock();
    try {
      machine.reclaim().removed(holder.slot());
      if (whole) {
        allocator.free(holder.pfn(), order, cpu, trace);
      } else {
        allocator.freeExact(holder.pfn(), holder.pages(), cpu, trace);
      }
      allocations.release(holder.slot());
    } finally {
      lock.unlock();
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
      Holder holder = claims.claimSplittable(pfn, order, expectedSequence);
      boolean done = false;
      try {
        this.cpu = holder.cpu();
        this.order = RequestCheck.orderOf(holder.pages());
        PageUse use = claims.useOf(holder);
        trace.begin(cpu, holder.owner());
        grants.reserve(holder.owner(), cpu, holder.pages(), 1, use);
        machine.oneRequest();
        MemoryReclaim.PageState listed = machine.reclaim().page(holder.slot());
        machine.reclaim().removed(holder.slot());
        allocator.split(pfn, this.order, grants::slot, trace);
        for (int i = 0; i < holder.pages() && listed != null; i++) {
          grants.enlist(i, pfn + i, use, listed.dirty());
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
}
