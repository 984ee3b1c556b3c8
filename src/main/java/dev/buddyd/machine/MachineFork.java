package dev.buddyd.machine;

import dev.buddyd.mm.alloc.PageAllocator;
import dev.buddyd.mm.reclaim.MemoryReclaim;
import dev.buddyd.mm.zone.PhysicalMemory;

/**
 * A what-if copy of a machine with its reclaim, used by one thread; {@link #close} ends the
 * sharing.
 */
public final class MachineFork implements AutoCloseable {

  private final PhysicalMemory memory;
  private final MemoryReclaim reclaim;
  private final PageAllocator allocator;
  private final MachineClock clock;
  private final boolean helped;
  private final Runnable onClose;

  /**
   * @param memory a copy of the machine's memory
   * @param origin reclaim of what it is a copy of; must not change meanwhile
   * @param timeMicros virtual time of the copy
   * @param helped whether kswapd runs while a request sleeps
   */
  MachineFork(
      PhysicalMemory memory,
      MemoryReclaim origin,
      long timeMicros,
      boolean helped,
      Runnable onClose) {
    this(memory, origin, timeMicros, helped, 0, onClose);
  }

  private MachineFork(
      PhysicalMemory memory,
      MemoryReclaim origin,
      long timeMicros,
      boolean helped,
      int asking,
      Runnable onClose) {
    this.memory = memory;
    this.clock = new MachineClock(timeMicros);
    this.helped = helped;
    this.reclaim = origin.fork(memory, clock, new ForkHolders(asking), helped);
    this.allocator = new PageAllocator(memory, reclaim);
    this.onClose = onClose;
  }

  public PhysicalMemory memory() {
    return memory;
  }

  public MemoryReclaim reclaim() {
    return reclaim;
  }

  public PageAllocator allocator() {
    return allocator;
  }

  /** Time goes on for a request as it does on the machine: the disk may be done with a page. */
  public void oneRequest() {
    clock.sleep(1);
  }

  /** Another copy of this copy, which must not change meanwhile. */
  public MachineFork fork() {
    return fork(0);
  }

  /**
   * Another copy of this copy, which must not change meanwhile.
   *
   * @param asking number of the owner who makes the requests
   */
  MachineFork fork(int asking) {
    return new MachineFork(memory.fork(), reclaim, clock.micros(), helped, asking, () -> {});
  }

  @Override
  public void close() {
    memory.release();
    reclaim.discard();
    onClose.run();
  }
}
