package dev.buddyd.explain;

import dev.buddyd.machine.MachineFork;
import dev.buddyd.mm.gfp.GfpMask;
import dev.buddyd.mm.zone.AllocationRequest;
import java.util.Map;
import java.util.function.Consumer;

/**
 * One thing to change: prepares a fork, or alters the request.
 *
 * @param values the change for programs
 * @param preparation what is done to the fork before the request
 */
record NearMissVariant(
    NearMiss.Kind kind,
    String change,
    Map<String, Object> values,
    AllocationRequest request,
    Consumer<MachineFork> preparation) {

  /** The same request after something was done to the machine. */
  static NearMissVariant prepared(
      NearMiss.Kind kind,
      String change,
      AllocationRequest request,
      Consumer<MachineFork> preparation) {
    return new NearMissVariant(kind, change, Map.of(), request, preparation);
  }

  /** The request with another mask. */
  static NearMissVariant masked(
      NearMiss.Kind kind, String change, AllocationRequest request, int gfp) {
    GfpMask mask = new GfpMask(gfp);
    return new NearMissVariant(
        kind,
        change + " (" + mask + ")",
        Map.of("gfp", mask.toString(), "gfp_mask", mask.toHex()),
        request.with(gfp, request.order()),
        NearMissVariant::asItIs);
  }

  /** The request with another order. */
  static NearMissVariant ofOrder(AllocationRequest request, int order) {
    return new NearMissVariant(
        NearMiss.Kind.ORDER,
        "order " + order,
        Map.of("order", order),
        request.with(request.gfp(), order),
        NearMissVariant::asItIs);
  }

  private static void asItIs(MachineFork fork) {
    // the request alone is different
  }
}
