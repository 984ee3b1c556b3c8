package dev.buddyd.machine;

import dev.buddyd.machine.PageRequest.Call;
import dev.buddyd.mm.MmInvariants;
import dev.buddyd.mm.Violation;
import dev.buddyd.mm.alloc.KernelWould;
import dev.buddyd.mm.alloc.PageAllocator;
import dev.buddyd.mm.reclaim.MemoryReclaim;
import dev.buddyd.mm.reclaim.OomKill;
import dev.buddyd.mm.reclaim.ReclaimCounts;
import dev.buddyd.mm.trace.Decision;
import dev.buddyd.mm.zone.AllocationRequest;
import dev.buddyd.mm.zone.PhysicalMemory;
import dev.buddyd.mm.zone.Zone;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Lock;
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
  private final DecisionCounters counters;
  private final AllocationTable allocations;
  private final Owners owners;
  private final AddressMap addresses;
  private final FrameInspector inspector;
  private final RequestCheck check;
  private final Claims claims;
  private final MachineClock clock;
  private final MemoryReclaim reclaim;
  private final MachineCopies copies;
  private final MachineOptions options;
  private final KernelReports reports;
  private final Map<Integer, Kill> kills;

  /**
   * Takes a machine into service.
   *
   * @param epoch number of this boot or restore
   */
  public SimulatedMachine(String name, long epoch, PhysicalMemory memory, MachineOptions options) {
    this(MachineState.booted(name, memory), epoch, options);
  }

  /**
   * Takes a machine into service that was made elsewhere; it goes on where its state ends.
   *
   * @param epoch number of this boot or restore
   */
  public SimulatedMachine(MachineState state, long epoch, MachineOptions options) {
    this.name = state.name();
    this.epoch = epoch;
    this.memory = state.memory();
    this.options = options;
    this.reports = new KernelReports(this, options.voice());
    this.ring = new EventRing(options.eventRingCapacity(), state.sequence());
    this.clock = new MachineClock(state.timeMicros());
    this.counters = state.counters();
    this.kills = new ConcurrentHashMap<>(state.kills());
    this.owners = new Owners(options.maxOwners());
    state.owners().forEach(owners::index);
    this.allocations = state.allocations();
    allocations.keepGone(options.goneKept());
    this.addresses = new AddressMap(memory);
    this.inspector = new FrameInspector(memory, allocations, owners, addresses);
    this.check = new RequestCheck(memory);
    this.claims = new Claims(memory, allocations, inspector);
    this.reclaim =
        state
            .reclaim()
            .fork(
                memory,
                clock,
                new ServedHolders(memory, allocations, this::killing),
                options.helped());
    state.reclaim().discard();
    this.allocator = new PageAllocator(memory, reclaim);
    this.copies = new MachineCopies(this, reclaim, options.helped());
    try {
      BootHolders.adopt(this);
    } catch (MachineException e) {
      reclaim.release();
      throw e;
    }
  }

  private void killing(OomKill kill, ReclaimCounts counts) {
    kills.put(kill.victim(), new Kill(clock.micros(), kill.asking(), kill.gfp(), kill.order()));
    reports.killing(kill, counts);
  }

  /** The last kill of each owner that was killed, by its number. */
  Map<Integer, Kill> kills() {
    return Collections.unmodifiableMap(kills);
  }

  /** What its kernel has said. */
  public KernelLog log() {
    return reports.log();
  }

  /**
   * A request got no page: the kernel may have something to say about it.
   *
   * @param wanted whether it is asked for even if the kernel would not write it now
   */
  @Nullable String denied(KernelVoice.Denial denial, boolean wanted) {
    return reports.denied(denial, wanted);
  }

  /** What the kernel would say if a request got no page that got none on a fork. */
  @Nullable String foretold(KernelVoice.Denial denial, MachineFork fork) {
    return reports.foretold(denial, fork);
  }

  /** Makes room in reclaim for pages about to be allocated, or refuses. */
  void reserveRecord(int slot) {
    if (!reclaim.reserve(slot)) {
      throw MachineException.frameTablesFull(memory.budget());
    }
  }

  // ---- allocate

  /**
   * Allocates pages as a client asks.
   *
   * @param explain whether to keep every step
   * @throws MachineException if the request cannot be made at all
   */
  public AllocationOutcome allocate(PageRequest request, boolean explain) {
    MachineSession session = new MachineSession(this, explain);
    session.keepReport();
    boolean exact = request.call() == Call.ALLOC_PAGES_EXACT;
    int owner = owner(request.owner());
    long pfn =
        session.allocate(
            request.call(),
            request.gfp(),
            exact ? request.sizeBytes() : request.order(),
            RequestCheck.given(request.node()),
            RequestCheck.given(request.cpu()),
            owner,
            request.use(),
            request.dirty());
    if (pfn < 0) {
      return new AllocationOutcome.Refused(
          session.gfp(),
          session.order(),
          KernelWould.of(pfn),
          session.verdicts(),
          session.steps(),
          session.report());
    }
    Holder holder = new Holder(0, session.sequence(), pfn, session.pages(), owner, session.cpu());
    return new AllocationOutcome.Granted(
        inspector.granted(holder, request.owner(), session.gfp(), request.use()), session.steps());
  }

  /**
   * What {@link #allocate} would answer, found on a fork; nothing is changed. The sequence of the
   * allocation is 0.
   *
   * @throws MachineException if the request cannot be made at all
   */
  public AllocationOutcome preview(PageRequest request, boolean explain) {
    return new Preview(this, request, explain).outcome();
  }

  /**
   * The simulated CPU that a request runs on: its own, else the lowest of its node, else 0.
   *
   * @throws MachineException if the request names a CPU or node that does not exist
   */
  public int cpuOf(PageRequest request) {
    return check.cpuOf(RequestCheck.given(request.cpu()), RequestCheck.given(request.node()));
  }

  /**
   * The request as the allocator gets it: mask, order, node and CPU decided.
   *
   * @throws MachineException if the request cannot be made at all
   */
  public AllocationRequest checked(PageRequest request) {
    return check.demand(request);
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
    MachineSession session = new MachineSession(this, explain);
    session.free(pfn, RequestCheck.given(order), expectedSequence, RequestCheck.given(cpu));
    return session.steps();
  }

  /** Frees all of an owner's allocations, ascending; returns how many blocks and pages. */
  public FreedTotals freeOwner(String owner) {
    int index = owners.find(owner);
    long blocks = 0;
    long pages = 0;
    HeldPages held = new HeldPages(this, false);
    for (AllocationTable.Entry entry :
        index < 0 ? List.<AllocationTable.Entry>of() : allocations.entriesOf(index)) {
      if (held.freeIfHeld(entry, null)) {
        blocks++;
        pages += entry.holder().pages();
      } // else freed by somebody else meanwhile
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

  // ---- time

  /**
   * Lets time pass: the periodic work of one CPU or of all, ascending (P-42).
   *
   * @param count how often; each is one {@code vm.stat_interval}
   * @param cpu one CPU, or null for all
   */
  public void tick(int count, @Nullable Integer cpu) {
    new Housekeeping(this).tick(count, RequestCheck.given(cpu));
  }

  /** Empties the page sets of one CPU, or of all (P-41). */
  public void drain(@Nullable Integer cpu) {
    new Housekeeping(this).drain(RequestCheck.given(cpu));
  }

  /** Background work that the request just done has woken, at once (DESIGN: inline). */
  void background(RequestTrace trace) {
    if (options.background() == MachineOptions.Background.INLINE) {
      reclaim.background(trace);
    }
  }

  /**
   * Does the background work that requests have woken, for a machine whose options leave it to
   * somebody else.
   */
  public void runBackground() {
    reclaim.background(silentTrace());
  }

  /** What happens by itself when time has passed: writes complete, kcompactd looks around. */
  void timePassed(RequestTrace trace) {
    reclaim.tick(trace);
  }

  /** A trace of what nobody in particular has asked for. */
  RequestTrace silentTrace() {
    return new RequestTrace(this, false);
  }

  /** A request is under way: one microsecond passes. */
  void oneRequest() {
    clock.sleep(1);
  }

  void passTime(long micros) {
    clock.sleep(micros);
  }

  /** Held shared by whoever changes a block in several steps. */
  Lock manyStepped() {
    return copies.manyStepped();
  }

  // ---- what-if and snapshots

  /**
   * An independent machine in the same state, for one thread. Shares frame tables with this one
   * until either writes; must be closed.
   */
  public MachineFork fork() {
    return copies.fork();
  }

  /**
   * This machine's state now, to be read while the machine goes on; must be closed.
   *
   * @throws MachineException if the budget of the frame tables has no room for it
   */
  public MachineCapture capture() {
    return copies.capture(allocations, counters);
  }

  /** What is unsound about this machine now: nothing, or there is a mistake in it. */
  public List<Violation> violations() {
    return copies.whole(
        () -> MmInvariants.check(memory, reclaim.state(), MmInvariants.DEFAULT_LIMIT));
  }

  // ---- what is

  /** What a frame is now. */
  public FrameInfo describe(long pfn) {
    return inspector.describe(pfn);
  }

  /**
   * Checks that a node exists.
   *
   * @throws MachineException if not
   */
  public void requireNode(int node) {
    check.node(node);
  }

  /**
   * Checks that a simulated CPU exists.
   *
   * @throws MachineException if not
   */
  public void requireCpu(int cpu) {
    check.cpu(cpu);
  }

  /**
   * Checks that some node has a zone of this name.
   *
   * @throws MachineException if not
   */
  public void requireZone(String zone) {
    check.zoneName(zone);
  }

  /**
   * A zone by node and name.
   *
   * @throws MachineException if it does not exist
   */
  public Zone zone(int node, String name) {
    return check.zone(node, name);
  }

  PageAllocator allocator() {
    return allocator;
  }

  AllocationTable allocations() {
    return allocations;
  }

  /** Pages on reclaim lists, swap, processes. */
  public MemoryReclaim reclaim() {
    return reclaim;
  }

  public FrameInspector inspector() {
    return inspector;
  }

  /** What a request must not ask for. */
  RequestCheck check() {
    return check;
  }

  /** The right to change an allocation. */
  Claims claims() {
    return claims;
  }

  /** An inspector of this machine or of a fork of it. */
  FrameInspector inspectorOf(PhysicalMemory frames) {
    return new FrameInspector(frames, allocations, owners, addresses);
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

  /** What was decided how often since boot. */
  public DecisionCounters counters() {
    return counters;
  }

  /** Virtual microseconds since boot. */
  public long timeMicros() {
    return clock.micros();
  }

  /** Number of live allocations. */
  public long liveAllocations() {
    return allocations.live();
  }

  /**
   * The number of an owner, made on first use; 0 for null.
   *
   * @throws MachineException if there are too many
   */
  public int owner(@Nullable String name) {
    return owners.index(name);
  }

  /** The number of an owner as events carry it; 0 for nobody, -1 for a name never heard. */
  public int ownerNumber(@Nullable String name) {
    return name == null || name.isEmpty() ? 0 : owners.find(name);
  }

  /** The name of an owner by the number that events carry, or null. */
  public @Nullable String ownerName(int index) {
    return owners.name(index);
  }

  /** Names of all owners by their number from 1 on. */
  List<String> ownerNames() {
    return owners.names();
  }

  /** Gives back what the machine took from the budget; it must not serve any more. */
  void release() {
    memory.release();
    allocations.release();
    reclaim.release();
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
    return ring.add(decision, zone, cpu, owner, clock.micros(), v0, v1, v2, v3, v4, v5);
  }
}
