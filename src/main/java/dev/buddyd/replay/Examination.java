package dev.buddyd.replay;

import dev.buddyd.mm.frame.FrameTable;
import dev.buddyd.mm.frame.MigrateType;
import dev.buddyd.mm.trace.Trace;
import dev.buddyd.mm.zone.PhysicalMemory;
import dev.buddyd.mm.zone.Zone;
import dev.buddyd.replay.FirstDifference.Decided;
import dev.buddyd.replay.FirstDifference.ListExcerpt;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Looks closely at one operation: what was decided, and the lists involved as they were before it.
 */
final class Examination {

  private static final int EXCERPT = 8;
  private static final int MOST_LISTS = 12;

  /** A free list, or a per-CPU list if {@code cpu} is not negative ({@code type} is its number). */
  private record Key(int zone, int cpu, int order, int type) {}

  private final long expectedPfn;
  private @Nullable LastDecisions decisions;
  private @Nullable String whereabouts;
  private List<ListExcerpt> lists = List.of();
  private @Nullable PhysicalMemory past;
  private final Set<Key> keys = new LinkedHashSet<>();

  /**
   * An examination.
   *
   * @param expectedPfn the pfn that the recording got, or -1
   */
  Examination(long expectedPfn) {
    this.expectedPfn = expectedPfn;
  }

  /** The operation is next. */
  void before(PhysicalMemory memory) {
    decisions = new LastDecisions(memory);
    memory.quiesce();
    try {
      past = memory.fork();
      memory.zones().forEach(zone -> zone.frames().shareSections());
    } finally {
      memory.resume();
    }
    if (expectedPfn >= 0) {
      whereabouts = locate(memory);
    }
  }

  @Nullable Trace trace() {
    return decisions;
  }

  /** The operation was performed. */
  void after(PhysicalMemory memory) {
    LastDecisions made = decisions;
    PhysicalMemory fork = past;
    if (made == null || fork == null) {
      return;
    }
    for (LastDecisions.Made d : made.made()) {
      long[] v = d.values();
      switch (d.decision()) {
        case TAKE -> keys.add(new Key(d.zone(), -1, (int) v[3], (int) v[2]));
        case STEAL -> keys.add(new Key(d.zone(), -1, (int) v[2], (int) v[3]));
        case CLAIM_BLOCK -> keys.add(new Key(d.zone(), -1, (int) v[1], (int) v[2]));
        case LIST_END -> keys.add(new Key(d.zone(), -1, (int) v[1], (int) v[2]));
        case PCP_HIT, PCP_FREE, PCP_REFILL ->
            keys.add(new Key(d.zone(), (int) v[0], 0, (int) v[1]));
        default -> {}
      }
    }
    lists = keys.stream().limit(MOST_LISTS).map(key -> excerpt(fork, key)).toList();
    fork.release();
    past = null;
  }

  private static ListExcerpt excerpt(PhysicalMemory memory, Key key) {
    Zone zone = memory.zone(key.zone());
    List<Long> pfns = new ArrayList<>();
    List<String> types = MigrateType.names(zone.geometry().cmaBuilt());
    if (key.cpu() >= 0) {
      int size = zone.set(key.cpu()).size(key.type());
      for (int i = 0; i < Math.min(size, EXCERPT); i++) {
        pfns.add(zone.frames().pfn(zone.set(key.cpu()).get(key.type(), i)));
      }
      return new ListExcerpt(
          zone.node(),
          zone.name(),
          "per_cpu",
          key.cpu(),
          zone.geometry().pcpOrderOf(key.type()),
          types.get(zone.geometry().pcpTypeOf(key.type())),
          size,
          pfns);
    }
    int index = zone.lists().first(key.order(), key.type());
    while (index != FrameTable.NIL && pfns.size() < EXCERPT) {
      pfns.add(zone.frames().pfn(index));
      index = zone.frames().nextOf(index, key.order());
    }
    return new ListExcerpt(
        zone.node(),
        zone.name(),
        "free",
        null,
        key.order(),
        types.get(key.type()),
        zone.lists().count(key.order(), key.type()),
        pfns);
  }

  /** What the expected frame is before the operation; its list becomes one of those involved. */
  private String locate(PhysicalMemory memory) {
    Zone zone = memory.zoneOf(expectedPfn);
    if (zone == null) {
      return "is no frame of this machine";
    }
    FrameTable frames = zone.frames();
    int index = frames.index(expectedPfn);
    for (int order = 0; order <= zone.geometry().maxOrder(); order++) {
      int head = index & -(1 << order);
      if (head < frames.firstIndex()) {
        break;
      }
      if (frames.isFree(head, order)) {
        int type = frames.typeOf(head);
        keys.add(new Key(zone.ordinal(), -1, order, type));
        return "lies in a free block of order "
            + order
            + " of zone "
            + zone.name()
            + ", type "
            + MigrateType.names(zone.geometry().cmaBuilt()).get(type);
      }
    }
    return switch (frames.stateOf(index)) {
      case FrameTable.PCP -> {
        keys.add(new Key(zone.ordinal(), frames.word0(index), 0, frames.word1(index)));
        yield "is on list " + frames.word1(index) + " of CPU " + frames.word0(index);
      }
      case FrameTable.ALLOCATED, FrameTable.IN_USE -> "is in use";
      default -> "is no head of a block that is in use or on a list";
    };
  }

  /** Where the expected frame was, in words; null if there is none. */
  @Nullable String whereabouts() {
    return whereabouts;
  }

  List<Decided> decisions() {
    return decisions == null ? List.of() : decisions.told();
  }

  @Nullable String rule() {
    return decisions == null ? null : decisions.rule();
  }

  List<ListExcerpt> lists() {
    return lists;
  }
}
