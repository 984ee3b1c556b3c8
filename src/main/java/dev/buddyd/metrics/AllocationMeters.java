package dev.buddyd.metrics;

import dev.buddyd.machine.AllocationResult;
import dev.buddyd.machine.GfpType;
import io.micrometer.core.instrument.Tags;

/** How requests ended, by order and kind of mask. */
final class AllocationMeters implements Subject {

  private static final String HELP =
      "Requests for a block of 2^order pages by kind of mask and result: granted; fail (the kernel"
          + " returns no page); loop, oom_kill, panic (what the kernel would do instead of"
          + " returning). A bulk request counts once per page. Worry about any fail of order 0, and"
          + " about oom_kill, loop and panic at all; fail of a high order is what callers of"
          + " __GFP_NORETRY and huge pages expect.";

  @Override
  public void bind(Meters meters, MachineReading reading) {
    for (int o = 0; o <= reading.geometry().maxOrder(); o++) {
      for (GfpType gfp : GfpType.values()) {
        for (AllocationResult result : AllocationResult.values()) {
          int order = o;
          meters.counter(
              "buddyd.allocations",
              HELP,
              Tags.of("order", Integer.toString(o), "gfp", gfp.label(), "result", result.label()),
              r -> r.counters().allocations(result, gfp, order));
        }
      }
    }
    meters.counter(
        "buddyd.slow.paths",
        "Requests that found no zone above its low mark and went the slow way: kswapd is woken, min"
            + " marks and reserves are used. Worry when it is more than a small part of all"
            + " requests.",
        Tags.empty(),
        r -> r.counters().slowPaths());
  }
}
