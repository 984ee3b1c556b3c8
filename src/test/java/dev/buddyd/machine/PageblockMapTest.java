package dev.buddyd.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.buddyd.machine.PageblockMap.Pageblock;
import dev.buddyd.mm.boot.Boot;
import dev.buddyd.mm.boot.MachineDescription;
import dev.buddyd.mm.boot.MachineDescription.NodeDescription;
import dev.buddyd.mm.boot.MachineDescription.PfnRange;
import dev.buddyd.mm.boot.MachineDescription.ReservedRange;
import dev.buddyd.mm.boot.MachineDescription.WarmUp;
import dev.buddyd.mm.frame.MigrateType;
import dev.buddyd.mm.frame.SectionBudget;
import dev.buddyd.mm.gfp.Gfp;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PageblockMapTest {

  private static SimulatedMachine boot(List<PfnRange> ranges, @Nullable WarmUp warmUp) {
    MachineDescription description =
        new MachineDescription(
            "map",
            null,
            null,
            null,
            null,
            null,
            null,
            List.of(new NodeDescription(List.of(0), ranges, null)),
            List.of(new ReservedRange(5000, 300, "kernel", null)),
            null,
            null,
            null,
            null,
            warmUp);
    return new SimulatedMachine(
        "map", 1, Boot.boot(description, SectionBudget.unlimited()), MachineOptions.defaults());
  }

  private static PageblockMap map(SimulatedMachine machine) {
    return new PageblockMap(machine.memory(), machine.memory().zones());
  }

  /** The slow way: every frame is looked at by itself. */
  private static Pageblock slow(SimulatedMachine machine, Pageblock block) {
    List<String> types = MigrateType.names(machine.memory().geometry().cmaBuilt());
    int free = 0;
    boolean mixed = false;
    boolean ram = false;
    int type = PageblockMap.HOLE;
    var zone = machine.memory().zone(block.zone());
    for (long pfn = block.pfn(); pfn < block.pfn() + 512; pfn++) {
      if (!zone.frames().spans(pfn) || zone.holes().contains(pfn)) {
        continue;
      }
      ram = true;
      FrameInfo info = machine.describe(pfn);
      free += info.state() == FrameInfo.State.FREE ? 1 : 0;
      type = types.indexOf(info.blockMigratetype());
      mixed |=
          info.state() == FrameInfo.State.ALLOCATED
              && info.allocation() != null
              && !info.allocation().migratetype().equals(info.blockMigratetype());
    }
    return new Pageblock(
        block.number(), block.pfn(), block.zone(), ram ? type : PageblockMap.HOLE, free, mixed);
  }

  @Test
  void agreesWithALookAtEveryFrame() {
    SimulatedMachine machine =
        boot(
            List.of(new PfnRange(1, 6000), new PfnRange(9000, 20_001)),
            new WarmUp(7, 20_000, 10_000, 30_000, 40));
    leaveMixedPageblocks(machine);
    List<Pageblock> all = map(machine).list(0, Integer.MAX_VALUE);
    List<Pageblock> expected = new ArrayList<>();
    for (Pageblock block : all) {
      expected.add(slow(machine, block));
    }
    assertThat(all).isEqualTo(expected);
    assertThat(all).anyMatch(b -> b.type() == PageblockMap.HOLE);
    assertThat(all).anyMatch(Pageblock::mixed);
    assertThat(all).anyMatch(b -> b.freePages() > 0 && b.freePages() < 512);
    byte[] bytes = map(machine).bytes();
    assertThat(bytes).hasSameSizeAs(all.toArray());
    for (Pageblock block : all) {
      int level = map(machine).level(block.freePages());
      int expectedByte = block.type() | level << 3 | (block.mixed() ? 0x80 : 0);
      assertThat(bytes[(int) block.number()]).isEqualTo((byte) expectedByte);
    }
  }

  /** Movable pages everywhere, gaps between them, and unmovable pages in the gaps. */
  private static void leaveMixedPageblocks(SimulatedMachine machine) {
    List<Long> movable = allocate(machine, Gfp.GFP_HIGHUSER_MOVABLE, Integer.MAX_VALUE);
    for (int i = 0; i < movable.size(); i += 3) {
      machine.free(movable.get(i), null, -1, null, false);
    }
    machine.drain(null);
    allocate(machine, Gfp.GFP_KERNEL, 2_000);
  }

  private static List<Long> allocate(SimulatedMachine machine, int gfp, int most) {
    List<Long> pfns = new ArrayList<>();
    while (pfns.size() < most
        && machine.allocate(request(gfp), false) instanceof AllocationOutcome.Granted granted) {
      pfns.add(granted.allocation().pfn());
    }
    return pfns;
  }

  private static PageRequest request(int gfp) {
    return new PageRequest(
        PageRequest.Call.ALLOC_PAGES, gfp, 0, 0, null, null, null, PageUse.KERNEL);
  }

  @Test
  void levelIsZeroOnlyForNothingAndFifteenOnlyForAll() {
    PageblockMap map = map(boot(List.of(new PfnRange(256, 30_000)), null));
    assertThat(map.level(0)).isZero();
    assertThat(map.level(1)).isEqualTo(1);
    assertThat(map.level(511)).isEqualTo(14);
    assertThat(map.level(512)).isEqualTo(15);
  }

  @Test
  void aTebibyteIsHalfAMillionBytes() {
    SimulatedMachine machine = boot(List.of(new PfnRange(0, 1L << 28)), null);
    machine.allocate(request(Gfp.GFP_KERNEL), false);
    byte[] bytes = map(machine).bytes();
    assertThat(bytes).hasSize(1 << 19);
    int sections =
        machine.memory().zones().stream().mapToInt(z -> z.frames().touchedSections()).sum();
    assertThat(sections).as("reading makes no section").isLessThan(32);
  }
}
