package dev.buddyd.replay;

import java.util.concurrent.CancellationException;

/** How far a run is, and whether it shall go on; shared with those who watch. */
final class RunControl {

  private volatile int done;
  private volatile int total;
  private volatile boolean cancelled;

  void begin(int operations) {
    total = operations;
  }

  /** Called before each operation; throws if the run was cancelled. */
  void reach(int operation) {
    if ((operation & 0xff) == 0) {
      check(operation);
    }
  }

  /** So much is done; throws if the run was cancelled. */
  void check(int doneNow) {
    done = doneNow;
    if (cancelled) {
      throw new CancellationException();
    }
  }

  void end() {
    done = total;
  }

  void cancel() {
    cancelled = true;
  }

  int done() {
    return done;
  }

  int total() {
    return total;
  }
}
