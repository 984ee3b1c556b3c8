package dev.buddyd.mm.reclaim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.buddyd.mm.boot.MachineDescription;
import dev.buddyd.mm.boot.MachineDescription.NodeDescription;
import dev.buddyd.mm.boot.MachineDescription.PfnRange;
import dev.buddyd.mm.fixture.Reservoir;
import dev.buddyd.mm.gfp.Gfp;
import dev.buddyd.mm.trace.Decision;
import dev.buddyd.mm.zone.AllocationRequest;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code vm.zone_reclaim_mode} on a machine of two nodes with 128 MiB each and a CPU each. */
class NodeReclaimTest {

  private static final long FIRST = 0x100000;
  private static final long PAGES = 0x8000;

  private final Reservoir r = new Reservoir(twoNodes(), new ReclaimSettings(PAGES, true));

  private static MachineDescription twoNodes() {
    return new MachineDescription(
        "two nodes",
        "x86_64",
        null,
        null,
        null,
        null,
        null,
        List.of(
            new NodeDescription(List.of(0), List.of(new PfnRange(FIRST, PAGES)), List.of(10, 21)),
            new NodeDescription(
                List.of(1), List.of(new PfnRange(FIRST + PAGES, PAGES)), List.of(21, 10))),
        null,
        null,
        null,
        null,
        null,
        null);
  }

  @AfterEach
  void machineIsSound() {
    r.assertSound();
  }

  private static final int USER = Reservoir.PRESSURE | Gfp.HIGHMEM | Gfp.MOVABLE;

  /** Pages of a kind fill the first node, until one comes from the second. */
  private static void fillNear(Reservoir machine, int use) {
    while (nodeOf(machine.where((int) machine.alloc(USER, 0, use, false))) == 0) {
      // one more
    }
  }

  private static int nodeOf(long pfn) {
    assertThat(pfn).isNotNegative();
    return pfn < FIRST + PAGES ? 0 : 1;
  }

  private static long take(Reservoir machine, int gfp, int cpu) {
    return machine
        .machine()
        .allocator()
        .allocate(new AllocationRequest(gfp, 0, 0, cpu, 0, 0), machine.machine().decided());
  }

  @Test
  @DisplayName("F-13 without it the request goes to the other node")
  void withoutItTheOtherNodeServes() {
    fillNear(r, AllocationRequest.FILE);

    assertThat(nodeOf(take(r, Gfp.GFP_KERNEL, 0))).isEqualTo(1);
    assertThat(r.machine().decidedOn(Decision.NODE_RECLAIM)).isFalse();
  }

  @Test
  @DisplayName("R-20, F-13 with it the near node gives page cache, and serves")
  void withItTheNearNodeServes() {
    fillNear(r, AllocationRequest.FILE);
    r.machine().sysctl("zone_reclaim_mode", 1);

    int asked = 1;
    while (nodeOf(take(r, Gfp.GFP_KERNEL, 0)) == 1) { // what was won is still on the CPU's list
      asked++;
    }

    assertThat(asked).isLessThan(10);
    assertThat(r.count(VmEvent.ZONE_RECLAIM_SUCCESS)).isEqualTo(asked);
    assertThat(r.fates(PageFate.DROPPED)).isBetween(32L * asked, 128L * asked);
  }

  @Test
  @DisplayName("R-20 not for a request that must not block, nor from the node of other CPUs")
  void notForEverybody() {
    fillNear(r, AllocationRequest.FILE);
    r.machine().sysctl("zone_reclaim_mode", 1);

    assertThat(nodeOf(take(r, Gfp.GFP_NOWAIT, 0))).isEqualTo(1);
    assertThat(nodeOf(take(r, Gfp.GFP_KERNEL, 1))).isEqualTo(1);
    assertThat(r.machine().decidedOn(Decision.NODE_RECLAIM)).isFalse();
  }

  @Test
  @DisplayName("R-20 not worth it while there is no more page cache than min_unmapped_ratio keeps")
  void notWorthIt() {
    fillNear(r, AllocationRequest.FILE);
    r.machine().sysctl("zone_reclaim_mode", 1);
    r.machine().sysctl("min_unmapped_ratio", 100);

    assertThat(nodeOf(take(r, Gfp.GFP_KERNEL, 0))).isEqualTo(1);
    assertThat(r.machine().decidedOn(Decision.NODE_RECLAIM)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 5})
  @DisplayName("R-20 anonymous memory is swapped only with bit 4")
  void swap(int mode) {
    r.alloc(USER, 0, AllocationRequest.FILE, false); // more page cache than is kept: none
    fillNear(r, AllocationRequest.ANON);
    r.machine().sysctl("min_unmapped_ratio", 0);
    r.machine().sysctl("zone_reclaim_mode", mode);

    take(r, Gfp.GFP_KERNEL, 0);

    assertThat(r.machine().decidedOn(Decision.NODE_RECLAIM)).isTrue();
    assertThat(r.count(VmEvent.PSWPOUT) > 0).isEqualTo(mode == 5);
  }
}
