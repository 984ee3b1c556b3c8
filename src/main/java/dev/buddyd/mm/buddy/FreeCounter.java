package dev.buddyd.mm.buddy;

import dev.buddyd.mm.frame.Geometry;
import dev.buddyd.mm.frame.MigrateType;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * A zone's free-page counter as the watermark code sees it, F, with one signed remainder per CPU
 * that has not been folded yet (Z-60), and the exact counts of free HIGHATOMIC and CMA pages (B-4).
 * Changed under the zone lock, read by anybody.
 */
public final class FreeCounter {

  private static final VarHandle FREE;
  private static final VarHandle SPARE;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      FREE = lookup.findVarHandle(FreeCounter.class, "free", long.class);
      SPARE = lookup.findVarHandle(FreeCounter.class, "spare", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final int cmaType;
  private final int isolateType;
  private final int[] remainder;
  private final int[] threshold;

  private volatile long free;

  /** F without what some requests may not use, and without {@link #kept}. */
  private volatile long spare;

  private long freeHighatomic;
  private long freeCma;

  /** Pages that the zone's marks and reserves keep from the most modest request. */
  private long kept;

  public FreeCounter(Geometry geometry, int cpus) {
    this.cmaType = geometry.cmaType();
    this.isolateType = geometry.isolateType();
    this.remainder = new int[cpus];
    this.threshold = new int[cpus];
  }

  /** An independent counter in the same state. */
  public FreeCounter(FreeCounter origin) {
    this.cmaType = origin.cmaType;
    this.isolateType = origin.isolateType;
    this.remainder = origin.remainder.clone();
    this.threshold = origin.threshold.clone();
    this.freeHighatomic = origin.freeHighatomic;
    this.freeCma = origin.freeCma;
    this.kept = origin.kept;
    publish(origin.free);
  }

  /** One accounting step: {@code delta} pages of type {@code type} come or go (B-4, Z-60). */
  void account(int cpu, int type, int delta) {
    if (type >= MigrateType.HIGHATOMIC && !accountSpecial(type, delta)) {
      return;
    }
    int x = remainder[cpu] + delta;
    if (Math.abs(x) > threshold[cpu]) {
      publish(free + x);
      x = 0;
    }
    remainder[cpu] = x;
  }

  /** Several equal accounting steps, of which nobody sees those between. */
  void accountEach(int cpu, int type, int delta, int steps) {
    if (type >= MigrateType.HIGHATOMIC && !accountSpecial(type, delta * steps)) {
      return;
    }
    int limit = threshold[cpu];
    int x = remainder[cpu];
    long stored = free;
    for (int i = 0; i < steps; i++) {
      x += delta;
      if (Math.abs(x) > limit) {
        stored += x;
        x = 0;
      }
    }
    remainder[cpu] = x;
    publish(stored);
  }

  /** Pages of a type that not everybody may use; false if they count for nobody: isolated ones. */
  private boolean accountSpecial(int type, int delta) {
    if (type == isolateType) {
      return false;
    }
    if (type == cmaType) {
      freeCma += delta;
    } else {
      freeHighatomic += delta;
    }
    publish(free);
    return true;
  }

  /** Gives F a value, and what follows from it; without a fence, as nobody waits for it. */
  private void publish(long stored) {
    FREE.setOpaque(this, stored);
    SPARE.setOpaque(this, stored - freeHighatomic - freeCma - kept);
  }

  /** F: what the watermark tests and {@code /proc} see, in pages; a negative value shows as 0. */
  public long free() {
    return Math.max(free, 0);
  }

  /** F as stored, possibly negative. */
  public long stored() {
    return free;
  }

  /**
   * F as stored, less all that some request may not use: HIGHATOMIC and CMA pages, and what marks
   * and reserves keep. With more than 0, any single page may be had by any request.
   */
  public long spare() {
    return spare;
  }

  /** Tells how many pages marks and reserves keep from requests at most; under the zone lock. */
  public void keep(long pages) {
    kept = pages;
    publish(free);
  }

  /** F plus all remainders: the exact number of free pages on the lists (Z-43). */
  public long exact() {
    long sum = stored();
    for (int r : remainder) {
      sum += r;
    }
    return sum;
  }

  /** Pages free on HIGHATOMIC lists. */
  public long freeHighatomic() {
    return freeHighatomic;
  }

  /** Pages free on CMA lists. */
  public long freeCma() {
    return freeCma;
  }

  public int remainder(int cpu) {
    return remainder[cpu];
  }

  public int threshold(int cpu) {
    return threshold[cpu];
  }

  public void setThreshold(int cpu, int pages) {
    threshold[cpu] = pages;
  }

  /** Folds a CPU's remainder into F (Z-62); says whether there was one. */
  public boolean fold(int cpu) {
    int r = remainder[cpu];
    if (r == 0) {
      return false;
    }
    publish(free + r);
    remainder[cpu] = 0;
    return true;
  }

  /** Sets the state outright: boot and restore. */
  public void load(long stored, long highatomic, long cma) {
    freeHighatomic = highatomic;
    freeCma = cma;
    publish(stored);
  }

  public void loadRemainder(int cpu, int pages) {
    remainder[cpu] = pages;
  }
}
