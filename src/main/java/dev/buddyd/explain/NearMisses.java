package dev.buddyd.explain;

import dev.buddyd.machine.MachineFork;
import dev.buddyd.machine.SimulatedMachine;
import dev.buddyd.mm.gfp.Gfp;
import dev.buddyd.mm.reclaim.VmEvent;
import dev.buddyd.mm.zone.AllocationRequest;
import dev.buddyd.mm.zone.PhysicalMemory;
import dev.buddyd.mm.zone.Sysctls;
import dev.buddyd.mm.zone.Sysctls.Knob;
import dev.buddyd.mm.zone.Zone;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Runs a refused request again on forks of the machine, each with one thing changed. Forks share
 * the machine's frame tables and cost what they touch.
 */
public final class NearMisses {

  private final SimulatedMachine machine;
  private final int maxVariants;
  private final long budgetNanos;
  private final LongSupplier nanoClock;

  /**
   * Near misses on one machine.
   *
   * @param maxVariants how many changes to try at most
   * @param budgetNanos how long to go on
   * @param nanoClock what tells the time
   */
  public NearMisses(
      SimulatedMachine machine, int maxVariants, long budgetNanos, LongSupplier nanoClock) {
    this.machine = machine;
    this.maxVariants = maxVariants;
    this.budgetNanos = budgetNanos;
    this.nanoClock = nanoClock;
  }

  /** Tries the changes, smallest intervention first. */
  public NearMissReport find(AllocationRequest refused) {
    long end = nanoClock.getAsLong() + budgetNanos;
    List<NearMiss> found = new ArrayList<>();
    int tried = 0;
    boolean truncated = false;
    Integer largestOrder = null;
    try (MachineFork base = machine.fork()) {
      List<NearMissVariant> variants = variants(refused, base);
      truncated = variants.size() > maxVariants || new PressureVariants(base, refused).tooMuch();
      for (NearMissVariant variant : variants.subList(0, Math.min(maxVariants, variants.size()))) {
        if (nanoClock.getAsLong() > end) {
          truncated = true;
          break;
        }
        tried++;
        try (MachineFork fork = base.fork()) {
          variant.preparation().accept(fork);
          fork.oneRequest();
          long kills = fork.reclaim().events().get(VmEvent.OOM_KILL);
          long pfn = fork.allocator().allocate(variant.request(), null);
          Zone zone = pfn < 0 ? null : fork.memory().zoneOf(pfn);
          if (zone != null) {
            kills = fork.reclaim().events().get(VmEvent.OOM_KILL) - kills;
            found.add(found(variant, zone, pfn, kills));
            if (variant.kind() == NearMiss.Kind.ORDER
                && (largestOrder == null || variant.request().order() > largestOrder)) {
              largestOrder = variant.request().order();
            }
          }
        }
      }
    }
    found.sort(Comparator.comparing(NearMiss::kind));
    return new NearMissReport(List.copyOf(found), tried, truncated, largestOrder);
  }

  /**
   * A change that works.
   *
   * @param kills processes that the OOM killer takes on the way
   */
  private static NearMiss found(NearMissVariant variant, Zone zone, long pfn, long kills) {
    Map<String, Object> values = new LinkedHashMap<>(variant.values());
    String change = variant.change();
    if (kills > 0) {
      values.put("oom_kills", kills);
      change += ", at the price of %d killed".formatted(kills);
    }
    return new NearMiss(change, variant.kind(), values, zone.name(), zone.node(), pfn);
  }

  private static List<NearMissVariant> variants(AllocationRequest request, MachineFork base) {
    PhysicalMemory memory = base.memory();
    PressureVariants pressure = new PressureVariants(base, request);
    List<NearMissVariant> variants = new ArrayList<>();
    variants.add(
        NearMissVariant.prepared(
            NearMiss.Kind.DRAIN,
            "the per-CPU lists of all CPUs drained first",
            request,
            fork -> {
              for (int cpu = 0; cpu < fork.memory().cpus(); cpu++) {
                fork.allocator().drain(cpu, null);
              }
            }));
    if (memory.zones().stream().anyMatch(z -> z.watermarks().boost() > 0)) {
      variants.add(
          NearMissVariant.prepared(
              NearMiss.Kind.BOOST,
              "without the watermark boost",
              request,
              fork -> fork.memory().zones().forEach(z -> z.watermarks().loadBoost(0))));
    }
    if (memory.zones().stream().anyMatch(z -> z.highAtomic().reservedPages() > 0)) {
      variants.add(
          NearMissVariant.prepared(
              NearMiss.Kind.HIGHATOMIC,
              "with HIGHATOMIC pageblocks given back",
              request,
              fork -> unreserveAll(fork, request)));
    }
    variants.addAll(pressure.afterKswapd());
    for (int order = request.order() - 1; order >= 0; order--) {
      variants.add(NearMissVariant.ofOrder(request, order));
    }
    variants.addAll(pressure.masks());
    gfpVariants(request, memory, variants);
    sysctlVariants(request, memory, variants);
    variants.addAll(pressure.preparations()); // the slowest last
    return variants;
  }

  private static void unreserveAll(MachineFork fork, AllocationRequest request) {
    boolean more = true;
    while (more) {
      more =
          fork.allocator()
              .unreserveHighatomic(request.gfp(), request.node(), true, request.cpu(), null);
    }
  }

  private static void gfpVariants(
      AllocationRequest request, PhysicalMemory memory, List<NearMissVariant> variants) {
    int gfp = request.gfp();
    if ((gfp & Gfp.THISNODE) != 0 && memory.nodes().size() > 1) {
      addGfp(variants, request, NearMiss.Kind.NODE, "another node allowed", gfp & ~Gfp.THISNODE);
    }
    int unzoned = gfp & ~(Gfp.DMA | Gfp.DMA32);
    addGfp(variants, request, NearMiss.Kind.GFP, "without the limit to a low zone", unzoned);
    int movable = (gfp & ~(Gfp.RECLAIMABLE | Gfp.DMA | Gfp.DMA32)) | Gfp.HIGHMEM | Gfp.MOVABLE;
    addGfp(variants, request, NearMiss.Kind.GFP, "as movable user memory", movable);
    addGfp(variants, request, NearMiss.Kind.GFP, "with __GFP_HIGH", gfp | Gfp.HIGH);
    addGfp(
        variants,
        request,
        NearMiss.Kind.GFP,
        "as GFP_ATOMIC: half of min and a quarter less",
        (gfp & ~(Gfp.DIRECT_RECLAIM | Gfp.NOMEMALLOC)) | Gfp.GFP_ATOMIC);
    addGfp(
        variants,
        request,
        NearMiss.Kind.GFP,
        "with __GFP_MEMALLOC: no watermark",
        (gfp & ~Gfp.NOMEMALLOC) | Gfp.MEMALLOC);
    if ((gfp & Gfp.DIRECT_RECLAIM) == 0) {
      addGfp(
          variants,
          request,
          NearMiss.Kind.GFP,
          "as a request that may sleep and reclaim",
          gfp | Gfp.GFP_KERNEL);
    }
  }

  private static void addGfp(
      List<NearMissVariant> variants,
      AllocationRequest request,
      NearMiss.Kind kind,
      String change,
      int gfp) {
    if (gfp != request.gfp()) {
      variants.add(NearMissVariant.masked(kind, change, request, gfp));
    }
  }

  private static void sysctlVariants(
      AllocationRequest request, PhysicalMemory memory, List<NearMissVariant> variants) {
    int minFree = memory.tunables().get(Knob.MIN_FREE_KBYTES);
    if (minFree > 0) {
      addSysctl(variants, request, "min_free_kbytes", Integer.toString(minFree / 2));
      addSysctl(variants, request, "min_free_kbytes", "0");
    }
    if (memory.zones().stream().anyMatch(NearMisses::reserves)) {
      String off = "0 ".repeat(memory.tunables().lowmemReserveRatios()).strip();
      addSysctl(variants, request, "lowmem_reserve_ratio", off);
    }
  }

  private static boolean reserves(Zone zone) {
    for (int i = 0; i < zone.lowmemReserves(); i++) {
      if (zone.lowmemReserve(i) > 0) {
        return true;
      }
    }
    return false;
  }

  private static void addSysctl(
      List<NearMissVariant> variants, AllocationRequest request, String name, String value) {
    variants.add(
        new NearMissVariant(
            NearMiss.Kind.SYSCTL,
            "vm." + name + " = " + value,
            Map.of("sysctl", name, "value", value),
            request,
            fork -> Sysctls.write(fork.memory(), name, value)));
  }
}
