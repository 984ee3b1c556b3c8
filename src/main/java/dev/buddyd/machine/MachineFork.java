package dev.buddyd.machine;

import dev.buddyd.mm.alloc.PageAllocator;
import dev.buddyd.mm.reclaim.Reclaim;
import dev.buddyd.mm.zone.PhysicalMemory;

/** A what-if copy of a machine, used by one thread; {@link #close} ends the sharing. */
public final class MachineFork implements AutoCloseable {

  private final PhysicalMemory memory;
  private final PageAllocator allocator;
  private final Runnable onClose;

  MachineFork(PhysicalMemory memory, Runnable onClose) {
    this.memory = memory;
    this.allocator = new PageAllocator(memory, Reclaim.none());
    this.onClose = onClose;
  }

  public PhysicalMemory memory() {
    return memory;
  }

  public PageAllocator allocator() {
    return allocator;
  }

  /** Another copy of this copy, which must not change meanwhile. */
  public MachineFork fork() {
    return new MachineFork(memory.fork(), () -> {});
  }

  @Override
  public void close() {
    memory.release();
    onClose.run();
  }
}
