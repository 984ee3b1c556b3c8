package dev.buddyd.machine;

import dev.buddyd.mm.alloc.KernelWould;
import java.util.Locale;

/** How a request ended, for counting: granted, or what the kernel would do instead (F-41, F-47). */
public enum AllocationResult {
  GRANTED,
  FAIL,
  LOOP,
  OOM_KILL,
  PANIC;

  private static final AllocationResult[] REFUSALS = {FAIL, LOOP, OOM_KILL, PANIC};

  static AllocationResult refused(KernelWould would) {
    return REFUSALS[would.ordinal()];
  }

  /** As a metric's label. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
