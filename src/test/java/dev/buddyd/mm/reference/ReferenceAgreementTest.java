package dev.buddyd.mm.reference;

import static org.assertj.core.api.Assertions.assertThat;

import dev.buddyd.mm.boot.MachineDescription;
import dev.buddyd.mm.boot.MachineDescription.NodeDescription;
import dev.buddyd.mm.boot.MachineDescription.PfnRange;
import dev.buddyd.mm.boot.MachineDescription.ReservedRange;
import dev.buddyd.mm.fixture.Presets;
import dev.buddyd.mm.zone.Zone;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;

/**
 * The allocator and the reference model, given the same requests, give the same answers and end in
 * the same state. jqwik prints the seed of a failure.
 */
class ReferenceAgreementTest {

  /** Machines small enough to be exhausted by a few thousand requests. */
  private static final Map<String, MachineDescription> SMALL =
      Map.of(
          "one zone",
          machine("x86_64", List.of(new NodeDescription(cpus(0), ranges(0x1000, 0x3000), null))),
          "no grouping",
          machine("x86_64", List.of(new NodeDescription(cpus(0), ranges(0x40, 0x900), null))),
          "zone edges",
          machine("x86_64", List.of(new NodeDescription(cpus(0, 1), ranges(0x1, 0x3fff), null))),
          "Normal and DMA32",
          machine(
              "x86_64",
              List.of(
                  new NodeDescription(
                      cpus(0, 1), ranges(0xfd000, 0x3000, 0x100000, 0x2e00), null))),
          "two nodes",
          machine(
              "x86_64",
              List.of(
                  new NodeDescription(
                      cpus(0), ranges(0xff000, 0x1000, 0x100000, 0x1800), List.of(10, 21)),
                  new NodeDescription(cpus(1), ranges(0x102000, 0x2000), List.of(21, 10)))),
          "HighMem",
          machine("x86_32", List.of(new NodeDescription(cpus(0), ranges(0x1, 0x5fff), null))),
          "HIGHATOMIC",
          machine("x86_64", List.of(new NodeDescription(cpus(0), ranges(0x100000, 0xc900), null))),
          "CMA",
          cma());

  private static MachineDescription machine(String arch, List<NodeDescription> nodes) {
    return new MachineDescription(
        "small",
        arch,
        4,
        null,
        null,
        0x37feL,
        null,
        nodes,
        List.of(new ReservedRange(0, 0x10, "firmware", null)),
        null,
        null,
        null,
        null,
        null);
  }

  private static MachineDescription cma() {
    return new MachineDescription(
        "cma",
        "x86_64",
        4,
        null,
        null,
        null,
        null,
        List.of(new NodeDescription(cpus(0, 1), ranges(0x1000, 0x4000), null)),
        List.of(
            new ReservedRange(0x1400, 0x123, "image", null),
            new ReservedRange(0x2203, 0x77, "initrd", true)),
        null,
        null,
        List.of(new PfnRange(0x3000, 0x800)),
        null,
        null);
  }

  private static List<Integer> cpus(Integer... cpus) {
    return List.of(cpus);
  }

  private static List<PfnRange> ranges(long... startsAndPages) {
    List<PfnRange> ranges = new ArrayList<>();
    for (int i = 0; i < startsAndPages.length; i += 2) {
      ranges.add(new PfnRange(startsAndPages[i], startsAndPages[i + 1]));
    }
    return ranges;
  }

  @Provide
  Arbitrary<String> presets() {
    return Arbitraries.of(Presets.NAMES);
  }

  @Provide
  Arbitrary<String> smallMachines() {
    return Arbitraries.of(SMALL.keySet().stream().sorted().toList());
  }

  @Property(tries = 24)
  @Label("S-10 to S-44, Z-1 to Z-63: every preset boots as the reference does")
  void presetsBootAlike(@ForAll("presets") String preset) {
    new Twin(Presets.load(preset)).assertSame();
  }

  @Property(tries = 40)
  @Label("spec 02 to 05: small machines, filled and emptied, agree after each step")
  void smallMachinesAgree(@ForAll("smallMachines") String name, @ForAll long seed) {
    Twin twin = new Twin(SMALL.get(name));
    twin.assertSame();
    new Load(seed).run(twin, 600, 1);
    assertRestores(twin);
  }

  @Property(tries = 12)
  @Label("spec 02 to 05: every preset agrees")
  void presetsAgree(@ForAll("presets") String preset, @ForAll long seed) {
    Twin twin = new Twin(Presets.load(preset));
    new Load(seed).run(twin, 3_000, 500);
    assertRestores(twin);
  }

  @Tag("slow")
  @Property(tries = 100)
  @Label("spec 02 to 05: long loads on small machines")
  void longLoadsAgree(@ForAll("smallMachines") String name, @ForAll long seed) {
    Twin twin = new Twin(SMALL.get(name));
    new Load(seed).run(twin, 20_000, 50);
    assertRestores(twin);
  }

  @Tag("slow")
  @Property(tries = 24)
  @Label("spec 02 to 05: long loads on presets")
  void longPresetLoadsAgree(@ForAll("presets") String preset, @ForAll long seed) {
    Twin twin = new Twin(Presets.load(preset));
    new Load(seed).run(twin, 60_000, 3_000);
    assertRestores(twin);
  }

  /** Freeing everything and draining brings every frame back, merged as far as types allow. */
  private static void assertRestores(Twin twin) {
    twin.freeEverything();
    twin.assertSame();
    assertThat(twin.heldPages()).isZero();
    for (Zone zone : twin.machine.memory().zones()) {
      assertThat(zone.counter().exact())
          .as("free in %s", zone.name())
          .isEqualTo(zone.managedPages());
      if (zone.managedPages() / 100 < twin.machine.memory().geometry().pageblockPages()) {
        assertThat(twin.machine.buddyinfo(zone)).isEqualTo(twin.bootedBuddyinfo(zone.ordinal()));
      }
    }
  }
}
