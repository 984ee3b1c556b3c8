package dev.buddyd.machine;

import dev.buddyd.mm.frame.FrameTable;
import dev.buddyd.mm.trace.Decision;
import dev.buddyd.mm.zone.PhysicalMemory;

/**
 * The records of the blocks that one request will be granted. They are reserved before it is made,
 * so that nothing is granted that cannot be written down, and filled under the lock that makes the
 * blocks visible. For one request after the other, and for one thread.
 */
final class RequestGrants implements RequestTrace.Grants {

  private final SimulatedMachine machine;
  private final PhysicalMemory memory;
  private final AllocationTable allocations;

  private int[] slots = new int[1];
  private long[] sequences = new long[1];

  /** How many slots are reserved, and how many of them are filled. */
  private int reserved;

  private int granted;

  private int pages;
  private int owner;
  private int cpu;

  RequestGrants(SimulatedMachine machine) {
    this.machine = machine;
    this.memory = machine.memory();
    this.allocations = machine.allocations();
  }

  /**
   * Reserves a record, and if reclaim will know of it one there, for each block to be granted.
   *
   * @param owner number of who asks
   * @param cpu simulated CPU that asks
   * @param pages pages of each block
   * @throws MachineException if the budget has no room for them
   */
  void reserve(int owner, int cpu, int blocks, int pages, PageUse use) {
    if (slots.length < blocks) {
      slots = new int[blocks];
      sequences = new long[blocks];
    }
    this.owner = owner;
    this.cpu = cpu;
    this.pages = pages;
    granted = 0;
    reserved = 0;
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

  @Override
  public void granted(Decision decision, long sequence, int zone, long pfn) {
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
    allocations.fill(slots[granted], sequence, pfn, pages, owner, cpu);
    granted++;
  }

  /** The {@code i}-th block goes to its reclaim list, unless it is free again. */
  void enlist(int i, long pfn, PageUse use, boolean dirty) {
    int slot = slots[i];
    long sequence = sequences[i];
    machine
        .reclaim()
        .added(
            slot,
            pfn,
            RequestCheck.orderOf(pages),
            use.ordinal(),
            owner,
            dirty,
            () -> allocations.holds(slot, sequence));
  }

  /** The request is over: records that nothing was granted for are free again. */
  void releaseUnused() {
    for (int i = granted; i < reserved; i++) {
      allocations.release(slots[i]);
    }
    reserved = granted;
  }

  /** Slot of the {@code i}-th block: the tag of its frames. */
  int slot(int i) {
    return slots[i];
  }

  /** Sequence of the {@code i}-th block granted. */
  long sequence(int i) {
    return sequences[i];
  }

  /** Pages of each block. */
  int pages() {
    return pages;
  }
}
