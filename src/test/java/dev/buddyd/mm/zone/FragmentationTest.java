package dev.buddyd.mm.zone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.buddyd.mm.fixture.Machine;
import dev.buddyd.mm.fixture.Sketch;
import dev.buddyd.mm.frame.MigrateType;
import dev.buddyd.mm.gfp.ZoneKind;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The boundary cases of spec 06. */
class FragmentationTest {

  private static final int CMA = 4;

  private static long[] blocks(int order, long count) {
    long[] blocks = new long[11];
    blocks[order] = count;
    return blocks;
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0, 0, 0, 0, nothing is free: lack of memory",
    "0, 1, 0, -1000, 0, a block is there",
    "0, 1, 1, -500, 1000, one free page",
    "0, 1000, 3, 874, 1000, a thousand single pages",
    "3, 10, 3, -1000, 0, blocks of the order",
    "3, 10, 4, 400, 1000, ten blocks of half the size"
  })
  @DisplayName("R-40, R-41: from the inside out in whole numbers")
  void indices(int order, long count, int wanted, int index, int unusable, String what) {
    long[] blocks = blocks(order, count);
    assertThat(Fragmentation.index(blocks, wanted)).as(what).isEqualTo(index);
    if (count > 0) {
      assertThat(Fragmentation.unusable(blocks, wanted)).as(what).isEqualTo(unusable);
    }
  }

  @Test
  @DisplayName("R-41: of an empty zone nothing is usable")
  void empty() {
    assertThat(Fragmentation.unusable(blocks(0, 0), 0)).isEqualTo(1000);
  }

  @Test
  @DisplayName("R-41: a part is usable")
  void part() {
    long[] blocks = blocks(2, 3);
    blocks[0] = 4;
    assertThat(Fragmentation.unusable(blocks, 2)).isEqualTo(4 * 1000 / 16);
  }

  @Test
  @DisplayName("R-42: free blocks of all types count")
  void allTypes() {
    Machine m =
        Sketch.x8664()
            .withCma()
            .zone(ZoneKind.NORMAL, 0x100000, 0x1000)
            .pageblock(0x100000, MigrateType.UNMOVABLE)
            .pageblock(0x100200, MigrateType.HIGHATOMIC)
            .pageblock(0x100400, CMA)
            .free(0x100000, 3)
            .free(0x100200, 3)
            .free(0x100400, 3)
            .free(0x100600, 3)
            .build();
    assertThat(Fragmentation.freeBlocks(m.zone())).containsExactly(blocks(3, 4));
    assertThat(Fragmentation.counted(m.zone())).containsExactly(blocks(3, 4));
  }
}
