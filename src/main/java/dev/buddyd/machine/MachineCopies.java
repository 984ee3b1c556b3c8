package dev.buddyd.machine;

import dev.buddyd.mm.frame.FrameTable;
import dev.buddyd.mm.reclaim.MemoryReclaim;
import dev.buddyd.mm.zone.PhysicalMemory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;

/**
 * Copies of the machine in service: forks for what-if questions, captures for snapshots. They share
 * frame tables with it until either writes; the last one to be closed ends that.
 */
final class MachineCopies {

  private final SimulatedMachine machine;
  private final PhysicalMemory memory;
  private final MemoryReclaim reclaim;
  private final boolean helped;
  private final AtomicInteger forks = new AtomicInteger();

  /**
   * Operations that change more than one block, or a block and its holder, in several steps hold
   * this shared; a capture takes it alone, so that it sees each of them done or not begun.
   */
  private final ReentrantReadWriteLock manyStepped = new ReentrantReadWriteLock();

  MachineCopies(SimulatedMachine machine, MemoryReclaim reclaim, boolean helped) {
    this.machine = machine;
    this.memory = machine.memory();
    this.reclaim = reclaim;
    this.helped = helped;
  }

  /** Held shared by whoever changes a block in several steps. */
  Lock manyStepped() {
    return manyStepped.readLock();
  }

  MachineFork fork() {
    reclaim.lock();
    memory.quiesce();
    try {
      requireRoom(reclaim.forkBytes());
      PhysicalMemory copy = share();
      return new MachineFork(copy, reclaim, machine.timeMicros(), helped, this::closed);
    } finally {
      memory.resume();
      reclaim.unlock();
    }
  }

  MachineCapture capture(AllocationTable allocations, DecisionCounters counters) {
    return whole(
        () -> {
          requireRoom(reclaim.forkBytes());
          AllocationTable holders = allocations.copy();
          PhysicalMemory copy;
          try {
            requireRoom(reclaim.forkBytes());
            copy = share();
          } catch (MachineException e) {
            holders.release();
            throw e;
          }
          DecisionCounters counted = new DecisionCounters(copy);
          counted.load(counters.values());
          MachineState state =
              new MachineState(
                  machine.name(),
                  copy,
                  machine.timeMicros(),
                  machine.events().lastSequence(),
                  machine.ownerNames(),
                  holders,
                  reclaim.fork(copy, new MachineClock(0), new ForkHolders(0), false),
                  machine.kills(),
                  counted);
          return new MachineCapture(state, this::closed);
        });
  }

  /** Looks at something while nothing of the machine changes. */
  <T> T whole(Supplier<T> look) {
    Lock alone = manyStepped.writeLock();
    alone.lock();
    reclaim.lock();
    memory.quiesce();
    try {
      return look.get();
    } finally {
      memory.resume();
      reclaim.unlock();
      alone.unlock();
    }
  }

  private void requireRoom(long more) {
    long bytes =
        more
            + memory.zones().stream()
                .mapToLong(z -> FrameTable.blockLevelBytes(z.geometry(), z.span().spannedPages()))
                .sum();
    if (memory.budget().remainingBytes() < bytes) {
      throw MachineException.frameTablesFull(memory.budget());
    }
  }

  private PhysicalMemory share() {
    PhysicalMemory copy = memory.fork();
    forks.incrementAndGet();
    memory.zones().forEach(zone -> zone.frames().shareSections());
    return copy;
  }

  private void closed() {
    memory.quiesce();
    try {
      if (forks.decrementAndGet() == 0) {
        memory.zones().forEach(zone -> zone.frames().ownSections());
      }
    } finally {
      memory.resume();
    }
  }
}
