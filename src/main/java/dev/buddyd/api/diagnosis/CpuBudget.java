package dev.buddyd.api.diagnosis;

import dev.buddyd.api.problem.ProblemException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.function.IntConsumer;
import java.util.function.LongSupplier;

/**
 * How long one text may be read. Whoever reads tells of the work as it is done; now and then that
 * is time to look at the clock, and too late a time ends the request with a problem.
 */
final class CpuBudget implements IntConsumer {

  /** Work between two looks, in characters: about a millisecond. */
  private static final int BETWEEN_LOOKS = 1 << 16;

  private final Duration most;
  private final LongSupplier nanoClock;
  private final long start;
  private int untilLook;

  /**
   * A budget from now on.
   *
   * @param nanoClock what has been spent so far, in nanoseconds
   */
  CpuBudget(Duration most, LongSupplier nanoClock) {
    this.most = most;
    this.nanoClock = nanoClock;
    this.start = nanoClock.getAsLong();
  }

  /**
   * A budget of this thread; a virtual one has no clock of its own, so that waiting counts, too.
   */
  static CpuBudget of(Duration most) {
    return new CpuBudget(
        most,
        Thread.currentThread().isVirtual()
            ? System::nanoTime
            : ManagementFactory.getThreadMXBean()::getCurrentThreadCpuTime);
  }

  @Override
  public void accept(int work) {
    untilLook -= work;
    if (untilLook >= 0) {
      return;
    }
    untilLook = BETWEEN_LOOKS;
    if (nanoClock.getAsLong() - start >= most.toNanos()) {
      throw ProblemException.tooLarge(
          "buddyd.limits.diagnosis-cpu",
          most.toMillis(),
          "reading this text takes more than "
              + most.toMillis()
              + " ms of CPU time: send the part of the log around one report");
    }
  }
}
