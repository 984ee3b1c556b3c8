package dev.buddyd.mm.reclaim;

/** The slots of the swap device, counted. Under the lock of {@link MemoryReclaim}. */
final class SwapSpace {

  private final long slots;
  private long used;

  /** Of the used ones those that hold pages of nobody in this machine. */
  private long foreign;

  SwapSpace(long slots) {
    this.slots = slots;
  }

  void copy(SwapSpace origin) {
    used = origin.used;
    foreign = origin.foreign;
  }

  /** All slots, in pages. */
  long slots() {
    return slots;
  }

  long free() {
    return slots - used;
  }

  /** Slots in use by this machine. */
  long used() {
    return used - foreign;
  }

  long foreign() {
    return foreign;
  }

  /** Takes slots for good, for pages that are not of this machine; false if there are too few. */
  boolean takeForeign(long pages) {
    if (!take(pages)) {
      return false;
    }
    foreign += pages;
    return true;
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
