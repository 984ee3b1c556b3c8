package dev.buddyd.replay.reclaim;

import dev.buddyd.mm.reclaim.PageFate;
import dev.buddyd.mm.reclaim.PageHolders;
import java.util.Arrays;
import java.util.function.BooleanSupplier;

/** Who holds the pages of a test's machine, by tag: the hog, the rest of user space, the test. */
final class Holders implements PageHolders {

  /** The process with the anonymous memory: the only one that may be killed. */
  static final int HOG = 1;

  /** Programs that run the test, and what they share: must not be killed. */
  static final int OTHERS = 2;

  private byte[] inUse = new byte[1024];
  private int last;
  private BooleanSupplier exitGoesOn = () -> true;

  /** A tag for new pages. */
  int register() {
    last++;
    if (last == inUse.length) {
      inUse = Arrays.copyOf(inUse, 2 * last);
    }
    return last;
  }

  /** A running program uses these pages all the time: each look finds them used. */
  void inUse(int tag) {
    inUse[tag] = 1;
  }

  @Override
  public boolean leaves(int tag, PageFate fate) {
    return inUse[tag] == 0;
  }

  @Override
  public boolean moves(int tag, long pfn) {
    return true;
  }

  @Override
  public int ownerAsking(int tag) {
    return 0; // the kernel module's task
  }

  /** How long a killed process has the CPU from now on: asked before each page. */
  void letExit(BooleanSupplier goesOn) {
    exitGoesOn = goesOn;
  }

  @Override
  public boolean exitGoesOn() {
    return exitGoesOn.getAsBoolean();
  }

  @Override
  public void swapLost(int owner) {
    // nobody asks where it is
  }
}
