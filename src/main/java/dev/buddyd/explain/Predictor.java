package dev.buddyd.explain;

import dev.buddyd.explain.Prediction.ZonePrediction;
import dev.buddyd.machine.MachineFork;
import dev.buddyd.mm.frame.Geometry;
import dev.buddyd.mm.frame.MigrateType;
import dev.buddyd.mm.gfp.Gfp;
import dev.buddyd.mm.gfp.RequestFlags;
import dev.buddyd.mm.reclaim.LruList;
import dev.buddyd.mm.zone.AllocationRequest;
import dev.buddyd.mm.zone.WatermarkTest;
import dev.buddyd.mm.zone.Watermarks;
import dev.buddyd.mm.zone.Zone;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Foretells how many blocks a request would get, with the allocator's own test (Z-40, Z-41) and
 * lists, without allocating any. Blocks of the orders that CPUs cache come in batches: the last
 * batch may be more or less. What the requests would change on their way, boost and HIGHATOMIC
 * reserve, is not foretold.
 */
public final class Predictor {

  private final MachineFork fork;
  private final AllocationRequest request;
  private final int order;
  private final int lastFlags;
  private final int firstFlags;
  private final int highestZoneidx;
  private final Kb kb;

  /**
   * A prediction for one request.
   *
   * @param fork a copy of the machine, which is only looked at
   */
  public Predictor(MachineFork fork, AllocationRequest request) {
    this.fork = fork;
    this.request = request;
    this.order = request.order();
    this.lastFlags = fork.allocator().lastFlags(request);
    this.firstFlags = fork.allocator().firstFlags(request);
    this.highestZoneidx = fork.memory().highestZoneidx(request.gfp());
    this.kb = new Kb(fork.memory().geometry().pageKbytes());
  }

  /** Foretells. */
  public Prediction predict() {
    List<ZonePrediction> zones = new ArrayList<>();
    long available = 0;
    long aboveLow = 0;
    long compacted = 0;
    for (Zone zone : fork.allocator().zones(request)) {
      ZonePrediction prediction = of(zone);
      zones.add(prediction);
      available += prediction.available();
      aboveLow += prediction.availableAboveLow();
      compacted += prediction.afterCompaction();
    }
    return new Prediction(
        available, aboveLow, compacted, sentence(available, aboveLow, compacted), zones);
  }

  private ZonePrediction of(Zone zone) {
    long free = zone.counter().free();
    long min = zone.watermarks().effective(Watermarks.MIN);
    if (order == 0 && (lastFlags & RequestFlags.RESERVE) != 0) {
      min = zone.watermarks().stored(Watermarks.MIN); // Z-42.3
    }
    long low = zone.watermarks().effective(Watermarks.LOW);
    long cached = cachedBlocks(zone);
    long listed = blocks(zone, lastFlags);
    long byMark = most(zone, min, lastFlags, free);
    long available = byMark == 0 ? 0 : Math.min(listed, byMark) + cached;
    long byLow = most(zone, low, firstFlags, free);
    long aboveLow = byLow == 0 ? 0 : Math.min(blocks(zone, firstFlags), byLow) + cached;
    MovableWindows windows = new MovableWindows(zone, order, lastFlags);
    long compacted =
        Math.min(windows.count(), most(zone, min, lastFlags, free + windows.cachedPages()));
    compacted = Math.max(compacted, available);
    long reserve = zone.lowmemReserve(highestZoneidx);
    ZonePrediction prediction =
        new ZonePrediction(
            zone.node(),
            zone.name(),
            listed + cached,
            available,
            Math.min(aboveLow, available),
            compacted,
            listed <= byMark ? "blocks" : "mark",
            free,
            usable(zone, lastFlags, free),
            WatermarkTest.threshold(min, lastFlags) + reserve,
            low + reserve,
            "");
    return withSentence(zone, prediction);
  }

  /** Blocks that can be cut from the lists which these flags open. */
  private long blocks(Zone zone, int flags) {
    Geometry geometry = zone.geometry();
    long blocks = 0;
    for (int o = order; o <= geometry.maxOrder(); o++) {
      for (int type = 0; type < geometry.migrateTypes(); type++) {
        boolean open =
            MigrateType.ordinary(type)
                || (type == geometry.cmaType() && (flags & RequestFlags.USECMA) != 0)
                || (type == MigrateType.HIGHATOMIC && (flags & RequestFlags.HATOM) != 0);
        blocks += open ? (long) zone.lists().count(o, type) << (o - order) : 0;
      }
    }
    return blocks;
  }

  private long cachedBlocks(Zone zone) {
    Geometry geometry = zone.geometry();
    if (!geometry.cachedOrder(order)) {
      return 0;
    }
    int type = Gfp.migratetype(request.gfp());
    return zone.set(request.cpu()).size(geometry.pcpListOf(order, type));
  }

  private long usable(Zone zone, int flags, long free) {
    return WatermarkTest.usable(
        order,
        free,
        WatermarkTest.unusableHighatomic(flags, zone.counter().freeHighatomic()),
        WatermarkTest.unusableCma(flags, zone.counter().freeCma()));
  }

  /** The most blocks that the comparison lets pass, each taking its pages from {@code free}. */
  private long most(Zone zone, long mark, int flags, long free) {
    long pages = 1L << order;
    if ((flags & RequestFlags.NOWM) != 0) {
      return free / pages;
    }
    long reserve = zone.lowmemReserve(highestZoneidx);
    long threshold = WatermarkTest.threshold(mark, flags);
    long low = 0;
    long high = free / pages;
    while (low < high) { // the test is monotonic in the free pages
      long n = (low + high + 1) / 2;
      long folded = n > 1 ? zone.counter().remainder(request.cpu()) : 0; // Z-60
      long left = free + folded - (n - 1) * pages;
      boolean passes = WatermarkTest.above(usable(zone, flags, left), threshold, reserve);
      low = passes ? n : low;
      high = passes ? high : n - 1;
    }
    return low;
  }

  // ---- words

  private ZonePrediction withSentence(Zone zone, ZonePrediction z) {
    String place = "Node " + zone.node() + " " + zone.name() + ": ";
    String words;
    if (z.freeBlocks() == 0) {
      words = "no block of order " + order + " is free";
    } else if (z.available() == 0) {
      words =
          Kb.blocks(z.freeBlocks(), order)
              + (z.freeBlocks() == 1 ? " is" : " are")
              + " free, but not one may be taken: "
              + kb.of(Math.max(z.usablePages(), 0))
              + " count, and more than "
              + kb.of(z.minPages())
              + " must stay (mark and lowmem_reserve)";
    } else if (z.limitedBy().equals("blocks")) {
      words = "all " + Kb.blocks(z.available(), order) + " may be taken";
    } else {
      words =
          "%s of %s may be taken until %s are left"
              .formatted(
                  Kb.count(z.available()), Kb.blocks(z.freeBlocks(), order), kb.of(z.minPages()));
    }
    words +=
        z.afterCompaction() > z.available()
            ? "; compaction could make it %s at most".formatted(Kb.count(z.afterCompaction()))
            : "; compaction would not make it more";
    return new ZonePrediction(
        z.node(),
        z.zone(),
        z.freeBlocks(),
        z.available(),
        z.availableAboveLow(),
        z.afterCompaction(),
        z.limitedBy(),
        z.freePages(),
        z.usablePages(),
        z.minPages(),
        z.lowPages(),
        place + words);
  }

  /** Whether the request, or who it wakes, could win pages that are in use now. */
  private boolean mayReclaim() {
    return (request.gfp() & Gfp.RECLAIM) != 0
        && fork.memory().zones().stream()
            .anyMatch(
                zone ->
                    IntStream.rangeClosed(LruList.INACTIVE_ANON, LruList.SLAB)
                        .anyMatch(list -> fork.reclaim().pagesInZone(zone, list) > 0));
  }

  private String sentence(long available, long aboveLow, long compacted) {
    String when = mayReclaim() ? "now without reclaim" : "now";
    String granted =
        available == 0
            ? "Not one block of order %d would be granted %s".formatted(order, when)
            : "%s would be granted %s, %s of them without waking kswapd"
                .formatted(Kb.blocks(available, order), when, Kb.count(aboveLow));
    return granted
        + (compacted > available
            ? "; with all movable memory compacted at most %s".formatted(Kb.count(compacted))
            : "; compaction would not make it more");
  }
}
