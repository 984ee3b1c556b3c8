package dev.buddyd.mm.frame;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * How many bytes all frame tables that share this budget may take. Requests ask {@link #admits}
 * before they change anything; sections are then made without fail, so that a machine is never left
 * half changed.
 */
public final class SectionBudget {

  /** What a frame of a section takes. */
  public static final int BYTES_PER_FRAME = 9;

  private static final VarHandle REMAINING;

  static {
    try {
      REMAINING =
          MethodHandles.lookup().findVarHandle(SectionBudget.class, "remaining", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final long limitBytes;

  @SuppressWarnings("FieldMayBeFinal") // changed through REMAINING
  private volatile long remaining;

  public SectionBudget(long limitBytes) {
    this.limitBytes = limitBytes;
    this.remaining = limitBytes;
  }

  /** A budget that never ends: for tests and offline use. */
  public static SectionBudget unlimited() {
    return new SectionBudget(Long.MAX_VALUE / 2);
  }

  public long limitBytes() {
    return limitBytes;
  }

  public long remainingBytes() {
    return remaining;
  }

  /** Whether sections for this many frames would fit now. */
  public boolean admits(long frames) {
    return remaining >= frames * BYTES_PER_FRAME;
  }

  /** Takes bytes that are no sections (block-level tables); may be negative to give back. */
  public void takeBytes(long bytes) {
    REMAINING.getAndAdd(this, -bytes);
  }

  void takeFrames(long frames) {
    takeBytes(frames * BYTES_PER_FRAME);
  }
}
