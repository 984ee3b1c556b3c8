package dev.buddyd.mm.reclaim;

/** The slots of the swap device, counted. Under the lock of {@link MemoryReclaim}. */
final class SwapSpace {

  private final long slots;
  private long used;

  SwapSpace(long slots) {
    this.slots = slots;
  }

  void copy(SwapSpace origin) {
    used = origin.used;
  }

  /** All slots, in pages. */
  long slots() {
    return slots;
  }

  long free() {
    return slots - used;
  }

  /** Takes slots; false if there are not as many. */
  boolean take(long pages) {
    if (free() < pages) {
      return false;
    }
    used += pages;
    return true;
  }

  void release(long pages) {
    used -= pages;
  }
}
