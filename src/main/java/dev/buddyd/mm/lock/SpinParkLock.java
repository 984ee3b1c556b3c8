package dev.buddyd.mm.lock;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;

/**
 * A small mutual-exclusion lock for critical sections of some ten nanoseconds. Uncontended it costs
 * one exchange and one release store; contended it spins briefly, then yields, then parks for short
 * whiles, so that more threads than cores never stall each other for a time slice. Not reentrant,
 * not fair, allocates nothing.
 */
public class SpinParkLock {

  private static final int SPINS = 64;
  private static final int YIELDS = 8;
  private static final long PARK_NANOS = 20_000;
  private static final VarHandle HELD;

  static {
    try {
      HELD = MethodHandles.lookup().findVarHandle(SpinParkLock.class, "held", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  @SuppressWarnings("unused") // accessed through HELD
  private int held;

  /** Acquires the lock; returns when it is held. */
  public final void lock() {
    if ((int) HELD.getAndSet(this, 1) != 0) {
      lockContended();
    }
  }

  /** Releases the lock, which the calling thread must hold. */
  public final void unlock() {
    HELD.setRelease(this, 0);
  }

  /** Whether somebody holds the lock at this instant; for assertions and tests. */
  public final boolean isHeld() {
    return (int) HELD.getAcquire(this) != 0;
  }

  @SuppressWarnings("ThreadPriorityCheck") // a hint between spinning and parking, nothing more
  private void lockContended() {
    for (int attempt = 0; ; attempt++) {
      if ((int) HELD.getOpaque(this) == 0 && HELD.compareAndSet(this, 0, 1)) {
        return;
      }
      if (attempt < SPINS) {
        Thread.onSpinWait();
      } else if (attempt < SPINS + YIELDS) {
        Thread.yield();
      } else {
        LockSupport.parkNanos(PARK_NANOS);
      }
    }
  }
}
