package dev.buddyd.replay.reclaim;

import dev.buddyd.mm.frame.FrameTable;
import dev.buddyd.mm.reclaim.LruList;
import dev.buddyd.mm.reclaim.ReclaimState;
import dev.buddyd.mm.zone.AllocationRequest;
import dev.buddyd.mm.zone.PhysicalMemory;
import dev.buddyd.mm.zone.Zone;
import dev.buddyd.replay.json.Field;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Who sits where in a machine whose memory is used up: the node's counters spread over its zones in
 * proportion to what is used there and not held as pressure.
 */
final class Population {

  /** Pages of files that the programs of the tests need to run: 3 to 18 were left in the end. */
  private static final int PROGRAM_PAGES = 18;

  /** A list of less than this part of memory is not what filled it. */
  private static final int SMALL_PART = 100;

  /** Slots that the CPU has taken and not used yet. */
  private static final int SPARE_SLOTS = 64;

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

  /**
   * A list that is filled.
   *
   * @param first how many of the marked pages are the oldest; the others are the youngest
   * @param marked pages with the mark
   * @param owned pages of the hog
   */
  private record Kind(int list, long pages, long first, long marked, int mark, long owned) {}

  void settle() {
    Snapshot s = test.pressed();
    for (int i = 0; i < memory.zones().size(); i++) {
      ZoneState z = s.zones().get(i);
      choosers.add(
          new FrameChooser(
              memory.zone(i),
              test.start().get(i),
              z,
              test.pressure().getOrDefault(z.name(), 0L),
              test.pressure().values().stream().anyMatch(pages -> pages > 0),
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
    long spare = Math.min(swapped, SPARE_SLOTS);
    state.loadSwapForeign(spare);
    swapped -= spare;
    state.loadRefaults(s.count("workingset_refault_anon"), s.count("workingset_refault_file"));
    long cached = Math.min(Math.min(s.count("nr_swapcached"), swapped), anonInactive);
    long clean = test.cleanFirst() < 0 ? cached : Math.min(cached, test.cleanFirst());
    long hogs = Math.min(s.count("nr_anon_pages"), anonInactive + anonActive);
    state.loadProcess(Holders.HOG, 0, false, swapped - cached);
    state.loadProcess(Holders.OTHERS, -1000, false, 0);
    long hogsInactive = Math.min(anonInactive, hogs);
    fill(
        new Kind(
            LruList.INACTIVE_ANON,
            anonInactive,
            clean,
            cached,
            ReclaimState.SWAP_CACHED,
            hogsInactive),
        room,
        rooms);
    fill(new Kind(LruList.ACTIVE_ANON, anonActive, 0, 0, 0, hogs - hogsInactive), room, rooms);
    files(s, fileInactive, fileActive, room, rooms);
    choosers.forEach(FrameChooser::keepRest);
    for (int i = 0; i < choosers.size(); i++) {
      state.loadDeferral(memory.zone(i), test.deferral(s.zones().get(i)));
    }
  }

  private void files(Snapshot s, long inactive, long active, long[] room, long rooms) {
    // programs that run use their pages all the time, which only counts where there are few others
    boolean few = generations && active <= s.count("nr_mapped");
    long most = Math.min(test.filesLeft(), PROGRAM_PAGES);
    long usedActive = few ? Math.min(active, most) : 0;
    long usedInactive = few ? Math.min(inactive, most - usedActive) : 0;
    long restInactive = inactive - usedInactive;
    long restActive = active - usedActive;
    long dirty = Math.min(s.count("nr_dirty"), restInactive + restActive);
    long dirtyActive = restActive == 0 ? 0 : restActive * dirty / (restInactive + restActive);
    long dirtyInactive = Math.min(dirty - dirtyActive, restInactive);
    int mark = ReclaimState.DIRTY_PAGE;
    fill(
        new Kind(LruList.INACTIVE_FILE, restInactive, dirtyInactive, dirtyInactive, mark, 0),
        room,
        rooms);
    fill(new Kind(LruList.ACTIVE_FILE, restActive, dirtyActive, dirtyActive, mark, 0), room, rooms);
    use(LruList.INACTIVE_FILE, usedInactive);
    use(LruList.ACTIVE_FILE, usedActive);
  }

  /** Pages that programs use all the time. */
  private void use(int list, long pages) {
    for (long i = 0; i < pages; i++) {
      holders.inUse(place(withRoom(choosers.size() - 1), list, 0, Holders.OTHERS));
    }
  }

  /** Fills a list, oldest first: what was written to or is in swap already, then the rest. */
  private void fill(Kind kind, long[] room, long rooms) {
    long[] parts = parts(kind.pages(), room, rooms);
    long[] placed = new long[parts.length];
    long owners = 0;
    for (long n = 0; n < kind.pages(); n++) {
      int zone = generations ? highestWithout(parts, placed) : mostBehind(parts, placed, n + 1);
      placed[zone]++;
      boolean marked = n < kind.first() || n >= kind.pages() - (kind.marked() - kind.first());
      int flags = marked ? kind.mark() : 0;
      int owner = flags == ReclaimState.SWAP_CACHED ? Holders.HOG : Holders.OTHERS;
      owners += kind.owned();
      if (owners >= kind.pages()) {
        owners -= kind.pages();
        owner = Holders.HOG;
      }
      place(withRoom(zone), kind.list(), flags, owner);
    }
  }

  /**
   * What each zone has of a list: as much as it has room, but the zone that requests prefer all of
   * a list that was there before memory was full.
   */
  private static long[] parts(long pages, long[] room, long rooms) {
    long[] parts = new long[room.length];
    long left = pages;
    for (int zone = 0; zone < room.length - 1 && pages >= rooms / SMALL_PART; zone++) {
      parts[zone] = pages * room[zone] / rooms;
      left -= parts[zone];
    }
    parts[room.length - 1] = left;
    return parts;
  }

  /** A generation's pages are taken zone by zone, from the highest on. */
  private static int highestWithout(long[] parts, long[] placed) {
    int zone = parts.length - 1;
    while (placed[zone] == parts[zone]) {
      zone--;
    }
    return zone;
  }

  /** The classic lists are those of the node: the zones' pages alternate. */
  private static int mostBehind(long[] parts, long[] placed, long total) {
    int most = 0;
    long pages = Arrays.stream(parts).sum();
    for (int zone = 1; zone < parts.length; zone++) {
      // its part of the total, less what it has, times all pages
      long behind = parts[zone] * total - placed[zone] * pages;
      most = behind > parts[most] * total - placed[most] * pages ? zone : most;
    }
    return most;
  }

  /** This zone, or the next one below or else above it that has a frame left. */
  private int withRoom(int wanted) {
    int zone = wanted;
    while (zone >= 0 && choosers.get(zone).left() == 0) {
      zone--;
    }
    for (int above = wanted; zone < 0; above++) {
      zone = choosers.get(above).left() > 0 ? above : -1;
    }
    return zone;
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
