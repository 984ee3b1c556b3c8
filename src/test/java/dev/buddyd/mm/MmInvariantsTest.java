package dev.buddyd.mm;

import static dev.buddyd.mm.frame.MigrateType.HIGHATOMIC;
import static dev.buddyd.mm.frame.MigrateType.MOVABLE;
import static dev.buddyd.mm.frame.MigrateType.UNMOVABLE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.buddyd.mm.boot.Boot;
import dev.buddyd.mm.boot.MachineDescription;
import dev.buddyd.mm.boot.MachineDescription.NodeDescription;
import dev.buddyd.mm.boot.MachineDescription.PfnRange;
import dev.buddyd.mm.buddy.FreeCounter;
import dev.buddyd.mm.fixture.Machine;
import dev.buddyd.mm.fixture.Presets;
import dev.buddyd.mm.fixture.Sketch;
import dev.buddyd.mm.frame.FrameTable;
import dev.buddyd.mm.frame.MemoryRanges;
import dev.buddyd.mm.frame.SectionBudget;
import dev.buddyd.mm.gfp.Gfp;
import dev.buddyd.mm.gfp.ZoneKind;
import dev.buddyd.mm.pcp.PerCpuPages;
import dev.buddyd.mm.zone.Zone;
import java.lang.reflect.Field;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

class MmInvariantsTest {

  /**
   * One zone of eight pageblocks from pfn 0x1000 on, with a few free blocks, none of them buddies.
   */
  private static Sketch.ZoneSketch sketch() {
    return Sketch.x8664()
        .zone(ZoneKind.DMA32, 0x1000, 0x1000)
        .pageblock(0x1e00, HIGHATOMIC)
        .reservedHighatomic(512)
        .free(0x1000, 10)
        .free(0x1400, 9)
        .free(0x1600, 3)
        .free(0x1610, 3)
        .free(0x1620, 3)
        .free(0x1e00, 1)
        .marks(10, 20, 30)
        .sets(7, 28, 28);
  }

  private final Machine machine = sketch().build();
  private final Zone zone = machine.zone();
  private final FrameTable frames = zone.frames();

  private int at(long pfn) {
    return frames.index(pfn);
  }

  private record About(String rule, long pfn) {}

  private static About about(String rule, long pfn) {
    return new About(rule, pfn);
  }

  private static About about(String rule) {
    return new About(rule, Violation.NO_PFN);
  }

  private void assertViolated(About... expected) {
    assertThat(machine.violations()).map(v -> new About(v.rule(), v.pfn())).contains(expected);
  }

  static final List<String> PRESETS = Presets.NAMES;

  @Nested
  class Sound {

    @ParameterizedTest
    @FieldSource("dev.buddyd.mm.MmInvariantsTest#PRESETS")
    void everyPresetIsSoundAfterBootAndAfterSomeRequests(String preset) {
      Machine booted = new Machine(Boot.boot(Presets.load(preset), SectionBudget.unlimited()));
      booted.assertSound();
      long pfn = booted.alloc(Gfp.GFP_KERNEL, 0);
      booted.alloc(Gfp.GFP_HIGHUSER_MOVABLE, 3);
      booted.alloc(Gfp.GFP_ATOMIC, 5);
      booted.assertSound();
      booted.free(pfn, 0);
      booted.assertSound();
    }

    @Test
    void aDrawnMachineIsSound() {
      machine.assertSound();
    }

    @Test
    void aTebibyteIsCheckedWithoutTouchingASection() {
      var node =
          new NodeDescription(
              List.of(0),
              List.of(new PfnRange(0x100, 0x7ff00), new PfnRange(0x100000, (1L << 28) - 0x80000)),
              null);
      Machine huge =
          new Machine(
              Boot.boot(
                  new MachineDescription(
                      "tebibyte",
                      null,
                      null,
                      null,
                      null,
                      null,
                      null,
                      List.of(node),
                      null,
                      null,
                      null,
                      null,
                      null,
                      null),
                  SectionBudget.unlimited()));
      huge.assertSound();
      assertThat(huge.zone("Normal").frames().touchedSections()).isZero();
    }

    @Test
    void refusesAMachineThatIsNotQuiesced() {
      assertThatIllegalStateException().isThrownBy(() -> MmInvariants.check(machine.memory()));
    }

    @Test
    @DisplayName("B-71: a retyped HIGHATOMIC block may stand beside its free buddy")
    void unmergedPairAfterUnreserve() {
      Machine big =
          Sketch.x8664()
              .zone(ZoneKind.NORMAL, 0x100000, 51_200)
              .pageblock(0x100000, HIGHATOMIC)
              .reservedHighatomic(512)
              .free(0x100000, 9)
              .free(0x100200, 9)
              .build();
      big.assertSound();
      assertThat(big.allocator().unreserveHighatomic(Gfp.GFP_HIGHUSER_MOVABLE, 0, true, 0, null))
          .isTrue();
      assertThat(big.list(9, MOVABLE)).containsExactly(0x100200L, 0x100000L);
      big.assertSound();
    }

    @Test
    void reportsNoMoreThanItsLimit() {
      zone.counter().load(7, 7, 7);
      machine.memory().quiesce();
      assertThat(MmInvariants.check(machine.memory(), 2)).hasSize(2);
      machine.memory().resume();
    }

    @Test
    void aViolationIsReadable() {
      zone.counter().load(0, 2, 0);
      assertThat(machine.violations())
          .singleElement()
          .hasToString(
              "Z-64 node 0 zone DMA32: free counter with all remainders is 0, "
                  + "but free and not isolated on the lists is 1562");
    }
  }

  @Nested
  class FreeLists {

    @Test
    @DisplayName("B-2: a link back that is not the predecessor")
    void wrongLinkBack() {
      frames.setPrev(at(0x1610), 3, at(0x1620));
      assertViolated(about("B-2", 0x1610));
    }

    @Test
    @DisplayName("B-3: a circle ends the walk and is told")
    void circle() {
      frames.setNext(at(0x1620), 3, at(0x1600));
      assertViolated(about("B-3"));
    }

    @Test
    @DisplayName("B-3: a list shorter than its count")
    void shortList() {
      frames.setNext(at(0x1610), 3, FrameTable.NIL);
      assertViolated(about("B-3"), about("B-2"));
    }

    @Test
    @DisplayName("B-3: orders with ordinary blocks that are not those of the lists")
    void wrongOrders() throws ReflectiveOperationException {
      Field field = dev.buddyd.mm.buddy.FreeLists.class.getDeclaredField("ordinaryOrders");
      field.setAccessible(true);
      field.setInt(zone.lists(), 1 << 31);
      assertViolated(about("B-3"));
    }

    @Test
    @DisplayName("Z-40: spare pages that are not what counters, marks and reserves leave")
    void wrongSpare() throws ReflectiveOperationException {
      Field field = FreeCounter.class.getDeclaredField("spare");
      field.setAccessible(true);
      field.setLong(zone.counter(), zone.counter().spare() + 1);
      assertViolated(about("Z-40"));
    }

    @Test
    @DisplayName("B-1: a link out of the zone")
    void linkOutside() {
      frames.setNext(at(0x1600), 3, 1 << 20);
      assertViolated(about("B-1"));
    }

    @Test
    @DisplayName("B-1: a block that is not aligned to its order")
    void unaligned() {
      zone.buddy().place(at(0x1644), 3, MOVABLE);
      assertViolated(about("B-1", 0x1644));
    }

    @Test
    @DisplayName("B-1: a listed block that is not marked free of its order")
    void notMarkedFree() {
      frames.setHead(at(0x1600), FrameTable.FREE, 2);
      assertViolated(about("B-1", 0x1600));
    }

    @Test
    @DisplayName("B-2: a block marked free that is on no list")
    void strayFreeBlock() {
      frames.setHead(at(0x1700), FrameTable.FREE, 4);
      assertThat(machine.violations())
          .anyMatch(v -> v.rule().equals("B-2") && v.sentence().contains("marked as free"));
    }

    @Test
    @DisplayName("B-2: a block on the list of another type than its pageblock's")
    void wrongType() {
      frames.setType(at(0x1600), 0, UNMOVABLE);
      assertViolated(about("B-2", 0x1600));
    }

    @Test
    @DisplayName("B-2: a largest block whose pageblocks differ in type")
    void mixedLargestBlock() {
      frames.setType(at(0x1200), 0, UNMOVABLE);
      assertViolated(about("B-2", 0x1200));
    }

    @Test
    @DisplayName("B-2: a pageblock of a type that does not exist")
    void unknownType() {
      frames.setType(at(0x1800), 0, 9);
      assertViolated(about("B-2", 0x1800));
    }
  }

  @Nested
  class Frames {

    @Test
    @DisplayName("B-1: a block inside a free block")
    void overlapWithFreeBlock() {
      frames.setHead(at(0x1403), FrameTable.ALLOCATED, 0);
      assertViolated(about("B-1", 0x1403));
    }

    @Test
    @DisplayName("B-1: a block inside a largest free block")
    void overlapWithLargestBlock() {
      frames.touch(at(0x1000));
      frames.setHead(at(0x1001), FrameTable.PCP, 0);
      assertViolated(about("B-1", 0x1001));
    }

    @Test
    @DisplayName("B-1: a block inside an allocated block")
    void overlapWithAllocatedBlock() {
      frames.setAllocated(at(0x1800), 4, false, 0, 0, 0);
      assertViolated(about("B-1", 0x1801));
    }

    @Test
    @DisplayName("B-1: an allocated block that is not aligned")
    void unalignedAllocation() {
      frames.setAllocated(at(0x1801), 4, false, 0, 0, 0);
      assertViolated(about("B-1", 0x1801));
    }

    @Test
    @DisplayName("B-1: a state that no frame can have")
    void unknownState() {
      frames.setHead(at(0x1800), 7, 0);
      assertViolated(about("B-1", 0x1800));
    }

    @Test
    @DisplayName("B-1: a largest free block that is marked at frame level")
    void largestBlockAtFrameLevel() {
      for (int i = at(0x1800); i < at(0x1c00); i++) {
        frames.clearHead(i);
      }
      frames.setHead(at(0x1800), FrameTable.FREE, 10);
      assertViolated(about("B-1", 0x1800));
    }

    @Test
    @DisplayName("Z-5: a managed frame that nobody has")
    void lostFrame() {
      frames.clearHead(at(0x1801));
      assertViolated(about("Z-5", 0x1801), about("Z-5"));
    }

    @Test
    @DisplayName("B-20: two free buddies left apart")
    void unmergedBuddies() {
      for (int i = at(0x1608); i < at(0x1610); i++) {
        frames.clearHead(i);
      }
      zone.buddy().place(at(0x1608), 3, MOVABLE);
      zone.counter().load(zone.counter().stored() + 8, 2, 0);
      assertThat(machine.violations())
          .singleElement()
          .matches(v -> v.rule().equals("B-20") && v.pfn() == 0x1600);
    }

    @Test
    @DisplayName("B-20: two free pageblocks of one ordinary type left apart")
    void unmergedPageblocks() {
      Machine apart =
          Sketch.x8664()
              .zone(ZoneKind.DMA32, 0x1000, 0x1000)
              .free(0x1000, 9)
              .free(0x1200, 9)
              .build();
      assertThat(apart.violations())
          .singleElement()
          .matches(v -> v.rule().equals("B-20") && v.pfn() == 0x1000);
    }

    @Test
    @DisplayName(
        "B-1, Z-5: blocks over holes and reserved frames, lost frames in untouched sections")
    void holesAndReservedFrames() {
      var node = new NodeDescription(List.of(0), List.of(new PfnRange(0x1000, 0x2000)), null);
      var reserved =
          List.of(
              new MachineDescription.ReservedRange(0x1000, 0x410, "image", null),
              new MachineDescription.ReservedRange(0x2c00, 0x400, "mem_map", null));
      Machine booted =
          new Machine(
              Boot.boot(
                  new MachineDescription(
                      "m",
                      null,
                      null,
                      null,
                      null,
                      null,
                      null,
                      List.of(node),
                      reserved,
                      null,
                      null,
                      null,
                      null,
                      null),
                  SectionBudget.unlimited()));
      booted.assertSound();
      FrameTable table = booted.zone().frames();
      table.setTopFree(table.index(0x2c00), true);
      table.setTopFree(table.index(0x1800), false);
      table.setHead(table.index(0x1400), FrameTable.ALLOCATED, 0);
      assertThat(booted.violations())
          .extracting(Violation::rule, Violation::pfn)
          .contains(
              org.assertj.core.groups.Tuple.tuple("B-1", 0x2c00L),
              org.assertj.core.groups.Tuple.tuple("Z-5", 0x1800L),
              org.assertj.core.groups.Tuple.tuple("B-1", 0x1400L));
    }
  }

  @Nested
  class PageSets {

    private final Machine busy = busy();
    private final Zone own = busy.zone();

    private Machine busy() {
      Machine m = sketch().build();
      m.free(0x1800, 0);
      m.free(0x1802, 0);
      m.assertSound();
      return m;
    }

    private void assertRule(String rule) {
      assertThat(busy.violations()).extracting(Violation::rule).contains(rule);
    }

    @Test
    @DisplayName("P-2: a count that is not the sum of the lists")
    void wrongCount() {
      own.set(0).push(new PerCpuPages(own.geometry(), 0).list(1), own.frames().index(0x1803));
      assertRule("P-2");
    }

    @Test
    @DisplayName("P-1: a member that is not marked as one")
    void unmarkedMember() {
      own.set(0).push(own.set(0).list(1), own.frames().index(0x1803));
      assertRule("P-1");
    }

    @Test
    @DisplayName("P-1: a member twice on its list")
    void memberTwice() {
      own.set(0).push(own.set(0).list(1), own.frames().index(0x1802));
      assertRule("P-1");
    }

    @Test
    @DisplayName("P-1: a member that lies nowhere")
    void memberOutside() {
      own.set(0).push(own.set(0).list(1), 1 << 24);
      assertRule("P-1");
    }

    @Test
    @DisplayName("B-5: a frame marked as cached that no set has")
    void strayCachedFrame() {
      own.frames().setHead(own.frames().index(0x1804), FrameTable.PCP, 0);
      own.frames().setWords(own.frames().index(0x1804), 0, 1);
      assertRule("B-5");
    }

    @Test
    @DisplayName("P-1: a frame marked as on a list that does not exist")
    void markedOnNoList() {
      own.frames().setWords(own.frames().index(0x1802), 0, 14);
      assertRule("P-1");
    }

    @Test
    @DisplayName("P-12: tuning state out of its range")
    void tuning() {
      own.set(0).load(0, 6, 0, 0, 0);
      assertRule("P-12");
      own.set(0).load(0, 0, -1, 0, 0);
      assertRule("P-12");
      own.set(0).load(0, 0, 0, 0, 4);
      assertRule("P-42");
      own.set(0).load(-1, 0, 0, 0, 0);
      assertRule("P-8");
    }

    @Test
    @DisplayName("P-9: a set sized differently from its zone")
    void differentSizes() {
      own.set(0).resize(7, 28, 29);
      assertRule("P-9");
      own.set(0).resize(0, 28, 28);
      assertRule("P-5");
    }
  }

  @Nested
  class Numbers {

    @Test
    @DisplayName("Z-64: F and remainders are what is free on the lists")
    void freeCounter() {
      zone.counter().loadRemainder(0, 1);
      assertViolated(about("Z-64"));
    }

    @Test
    @DisplayName("Z-61: a remainder above every possible threshold")
    void remainder() {
      zone.counter().loadRemainder(0, 126);
      zone.counter().load(zone.counter().stored() - 126, 2, 0);
      assertViolated(about("Z-61"));
    }

    @Test
    @DisplayName("B-4: counters of free HIGHATOMIC and CMA pages")
    void typedCounters() {
      zone.counter().load(zone.counter().stored(), 3, 0);
      assertViolated(about("B-4"));
      zone.counter().load(zone.counter().stored(), 2, 1);
      assertViolated(about("B-4"));
    }

    @Test
    @DisplayName("B-70: the reserve is the size of the HIGHATOMIC pageblocks")
    void reserve() {
      zone.highAtomic().load(1024);
      assertViolated(about("B-70"));
    }

    @Test
    @DisplayName("Z-5: managed pages are free, cached or held")
    void managed() {
      zone.addManaged(1);
      assertViolated(about("Z-5"));
    }

    @Test
    @DisplayName("Z-22: marks ascend")
    void marks() {
      zone.watermarks().set(10, 9, 30, 40);
      assertViolated(about("Z-22"));
      zone.watermarks().set(-1, 9, 30, 40);
      assertViolated(about("Z-22"));
    }

    @Test
    @DisplayName("B-42: no boost in a small zone, and never a negative one")
    void boost() {
      zone.watermarks().loadBoost(-1);
      assertViolated(about("B-42"));
      Machine small = Sketch.x8664().zone(ZoneKind.DMA, 0x800, 0x400).build();
      small.zone().watermarks().loadBoost(512);
      assertThat(small.violations()).extracting(Violation::rule).containsExactly("B-42");
    }

    @Test
    @DisplayName("Z-31: lowmem reserves grow with the index, and start behind the zone's own")
    void lowmemReserve() {
      zone.setLowmemReserve(1, 5);
      assertViolated(about("Z-31"));
      zone.setLowmemReserve(1, 0);
      zone.setLowmemReserve(2, 5);
      zone.setLowmemReserve(3, 4);
      assertViolated(about("Z-31"));
    }

    @Test
    @DisplayName("Z-5: a frame belongs to one zone, and present pages to none of its holes")
    void ownership() {
      Machine two =
          Sketch.x8664()
              .zone(ZoneKind.DMA, 0x400, 0x400)
              .zone(ZoneKind.DMA32, 0x7ff, 0x401)
              .build();
      assertThat(two.violations())
          .singleElement()
          .matches(v -> v.rule().equals("Z-5") && v.zone().equals("DMA32") && v.pfn() == 0x7ff);
      assertThat(MemoryRanges.NONE.intersects(0, Long.MAX_VALUE)).isFalse();
    }
  }
}
