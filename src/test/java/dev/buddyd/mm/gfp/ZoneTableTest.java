package dev.buddyd.mm.gfp;

import static dev.buddyd.mm.gfp.ZoneKind.DEVICE;
import static dev.buddyd.mm.gfp.ZoneKind.DMA;
import static dev.buddyd.mm.gfp.ZoneKind.DMA32;
import static dev.buddyd.mm.gfp.ZoneKind.HIGHMEM;
import static dev.buddyd.mm.gfp.ZoneKind.MOVABLE;
import static dev.buddyd.mm.gfp.ZoneKind.NORMAL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ZoneTableTest {

  /** x86_64, arm64. */
  private static final ZoneTable A = new ZoneTable(List.of(DMA, DMA32, NORMAL, MOVABLE, DEVICE));

  /** x86_32. */
  private static final ZoneTable B = new ZoneTable(List.of(DMA, NORMAL, HIGHMEM, MOVABLE));

  /** No DMA zones. */
  private static final ZoneTable C = new ZoneTable(List.of(NORMAL, MOVABLE));

  @DisplayName("G-20: the low four bits choose the highest zone")
  @ParameterizedTest(name = "bits {0}: {1}, {2}, {3}")
  @CsvSource({
    "0x0, NORMAL, NORMAL, NORMAL",
    "0x1, DMA, DMA, NORMAL",
    "0x2, NORMAL, HIGHMEM, NORMAL",
    "0x4, DMA32, NORMAL, NORMAL",
    "0x8, NORMAL, NORMAL, NORMAL",
    "0x9, DMA, DMA, NORMAL",
    "0xa, MOVABLE, MOVABLE, MOVABLE",
    "0xc, DMA32, NORMAL, NORMAL"
  })
  void everyLegalCombination(String bits, ZoneKind onA, ZoneKind onB, ZoneKind onC) {
    int gfp = Integer.decode(bits) | Gfp.GFP_KERNEL | Gfp.ZERO;
    assertThat(highest(A, gfp)).isEqualTo(onA);
    assertThat(highest(B, gfp)).isEqualTo(onB);
    assertThat(highest(C, gfp)).isEqualTo(onC);
  }

  private static ZoneKind highest(ZoneTable machine, int gfp) {
    return machine.zones().get(machine.highestZoneIndex(gfp));
  }

  @DisplayName(
      "G-20, G-21: two zones at once are illegal, and a kernel without debugging uses zone 0")
  @ParameterizedTest(name = "bits {0}")
  @ValueSource(ints = {0x3, 0x5, 0x6, 0x7, 0xb, 0xd, 0xe, 0xf})
  void everyIllegalCombination(int bits) {
    for (ZoneTable machine : List.of(A, B, C)) {
      assertThat(machine.highestZoneIndex(bits)).isEqualTo(ZoneTable.ILLEGAL);
      assertThat(machine.lenientHighestZoneIndex(bits)).isZero();
      assertThat(machine.usable(bits)).containsExactly(machine.zones().getFirst());
    }
  }

  @Test
  @DisplayName("G-22: all zones up to the highest may be used, the highest first")
  void usableZones() {
    assertThat(A.usable(Gfp.GFP_KERNEL)).containsExactly(NORMAL, DMA32, DMA);
    assertThat(A.usable(Gfp.GFP_HIGHUSER_MOVABLE)).containsExactly(MOVABLE, NORMAL, DMA32, DMA);
    assertThat(B.usable(Gfp.GFP_HIGHUSER)).containsExactly(HIGHMEM, NORMAL, DMA);
  }

  @Test
  @DisplayName("the array serves the hot path as table[gfp & 15] and is a copy")
  void arrayForTheHotPath() {
    int[] table = A.toArray();
    assertThat(table).hasSize(16);
    for (int bits = 0; bits < 16; bits++) {
      assertThat(table[bits]).isEqualTo(A.highestZoneIndex(bits));
    }
    table[0] = 99;
    assertThat(A.highestZoneIndex(0)).isEqualTo(2);
  }

  @Test
  @DisplayName("a kernel without zone Movable answers with HighMem, else with Normal")
  void withoutMovableZone() {
    ZoneTable highmem = new ZoneTable(List.of(DMA, NORMAL, HIGHMEM));
    ZoneTable plain = new ZoneTable(List.of(DMA, NORMAL));
    assertThat(highest(highmem, Gfp.GFP_HIGHUSER_MOVABLE)).isEqualTo(HIGHMEM);
    assertThat(highest(plain, Gfp.GFP_HIGHUSER_MOVABLE)).isEqualTo(NORMAL);
  }

  @Test
  void refusesZonesOutOfOrderTwiceOrWithoutNormal() {
    assertThatIllegalArgumentException().isThrownBy(() -> new ZoneTable(List.of(NORMAL, DMA)));
    assertThatIllegalArgumentException().isThrownBy(() -> new ZoneTable(List.of(NORMAL, NORMAL)));
    assertThatIllegalArgumentException().isThrownBy(() -> new ZoneTable(List.of(DMA, DMA32)));
  }

  @Test
  void zonesHaveTheKernelsNames() {
    assertThat(List.of(ZoneKind.values()))
        .extracting(ZoneKind::kernelName)
        .containsExactly("DMA", "DMA32", "Normal", "HighMem", "Movable", "Device");
  }
}
