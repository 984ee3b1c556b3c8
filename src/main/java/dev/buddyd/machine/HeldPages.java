package dev.buddyd.machine;

import dev.buddyd.machine.AllocationTable.Entry;
import dev.buddyd.machine.MachineException.Kind;
import dev.buddyd.mm.frame.FrameTable;
import dev.buddyd.mm.trace.Decision;
import dev.buddyd.mm.zone.PhysicalMemory;
import dev.buddyd.mm.zone.Zone;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;

/**
 * Allocations by their sequence, wherever their pages are: looked at, used, brought back, given
 * back. For one thread.
 */
public final class HeldPages {

  private final SimulatedMachine machine;
  private final PhysicalMemory memory;
  private final AllocationTable allocations;
  private final RequestTrace trace;
  private List<Step> steps = List.of();

  /**
   * @param explain whether to keep every step of the last call
   */
  public HeldPages(SimulatedMachine machine, boolean explain) {
    this.machine = machine;
    this.memory = machine.memory();
    this.allocations = machine.allocations();
    this.trace = new RequestTrace(machine, explain);
  }

  /** All steps of the last call, if they are kept. */
  public List<Step> steps() {
    return steps;
  }

  /**
   * What a fault came to.
   *
   * @param brought whether pages were brought back; false if they were in memory
   * @param outcome the allocation in memory, or a refusal: nothing was changed
   */
  public record Fault(boolean brought, @Nullable HeldAllocation held, AllocationOutcome outcome) {}

  // ---- looking

  /**
   * An allocation, also one that was given back, as long as the events of its beginning are kept.
   *
   * @throws MachineException if there never was one of this sequence, or it is forgotten
   */
  public HeldAllocation describe(long sequence) {
    while (true) {
      Entry entry = find(sequence);
      if (entry == null) {
        return freed(sequence);
      }
      HeldAllocation described = describe(entry);
      if (described != null) {
        return described;
      } // moved while we looked
    }
  }

  private @Nullable HeldAllocation describe(Entry entry) {
    Holder holder = entry.holder();
    String owner = machine.ownerName(holder.owner());
    if (!entry.resident()) {
      return new HeldAllocation(
          holder.sequence(),
          entry.state(),
          RequestCheck.orderOf(holder.pages()),
          holder.pages(),
          entry.gfp(),
          entry.use(),
          holder.cpu(),
          owner,
          null,
          null);
    }
    Allocation allocation = machine.inspector().describe(holder.pfn()).allocation();
    if (allocation == null || allocation.sequence() != holder.sequence()) {
      return null;
    }
    return resident(holder, entry.state(), allocation);
  }

  private HeldAllocation resident(Holder holder, AllocationState state, Allocation allocation) {
    return new HeldAllocation(
        holder.sequence(),
        state,
        allocation.order(),
        allocation.pages(),
        allocation.gfp(),
        allocation.use(),
        allocation.cpu(),
        allocation.owner(),
        allocation,
        machine.reclaim().page(holder.slot()));
  }

  private @Nullable Entry find(long sequence) {
    Event event = allocatedBy(sequence);
    if (event != null) { // most allocations are still where they were made
      Zone zone = memory.zoneOfFrame(event.value(0));
      if (zone != null) {
        FrameTable frames = zone.frames();
        int index = frames.index(event.value(0));
        if (frames.isTouched(index) && frames.stateOf(index) == FrameTable.ALLOCATED) {
          Entry entry = allocations.entryAt(frames.word1(index));
          if (entry != null && entry.holder().sequence() == sequence) {
            return entry;
          }
        }
      }
    }
    return allocations.find(sequence);
  }

  /** The event by which an allocation came to be, if it is kept. */
  private @Nullable Event allocatedBy(long sequence) {
    Event event = sequence > 0 ? machine.events().get(sequence) : null;
    return event != null
            && (event.decision() == Decision.MM_PAGE_ALLOC
                || event.decision() == Decision.BULK_PAGE)
        ? event
        : null;
  }

  private HeldAllocation freed(long sequence) {
    Event event = allocatedBy(sequence);
    if (event == null) {
      throw none(sequence);
    }
    return new HeldAllocation(
        sequence,
        AllocationState.FREED,
        (int) event.value(1),
        1L << event.value(1),
        (int) event.value(3),
        PageUse.KERNEL,
        event.cpu(),
        machine.ownerName(event.owner()),
        null,
        null);
  }

  private static MachineException none(long sequence) {
    return new MachineException(
        Kind.NO_SUCH_ALLOCATION,
        ("there is no allocation %d: it never was, it was given back, or its pages were gone for so"
                + " long that it is forgotten")
            .formatted(sequence));
  }

  private Entry held(long sequence) {
    Entry entry = find(sequence);
    if (entry == null) {
      throw none(sequence);
    }
    return entry;
  }

  /**
   * Whether an allocation was made at a frame and is not there any more, but still held.
   *
   * @param sequence of the allocation
   */
  public boolean leftFrame(long pfn, long sequence) {
    return entryThatLeft(pfn, sequence) != null;
  }

  private @Nullable Entry entryThatLeft(long pfn, long sequence) {
    Event event = allocatedBy(sequence);
    if (event != null && event.value(0) != pfn) {
      return null;
    }
    Entry entry = find(sequence);
    if (entry == null) {
      return null;
    }
    boolean moved =
        !entry.resident()
            || (entry.holder().pfn() != pfn && allocations.movesOf(entry.holder().slot()) != 0);
    return moved ? entry : null;
  }

  /**
   * The frame where an allocation is now that was made at another.
   *
   * @throws MachineException if nobody holds it, or it is not in memory
   */
  public long movedTo(long pfn, long sequence) {
    Entry entry = entryThatLeft(pfn, sequence);
    if (entry == null) {
      throw none(sequence);
    }
    if (!entry.resident()) {
      throw away(entry);
    }
    return entry.holder().pfn();
  }

  // ---- using

  /**
   * The pages are used.
   *
   * @param write whether their contents change
   * @throws MachineException if they are not in memory
   */
  public HeldAllocation touch(long sequence, boolean write) {
    Entry entry = held(sequence);
    machine.oneRequest();
    if (!entry.resident()) {
      throw away(entry);
    }
    machine.reclaim().touched(entry.holder().slot(), write);
    return describe(sequence);
  }

  private static MachineException away(Entry entry) {
    AllocationState state = entry.state();
    boolean back = faultable(entry);
    return new MachineException(
        Kind.NOT_RESIDENT,
        "allocation %d is not in memory, it is %s; %s"
            .formatted(
                entry.holder().sequence(),
                state.apiName(),
                back ? "a fault brings it back" : "nothing brings it back"),
        Map.of("state", state.apiName(), "faultable", back));
  }

  private static boolean faultable(Entry entry) {
    return entry.state() == AllocationState.SWAPPED
        || (entry.state() == AllocationState.DROPPED && entry.use() == PageUse.FILE);
  }

  /**
   * Brings pages back that are in swap, or page cache that was dropped.
   *
   * @param cpu simulated CPU, or null for the one that allocated
   * @throws MachineException if they are lost
   */
  public Fault fault(long sequence, @Nullable Integer cpu) {
    int given = cpu == null ? -1 : machine.check().cpu(cpu);
    while (true) {
      Entry entry = held(sequence);
      if (entry.resident()) {
        HeldAllocation held = describe(sequence);
        if (held.allocation() != null) {
          return new Fault(
              false, held, new AllocationOutcome.Granted(held.allocation(), List.of()));
        }
        continue;
      }
      if (!faultable(entry)) {
        throw away(entry);
      }
      int on = given < 0 ? entry.holder().cpu() : given;
      AllocationOutcome outcome = new PageFault(machine, entry, on, trace).outcome();
      steps = outcome == null ? List.of() : outcome.steps();
      if (outcome instanceof AllocationOutcome.Granted granted) {
        HeldAllocation held =
            resident(entry.holder(), AllocationState.RESIDENT, granted.allocation());
        return new Fault(true, held, granted);
      }
      if (outcome != null) {
        return new Fault(false, null, outcome);
      } // else somebody was quicker
    }
  }

  // ---- giving back

  /**
   * Gives an allocation back, wherever its pages are.
   *
   * @param cpu simulated CPU that frees, or null for the one that allocated
   * @return first frame of the block freed, or -1 if it was not in memory
   * @throws MachineException if nobody holds it
   */
  public long free(long sequence, @Nullable Integer cpu) {
    if (cpu != null) {
      machine.check().cpu(cpu);
    }
    return free(held(sequence), cpu);
  }

  /**
   * Gives an allocation back that was made at a frame and is not there any more.
   *
   * @param order order it must have, or null
   * @param cpu simulated CPU that frees, or null for the one that allocated
   * @return first frame of the block freed, or -1 if it was not in memory
   * @throws MachineException if nobody holds it, or it has another order
   */
  public long freeMoved(long pfn, long sequence, @Nullable Integer order, @Nullable Integer cpu) {
    if (cpu != null) {
      machine.check().cpu(cpu);
    }
    Entry entry = entryThatLeft(pfn, sequence);
    if (entry == null) {
      throw none(sequence);
    }
    int made = RequestCheck.orderOf(entry.holder().pages());
    if (order != null && order != made) {
      throw new MachineException(
          Kind.ORDER_MISMATCH,
          "allocation %d was made with order %d, not %d".formatted(sequence, made, order),
          Map.of("allocated_order", made));
    }
    return free(entry, cpu);
  }

  private long free(Entry first, @Nullable Integer cpu) {
    Entry entry = first;
    long sequence = first.holder().sequence();
    while (true) {
      if (!entry.resident()) {
        if (releaseAway(entry)) {
          return -1;
        }
      } else {
        long pfn = entry.holder().pfn();
        MachineSession session = new MachineSession(machine, trace.explains());
        try {
          session.free(pfn, MachineSession.ANY, sequence, cpu == null ? MachineSession.ANY : cpu);
          steps = session.steps();
          return pfn;
        } catch (MachineException e) {
          if (e.kind() != Kind.NOT_ALLOCATED && e.kind() != Kind.STALE_STATE) {
            throw e;
          }
        }
      }
      Entry now = allocations.entryAt(entry.holder().slot()); // moved, or somebody was quicker
      if (now == null || now.holder().sequence() != sequence) {
        throw none(sequence);
      }
      entry = now;
    }
  }

  /** As {@link #free}; false if somebody else was quicker. */
  boolean freeIfHeld(Entry entry, @Nullable Integer cpu) {
    try {
      free(entry, cpu);
      return true;
    } catch (MachineException e) {
      if (e.kind() == Kind.NO_SUCH_ALLOCATION) {
        return false;
      }
      throw e;
    }
  }

  private boolean releaseAway(Entry entry) {
    Holder holder = entry.holder();
    Lock lock = machine.manyStepped();
    lock.lock();
    try {
      machine.oneRequest();
      boolean mine =
          entry.state() == AllocationState.SWAPPED
              ? machine
                  .reclaim()
                  .swapReleased(holder.owner(), holder.pages(), () -> allocations.claimAway(entry))
              : allocations.claimAway(entry);
      if (mine) {
        allocations.release(holder.slot());
      }
      return mine;
    } finally {
      lock.unlock();
    }
  }
}
