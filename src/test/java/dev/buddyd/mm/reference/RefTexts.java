package dev.buddyd.mm.reference;

import dev.buddyd.mm.frame.MigrateType;
import dev.buddyd.mm.reference.ReferenceAllocator.RefNode;
import java.util.List;

/** The texts of spec 07 that a recording has, written down as they read. */
final class RefTexts {

  /** What is no business of the allocator, in pages: the same in all texts (T-50). */
  private static final long ACTIVE_FILE = 1700;

  private static final long INACTIVE_FILE = 400;
  private static final long RECLAIMABLE = 90;

  private final RefSizing sizing;
  private final ReferenceAllocator machine;
  private final RefKernel kernel;
  private final StringBuilder out = new StringBuilder();

  private RefTexts(RefSizing sizing) {
    this.sizing = sizing;
    this.machine = sizing.machine;
    this.kernel = machine.kernel;
  }

  /** The text of a file under {@code /proc} now. */
  static String of(String file, RefSizing sizing) {
    RefTexts texts = new RefTexts(sizing);
    switch (file) {
      case "buddyinfo" -> texts.buddyinfo();
      case "pagetypeinfo" -> texts.pagetypeinfo();
      case "zoneinfo" -> texts.zoneinfo();
      default -> texts.meminfo();
    }
    return texts.out.toString();
  }

  private void print(String text) {
    out.append(text);
  }

  private String name(RefZone z) {
    return kernel.zoneNames().get(z.index);
  }

  /** T-1. */
  private void buddyinfo() {
    for (RefZone z : machine.zones) {
      print("Node %d, zone %8s ".formatted(z.node, name(z)));
      for (int order = 0; order <= kernel.top(); order++) {
        print("%6d ".formatted(z.blocks(order)));
      }
      print("\n");
    }
  }

  /** T-5. */
  private void pagetypeinfo() {
    List<String> types = MigrateType.procNames(kernel.cma());
    for (RefNode node : machine.nodes) {
      if (node.zones.isEmpty()) {
        continue;
      }
      print("Page block order: %d\n".formatted(kernel.pbo()));
      print("Pages per block:  %d\n\n".formatted(kernel.blockPages()));
      print("%-43s ".formatted("Free pages count per migrate type at order"));
      for (int order = 0; order <= kernel.top(); order++) {
        print("%6d ".formatted(order));
      }
      print("\n");
      for (RefZone z : node.zones) {
        for (int type = 0; type < kernel.types(); type++) {
          print("Node %4d, zone %8s, type %12s ".formatted(z.node, name(z), types.get(type)));
          for (int order = 0; order <= kernel.top(); order++) {
            print("%6d ".formatted(z.list(order, type).size()));
          }
          print("\n");
        }
      }
      print("\n%-23s".formatted("Number of blocks type "));
      types.forEach(type -> print("%12s ".formatted(type)));
      print("\n");
      for (RefZone z : node.zones) {
        long[] blocks = new long[kernel.types()];
        for (long p = z.start; p < z.end; p += kernel.blockPages()) {
          if (z.ram.get((int) (p - z.start))) {
            blocks[z.typeAt(p)]++;
          }
        }
        print("Node %d, zone %8s ".formatted(z.node, name(z)));
        for (long count : blocks) {
          print("%12d ".formatted(count));
        }
        print("\n");
      }
    }
  }

  /** T-10. */
  private void zoneinfo() {
    for (RefNode node : machine.nodes) {
      boolean first = true;
      for (int index = 0; index < kernel.zoneNames().size(); index++) {
        int at = index;
        String name = kernel.zoneNames().get(index);
        print("Node %d, zone %8s\n".formatted(node.id, name));
        RefZone z = node.zones.stream().filter(o -> o.index == at).findFirst().orElse(null);
        if (z == null) {
          long mark = name.equals("HighMem") || name.equals("Movable") ? 32 : 0;
          sizes(0, 0, mark, mark, mark, mark, 0, 0, 0, 0);
          protection(new long[kernel.zoneNames().size()]);
          continue;
        }
        if (first) {
          print("  per-node stats\n");
          counter("nr_active_file", ACTIVE_FILE + node.id);
          first = false;
        }
        populated(z, node);
      }
    }
  }

  private void populated(RefZone z, RefNode node) {
    long b = z.boost;
    long present = z.ram.cardinality();
    sizes(
        z.f(),
        b,
        z.min + b,
        z.low + b,
        z.high + b,
        z.promo + b,
        z.end - z.start,
        present,
        z.managed,
        z.cma);
    protection(z.reserve);
    counter("nr_free_pages", z.f());
    counter("nr_zone_inactive_anon", Math.max(z.other, 0));
    if (kernel.numa()) {
      counter("numa_hit", z.numaHit);
      counter("numa_miss", z.numaMiss);
      counter("numa_foreign", z.numaForeign);
      counter("numa_interleave", 0);
      counter("numa_local", z.numaLocal);
      counter("numa_other", z.numaOther);
    }
    print("  pagesets\n");
    for (RefSet set : z.sets) {
      print("    cpu: %d\n".formatted(set.cpu));
      print("              count: %d\n".formatted(set.count()));
      print("              high:  %d\n".formatted(set.high));
      print("              batch: %d\n".formatted(set.batch));
      print("  vm stats threshold: %d\n".formatted(z.threshold[set.cpu]));
    }
    print("  node_unreclaimable:  %d\n".formatted(node.failures >= 16 ? 1 : 0));
    print("  start_pfn:           %d\n".formatted(z.start));
  }

  private void sizes(long free, long... values) {
    List<String> names =
        List.of("boost", "min", "low", "high", "promo", "spanned", "present", "managed", "cma");
    print("  pages free     %d\n".formatted(free));
    for (int i = 0; i < values.length; i++) {
      print("        %-8s %d\n".formatted(names.get(i), values[i]));
    }
  }

  private void protection(long[] reserve) {
    print("        protection: (");
    for (int i = 0; i < reserve.length; i++) {
      print((i == 0 ? "" : ", ") + reserve[i]);
    }
    print(")\n");
  }

  private void counter(String name, long value) {
    print("      %-12s %d\n".formatted(name, value));
  }

  /** T-20, T-21. */
  private void meminfo() {
    boolean highmem = kernel.zoneNames().contains("HighMem");
    int from = highmem ? kernel.zone("HighMem") : Integer.MAX_VALUE;
    long total = 0;
    long free = 0;
    long highTotal = 0;
    long highFree = 0;
    long wl = 0;
    for (RefZone z : machine.zones) {
      total += z.managed;
      free += z.f;
      wl += z.low + z.boost;
      highTotal += z.index >= from ? z.managed : 0;
      highFree += z.index >= from ? z.f : 0;
    }
    long pc = ACTIVE_FILE + INACTIVE_FILE;
    long available = free - sizing.totalReserve;
    available += pc - Math.min(pc / 2, wl) + RECLAIMABLE - Math.min(RECLAIMABLE / 2, wl);
    line("MemTotal", total);
    line("MemFree", free);
    line("MemAvailable", Math.max(available, 0));
    line("Active(file)", ACTIVE_FILE);
    line("Inactive(file)", INACTIVE_FILE);
    if (highmem) {
      line("HighTotal", highTotal);
      line("HighFree", highFree);
      line("LowTotal", total - highTotal);
      line("LowFree", free - highFree);
    }
    line("KReclaimable", RECLAIMABLE);
  }

  private void line(String label, long pages) {
    print("%-16s%8d kB\n".formatted(label + ":", pages * kernel.kbPerPage()));
  }
}
