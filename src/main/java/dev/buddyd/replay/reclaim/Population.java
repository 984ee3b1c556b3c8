package dev.buddyd.replay.reclaim;

import dev.buddyd.mm.frame.FrameTable;
import dev.buddyd.mm.reclaim.LruList;
import dev.buddyd.mm.reclaim.ReclaimState;
import dev.buddyd.mm.zone.AllocationRequest;
import dev.buddyd.mm.zone.PhysicalMemory;
import dev.buddyd.mm.zone.Zone;
import dev.buddyd.replay.json.Field;
import java.util.ArrayList;
import java.util.List;

/**
 * Who sits where in a machine whose memory is used up: the node's counters spread over its zones in
 * proportion to what is used there and not held as pressure.
 */
final class Population {

  private final RecordedTest test;
  private final Field zones;
  private final boolean generations;
  private final PhysicalMemory memory;
  private final ReclaimState state;
  private final Holders holders;
  private final List<FrameChooser> choosers = new ArrayList<>();

  Population(
      RecordedTest test,
      Field zones,
      boolean generations,
      PhysicalMemory memory,
      ReclaimState state,
      Holders holders) {
    this.test = test;
    this.zones = zones;
    this.generations = generations;
    this.memory = memory;
    this.state = state;
    this.holders = holders;
  }

  /** A list that is filled: its pages by zone, and how often one of them has a property. */
  private record Kind(int list, long pages, long marked, int mark, long owned) {}

  void settle() {
    Snapshot s = test.pressed();
    for (int i = 0; i < memory.zones().size(); i++) {
      ZoneState z = s.zones().get(i);
      choosers.add(
          new FrameChooser(
              memory.zone(i),
              test.start().zones().get(i),
              z,
              test.pressure().getOrDefault(z.name(), 0L),
              zones.items().get(i)));
    }
    long anonInactive = s.count("nr_inactive_anon");
    long anonActive = s.count("nr_active_anon");
    long fileInactive = s.count("nr_inactive_file");
    long fileActive = s.count("nr_active_file");
    long all = anonInactive + anonActive + fileInactive + fileActive;
    long[] room = new long[choosers.size()];
    long rooms = 0;
    for (int i = 0; i < room.length; i++) {
      ZoneState z = s.zones().get(i);
      long held = Math.min(test.pressure().getOrDefault(z.name(), 0L), choosers.get(i).left());
      room[i] = choosers.get(i).left() - held;
      rooms += room[i];
    }
    if (all > rooms) {
      throw zones.wrong("the lists have " + all + " pages, but " + rooms + " are in use");
    }
    long swapped = s.swapTotal() - s.swapFree();
    long cached = Math.min(Math.min(s.count("nr_swapcached"), swapped), anonInactive);
    long dirty = Math.min(s.count("nr_dirty"), fileInactive + fileActive);
    long hogs = Math.min(s.count("nr_anon_pages"), anonInactive + anonActive);
    // programs that run use their pages all the time, which only counts where there are few others
    boolean used = generations && fileActive <= s.count("nr_mapped");
    state.loadProcess(Holders.HOG, 0, false, swapped - cached);
    state.loadProcess(Holders.OTHERS, -1000, false, 0);
    long hogsInactive = Math.min(anonInactive, hogs);
    long dirtyActive = used ? 0 : fileActive * dirty / Math.max(fileInactive + fileActive, 1);
    fill(
        new Kind(
            LruList.INACTIVE_ANON, anonInactive, cached, ReclaimState.SWAP_CACHED, hogsInactive),
        room,
        rooms);
    fill(new Kind(LruList.ACTIVE_ANON, anonActive, 0, 0, hogs - hogsInactive), room, rooms);
    fill(
        new Kind(
            LruList.INACTIVE_FILE,
            fileInactive,
            Math.min(dirty - dirtyActive, fileInactive),
            ReclaimState.DIRTY_PAGE,
            0),
        room,
        rooms);
    if (used) {
      for (long i = 0; i < fileActive; i++) {
        int zone = choosers.size() - 1;
        while (zone > 0 && choosers.get(zone).left() == 0) {
          zone--;
        }
        holders.inUse(place(zone, LruList.ACTIVE_FILE, 0, Holders.OTHERS));
      }
    } else {
      fill(
          new Kind(LruList.ACTIVE_FILE, fileActive, dirtyActive, ReclaimState.DIRTY_PAGE, 0),
          room,
          rooms);
    }
    choosers.forEach(FrameChooser::keepRest);
    for (ZoneState z : s.zones()) {
      if (z.deferShift() > 0) {
        Zone zone = memory.zones().get(s.zones().indexOf(z));
        state.loadDeferral(zone, new long[] {0, z.deferShift(), test.order()});
      }
    }
  }

  /** Fills a list evenly from all zones, oldest first. */
  private void fill(Kind kind, long[] room, long rooms) {
    long[] due = new long[room.length];
    long marks = 0;
    long owners = 0;
    for (long n = 0; n < kind.pages(); n++) {
      int best = -1;
      for (int i = 0; i < room.length; i++) {
        due[i] += room[i];
        if (choosers.get(i).left() > 0 && (best < 0 || due[i] > due[best])) {
          best = i;
        }
      }
      due[best] -= rooms;
      // pages in swap were put to the end of their list when they were written
      boolean cached = kind.mark() == ReclaimState.SWAP_CACHED;
      marks += cached ? 0 : kind.marked();
      owners += kind.owned();
      int flags = cached && n < kind.marked() ? kind.mark() : 0;
      if (marks >= kind.pages()) {
        marks -= kind.pages();
        flags = kind.mark();
      }
      int owner = flags == ReclaimState.SWAP_CACHED ? Holders.HOG : Holders.OTHERS;
      if (owners >= kind.pages()) {
        owners -= kind.pages();
        owner = Holders.HOG;
      }
      place(best, kind.list(), flags, owner);
    }
  }

  private int place(int zoneNumber, int list, int flags, int owner) {
    Zone zone = memory.zone(zoneNumber);
    FrameTable frames = zone.frames();
    int index = choosers.get(zoneNumber).next();
    int tag = holders.register();
    boolean file = list == LruList.INACTIVE_FILE || list == LruList.ACTIVE_FILE;
    int use = file ? AllocationRequest.FILE : AllocationRequest.ANON;
    frames.touch(index);
    frames.setAllocated(index, 0, false, use, 0, tag);
    frames.setMovable(index, true);
    state.place(zone, list, tag, frames.pfn(index), 0, owner, flags, 0);
    return tag;
  }
}
