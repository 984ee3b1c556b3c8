package dev.buddyd.machine;

import dev.buddyd.mm.frame.FrameTable;
import dev.buddyd.mm.reclaim.OomKill;
import dev.buddyd.mm.reclaim.PageFate;
import dev.buddyd.mm.reclaim.PageHolders;
import dev.buddyd.mm.reclaim.ReclaimCounts;
import dev.buddyd.mm.zone.PhysicalMemory;
import dev.buddyd.mm.zone.Zone;
import java.util.Objects;
import java.util.function.BiConsumer;

/** The holders of the machine in service, told by reclaim: their records say where pages went. */
final class ServedHolders implements PageHolders {

  private static final PageUse[] USES = PageUse.values();

  private final PhysicalMemory memory;
  private final AllocationTable allocations;
  private final BiConsumer<OomKill, ReclaimCounts> kills;

  /**
   * @param kills hears of each kill before it is done
   */
  ServedHolders(
      PhysicalMemory memory,
      AllocationTable allocations,
      BiConsumer<OomKill, ReclaimCounts> kills) {
    this.memory = memory;
    this.allocations = allocations;
    this.kills = kills;
  }

  @Override
  public boolean leaves(int tag, PageFate fate) {
    long pfn = allocations.pfnOf(tag);
    if (pfn < 0) {
      return false;
    }
    Zone zone = Objects.requireNonNull(memory.zoneOfFrame(pfn));
    FrameTable frames = zone.frames();
    int index = frames.index(pfn);
    AllocationState state =
        switch (fate) {
          case SWAPPED -> AllocationState.SWAPPED;
          case DROPPED -> AllocationState.DROPPED;
          case KILLED -> AllocationState.KILLED;
        };
    return allocations.leaves(tag, state, USES[frames.useOf(index)], frames.word0(index));
  }

  @Override
  public boolean moves(int tag, long pfn) {
    return allocations.moves(tag, pfn);
  }

  @Override
  public int ownerAsking(int tag) {
    return allocations.ownerOf(tag);
  }

  @Override
  public void killing(OomKill kill, ReclaimCounts counts) {
    kills.accept(kill, counts);
  }

  @Override
  public void swapLost(int owner) {
    allocations.swapLost(owner);
  }
}
