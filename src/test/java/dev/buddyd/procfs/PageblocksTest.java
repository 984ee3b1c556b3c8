package dev.buddyd.procfs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.buddyd.mm.fixture.Machine;
import dev.buddyd.mm.fixture.Machines;
import dev.buddyd.mm.fixture.Presets;
import dev.buddyd.mm.gfp.Gfp;
import dev.buddyd.mm.zone.Zone;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PageblocksTest {

  @RegisterExtension final Machines machines = new Machines();

  static Stream<String> presets() {
    return Presets.NAMES.stream();
  }

  @ParameterizedTest
  @MethodSource("presets")
  @DisplayName("T-5: every pageblock from the zone's start on counts by the type of its frame")
  void countsLikeAWalkOverTheFrames(String preset) {
    Machine machine = machines.preset(preset);
    machine.allocs(200, Gfp.GFP_KERNEL, 3);
    machine.allocs(50, Gfp.GFP_KERNEL | Gfp.RECLAIMABLE, 2);
    for (Zone zone : machine.memory().zones()) {
      long[] walked = new long[zone.geometry().migrateTypes()];
      for (long pfn = zone.span().startPfn();
          pfn < zone.span().endPfn();
          pfn += zone.geometry().pageblockPages()) {
        if (!zone.holes().contains(pfn)) {
          walked[zone.frames().typeOf(zone.frames().index(pfn))]++;
        }
      }

      assertThat(Pageblocks.byType(zone)).as(zone.name()).isEqualTo(walked);
    }
  }
}
