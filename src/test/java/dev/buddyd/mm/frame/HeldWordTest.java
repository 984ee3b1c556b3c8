package dev.buddyd.mm.frame;

import static org.assertj.core.api.Assertions.assertThat;

import dev.buddyd.mm.gfp.Gfp;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** 64 bits hold everything that is known of a held block. */
class HeldWordTest {

  @Property(tries = 300)
  void whatGoesInComesOut(
      @ForAll @IntRange(max = 15) int order,
      @ForAll boolean compound,
      @ForAll boolean movable,
      @ForAll @IntRange(max = 3) int use,
      @ForAll @IntRange(max = Gfp.VALID) int gfp,
      @ForAll @IntRange(max = HeldWord.MAX_WORD1) int tag) {
    long word = HeldWord.allocated(order, compound, movable, use, gfp, tag);

    assertThat(HeldWord.state(word)).isEqualTo(FrameTable.ALLOCATED);
    assertThat(HeldWord.order(word)).isEqualTo(order);
    assertThat((word & HeldWord.COMPOUND) != 0).isEqualTo(compound);
    assertThat((word & HeldWord.MOVABLE) != 0).isEqualTo(movable);
    assertThat(HeldWord.use(word)).isEqualTo(use);
    assertThat(HeldWord.word0(word)).isEqualTo(gfp);
    assertThat(HeldWord.word1(word)).isEqualTo(tag);
  }

  @Property(tries = 300)
  void newWordsLeaveTheRestAlone(
      @ForAll long before,
      @ForAll @IntRange(max = Gfp.VALID) int word0,
      @ForAll @IntRange(max = HeldWord.MAX_WORD1) int word1) {
    long word = HeldWord.withWords(before, word0, word1);

    assertThat(HeldWord.word0(word)).isEqualTo(word0);
    assertThat(HeldWord.word1(word)).isEqualTo(word1);
    assertThat(HeldWord.state(word)).isEqualTo(HeldWord.state(before));
    assertThat(HeldWord.order(word)).isEqualTo(HeldWord.order(before));
    assertThat(HeldWord.use(word)).isEqualTo(HeldWord.use(before));
    assertThat(word >>> 53).isEqualTo(before >>> 53);
  }

  @Test
  void everyStateHasAPlace() {
    for (int state : new int[] {FrameTable.PCP, FrameTable.ALLOCATED, FrameTable.IN_USE}) {
      assertThat(HeldWord.state(HeldWord.of(state, 15, Gfp.VALID, HeldWord.MAX_WORD1)))
          .isEqualTo(state);
    }
  }
}
