package dev.buddyd.machine;

import static dev.buddyd.machine.MachineSession.ANY;

import dev.buddyd.machine.MachineException.Kind;
import dev.buddyd.mm.frame.FrameTable;
import dev.buddyd.mm.zone.PhysicalMemory;
import dev.buddyd.mm.zone.Zone;
import java.util.Map;

/**
 * Finds the allocation that starts at a frame, holds it against what a client says of it, and takes
 * the right to change it from all other sessions. Who has claimed an allocation frees or splits it,
 * or gives the claim back.
 */
final class Claims {

  private static final PageUse[] USES = PageUse.values();

  private final PhysicalMemory memory;
  private final AllocationTable allocations;
  private final FrameInspector inspector;

  Claims(PhysicalMemory memory, AllocationTable allocations, FrameInspector inspector) {
    this.memory = memory;
    this.allocations = allocations;
    this.inspector = inspector;
  }

  private FrameTable frames(long pfn) {
    Zone zone = memory.zoneOfFrame(pfn);
    if (zone == null) {
      throw inspector.notAllocated(pfn);
    }
    return zone.frames();
  }

  /**
   * Claims an allocation.
   *
   * @param order order it must have, or {@link MachineSession#ANY}
   * @param expectedSequence sequence of the allocation it must be, or -1 for any
   * @throws MachineException if no allocation starts there, or it is another one
   */
  Holder claim(long pfn, int order, long expectedSequence) {
    FrameTable frames = frames(pfn);
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
   * Claims an exact allocation (B-92).
   *
   * @param pages pages it must have, or {@link MachineSession#ANY}
   * @param expectedSequence sequence of the allocation it must be, or -1 for any
   * @throws MachineException if no exact allocation of this size starts there
   */
  Holder claimExact(long pfn, int pages, long expectedSequence) {
    Holder holder = claim(pfn, ANY, expectedSequence);
    return keepIf(() -> requireExact(pfn, holder, pages), holder);
  }

  /**
   * Claims a block that can be split (B-91).
   *
   * @param order order it must have, or {@link MachineSession#ANY}
   * @param expectedSequence sequence of the allocation it must be, or -1 for any
   * @throws MachineException if no such block starts there
   */
  Holder claimSplittable(long pfn, int order, long expectedSequence) {
    Holder holder = claim(pfn, order, expectedSequence);
    return keepIf(() -> requireSplittable(pfn, holder), holder);
  }

  /** Gives a claim back if a check throws. */
  private Holder keepIf(Runnable check, Holder holder) {
    boolean right = false;
    try {
      check.run();
      right = true;
    } finally {
      if (!right) {
        allocations.unclaim(holder);
      }
    }
    return holder;
  }

  private void requireExact(long pfn, Holder holder, int pages) {
    if (holder.pages() > 1 && isOneBlock(holder)) {
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

  private void requireSplittable(long pfn, Holder holder) {
    if (!isOneBlock(holder)) {
      throw new MachineException(
          Kind.INVALID_REQUEST, "pfn %#x is an exact allocation: split already".formatted(pfn));
    }
    FrameTable frames = frames(pfn);
    if (frames.isCompound(frames.index(pfn))) {
      throw new MachineException(
          Kind.INVALID_REQUEST,
          ("pfn %#x is a compound block (__GFP_COMP), which split_page does not take; the kernel"
                  + " would stop with a BUG")
              .formatted(pfn));
    }
  }

  /** Whether a claimed allocation is a block and not the pages that one was cut into. */
  boolean isOneBlock(Holder holder) {
    FrameTable frames = frames(holder.pfn());
    return 1 << frames.orderOf(frames.index(holder.pfn())) == holder.pages();
  }

  /** What a claimed allocation is used for. */
  PageUse useOf(Holder holder) {
    FrameTable frames = frames(holder.pfn());
    return USES[frames.useOf(frames.index(holder.pfn()))];
  }
}
