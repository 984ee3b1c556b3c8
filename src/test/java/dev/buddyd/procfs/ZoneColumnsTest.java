package dev.buddyd.procfs;

import static dev.buddyd.mm.gfp.ZoneKind.DMA;
import static dev.buddyd.mm.gfp.ZoneKind.DMA32;
import static dev.buddyd.mm.gfp.ZoneKind.HIGHMEM;
import static dev.buddyd.mm.gfp.ZoneKind.MOVABLE;
import static dev.buddyd.mm.gfp.ZoneKind.NORMAL;
import static org.assertj.core.api.Assertions.assertThat;

import dev.buddyd.mm.gfp.ZoneKind;
import dev.buddyd.procfs.ZoneColumns.Printed;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ZoneColumnsTest {

  private static final List<ZoneKind> LIKELY =
      List.of(MOVABLE, DMA32, ZoneKind.DEVICE, DMA, HIGHMEM);

  private static @Nullable List<ZoneKind> fit(Set<ZoneKind> seen, int columns, Printed... printed) {
    return new ZoneColumns(List.of(printed), columns).fit(seen, LIKELY);
  }

  @Test
  void theFirstReserveStandsWhereTheNextZoneIs() {
    assertThat(
            fit(
                Set.of(DMA32, NORMAL),
                4,
                new Printed(0, DMA32, List.of(0L, 0L, 212L, 212L)),
                new Printed(0, NORMAL, List.of(0L, 0L, 0L, 0L))))
        .containsExactly(DMA, DMA32, NORMAL, MOVABLE);
  }

  @Test
  void aZoneThatIsNotPrintedIsOneThatUsuallyHasMemory() {
    assertThat(fit(Set.of(NORMAL), 3, new Printed(0, NORMAL, List.of(0L, 488L, 488L))))
        .containsExactly(NORMAL, HIGHMEM, MOVABLE);
  }

  @Test
  void withoutEvidenceTheLikeliestKindsMakeUpTheNumber() {
    assertThat(fit(Set.of(NORMAL), 2, new Printed(0, NORMAL, List.of(0L, 0L))))
        .containsExactly(NORMAL, MOVABLE);
    assertThat(fit(Set.of(DMA, DMA32, NORMAL), 2)).isNull();
  }
}
