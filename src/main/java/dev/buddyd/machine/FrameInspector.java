package dev.buddyd.machine;

import dev.buddyd.machine.FrameInfo.State;
import dev.buddyd.machine.MachineException.Kind;
import dev.buddyd.mm.frame.FrameTable;
import dev.buddyd.mm.frame.MigrateType;
import dev.buddyd.mm.gfp.Gfp;
import dev.buddyd.mm.zone.PhysicalMemory;
import dev.buddyd.mm.zone.Zone;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Looks at single frames and lists what is allocated; holds a zone's locks while it looks. */
public final class FrameInspector {

  /** Frames and untouched sections that a listing looks at before it lets the zone's locks go. */
  private static final int LOOKS_AT_A_TIME = 1 << 15;

  /** Visits the head of an allocated block. */
  interface BlockVisitor {
    void visit(Zone zone, int index);
  }

  private final PhysicalMemory memory;
  private final AllocationTable allocations;
  private final Owners owners;
  private final AddressMap addresses;
  private final List<String> typeNames;

  FrameInspector(
      PhysicalMemory memory, AllocationTable allocations, Owners owners, AddressMap addresses) {
    this.memory = memory;
    this.allocations = allocations;
    this.owners = owners;
    this.addresses = addresses;
    this.typeNames = MigrateType.names(memory.geometry().cmaBuilt());
  }

  /**
   * What a frame is now.
   *
   * @throws MachineException if the pfn lies beyond the machine
   */
  public FrameInfo describe(long pfn) {
    Zone zone = memory.zoneOf(pfn);
    if (zone == null) {
      if (pfn < 0 || pfn >= endPfn()) {
        throw new MachineException(
            Kind.NO_SUCH_FRAME,
            "pfn %#x is outside of this machine, which ends before pfn %#x"
                .formatted(pfn, endPfn()),
            Map.of("end_pfn", endPfn()));
      }
      return bare(pfn, State.HOLE, null);
    }
    if (zone.reserved().contains(pfn)) {
      return bare(pfn, State.RESERVED, zone);
    }
    zone.lockSets();
    zone.lock();
    try {
      return describe(zone, pfn);
    } finally {
      zone.unlock();
      zone.unlockSets();
    }
  }

  /** Pfn after the machine's last frame. */
  public long endPfn() {
    return memory.zones().stream().mapToLong(z -> z.span().endPfn()).max().orElse(0);
  }

  private FrameInfo bare(long pfn, State state, @Nullable Zone zone) {
    return new FrameInfo(
        pfn,
        state,
        zone == null ? null : zone.node(),
        zone == null ? null : zone.name(),
        null,
        null,
        null,
        null,
        null,
        zone == null ? null : typeNames.get(zone.frames().typeOf(zone.frames().index(pfn))),
        addresses.physical(pfn),
        zone == null ? null : addresses.virtual(pfn),
        null);
  }

  private FrameInfo describe(Zone zone, long pfn) {
    FrameTable frames = zone.frames();
    int index = frames.index(pfn);
    for (int order = 0; order <= memory.geometry().maxOrder(); order++) {
      int head = index & -(1 << order);
      if (frames.freeOrderAt(head) >= order) {
        return info(zone, pfn, State.FREE, head, frames.freeOrderAt(head), null, null, null);
      }
      int state = frames.stateOf(head);
      if (state == FrameTable.NONE || frames.orderOf(head) < order) {
        continue;
      }
      int blockOrder = frames.orderOf(head);
      return switch (state) {
        case FrameTable.PCP ->
            info(
                zone,
                pfn,
                State.PCP,
                head,
                blockOrder,
                frames.word0(head),
                frames.word1(head),
                null);
        case FrameTable.ALLOCATED -> allocated(zone, pfn, head, blockOrder);
        default -> info(zone, pfn, State.ALLOCATED, head, 0, null, null, null);
      };
    }
    return bare(pfn, State.RESERVED, zone);
  }

  private FrameInfo allocated(Zone zone, long pfn, int head, int order) {
    Holder holder = allocations.holder(zone.frames().word1(head));
    Allocation allocation =
        holder == null ? null : allocation(zone, zone.frames().index(holder.pfn()), holder, order);
    boolean first = holder == null ? pfn == zone.frames().pfn(head) : pfn == holder.pfn();
    return info(
        zone, pfn, first ? State.ALLOCATED : State.TAIL, head, order, null, null, allocation);
  }

  private FrameInfo info(
      Zone zone,
      long pfn,
      State state,
      int head,
      int order,
      @Nullable Integer cpu,
      @Nullable Integer list,
      @Nullable Allocation allocation) {
    FrameTable frames = zone.frames();
    Long buddy = null;
    if (order < memory.geometry().maxOrder()) {
      long candidate = frames.pfn(head ^ (1 << order));
      buddy = frames.spans(candidate) ? candidate : null;
    }
    return new FrameInfo(
        pfn,
        state,
        zone.node(),
        zone.name(),
        frames.pfn(head),
        order,
        cpu,
        list,
        buddy,
        typeNames.get(frames.typeOf(frames.index(pfn))),
        addresses.physical(pfn),
        addresses.virtual(pfn),
        allocation);
  }

  /** A block just granted, as its client sees it, whatever others did to it since. */
  Allocation granted(Holder holder, @Nullable String owner, int gfp, PageUse use) {
    Zone zone = memory.zoneOf(holder.pfn());
    if (zone == null) {
      throw new IllegalStateException("pfn " + holder.pfn() + " was granted and is no frame");
    }
    return allocation(zone, holder, owner, RequestCheck.orderOf(holder.pages()), gfp, use);
  }

  private Allocation allocation(Zone zone, int head, Holder holder, int blockOrder) {
    int order = Math.max(blockOrder, RequestCheck.orderOf(holder.pages()));
    FrameTable frames = zone.frames();
    PageUse use = PageUse.values()[frames.useOf(head)];
    return allocation(zone, holder, owners.name(holder.owner()), order, frames.word0(head), use);
  }

  private Allocation allocation(
      Zone zone, Holder holder, @Nullable String owner, int order, int gfp, PageUse use) {
    return new Allocation(
        holder.pfn(),
        order,
        holder.pages(),
        zone.name(),
        zone.node(),
        typeNames.get(memory.tunables().groupingDisabled() ? 0 : Gfp.migratetype(gfp)),
        typeNames.get(zone.frames().typeOf(zone.frames().index(holder.pfn()))),
        gfp,
        addresses.physical(holder.pfn()),
        addresses.virtual(holder.pfn()),
        holder.cpu(),
        owner == null || owner.isEmpty() ? null : owner,
        use,
        holder.sequence());
  }

  /** The refusal of a free where no allocation starts; says what is there instead. */
  MachineException notAllocated(long pfn) {
    FrameInfo info = describe(pfn);
    Map<String, Object> details = new LinkedHashMap<>();
    details.put("state", info.state().name().toLowerCase(Locale.ROOT));
    Long block = info.blockPfn();
    if (block != null) {
      details.put("block_pfn", block);
    }
    if (info.blockOrder() != null) {
      details.put("block_order", info.blockOrder());
    }
    if (info.cpu() != null) {
      details.put("cpu", info.cpu());
    }
    String what =
        switch (info.state()) {
          case FREE ->
              "is free, in the block of order %d at pfn %#x".formatted(info.blockOrder(), block);
          case PCP -> "is free, on the list of CPU " + info.cpu();
          case TAIL -> "is a tail of the allocation at pfn %#x".formatted(holderPfn(info));
          case ALLOCATED -> "is in use since before this machine was loaded";
          case RESERVED -> "is reserved since boot and was never given to the allocator";
          case HOLE -> "is in a hole: there is no RAM";
        };
    return new MachineException(
        Kind.NOT_ALLOCATED, "no allocation starts at pfn %#x: it %s".formatted(pfn, what), details);
  }

  private static @Nullable Long holderPfn(FrameInfo info) {
    Allocation allocation = info.allocation();
    return allocation == null ? info.blockPfn() : Long.valueOf(allocation.pfn());
  }

  /**
   * Allocations in ascending order of pfn.
   *
   * @param fromPfn first pfn to look at
   * @param limit how many at most
   */
  public List<Allocation> list(long fromPfn, int limit, Predicate<Allocation> filter) {
    List<Allocation> found = new ArrayList<>();
    List<Zone> byStart =
        memory.zones().stream()
            .sorted((a, b) -> Long.compare(a.span().startPfn(), b.span().startPfn()))
            .toList();
    for (Zone zone : byStart) {
      if (found.size() >= limit || zone.span().endPfn() <= fromPfn) {
        continue;
      }
      FrameTable frames = zone.frames();
      int section = 1 << memory.geometry().maxOrder();
      int index = fromPfn <= zone.span().startPfn() ? 0 : frames.index(fromPfn) & -section;
      index = Math.max(index, frames.firstIndex());
      while (index < frames.endIndex() && found.size() < limit) {
        zone.lockSets();
        zone.lock();
        try {
          index = collect(zone, index, fromPfn, limit, filter, found);
        } finally {
          zone.unlock();
          zone.unlockSets();
        }
      }
    }
    return found;
  }

  /**
   * Collects the allocations of some sections, so that the zone's locks are not held for long. A
   * block never leaves its section, so that a walk may begin with any.
   *
   * @return where to go on
   */
  private int collect(
      Zone zone,
      int from,
      long fromPfn,
      int limit,
      Predicate<Allocation> filter,
      List<Allocation> found) {
    FrameTable frames = zone.frames();
    int section = 1 << memory.geometry().maxOrder();
    int index = from;
    int looked = 0;
    while (looked < LOOKS_AT_A_TIME && index < frames.endIndex()) {
      int end = Math.min((index & -section) + section, frames.endIndex());
      looked += frames.isTouched(index) ? section : 1;
      index = nextAllocated(frames, index, end);
      while (index < end) {
        Holder holder = allocations.holder(frames.word1(index));
        if (holder != null && holder.pfn() == frames.pfn(index) && holder.pfn() >= fromPfn) {
          Allocation allocation = allocation(zone, index, holder, frames.orderOf(index));
          if (filter.test(allocation)) {
            found.add(allocation);
            if (found.size() == limit) {
              return end;
            }
          }
        }
        index = nextAllocated(frames, index + (1 << frames.orderOf(index)), end);
      }
      index = end;
    }
    return index;
  }

  /** Visits every allocated block; the machine must be quiesced or not yet in service. */
  void forEachAllocated(BlockVisitor visitor) {
    for (Zone zone : memory.zones()) {
      FrameTable frames = zone.frames();
      int end = frames.endIndex();
      int index = nextAllocated(frames, frames.firstIndex(), end);
      while (index < end) {
        visitor.visit(zone, index);
        index = nextAllocated(frames, index + (1 << frames.orderOf(index)), end);
      }
    }
  }

  /** The next head of an allocated block from an index on; the end if there is none before it. */
  private int nextAllocated(FrameTable frames, int from, int end) {
    int section = 1 << memory.geometry().maxOrder();
    int index = from;
    while (index < end) {
      if (!frames.isTouched(index)) {
        index = (index & -section) + section;
        continue;
      }
      int state = frames.stateOf(index);
      if (state == FrameTable.ALLOCATED) {
        return index;
      }
      index +=
          state == FrameTable.NONE || state == FrameTable.IN_USE ? 1 : 1 << frames.orderOf(index);
    }
    return end;
  }
}
