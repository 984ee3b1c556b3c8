package dev.buddyd.procfs;

import dev.buddyd.mm.frame.Geometry;
import dev.buddyd.mm.gfp.ZoneKind;
import dev.buddyd.mm.reclaim.LruList;
import dev.buddyd.mm.reclaim.ReclaimCounts;
import dev.buddyd.mm.zone.Kswapd;
import dev.buddyd.mm.zone.Node;
import dev.buddyd.mm.zone.PhysicalMemory;
import dev.buddyd.mm.zone.Watermarks;
import java.util.ArrayList;
import java.util.Formatter;
import java.util.List;
import java.util.Locale;
import java.util.function.IntToLongFunction;
import java.util.function.ToLongFunction;

/**
 * The Mem-Info block that ends a failure report and an OOM report, as 6.12 prints it (F-71). What
 * this machine does not have (page tables, mapped files) is 0.
 */
final class MemInfoBlock {

  /** Letters of the migratetypes in number order, in free-list lines. */
  private static final String LETTERS_WITH_CMA = "UMEHCI";

  private static final String LETTERS_WITHOUT_CMA = "UMEHI";

  // kernel numbers of the zone counters that the block shows, in the order of zoneinfo (T-10)
  private static final int INACTIVE_ANON = 1;
  private static final int ACTIVE_ANON = 2;
  private static final int INACTIVE_FILE = 3;
  private static final int ACTIVE_FILE = 4;
  private static final int UNEVICTABLE = 5;
  private static final int WRITE_PENDING = 6;
  private static final int MLOCK = 7;
  private static final int BOUNCE = 8;

  private final PhysicalMemory memory;
  private final Geometry geometry;
  private final ReclaimCounts counts;
  private final int highestZoneidx;
  private final int cpu;
  private final List<ZoneReading> all;
  private final StringBuilder out;
  private final Formatter print;

  private MemInfoBlock(
      PhysicalMemory memory, ReclaimCounts counts, int highestZoneidx, int cpu, StringBuilder out) {
    this.counts = counts;
    this.memory = memory;
    this.geometry = memory.geometry();
    this.highestZoneidx = highestZoneidx;
    this.cpu = cpu;
    this.out = out;
    this.print = new Formatter(out, Locale.ROOT);
    this.all = ZoneReading.all(memory, counts);
  }

  /**
   * Writes the block.
   *
   * @param counts what reclaim counts
   * @param highestZoneidx zones above this index are left out
   * @param cpu whose list {@code local_pcp} counts
   */
  static void write(
      PhysicalMemory memory, ReclaimCounts counts, int highestZoneidx, int cpu, StringBuilder out) {
    new MemInfoBlock(memory, counts, highestZoneidx, cpu, out).write();
  }

  private void write() {
    List<ZoneReading> shown =
        all.stream().filter(zone -> zone.span().index() <= highestZoneidx).toList();
    sums(shown);
    memory.nodes().stream().filter(this::showsNode).forEach(this::node);
    shown.forEach(this::zone);
    shown.forEach(this::freeLists);
    hugePages();
    totals();
  }

  private static long sum(List<ZoneReading> zones, int counter) {
    return zones.stream().mapToLong(zone -> zone.counter(counter)).sum();
  }

  private static long sum(List<ZoneReading> zones, ToLongFunction<ZoneReading> value) {
    return zones.stream().mapToLong(value).sum();
  }

  /** The first lines, in pages; free_pcp of the zones shown, everything else of all. */
  private void sums(List<ZoneReading> shown) {
    out.append("Mem-Info:\n");
    print.format(
        "active_anon:%d inactive_anon:%d isolated_anon:0\n",
        sum(all, ACTIVE_ANON), sum(all, INACTIVE_ANON));
    print.format(
        " active_file:%d inactive_file:%d isolated_file:0\n",
        sum(all, ACTIVE_FILE), sum(all, INACTIVE_FILE));
    print.format(
        " unevictable:%d dirty:%d writeback:%d\n",
        sum(all, UNEVICTABLE), total(counts::dirty), total(counts::writeback));
    print.format(" slab_reclaimable:%d slab_unreclaimable:0\n", counts.pages(LruList.SLAB));
    out.append(" mapped:0 shmem:0 pagetables:0\n");
    print.format(" sec_pagetables:0 bounce:%d\n", sum(all, BOUNCE));
    out.append(" kernel_misc_reclaimable:0\n");
    print.format(
        " free:%d free_pcp:%d free_cma:%d\n",
        sum(all, ZoneReading::freePages),
        sum(shown, ZoneReading::cachedPages),
        sum(all, ZoneReading::freeCmaPages));
  }

  private long total(IntToLongFunction byZone) {
    return memory.zones().stream().mapToLong(zone -> byZone.applyAsLong(zone.ordinal())).sum();
  }

  private static long ofNode(Node node, IntToLongFunction byZone) {
    return node.zones().stream().mapToLong(zone -> byZone.applyAsLong(zone.ordinal())).sum();
  }

  private boolean showsNode(Node node) {
    return all.stream()
        .anyMatch(
            zone ->
                zone.node() == node.id()
                    && zone.span().index() <= highestZoneidx
                    && zone.managedPages() > 0);
  }

  private void node(Node node) {
    List<ZoneReading> zones = all.stream().filter(zone -> zone.node() == node.id()).toList();
    print.format(
        "Node %d active_anon:%dkB inactive_anon:%dkB active_file:%dkB inactive_file:%dkB"
            + " unevictable:%dkB isolated(anon):0kB isolated(file):0kB mapped:0kB dirty:%dkB"
            + " writeback:%dkB shmem:0kB%s writeback_tmp:0kB kernel_stack:0kB pagetables:0kB"
            + " sec_pagetables:0kB all_unreclaimable? %s\n",
        node.id(),
        kb(sum(zones, ACTIVE_ANON)),
        kb(sum(zones, INACTIVE_ANON)),
        kb(sum(zones, ACTIVE_FILE)),
        kb(sum(zones, INACTIVE_FILE)),
        kb(sum(zones, UNEVICTABLE)),
        kb(ofNode(node, counts::dirty)),
        kb(ofNode(node, counts::writeback)),
        geometry.hugePages() ? " shmem_thp:0kB shmem_pmdmapped:0kB anon_thp:0kB" : "",
        node.kswapd().failures() >= Kswapd.HOPELESS_FAILURES ? "yes" : "no"); // Z-52
  }

  /** Marks are those in force; note the unit of the reserve, KB (F-71). */
  private void zone(ZoneReading zone) {
    showNode(zone);
    print.format(
        "%s free:%dkB boost:%dkB min:%dkB low:%dkB high:%dkB reserved_highatomic:%dKB",
        zone.name(),
        kb(zone.freePages()),
        kb(zone.boostPages()),
        kb(zone.mark(Watermarks.MIN)),
        kb(zone.mark(Watermarks.LOW)),
        kb(zone.mark(Watermarks.HIGH)),
        kb(zone.reservedHighatomicPages()));
    print.format(
        " active_anon:%dkB inactive_anon:%dkB active_file:%dkB inactive_file:%dkB unevictable:%dkB"
            + " writepending:%dkB",
        kb(zone.counter(ACTIVE_ANON)),
        kb(zone.counter(INACTIVE_ANON)),
        kb(zone.counter(ACTIVE_FILE)),
        kb(zone.counter(INACTIVE_FILE)),
        kb(zone.counter(UNEVICTABLE)),
        kb(zone.counter(WRITE_PENDING)));
    print.format(
        " present:%dkB managed:%dkB mlocked:%dkB bounce:%dkB free_pcp:%dkB local_pcp:%dkB"
            + " free_cma:%dkB\n",
        kb(zone.span().presentPages()),
        kb(zone.managedPages()),
        kb(zone.counter(MLOCK)),
        kb(zone.counter(BOUNCE)),
        kb(zone.cachedPages()),
        kb(zone.cachedPages(cpu)),
        kb(zone.freeCmaPages()));
    out.append("lowmem_reserve[]:");
    for (int index = 0; index < zone.lowmemReserves(); index++) {
      out.append(' ').append(zone.lowmemReserve(index));
    }
    out.append('\n');
  }

  private void freeLists(ZoneReading zone) {
    String letters = geometry.cmaBuilt() ? LETTERS_WITH_CMA : LETTERS_WITHOUT_CMA;
    showNode(zone);
    out.append(zone.name()).append(": ");
    long pages = 0;
    for (int order = 0; order <= geometry.maxOrder(); order++) {
      long blocks = zone.blocks(order);
      pages += blocks << order;
      out.append(blocks).append('*').append(kb(1L << order)).append("kB ");
      if (blocks > 0) {
        out.append('(');
        for (int type = 0; type < geometry.migrateTypes(); type++) {
          if (zone.blocks(order, type) > 0) {
            out.append(letters.charAt(type));
          }
        }
        out.append(") ");
      }
    }
    out.append("= ").append(kb(pages)).append("kB\n");
  }

  /** Kernels without NUMA leave the node out of zone lines (F-71). */
  private void showNode(ZoneReading zone) {
    if (geometry.numaBuilt()) {
      out.append("Node ").append(zone.node()).append(' ');
    }
  }

  private void hugePages() {
    if (!geometry.hugePages()) {
      return;
    }
    for (Node node : memory.nodes()) {
      print.format(
          "Node %d hugepages_total=0 hugepages_free=0 hugepages_surp=0 hugepages_size=%dkB\n",
          node.id(), kb(geometry.pageblockPages()));
    }
  }

  private void totals() {
    long swapCached = total(counts::swapCached);
    long file = sum(all, ACTIVE_FILE) + sum(all, INACTIVE_FILE) + swapCached;
    long present = sum(all, zone -> zone.span().presentPages());
    long managed = sum(all, ZoneReading::managedPages);
    print.format("%d total pagecache pages\n", file);
    print.format(
        "%d pages in swap cache\nFree swap  = %dkB\nTotal swap = %dkB\n",
        swapCached, kb(counts.swapFree()), kb(counts.swapTotal()));
    print.format("%d pages RAM\n", present);
    print.format(
        "%d pages HighMem/MovableOnly\n", sum(highmem(), zone -> zone.span().presentPages()));
    print.format("%d pages reserved\n", present - managed);
    if (geometry.cmaBuilt()) {
      print.format("%d pages cma reserved\n", sum(all, zone -> zone.span().cmaPages()));
    }
    out.append("0 pages hwpoisoned\n");
  }

  /** Zones that count as highmem: with HighMem, Movable is carved out of it (Z-6). */
  private List<ZoneReading> highmem() {
    if (geometry.zoneIndexOf(ZoneKind.HIGHMEM) < 0) {
      return List.of();
    }
    List<ZoneReading> zones = new ArrayList<>();
    for (ZoneReading zone : all) {
      if (zone.span().index() >= geometry.zoneIndexOf(ZoneKind.HIGHMEM)) {
        zones.add(zone);
      }
    }
    return zones;
  }

  private long kb(long pages) {
    return pages * geometry.pageKbytes();
  }
}
