package dev.buddyd.machine;

import dev.buddyd.mm.trace.Decision;
import dev.buddyd.mm.trace.WatermarkVerdict;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One step of a request: a decision with its values, or a watermark test. A step that is neither
 * stands for steps that were not kept.
 *
 * @param decision what was decided; null for a watermark test
 * @param zone ordinal of the zone, or -1
 * @param values as {@link Decision#valueName} names them; of steps that were not kept their number
 * @param watermark the test; null for a decision
 */
public record Step(
    @Nullable Decision decision,
    int zone,
    List<Long> values,
    @Nullable WatermarkVerdict watermark) {

  static Step leftOut(long steps) {
    return new Step(null, -1, List.of(steps), null);
  }
}
