package dev.buddyd.mm.boot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.buddyd.mm.alloc.PageAllocator;
import dev.buddyd.mm.boot.MachineDescription.NodeDescription;
import dev.buddyd.mm.boot.MachineDescription.PfnRange;
import dev.buddyd.mm.boot.MachineDescription.ReservedRange;
import dev.buddyd.mm.boot.MachineDescription.WarmUp;
import dev.buddyd.mm.frame.FrameTable;
import dev.buddyd.mm.frame.MigrateType;
import dev.buddyd.mm.frame.SectionBudget;
import dev.buddyd.mm.gfp.Gfp;
import dev.buddyd.mm.reclaim.Reclaim;
import dev.buddyd.mm.zone.AllocationRequest;
import dev.buddyd.mm.zone.PhysicalMemory;
import dev.buddyd.mm.zone.Sysctls;
import dev.buddyd.mm.zone.Watermarks;
import dev.buddyd.mm.zone.Zone;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class BootTest {

  /** A machine of which this is known, and all else left to its default. */
  private static MachineDescription described(
      List<NodeDescription> nodes,
      List<ReservedRange> reserved,
      String kernelcore,
      String movablecore,
      WarmUp warmUp) {
    return new MachineDescription(
        "test",
        "x86_64",
        4,
        null,
        null,
        null,
        null,
        nodes,
        reserved,
        kernelcore,
        movablecore,
        null,
        null,
        warmUp);
  }

  /** The minimal model of S-42: 128 MiB, nothing reserved but the first MiB. */
  private static MachineDescription minimal() {
    return described(
        List.of(
            new NodeDescription(
                List.of(0), List.of(new PfnRange(0x1, 0x9e), new PfnRange(0x100, 0x7f00)), null)),
        List.of(new ReservedRange(0, 0x100, "below 1 MiB", null)),
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

  /** A machine whose RAM is these ranges, by start and pages. */
  private static PhysicalMemory ram(
      String kernelcore, String movablecore, List<ReservedRange> reserved, long... ranges) {
    List<PfnRange> ram = new ArrayList<>();
    for (int i = 0; i < ranges.length; i += 2) {
      ram.add(new PfnRange(ranges[i], ranges[i + 1]));
    }
    return Boot.boot(
        described(
            List.of(new NodeDescription(List.of(0), ram, null)),
            reserved,
            kernelcore,
            movablecore,
            null),
        SectionBudget.unlimited());
  }

  @Test
  @DisplayName("S-1, S-2: below five pageblocks nothing is grouped by type")
  void grouping() {
    PhysicalMemory small = ram(null, null, null, 0x1000, 2559);
    assertThat(small.tunables().groupingDisabled()).isTrue();
    assertThat(small.zone(0).frames().typeOf(0)).isEqualTo(MigrateType.UNMOVABLE);
    PhysicalMemory enough = ram(null, null, null, 0x1000, 2560);
    assertThat(enough.tunables().groupingDisabled()).isFalse();
    assertThat(enough.zone(0).frames().typeOf(0)).isEqualTo(MigrateType.MOVABLE);
  }

  @Test
  @DisplayName("S-10, S-11, S-12: free ranges in ascending order, each block to the tail")
  void tails() {
    List<ReservedRange> reserved =
        List.of(
            new ReservedRange(0x1010, 0x10, "a", null),
            new ReservedRange(0x1030, 0x10, "b", null),
            new ReservedRange(0x1050, 0x7b0, "c", null));
    Zone zone = ram(null, null, reserved, 0x1000, 0x1000).zone(0);
    assertThat(list(zone, 4, MigrateType.MOVABLE)).containsExactly(0x1000L, 0x1020L, 0x1040L);
    assertThat(list(zone, 10, MigrateType.MOVABLE)).containsExactly(0x1800L, 0x1c00L);
  }

  @Test
  @DisplayName("Z-6: Movable is carved from the top, from a multiple of 1024 pages on")
  void movableZone() {
    PhysicalMemory memory = ram(null, "4000K", null, 0x1000, 0x6f80);
    assertThat(memory.zones()).extracting(Zone::name).containsExactly("DMA32", "Movable");
    Zone movable = memory.zone(1); // 1000 pages count as 1024: 0x7b80, rounded up
    assertThat(movable.span().startPfn()).isEqualTo(0x7c00);
    assertThat(movable.span().endPfn()).isEqualTo(0x7f80);
    assertThat(memory.zone(0).span().endPfn()).isEqualTo(0x7c00);
  }

  @Test
  @DisplayName("Z-6.1: kernelcore and movablecore together: what leaves more to the kernel")
  void kernelcore() {
    assertThat(ram("16M", "4M", null, 0x1000, 0x7000).zone(1).span().startPfn()).isEqualTo(0x7c00);
    assertThat(ram("100M", "64M", null, 0x1000, 0x7000).zone(1).span().startPfn())
        .isEqualTo(0x1000 + 25600);
    assertThat(ram("200M", null, null, 0x1000, 0x7000).zones()).hasSize(1); // Z-6.2
  }

  @Test
  @DisplayName("Z-22: writing min_free_kbytes forgets the boost")
  void newMarksForgetTheBoost() {
    PhysicalMemory memory = Boot.boot(minimal(), SectionBudget.unlimited());
    memory.zone(1).watermarks().loadBoost(100);
    Sysctls.write(memory, "percpu_pagelist_high_fraction", "8");
    assertThat(memory.zone(1).watermarks().boost()).isEqualTo(100);
    Sysctls.write(memory, "min_free_kbytes", "2000");
    assertThat(memory.zone(1).watermarks().boost()).isZero();
  }

  @Test
  @DisplayName("S-30: the first requests of a type claim the lowest of the largest blocks whole")
  void firstClaims() {
    PhysicalMemory memory = Boot.boot(minimal(), SectionBudget.unlimited());
    PageAllocator allocator = new PageAllocator(memory, Reclaim.none());
    long kernel = allocator.allocate(AllocationRequest.of(Gfp.GFP_KERNEL, 3, 0, 0), null);
    int reclaimable = Gfp.GFP_KERNEL | Gfp.RECLAIMABLE;
    long slab = allocator.allocate(AllocationRequest.of(reclaimable, 0, 0, 0), null);
    assertThat(kernel).isEqualTo(0x1000);
    assertThat(slab).as("the next block of order 10").isBetween(0x1400L, 0x17ffL);
    FrameTable frames = memory.zone(1).frames();
    assertThat(List.of(0x1000L, 0x1200L, 0x1400L, 0x1600L, 0x1800L))
        .extracting(pfn -> frames.typeOf(frames.index(pfn)))
        .containsExactly(
            MigrateType.UNMOVABLE,
            MigrateType.UNMOVABLE,
            MigrateType.RECLAIMABLE,
            MigrateType.RECLAIMABLE,
            MigrateType.MOVABLE);
  }

  @Test
  @DisplayName("S-43: after the lists: marks and reserves, no boost, no flag, empty sets")
  void afterTheLists() {
    PhysicalMemory memory = Boot.boot(minimal(), SectionBudget.unlimited());
    Zone dma32 = memory.zone(1);
    assertThat(dma32.watermarks().stored(Watermarks.MIN)).isPositive();
    assertThat(memory.zone(0).lowmemReserve(1)).isEqualTo(28 * 1024 / 256);
    assertThat(dma32.watermarks().boost()).isZero();
    assertThat(dma32.flags().bits()).isZero();
    assertThat(dma32.counter().exact()).isEqualTo(dma32.counter().free());
    for (int cpu = 0; cpu < memory.cpus(); cpu++) {
      assertThat(dma32.set(cpu).count()).isZero();
      assertThat(dma32.set(cpu).high()).isZero();
      assertThat(dma32.set(cpu).batch()).isPositive();
    }
  }

  @Test
  @DisplayName(
      "Z-32: lowmem_reserve follows its own sysctl, below 1 is 0; min_free_kbytes does not touch"
          + " it")
  void reserves() {
    PhysicalMemory memory = Boot.boot(minimal(), SectionBudget.unlimited());
    Zone dma = memory.zone(0);
    dma.setLowmemReserve(1, 7);
    Sysctls.write(memory, "min_free_kbytes", "3000");
    assertThat(dma.lowmemReserve(1)).isEqualTo(7);
    Sysctls.write(memory, "lowmem_reserve_ratio", "128 256 32 0 0");
    assertThat(dma.lowmemReserve(1)).isEqualTo(28 * 1024 / 128);
    Sysctls.write(memory, "lowmem_reserve_ratio", "-5 256 32 0 0");
    assertThat(dma.lowmemReserve(1)).isZero();
    assertThat(Sysctls.read(memory, "lowmem_reserve_ratio").split("\\s+")).startsWith("0", "256");
  }

  /** Two CPUs, DMA32 of 1020 MiB and Normal of 1 GiB, that were never given a mark. */
  private static PhysicalMemory withoutMarks() {
    PhysicalMemory memory =
        Boot.boot(
            described(
                List.of(
                    new NodeDescription(
                        List.of(0, 1),
                        List.of(new PfnRange(0x1000, 0x3f000), new PfnRange(0x100000, 0x40000)),
                        null)),
                null,
                null,
                null,
                null),
            SectionBudget.unlimited());
    memory.zones().forEach(zone -> zone.watermarks().set(0, 0, 0, 0));
    return memory;
  }

  @Test
  @DisplayName("S-20, Z-63: with deferred memory a node's last zone has one section at first")
  void deferred() {
    PhysicalMemory memory = withoutMarks();
    BootSizing.early(memory, false);
    assertThat(memory.zones()).extracting(Zone::driftMark).containsExactly(2L * 16, 2L * 20);
    memory = withoutMarks();
    BootSizing.early(memory, true);
    assertThat(memory.zones())
        .as("Normal up to 0x108000: 32768 pages; DMA32 whole")
        .extracting(Zone::driftMark)
        .containsExactly(2L * 16, 2L * 8);
    assertThat(memory.zones()).extracting(Zone::managedPages).containsExactly(0x3f000L, 0x40000L);
    assertThat(memory.zones())
        .as("Z-61: in the end by all of it")
        .extracting(zone -> zone.counter().threshold(1))
        .containsExactly(16, 20);
  }

  private static PhysicalMemory warmedUp(long seed) {
    return Boot.boot(
        described(
            List.of(new NodeDescription(List.of(0), List.of(new PfnRange(0x1000, 0x8000)), null)),
            null,
            null,
            null,
            new WarmUp(seed, 16 << 10, 8 << 10, 32 << 10, 25)),
        SectionBudget.unlimited());
  }

  @Test
  @DisplayName("S-31: a warm-up leaves all three types in use, a part of it freed; a seed, a state")
  void warmUp() {
    PhysicalMemory memory = warmedUp(7);
    Zone zone = memory.zone(0);
    List<Integer> blocks = new ArrayList<>(List.of(0, 0, 0));
    for (int i = 0; i < 0x8000; i += 512) {
      blocks.set(zone.frames().typeOf(i), blocks.get(zone.frames().typeOf(i)) + 1);
    }
    assertThat(blocks.get(MigrateType.UNMOVABLE)).isBetween(6, 12); // 12 of 16 MiB kept
    assertThat(blocks.get(MigrateType.RECLAIMABLE)).isBetween(3, 8);
    long inUse = zone.managedPages() - zone.counter().exact() - zone.set(0).count();
    assertThat(inUse).isBetween(56L * 256 * 70 / 100, 56L * 256 * 80 / 100);
    assertThat(zone.set(0).count()).as("the sets are enabled").isPositive();
    List<Long> pages = list(zone, 0, MigrateType.UNMOVABLE);
    assertThat(list(warmedUp(7).zone(0), 0, MigrateType.UNMOVABLE)).isEqualTo(pages);
    assertThat(list(warmedUp(8).zone(0), 0, MigrateType.UNMOVABLE)).isNotEqualTo(pages);
  }

  @Test
  @DisplayName("S-41, S-14: what boot takes is not managed; the initrd comes later, without marks")
  void reservations() {
    List<ReservedRange> taken =
        List.of(
            new ReservedRange(0x1, 0x9e, "below 1 MiB", null),
            new ReservedRange(0x1000, 0x1e00, "kernel image", null),
            new ReservedRange(0x6000, 0x1000, "initrd", true),
            new ReservedRange(0x7a00, 0x200, "page descriptors", null));
    PhysicalMemory memory = ram(null, null, taken, 0x1, 0x9e, 0x100, 0x7b00);
    assertThat(memory.zone(0).managedPages()).as("DMA").isEqualTo(3840);
    Zone dma32 = memory.zone(1);
    assertThat(dma32.managedPages()).isEqualTo(0x6c00 - 0x1e00 - 0x200);
    assertThat(dma32.span().presentPages()).isEqualTo(0x6c00);
    assertThat(memory.zone(0).lowmemReserve(1)).isEqualTo((0x6c00 - 0x1e00 - 0x200 - 0x1000) / 256);
    assertThat(dma32.counter().exact() + dma32.set(0).count()).isEqualTo(dma32.managedPages());
  }
}
