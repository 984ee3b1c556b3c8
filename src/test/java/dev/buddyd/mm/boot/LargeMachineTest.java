package dev.buddyd.mm.boot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.buddyd.mm.boot.MachineDescription.NodeDescription;
import dev.buddyd.mm.boot.MachineDescription.PfnRange;
import dev.buddyd.mm.fixture.Machine;
import dev.buddyd.mm.fixture.Machines;
import dev.buddyd.mm.gfp.Gfp;
import dev.buddyd.mm.zone.Zone;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Frame numbers and counters beyond 32 bits: 18 TiB on three nodes of 6 TiB. */
class LargeMachineTest {

  private static final long NODE_PAGES = 6L << 28;
  private static final int NODES = 3;

  @RegisterExtension final Machines machines = new Machines();

  private Machine boot() {
    List<NodeDescription> nodes = new ArrayList<>();
    for (int i = 0; i < NODES; i++) {
      long start = Math.max(256, i * NODE_PAGES);
      PfnRange ram = new PfnRange(start, (i + 1) * NODE_PAGES - start);
      nodes.add(new NodeDescription(List.of(i), List.of(ram), null));
    }
    return machines.boot(
        new MachineDescription(
            "18 TiB", "x86_64", 4, null, null, null, null, nodes, null, null, null, null, null,
            null));
  }

  @Test
  void pfnsAndCountsHaveMoreThan32Bits() {
    Machine m = boot();
    Zone last = m.memory().zone(m.memory().zones().size() - 1);

    assertThat(last.span().endPfn()).isEqualTo(NODES * NODE_PAGES).isGreaterThan(1L << 32);
    assertThat(m.memory().zones().stream().mapToLong(Zone::managedPages).sum())
        .isEqualTo(NODES * NODE_PAGES - 256)
        .isGreaterThan(1L << 32);
    assertThat(last.counter().exact()).isEqualTo(NODE_PAGES);
    assertThat(last.watermarks().stored(1)).isPositive();

    for (int cpu = 0; cpu < NODES; cpu++) {
      m.onCpu(cpu);
      for (int order : new int[] {0, 3, 9, 10}) {
        long pfn = m.alloc(Gfp.GFP_KERNEL, order);
        assertThat(pfn / NODE_PAGES).isEqualTo(cpu);
        assertThat(pfn & ((1L << order) - 1)).isZero();
        assertThat(m.memory().zoneOfFrame(pfn)).isSameAs(m.memory().zoneOf(pfn));
        m.free(pfn, order);
      }
      m.allocator().drain(cpu, null);
    }

    assertThat(last.counter().exact()).isEqualTo(NODE_PAGES);
    assertThat(m.memory().pagesFreed()).isEqualTo(NODES * (1 + 8 + 512 + 1024));
  }

  @Test
  void everyZoneIsFoundByItsFramesWhicheverCpuAsks() {
    Machine m = boot();

    for (Zone zone : m.memory().zones()) {
      for (long pfn :
          new long[] {
            zone.span().startPfn(),
            (zone.span().startPfn() + zone.span().endPfn()) / 2,
            zone.span().endPfn() - 1
          }) {
        for (int cpu = 0; cpu < NODES; cpu++) {
          assertThat(m.memory().zoneOfFrame(pfn, cpu)).isSameAs(zone);
        }
      }
    }
    assertThat(m.memory().zoneOfFrame(NODES * NODE_PAGES)).isNull();
    assertThat(m.memory().zoneOfFrame(0)).isNull();
  }
}
