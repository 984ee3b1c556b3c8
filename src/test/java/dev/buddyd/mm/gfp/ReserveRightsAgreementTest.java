package dev.buddyd.mm.gfp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.buddyd.mm.zone.WatermarkTest;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;

/** For 6.12 the rights told about a mask are those that the allocator's own test grants. */
class ReserveRightsAgreementTest {

  @Property
  @Label("V-1, V-2 of 6.12 leave the same mark as Z-41.2 does")
  void thresholds(
      @ForAll int gfp,
      @ForAll boolean victim,
      @ForAll @LongRange(min = 0, max = 1 << 24) long min) {
    Caller caller = victim ? Caller.OOM_VICTIM : Caller.ORDINARY;
    ReserveRights rights = ReserveRights.of(DecodedMask.of(new GfpMask(gfp)), caller);
    assertThat(rights.threshold(min)).isEqualTo(WatermarkTest.threshold(min, flags(gfp, victim)));
  }

  /** F-20 and F-21, as far as Z-41.2 looks at them. */
  private static int flags(int gfp, boolean victim) {
    boolean sleeps = (gfp & Gfp.DIRECT_RECLAIM) != 0;
    boolean nonblock = !sleeps && (gfp & Gfp.NOMEMALLOC) == 0;
    return ((gfp & Gfp.HIGH) != 0 ? RequestFlags.RESERVE : 0)
        | (nonblock ? RequestFlags.NONBLOCK : 0)
        | (victim ? RequestFlags.VICTIM : 0);
  }
}
