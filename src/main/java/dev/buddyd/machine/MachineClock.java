package dev.buddyd.machine;

import dev.buddyd.mm.reclaim.VirtualClock;
import java.util.concurrent.atomic.AtomicLong;

/** The virtual time of a machine or of a copy of one. */
final class MachineClock implements VirtualClock {

  private final AtomicLong micros;

  MachineClock(long micros) {
    this.micros = new AtomicLong(micros);
  }

  @Override
  public long micros() {
    return micros.get();
  }

  @Override
  public void sleep(long length) {
    micros.addAndGet(length);
  }
}
