package dev.buddyd.api.replay;

import dev.buddyd.replay.reclaim.TestVerdict;

/**
 * One count of a test, recorded and simulated.
 *
 * @param name such as {@code granted} or {@code stalls}
 * @param recorded what the kernel did
 * @param simulated what this machine did
 * @param agrees {@code agrees}, {@code within_spread} or {@code differs}
 * @param why the bound that a difference is held against; empty if equal
 */
record ReclaimComparisonBody(
    String name, String recorded, String simulated, String agrees, String why) {

  static ReclaimComparisonBody of(TestVerdict.Item item) {
    return new ReclaimComparisonBody(
        item.name(), item.recorded(), item.simulated(), item.agreement().apiName(), item.why());
  }
}
