package dev.buddyd.api.replay;

import dev.buddyd.replay.reclaim.TestVerdict;
import java.util.List;

/**
 * A test of a recording of memory running out, made again.
 *
 * @param name name of the test
 * @param agreement the worst of what was compared: {@code agrees}, {@code within_spread} or {@code
 *     differs}
 * @param compared what was compared
 */
record ReclaimTestBody(String name, String agreement, List<ReclaimComparisonBody> compared) {

  static ReclaimTestBody of(TestVerdict test) {
    return new ReclaimTestBody(
        test.name(),
        test.agreement().apiName(),
        test.items().stream().map(ReclaimComparisonBody::of).toList());
  }
}
