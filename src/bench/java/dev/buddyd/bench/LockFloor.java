package dev.buddyd.bench;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * The floor that all times are compared with: what two uncontended rounds of a spin lock cost on
 * this machine around the least work that an allocator could do, a pop from and a push to a stack
 * of frame numbers. Has a lock of its own, so that it stays the same when the allocator's changes.
 */
final class LockFloor implements Pattern {

  private static final VarHandle HELD;

  static {
    try {
      HELD = MethodHandles.lookup().findVarHandle(LockFloor.class, "held", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final int[] stack = new int[64];
  private int size;

  @SuppressWarnings("unused") // accessed through HELD
  private int held;

  LockFloor() {
    for (int i = 0; i < stack.length / 2; i++) {
      push(i * 7);
    }
  }

  @Override
  public String name() {
    return "floor";
  }

  @Override
  public long run(int pairs) {
    long sum = 0;
    for (int i = 0; i < pairs; i++) {
      int frame = pop();
      sum += frame;
      push(frame);
    }
    return sum;
  }

  private int pop() {
    lock();
    try {
      return stack[--size];
    } finally {
      unlock();
    }
  }

  private void push(int frame) {
    lock();
    try {
      stack[size++] = frame;
    } finally {
      unlock();
    }
  }

  private void lock() {
    while (!HELD.compareAndSet(this, 0, 1)) {
      Thread.onSpinWait();
    }
  }

  private void unlock() {
    HELD.setRelease(this, 0);
  }
}
