package dev.buddyd.explain;

import dev.buddyd.machine.MachineFork;
import dev.buddyd.mm.gfp.Gfp;
import dev.buddyd.mm.reclaim.LruList;
import dev.buddyd.mm.zone.AllocationRequest;
import dev.buddyd.mm.zone.Zone;
import java.util.ArrayList;
import java.util.List;

/** What can be changed where memory is in use that could be had: reclaim and compaction. */
final class PressureVariants {

  /** {@code drop_caches}: clean page cache and slab. */
  private static final int CACHES = 3;

  /** Pages up to which all of them are dropped or moved for the sake of an answer. */
  private static final long MOST_PAGES = 500_000;

  private final MachineFork base;
  private final AllocationRequest request;

  PressureVariants(MachineFork base, AllocationRequest request) {
    this.base = base;
    this.request = request;
  }

  /** The same request when what it woke has done its work. */
  List<NearMissVariant> afterKswapd() {
    return listed() == 0
        ? List.of()
        : List.of(
            NearMissVariant.prepared(
                NearMiss.Kind.KSWAPD,
                "the same request once kswapd has done its work",
                request,
                fork -> fork.reclaim().background(null)));
  }

  /** Whether there is too much in memory for {@link #preparations} within the time of a search. */
  boolean tooMuch() {
    return listed() > MOST_PAGES;
  }

  /** Things that an administrator can do first; they take time by the page. */
  List<NearMissVariant> preparations() {
    List<NearMissVariant> variants = new ArrayList<>();
    if (tooMuch()) {
      return variants;
    }
    if (caches() > 0) {
      variants.add(
          NearMissVariant.prepared(
              NearMiss.Kind.DROP_CACHES,
              "vm.drop_caches = " + CACHES + " first",
              request,
              fork -> fork.reclaim().dropCaches(CACHES, 0, null))); // as a write of it does
    }
    if (request.order() > 0 && listed() > pages(LruList.SLAB)) {
      variants.add(
          NearMissVariant.prepared(
              NearMiss.Kind.COMPACTION, "memory compacted first", request, this::compact));
    }
    return variants;
  }

  private long caches() {
    return pages(LruList.INACTIVE_FILE) + pages(LruList.ACTIVE_FILE) + pages(LruList.SLAB);
  }

  private long listed() {
    return caches() + pages(LruList.INACTIVE_ANON) + pages(LruList.ACTIVE_ANON);
  }

  private void compact(MachineFork fork) {
    for (Zone zone : fork.memory().zones()) {
      int[] cpus = fork.memory().node(zone.node()).cpus(); // as POST /compactions does
      fork.reclaim().compactZone(zone, request.order(), cpus.length == 0 ? 0 : cpus[0], null);
    }
  }

  /** More that the request could allow its own passes of direct reclaim. */
  List<NearMissVariant> masks() {
    int gfp = request.gfp();
    List<NearMissVariant> variants = new ArrayList<>();
    if ((gfp & Gfp.DIRECT_RECLAIM) == 0) {
      return variants;
    }
    if ((gfp & Gfp.IO) == 0) {
      variants.add(masked("with __GFP_IO: may write to swap and compact", gfp | Gfp.IO));
    }
    if ((gfp & Gfp.FS) == 0) {
      variants.add(
          masked(
              "with __GFP_FS: may enter file systems, shrink their caches and have a process"
                  + " killed",
              gfp | Gfp.IO | Gfp.FS));
    }
    if ((gfp & Gfp.NORETRY) != 0) {
      variants.add(masked("without __GFP_NORETRY: may try again", gfp & ~Gfp.NORETRY));
    }
    return variants;
  }

  private NearMissVariant masked(String change, int gfp) {
    return NearMissVariant.masked(NearMiss.Kind.GFP, change, request, gfp);
  }

  private long pages(int list) {
    long sum = 0;
    for (Zone zone : base.memory().zones()) {
      sum += base.reclaim().pagesInZone(zone, list);
    }
    return sum;
  }
}
