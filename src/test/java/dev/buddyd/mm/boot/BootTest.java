package dev.buddyd.mm.boot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.buddyd.mm.boot.MachineDescription.NodeDescription;
import dev.buddyd.mm.boot.MachineDescription.PfnRange;
import dev.buddyd.mm.boot.MachineDescription.ReservedRange;
import dev.buddyd.mm.frame.MigrateType;
import dev.buddyd.mm.frame.SectionBudget;
import dev.buddyd.mm.zone.PhysicalMemory;
import dev.buddyd.mm.zone.Zone;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class BootTest {

  /** The minimal model of S-42: 128 MiB, nothing reserved but the first MiB. */
  private static MachineDescription minimal() {
    return new MachineDescription(
        "minimal",
        "x86_64",
        4,
        null,
        null,
        null,
        null,
        List.of(
            new NodeDescription(
                List.of(0), List.of(new PfnRange(0x1, 0x9e), new PfnRange(0x100, 0x7f00)), null)),
        List.of(new ReservedRange(0, 0x100, "below 1 MiB", null)),
        null,
        null,
        null,
        null,
        null);
  }

  private static List<Long> list(Zone zone, int order, int type) {
    List<Long> pfns = new ArrayList<>();
    for (int i = zone.lists().first(order, type); i >= 0; i = zone.frames().nextOf(i, order)) {
      pfns.add(zone.frames().pfn(i));
    }
    return pfns;
  }

  @Test
  @DisplayName("S-42, S-44: a fresh DMA zone has blocks 0x100, 0x200 and three largest ones")
  void freshDmaZone() {
    PhysicalMemory memory = Boot.boot(minimal(), SectionBudget.unlimited());
    Zone dma = memory.zone(0);
    assertThat(dma.name()).isEqualTo("DMA");
    assertThat(dma.span().startPfn()).isEqualTo(1);
    assertThat(dma.span().spannedPages()).isEqualTo(4095);
    assertThat(dma.span().presentPages()).isEqualTo(3998);
    assertThat(dma.managedPages()).isEqualTo(3840);
    assertThat(list(dma, 8, MigrateType.UNMOVABLE)).containsExactly(0x100L);
    assertThat(list(dma, 9, MigrateType.MOVABLE)).containsExactly(0x200L);
    assertThat(list(dma, 10, MigrateType.MOVABLE)).containsExactly(0x400L, 0x800L, 0xc00L);
  }

  @Test
  @DisplayName("S-13: the largest blocks of a fresh zone are in ascending order")
  void ascendingLists() {
    Zone dma32 = Boot.boot(minimal(), SectionBudget.unlimited()).zone(1);
    List<Long> largest = list(dma32, 10, MigrateType.MOVABLE);
    assertThat(largest).hasSize(28).isSorted().startsWith(0x1000L);
    assertThat(dma32.counter().free()).isEqualTo(28 * 1024);
    assertThat(dma32.frames().touchedSections()).isZero();
  }
}
