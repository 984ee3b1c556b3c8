package dev.buddyd.mm.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.buddyd.mm.fixture.Machine;
import dev.buddyd.mm.fixture.Machines;
import dev.buddyd.mm.fixture.Sketch;
import dev.buddyd.mm.gfp.Gfp;
import dev.buddyd.mm.gfp.ZoneKind;
import dev.buddyd.mm.zone.Zone;
import dev.buddyd.mm.zone.Zonelists;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** In which order zones are tried: spec 02, section 2; and who counts where (F-16). */
class ZonelistRulesTest {

  private static final int NORMAL = 2;

  @RegisterExtension final Machines machines = new Machines();

  /** A node with zone Normal for each list of CPUs. */
  private Machine nodes(int[][] distances, int[]... cpus) {
    Sketch sketch = Sketch.x8664().distances(distances);
    Sketch.ZoneSketch zone = null;
    for (int node = 0; node < cpus.length; node++) {
      long start = 0x100000 + 0x1000L * node;
      zone = sketch.node(cpus[node]).zone(ZoneKind.NORMAL, start, 0x400).free(start, 4);
    }
    return machines.watch(zone.build());
  }

  private static List<Integer> order(Machine m, int node) {
    return Arrays.stream(m.memory().node(node).zonelist(NORMAL, false)).map(Zone::node).toList();
  }

  private static int[][] even(int nodes) {
    int[][] distances = new int[nodes][nodes];
    for (int i = 0; i < nodes; i++) {
      Arrays.fill(distances[i], 20);
      distances[i][i] = 10;
    }
    return distances;
  }

  @Test
  @DisplayName("Z-10, Z-13: a node's zones from the highest index down, none above the request's")
  void zonesOfANode() {
    Machine m =
        machines.watch(
            Sketch.x8664()
                .zone(ZoneKind.DMA, 0x100, 0x400)
                .zone(ZoneKind.DMA32, 0x1000, 0x400)
                .zone(ZoneKind.NORMAL, 0x100000, 0x400)
                .zone(ZoneKind.MOVABLE, 0x200000, 0x400)
                .build());
    assertThat(m.memory().node(0).zonelist(3, false))
        .extracting(Zone::name)
        .containsExactly("Movable", "Normal", "DMA32", "DMA");
    assertThat(m.memory().node(0).zonelist(NORMAL, false))
        .extracting(Zone::name)
        .containsExactly("Normal", "DMA32", "DMA");
  }

  @Test
  @DisplayName("Z-11, Z-12: the own node, then upwards, then lower nodes")
  void upwardsFirst() {
    Machine m = nodes(even(3), new int[] {0}, new int[] {1}, new int[] {2});
    assertThat(order(m, 0)).containsExactly(0, 1, 2);
    assertThat(order(m, 1)).containsExactly(1, 2, 0);
    assertThat(order(m, 2)).containsExactly(2, 0, 1);
    assertThat(m.memory().node(1).zonelist(NORMAL, true)).extracting(Zone::node).containsExactly(1);
  }

  @Test
  @DisplayName("Z-12: a node without CPUs before one that has some")
  void nodesWithoutCpus() {
    Machine m = nodes(even(3), new int[] {0}, new int[] {1}, new int[] {});
    assertThat(order(m, 0)).containsExactly(0, 2, 1);
  }

  @Test
  @DisplayName("Z-12: nearer nodes first; among equals the one that nobody took first yet")
  void loadOfNodes() {
    int[][] distances = {{10, 30, 20, 30}, {30, 10, 30, 30}, {20, 30, 10, 30}, {30, 30, 30, 10}};
    Machine m = nodes(distances, new int[] {0}, new int[] {1}, new int[] {2}, new int[] {3});
    assertThat(order(m, 0)).containsExactly(0, 2, 1, 3);
    assertThat(order(m, 1)).containsExactly(1, 3, 2, 0);
    assertThat(order(m, 2)).containsExactly(2, 0, 3, 1);
    assertThat(order(m, 3)).containsExactly(3, 0, 1, 2);
    Zonelists.rebuild(m.memory()); // the loads start anew
    assertThat(order(m, 1)).containsExactly(1, 3, 2, 0);
  }

  @Test
  @DisplayName("F-11c: leaving the node ends type separation before another node serves")
  void mixBeforeLeaving() {
    Machine m =
        machines.watch(
            Sketch.x8664()
                .node(0)
                .zone(ZoneKind.DMA32, 0x80000, 0x400)
                .zone(ZoneKind.NORMAL, 0x100000, 0x400)
                .free(0x100000, 4) // MOVABLE, too small to be claimed whole
                .node(1)
                .zone(ZoneKind.NORMAL, 0x200000, 0x400)
                .pageblock(0x200000, 0)
                .free(0x200000, 4) // UNMOVABLE
                .build());
    assertThat(m.alloc(Gfp.GFP_KERNEL, 2)).isEqualTo(0x100000);
  }

  @Test
  @DisplayName("F-15: at the end of the list the walk starts again, mixing types")
  void mixAtTheEnd() {
    Machine m =
        machines.watch(
            Sketch.x8664()
                .zone(ZoneKind.DMA32, 0x80000, 0x400)
                .zone(ZoneKind.NORMAL, 0x100000, 0x400)
                .free(0x100000, 4)
                .build());
    assertThat(m.alloc(Gfp.GFP_KERNEL, 2)).isEqualTo(0x100000);
  }

  @Test
  @DisplayName("F-7: the walk separates types only from zone Normal, if its node has a DMA32")
  void whoSeparates() {
    assertThat(servedWhile(true)).isEqualTo(0x80000); // DMA32's own before Normal's MOVABLE
    assertThat(servedWhile(false)).isEqualTo(0x100000);
  }

  /** A request for an UNMOVABLE block that Normal has none of, with another node in the machine. */
  private long servedWhile(boolean dma32OnTheNode) {
    Sketch sketch = Sketch.x8664();
    ZoneKind lower = dma32OnTheNode ? ZoneKind.DMA32 : ZoneKind.DMA;
    return machines
        .watch(
            sketch
                .node(0)
                .zone(lower, 0x80000, 0x400)
                .pageblock(0x80000, 0)
                .free(0x80000, 4)
                .zone(ZoneKind.NORMAL, 0x100000, 0x400)
                .free(0x100000, 4)
                .node(1)
                .zone(ZoneKind.NORMAL, 0x200000, 0x400)
                .build())
        .alloc(Gfp.GFP_KERNEL, 2);
  }

  @Test
  @DisplayName("F-16: hit and miss go by the preferred zone's node, local by the CPU's")
  void numaEvents() {
    Machine m = nodes(even(2), new int[] {0}, new int[] {1});
    m.onCpu(1);
    long[] events = new long[6];
    long pfn = m.alloc(Gfp.GFP_KERNEL | Gfp.THISNODE, 1, 0); // node 0 asked from CPU 1
    assertThat(pfn).isEqualTo(0x100000);
    events[0] = 1; // hit
    events[5] = 1; // other
    assertThat(m.memory().zone(0).numaEvents()).isEqualTo(events);
    while (m.memory().zone(1).counter().free() > 0) {
      m.alloc(Gfp.GFP_KERNEL, 0, 1);
    }
    long before = m.memory().zone(0).numaEvents()[1];
    m.alloc(Gfp.GFP_KERNEL, 0, 1); // prefers node 1, gets node 0
    assertThat(m.memory().zone(0).numaEvents()[1]).isEqualTo(before + 1); // miss
    assertThat(m.memory().zone(1).numaEvents()[2]).isEqualTo(1); // foreign
  }
}
