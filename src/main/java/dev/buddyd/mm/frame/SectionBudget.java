package dev.buddyd.mm.frame;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How many bytes all frame tables that share this budget may take. Requests ask {@link #admits}
 * before they change anything; sections are then made without fail, so that a machine is never left
 * half changed.
 */
public final class SectionBudget {

  private static final int BYTES_PER_FRAME = 10;

  private final AtomicLong remainingBytes;
  private final long limitBytes;

  public SectionBudget(long limitBytes) {
    this.limitBytes = limitBytes;
    this.remainingBytes = new AtomicLong(limitBytes);
  }

  /** A budget that never ends: for tests and offline use. */
  public static SectionBudget unlimited() {
    return new SectionBudget(Long.MAX_VALUE / 2);
  }

  public long limitBytes() {
    return limitBytes;
  }

  public long remainingBytes() {
    return remainingBytes.get();
  }

  /** Whether sections for this many frames would fit now. */
  public boolean admits(long frames) {
    return remainingBytes.getOpaque() >= frames * BYTES_PER_FRAME;
  }

  /** Takes bytes that are no sections (block-level tables); may be negative to give back. */
  public void takeBytes(long bytes) {
    remainingBytes.addAndGet(-bytes);
  }

  void takeFrames(long frames) {
    takeBytes(frames * BYTES_PER_FRAME);
  }
}
