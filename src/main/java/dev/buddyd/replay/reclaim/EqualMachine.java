package dev.buddyd.replay.reclaim;

import dev.buddyd.mm.boot.MemoryBuilder;
import dev.buddyd.mm.frame.Geometry;
import dev.buddyd.mm.frame.MemoryRanges;
import dev.buddyd.mm.frame.SectionBudget;
import dev.buddyd.mm.gfp.ZoneKind;
import dev.buddyd.mm.reclaim.MemoryReclaim;
import dev.buddyd.mm.reclaim.ReclaimSettings;
import dev.buddyd.mm.reclaim.VirtualClock;
import dev.buddyd.mm.zone.PhysicalMemory;
import dev.buddyd.mm.zone.Sizing;
import dev.buddyd.mm.zone.Tunables;
import dev.buddyd.mm.zone.Zone;
import dev.buddyd.mm.zone.ZoneSpan;
import dev.buddyd.mm.zone.Zonelists;
import dev.buddyd.replay.json.Field;
import dev.buddyd.replay.json.LimitException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** A machine in the state in which a test made its requests, as far as reclaim can tell. */
final class EqualMachine implements AutoCloseable {

  static final List<ZoneKind> KINDS =
      List.of(ZoneKind.DMA, ZoneKind.DMA32, ZoneKind.NORMAL, ZoneKind.MOVABLE, ZoneKind.DEVICE);

  static final int ORDERS = 11;

  private static final int BLOCK_ORDER = 9;

  private final PhysicalMemory memory;
  private final MemoryReclaim reclaim;
  private final Clock clock;
  private final Holders holders;

  private EqualMachine(PhysicalMemory memory, MemoryReclaim reclaim, Clock clock, Holders holders) {
    this.memory = memory;
    this.reclaim = reclaim;
    this.clock = clock;
    this.holders = holders;
  }

  /** Virtual time of one test. */
  static final class Clock implements VirtualClock {
    private LongConsumer looking = pages -> {};

    /** CPU time to hand a page to swap: 64 of them in half a millisecond in the recordings. */
    private static final long WRITE_MICROS = 8;

    private long micros;

    @Override
    public long micros() {
      return micros;
    }

    @Override
    public void sleep(long length) {
      micros += length;
    }

    @Override
    public void wrote(long pages) {
      micros += pages * WRITE_MICROS;
    }

    @Override
    public void looked(long pages) {
      VirtualClock.super.looked(pages);
      looking.accept(pages);
    }

    /** Tells somebody how many pages reclaim has looked at. */
    void whenLooked(LongConsumer listener) {
      looking = listener;
    }
  }

  /**
   * Builds it.
   *
   * @param field the test's place in the text, for complaints
   */
  static EqualMachine of(
      RecordedTest test, Field field, boolean generations, SectionBudget budget) {
    Field zones = field.at("pressed").at("zones");
    Snapshot pressed = test.pressed();
    PhysicalMemory memory = shell(pressed, zones, budget);
    Clock clock = new Clock();
    Holders holders = new Holders();
    try {
      MemoryReclaim reclaim =
          new MemoryReclaim(
              memory, new ReclaimSettings(pressed.swapTotal(), generations), clock, holders, false);
      new Population(test, zones, generations, memory, reclaim.state(), holders).settle();
      memory
          .node(0)
          .kswapd()
          .load(
              pressed.kswapdSleeping(),
              pressed.kswapdOrder(),
              pressed.kswapdHighestZoneidx(),
              pressed.kswapdFailures());
      return new EqualMachine(memory, reclaim, clock, holders);
    } catch (RuntimeException e) {
      memory.release();
      throw e;
    }
  }

  private static PhysicalMemory shell(Snapshot pressed, Field zones, SectionBudget budget) {
    Geometry geometry =
        new Geometry("x86_64", 12, ORDERS - 1, BLOCK_ORDER, true, false, true, KINDS, 5, 1024);
    Tunables tunables = new Tunables(new int[] {256, 256, 32, 0, 0}); // Z-30
    MemoryBuilder builder = new MemoryBuilder(geometry, tunables, 1, budget);
    List<ZoneSpan> spans = new ArrayList<>();
    long next = 0;
    long frames = 0;
    for (int index = 0; index < KINDS.size(); index++) {
      ZoneState zone = zone(pressed, index);
      long pages = zone == null ? 0 : zone.managed();
      spans.add(new ZoneSpan(0, index, KINDS.get(index), next, pages, pages, 0));
      next = (next + pages + (1 << ORDERS) - 1) >> ORDERS << ORDERS;
      frames += pages == 0 ? 0 : pages + 2048;
    }
    for (int i = 0; i < pressed.zones().size(); i++) {
      ZoneState zone = pressed.zones().get(i);
      Field place = zones.items().get(i);
      if (!zone.name().equals(KINDS.get(zone.index()).kernelName())) {
        throw place.at("name").wrong("zone " + zone.index() + " has another name");
      }
      if (zone.reserve().length != KINDS.size()) {
        throw place.at("lowmemReserve").wrong("must have " + KINDS.size() + " elements");
      }
    }
    if (!budget.admits(frames)) {
      throw new LimitException("frame_table_bytes", budget.limitBytes());
    }
    builder.node(new int[] {0}, new int[] {10}, spans);
    List<Zone> built = new ArrayList<>();
    for (ZoneState zone : pressed.zones()) {
      built.add(builder.zone(spans.get(zone.index()), MemoryRanges.NONE, MemoryRanges.NONE));
    }
    PhysicalMemory memory = builder.build();
    for (int i = 0; i < built.size(); i++) {
      numbers(built.get(i), pressed.zones().get(i));
    }
    Zonelists.rebuild(memory);
    Sizing.pagesets(memory);
    Sizing.thresholds(memory);
    return memory;
  }

  private static @Nullable ZoneState zone(Snapshot pressed, int index) {
    return pressed.zones().stream().filter(z -> z.index() == index).findFirst().orElse(null);
  }

  private static void numbers(Zone zone, ZoneState state) {
    zone.addManaged(state.managed());
    zone.watermarks().set(state.min(), state.low(), state.high(), 2 * state.high() - state.low());
    zone.watermarks().loadBoost(state.boost());
    zone.flags().load(state.flags());
    for (int i = 0; i < KINDS.size(); i++) {
      zone.setLowmemReserve(i, state.reserve()[i]);
    }
    zone.highAtomic().load(state.reservedHighatomic());
  }

  PhysicalMemory memory() {
    return memory;
  }

  long freePages() {
    return memory.zones().stream().mapToLong(zone -> zone.counter().exact()).sum();
  }

  MemoryReclaim reclaim() {
    return reclaim;
  }

  Clock clock() {
    return clock;
  }

  Holders holders() {
    return holders;
  }

  @Override
  public void close() {
    reclaim.release();
    memory.release();
  }
}
