package dev.buddyd.machine;

import dev.buddyd.machine.MachineException.Kind;
import dev.buddyd.machine.PageRequest.Call;
import dev.buddyd.mm.alloc.FrameTableExhaustedException;
import dev.buddyd.mm.alloc.KernelWould;
import dev.buddyd.mm.alloc.PageAllocator;
import dev.buddyd.mm.frame.FrameTable;
import dev.buddyd.mm.gfp.Gfp;
import dev.buddyd.mm.gfp.ZoneTable;
import dev.buddyd.mm.reclaim.KswapdRun;
import dev.buddyd.mm.reclaim.Reclaim;
import dev.buddyd.mm.trace.Decision;
import dev.buddyd.mm.trace.Trace;
import dev.buddyd.mm.zone.AllocationRequest;
import dev.buddyd.mm.zone.PhysicalMemory;
import dev.buddyd.mm.zone.Sysctls;
import dev.buddyd.mm.zone.Zone;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One booted machine with its holders, its sequence of changes and its virtual time. Lives from
 * boot or restore to the next one; that life is an <em>epoch</em>. Safe for concurrent callers.
 */
public final class SimulatedMachine {

  private final String name;
  private final long epoch;
  private final PhysicalMemory memory;
  private final PageAllocator allocator;
  private final EventRing ring;
  private final AllocationTable allocations = new AllocationTable();
  private final Owners owners;
  private final AddressMap addresses;
  private final FrameInspector inspector;
  private final AtomicLong timeMicros = new AtomicLong();
  private final AtomicInteger forks = new AtomicInteger();
  private final MachineOptions options;

  /**
   * Takes a machine into service.
   *
   * @param epoch number of this boot or restore
   */
  public SimulatedMachine(String name, long epoch, PhysicalMemory memory, MachineOptions options) {
    this.name = name;
    this.epoch = epoch;
    this.memory = memory;
    this.options = options;
    this.allocator = new PageAllocator(memory, Reclaim.none());
    this.ring = new EventRing(options.eventRingCapacity(), 0);
    this.owners = new Owners(options.maxOwners());
    this.addresses = new AddressMap(memory);
    this.inspector = new FrameInspector(memory, allocations, owners, addresses);
    adoptBootAllocations();
  }

  /** Blocks that were allocated before anybody asked (a warm-up) get a holder, too. */
  private void adoptBootAllocations() {
    inspector.forEachAllocated(
        (zone, index) -> {
          FrameTable frames = zone.frames();
          if (frames.word1(index) == 0) {
            int slot = allocations.reserve();
            frames.setWords(index, frames.word0(index), slot);
            allocations.fill(
                slot, 0, frames.pfn(index), 1 << frames.orderOf(index), owners.index("boot"), 0);
          }
        });
  }

  // ---- allocate

  /**
   * Allocates pages as a client asks.
   *
   * @param explain whether to keep every step
   * @throws MachineException if the request cannot be made at all
   */
  public AllocationOutcome allocate(PageRequest request, boolean explain) {
    Call call = request.call();
    int gfp = checkedMask(call, request.gfp());
    int pages = call == Call.ALLOC_PAGES_EXACT ? exactPages(request.sizeBytes()) : 0;
    int order = checkedOrder(call, request.order(), pages);
    int cpu = cpuOf(request);
    int node = request.node() == null ? memory.nodeOfCpu(cpu) : checkedNode(request.node());
    int owner = owners.index(request.owner());
    int slot = allocations.reserve();
    timeMicros.incrementAndGet();
    RequestTrace trace =
        new RequestTrace(
            this,
            cpu,
            owner,
            (sequence, zone, pfn) ->
                allocations.fill(slot, sequence, pfn, pages > 0 ? pages : 1 << order, owner, cpu),
            explain);
    AllocationRequest demand =
        new AllocationRequest(gfp, order, node, cpu, request.use().ordinal(), slot);
    long pfn = REFUSED_EARLY;
    try {
      pfn =
          pages > 0
              ? allocator.allocateExact(demand, pages, trace)
              : allocator.allocate(demand, trace);
    } catch (FrameTableExhaustedException e) {
      throw new MachineException(
          Kind.FRAME_TABLE_EXHAUSTED,
          "the frame tables of all machines may take " + e.limitBytes() + " bytes together",
          Map.of("limit_bytes", e.limitBytes()));
    } finally {
      if (pfn < 0) {
        allocations.release(slot);
      }
    }
    background(trace);
    if (pfn < 0) {
      return new AllocationOutcome.Refused(
          gfp, order, KernelWould.of(pfn), trace.verdicts(), trace.steps());
    }
    return new AllocationOutcome.Granted(inspector.allocation(slot, pfn, order), trace.steps());
  }

  private static final long REFUSED_EARLY = -1;

  private int checkedMask(Call call, int requested) {
    int gfp = call.mask(requested);
    if ((gfp & ~Gfp.VALID) != 0) {
      throw new MachineException(
          Kind.INVALID_GFP,
          "bits %#x of the mask %#x have no meaning in 6.12; the kernel would ignore them"
              .formatted(gfp & ~Gfp.VALID, gfp));
    }
    if (new ZoneTable(memory.geometry().zoneKinds()).highestZoneIndex(gfp) == ZoneTable.ILLEGAL) {
      throw new MachineException(
          Kind.INVALID_GFP,
          ("the mask %#x names more than one of __GFP_DMA, __GFP_DMA32, __GFP_HIGHMEM; the kernel"
                  + " would silently use the lowest zone")
              .formatted(gfp));
    }
    if (Gfp.migratetype(gfp) > 2) {
      throw new MachineException(
          Kind.INVALID_GFP,
          "__GFP_MOVABLE and __GFP_RECLAIMABLE exclude each other; the kernel would misplace"
              + " pages");
    }
    if (call.givesAddress() && (gfp & Gfp.HIGHMEM) != 0) {
      throw new MachineException(
          Kind.INVALID_GFP,
          call.kernelName()
              + " answers with an address, which HighMem pages do not have; the kernel would clear"
              + " __GFP_HIGHMEM");
    }
    return gfp;
  }

  private int exactPages(long sizeBytes) {
    int shift = memory.geometry().pageShift();
    long most = 1L << (memory.geometry().maxOrder() + shift);
    if (sizeBytes <= 0 || sizeBytes > most) {
      throw new MachineException(
          Kind.INVALID_ORDER,
          "size_bytes " + sizeBytes + " is not within 1.." + most + "; the kernel would refuse it");
    }
    return (int) ((sizeBytes + (1L << shift) - 1) >>> shift);
  }

  private int checkedOrder(Call call, int order, int pages) {
    if (pages > 0) {
      return 32 - Integer.numberOfLeadingZeros(pages - 1);
    }
    int maxOrder = memory.geometry().maxOrder();
    if (order < 0 || order > maxOrder) { // F-1
      throw new MachineException(
          Kind.INVALID_ORDER,
          "order "
              + order
              + " is not within 0.."
              + maxOrder
              + " (MAX_PAGE_ORDER); the kernel would warn and return no page");
    }
    if (call.singlePage() && order != 0) {
      throw new MachineException(
          Kind.INVALID_ORDER, call.kernelName() + " gives one page; its order is 0, not " + order);
    }
    return order;
  }

  /**
   * The simulated CPU that a request runs on: its own, else the lowest of its node, else 0.
   *
   * @throws MachineException if the request names a CPU or node that does not exist
   */
  public int cpuOf(PageRequest request) {
    Integer cpu = request.cpu();
    if (cpu == null) {
      Integer node = request.node();
      int[] ofNode = node == null ? new int[0] : memory.node(checkedNode(node)).cpus();
      return ofNode.length > 0 ? ofNode[0] : 0;
    }
    return checkedCpu(cpu);
  }

  private int checkedCpu(int cpu) {
    if (cpu < 0 || cpu >= memory.cpus()) {
      throw new MachineException(
          Kind.NO_SUCH_CPU,
          "CPU " + cpu + " does not exist: this machine has CPUs 0.." + (memory.cpus() - 1));
    }
    return cpu;
  }

  private int checkedNode(int node) {
    int nodes = memory.nodes().size();
    if (node < 0 || node >= nodes) {
      throw new MachineException(
          Kind.NO_SUCH_NODE,
          "node " + node + " does not exist: this machine has nodes 0.." + (nodes - 1));
    }
    return node;
  }

  // ---- free

  /**
   * Frees the allocation that starts at a frame.
   *
   * @param order order it must have, or null
   * @param expectedSequence sequence of the allocation it must be, or -1 for any
   * @param cpu simulated CPU that frees, or null for the one that allocated
   * @return the steps, if an explanation was asked for
   * @throws MachineException if no allocation starts there, or it is another one
   */
  public List<Step> free(
      long pfn,
      @Nullable Integer order,
      long expectedSequence,
      @Nullable Integer cpu,
      boolean explain) {
    Integer on = cpu == null ? null : Integer.valueOf(checkedCpu(cpu));
    Zone zone = memory.zoneOf(pfn);
    int index = zone == null ? 0 : zone.frames().index(pfn);
    if (zone == null || zone.frames().stateOf(index) != FrameTable.ALLOCATED) {
      throw inspector.notAllocated(pfn);
    }
    int slot = zone.frames().word1(index);
    AllocationTable.Holder holder = allocations.holder(slot);
    if (holder == null || holder.pfn() != pfn) {
      throw inspector.notAllocated(pfn);
    }
    int blockOrder = 32 - Integer.numberOfLeadingZeros(holder.pages() - 1);
    if (order != null && order != blockOrder) {
      throw new MachineException(
          Kind.ORDER_MISMATCH,
          "pfn %#x was allocated with order %d, not %d".formatted(pfn, blockOrder, order),
          Map.of("allocated_order", blockOrder));
    }
    switch (allocations.claim(slot, pfn, expectedSequence)) {
      case NOT_LIVE -> throw inspector.notAllocated(pfn);
      case STALE ->
          throw new MachineException(
              Kind.STALE_STATE, "pfn %#x has been freed and allocated again".formatted(pfn));
      case CLAIMED -> {}
    }
    timeMicros.incrementAndGet();
    int freeingCpu = on == null ? holder.cpu() : on;
    RequestTrace trace = new RequestTrace(this, freeingCpu, holder.owner(), null, explain);
    if (zone.frames().orderOf(index) == blockOrder && 1 << blockOrder == holder.pages()) {
      allocator.free(pfn, blockOrder, freeingCpu, trace);
    } else {
      allocator.freeExact(pfn, holder.pages(), freeingCpu, trace); // B-92
    }
    allocations.release(slot);
    background(trace);
    return trace.steps();
  }

  /** Frees all of an owner's allocations, ascending; returns how many blocks and pages. */
  public FreedTotals freeOwner(String owner) {
    int index = owners.find(owner);
    long blocks = 0;
    long pages = 0;
    for (long pfn : index < 0 ? new long[0] : allocations.pfnsOf(index)) {
      Allocation allocation = inspector.describe(pfn).allocation();
      if (allocation == null || !owner.equals(allocation.owner())) {
        continue; // freed by somebody else meanwhile
      }
      try {
        free(pfn, null, allocation.sequence(), null, false);
        blocks++;
        pages += allocation.pages();
      } catch (MachineException e) {
        if (e.kind() != Kind.NOT_ALLOCATED && e.kind() != Kind.STALE_STATE) {
          throw e;
        }
      }
    }
    return new FreedTotals(blocks, pages);
  }

  /**
   * What a mass free gave back.
   *
   * @param blocks allocations freed
   * @param pages frames in them
   */
  public record FreedTotals(long blocks, long pages) {}

  // ---- time and settings

  /**
   * Lets time pass: the periodic work of one CPU or of all, ascending (P-42).
   *
   * @param count how often; each is one {@code vm.stat_interval}
   * @param cpu one CPU, or null for all
   */
  public void tick(int count, @Nullable Integer cpu) {
    int first = cpu == null ? 0 : checkedCpu(cpu);
    int last = cpu == null ? memory.cpus() - 1 : first;
    long intervalMicros = 1_000_000L * memory.tunables().get(Sysctls.Knob.STAT_INTERVAL);
    for (int i = 0; i < count; i++) {
      timeMicros.addAndGet(intervalMicros);
      for (int c = first; c <= last; c++) {
        RequestTrace trace = new RequestTrace(this, c, 0, null, false);
        trace.decided(Decision.TICK, Trace.NO_ZONE, c);
        allocator.tick(c, trace);
        background(trace);
      }
    }
  }

  /** Empties the page sets of one CPU, or of all (P-41). */
  public void drain(@Nullable Integer cpu) {
    int first = cpu == null ? 0 : checkedCpu(cpu);
    int last = cpu == null ? memory.cpus() - 1 : first;
    timeMicros.incrementAndGet();
    for (int c = first; c <= last; c++) {
      allocator.drain(c, new RequestTrace(this, c, 0, null, false));
    }
  }

  /**
   * Writes a sysctl under {@code /proc/sys/vm}.
   *
   * @throws MachineException if the kernel would say EINVAL; nothing was changed
   */
  public void writeSysctl(String knob, String value) {
    timeMicros.incrementAndGet();
    memory.quiesce();
    try {
      Sysctls.write(memory, knob, value);
      int number = Sysctls.names().indexOf(knob);
      event(Decision.SYSCTL_WRITE, Trace.NO_ZONE, 0, 0, number, 0, 0, 0, 0, 0);
    } catch (Sysctls.InvalidSysctlException e) {
      throw new MachineException(Kind.INVALID_SYSCTL, e.reason());
    } finally {
      memory.resume();
    }
  }

  /** Background work that the request just done has woken, at once (DESIGN: inline). */
  private void background(RequestTrace trace) {
    if (options.inlineBackground()) {
      KswapdRun.runAwake(memory, trace);
    }
  }

  // ---- what-if

  /**
   * An independent machine in the same state, for one thread. Shares frame tables with this one
   * until either writes; must be closed.
   */
  public MachineFork fork() {
    memory.quiesce();
    try {
      PhysicalMemory copy = memory.fork();
      forks.incrementAndGet();
      memory.zones().forEach(zone -> zone.frames().shareSections());
      return new MachineFork(copy, this::forkClosed);
    } finally {
      memory.resume();
    }
  }

  private void forkClosed() {
    memory.quiesce();
    try {
      if (forks.decrementAndGet() == 0) {
        memory.zones().forEach(zone -> zone.frames().ownSections());
      }
    } finally {
      memory.resume();
    }
  }

  // ---- what is

  /** What a frame is now. */
  public FrameInfo describe(long pfn) {
    return inspector.describe(pfn);
  }

  public FrameInspector inspector() {
    return inspector;
  }

  public String name() {
    return name;
  }

  /** Number of this boot or restore. */
  public long epoch() {
    return epoch;
  }

  public PhysicalMemory memory() {
    return memory;
  }

  public EventRing events() {
    return ring;
  }

  /** Virtual microseconds since boot. */
  public long timeMicros() {
    return timeMicros.get();
  }

  /** Number of live allocations. */
  public long liveAllocations() {
    return allocations.live();
  }

  /** The number of an owner as events carry it; 0 for nobody, -1 for a name never heard. */
  public int ownerNumber(@Nullable String name) {
    return name == null || name.isEmpty() ? 0 : owners.find(name);
  }

  /** The name of an owner by the number that events carry, or null. */
  public @Nullable String ownerName(int index) {
    return owners.name(index);
  }

  long event(
      Decision decision,
      int zone,
      int cpu,
      int owner,
      long v0,
      long v1,
      long v2,
      long v3,
      long v4,
      long v5) {
    return ring.add(decision, zone, cpu, owner, timeMicros.get(), v0, v1, v2, v3, v4, v5);
  }
}
