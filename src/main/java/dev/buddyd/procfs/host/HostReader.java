package dev.buddyd.procfs.host;

import dev.buddyd.mm.frame.Geometry;
import dev.buddyd.mm.frame.MigrateType;
import dev.buddyd.mm.gfp.ZoneKind;
import dev.buddyd.procfs.parse.BuddyRow;
import dev.buddyd.procfs.parse.PageTypeRow;
import dev.buddyd.procfs.parse.PagesetRow;
import dev.buddyd.procfs.parse.ProcFacts;
import dev.buddyd.procfs.parse.ProcFacts.File;
import dev.buddyd.procfs.parse.ProcReader;
import dev.buddyd.procfs.parse.ZoneRow;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads a host's files and refuses what contradicts itself. */
final class HostReader {

  private static final int MAX_NODES = 64;
  private static final int MAX_CPUS = 512;
  private static final long MAX_SPANNED = (1L << 31) - (1L << 15);
  private static final long MANY = 1L << 40;

  /** Files read one after the other may differ by this part of a zone. */
  private static final int DRIFT_PART = 8;

  private final ProcFacts facts;
  private final Geometry geometry;
  private final Set<String> notes = new LinkedHashSet<>();
  private final boolean grouping;
  private int cpus;

  private HostReader(ProcFacts facts, Geometry geometry) {
    this.facts = facts;
    this.geometry = geometry;
    long managed = 0;
    for (ZoneRow zone : facts.zones()) {
      Long pages = zone.managed();
      managed += pages == null ? 0 : pages;
    }
    this.grouping = managed >= (long) geometry.pageblockPages() * geometry.migrateTypes(); // S-2
  }

  static HostState read(String text, @Nullable Integer pageSizeKb) {
    ProcFacts facts = ProcReader.read(text);
    if (facts.zones().stream().noneMatch(ZoneRow::isPopulated)) {
      throw new InvalidHostException(
          0, "zoneinfo", "is missing, or has no zone with memory: it tells the zones and marks");
    }
    return new HostReader(facts, new HostShape(facts).geometry(pageSizeKb)).read();
  }

  private HostState read() {
    for (ZoneRow row : facts.zones()) {
      for (PagesetRow set : row.pagesets()) {
        cpus = Math.max(cpus, set.cpu() + 1);
      }
    }
    if (cpus == 0) {
      cpus = 1;
      notes.add("the text names no CPU: one is assumed");
    }
    if (cpus > MAX_CPUS) {
      throw new InvalidHostException(
          0, "cpu", "has %d CPUs, more than %d".formatted(cpus, MAX_CPUS));
    }
    List<HostZone> zones = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    int nodes = 1;
    for (ZoneRow row : facts.zones()) {
      if (!row.isPopulated()) {
        continue;
      }
      int line = line(row, "");
      if (!seen.add(key(row.node(), row.zone()))) {
        throw new InvalidHostException(
            line, "zone", "zone %s of node %d comes twice".formatted(row.zone(), row.node()));
      }
      nodes = Math.max(nodes, row.node() + 1);
      zones.add(zone(row));
    }
    if (nodes > MAX_NODES) {
      throw new InvalidHostException(
          0, "Node", "has %d nodes, more than %d".formatted(nodes, MAX_NODES));
    }
    strangers(seen);
    zones.sort(
        (a, b) ->
            a.node() != b.node()
                ? Integer.compare(a.node(), b.node())
                : a.kind().compareTo(b.kind()));
    HostMachine.Swap swap = swap();
    return new HostState(geometry, apart(zones), nodes, cpus, swap, List.copyOf(notes));
  }

  private HostMachine.@Nullable Swap swap() {
    Long total = facts.meminfoKb().get("SwapTotal");
    Long free = facts.meminfoKb().get("SwapFree");
    if (total == null && free == null) {
      notes.add("there is no SwapTotal and SwapFree of meminfo: 2 GiB of free swap are assumed");
      return null;
    }
    Long size = total == null ? free : total;
    if (size == null || size > MANY) {
      throw new InvalidHostException(
          swapLine("SwapTotal"), "SwapTotal", "is more swap than any machine has");
    }
    long left = free == null ? size : free;
    if (left > size) {
      throw new InvalidHostException(
          swapLine("SwapFree"), "SwapFree", "%d kB are more than SwapTotal".formatted(left));
    }
    if (left < size) {
      notes.add(
          ("the host has %d kB in swap: these slots stay in use, by nobody whom the machine knows;"
                  + " it can swap %d kB")
              .formatted(size - left, left));
    }
    return new HostMachine.Swap(size, left);
  }

  private int swapLine(String field) {
    return facts.line(File.MEMINFO, 0, "", field);
  }

  private static String key(int node, String zone) {
    return node + " " + zone;
  }

  private int line(ZoneRow row, String field) {
    return facts.line(File.ZONEINFO, row.node(), row.zone(), field);
  }

  private InvalidHostException wrong(ZoneRow row, String field, String reason) {
    return new InvalidHostException(line(row, field), field, reason);
  }

  /** Whatever buddyinfo tells must be a zone of zoneinfo. */
  private void strangers(Set<String> zones) {
    for (BuddyRow row : facts.buddyinfo()) {
      if (!zones.contains(key(row.node(), row.zone()))) {
        throw stranger(File.BUDDYINFO, row.node(), row.zone(), "");
      }
    }
    for (PageTypeRow row : facts.pageTypes()) {
      boolean empty = row.free().stream().allMatch(count -> count == 0);
      if (!empty && !zones.contains(key(row.node(), row.zone()))) {
        throw stranger(File.PAGETYPEINFO, row.node(), row.zone(), row.type());
      }
    }
  }

  private InvalidHostException stranger(File file, int node, String zone, String field) {
    return new InvalidHostException(
        facts.line(file, node, zone, field),
        "zone",
        "zoneinfo has no zone %s with memory on node %d".formatted(zone, node));
  }

  // ---- one zone

  private HostZone zone(ZoneRow row) {
    ZoneKind kind = HostShape.kind(row.zone(), line(row, ""));
    long spanned = pages(row, "spanned");
    long present = pages(row, "present");
    if (spanned < 1 || spanned > MAX_SPANNED) {
      throw wrong(row, "spanned", "%d pages are not 1 to %d".formatted(spanned, MAX_SPANNED));
    }
    if (present > spanned) {
      throw wrong(row, "present", "%d pages are more than spanned, %d".formatted(present, spanned));
    }
    List<HostZone.PageSet> sets = sets(row);
    long cached = sets.stream().mapToLong(HostZone.PageSet::count).sum();
    TypeCounts counts = new TypeCounts(facts, geometry, row.node(), row.zone());
    long cmaPages = row.pages().getOrDefault("cma", 0L);
    int fallback = grouping ? MigrateType.MOVABLE : MigrateType.UNMOVABLE;
    boolean typed = counts.read(fallback, row.counters().getOrDefault("nr_free_cma", 0L));
    if (!typed) {
      notes.add(
          "there is no pagetypeinfo: all pageblocks are taken for "
              + MigrateType.procNames(geometry.cmaBuilt()).get(fallback));
    }
    int blocksLine = blocksLine(row);
    long listed = listed(counts.blocks());
    long managed = managed(row, spanned, present, listed + cached, blocksLine);
    long free = free(row, listed, managed, blocksLine);
    long isolated = listed(counts.blocks(), geometry.isolateType());
    if (counts.moved() > managed / DRIFT_PART) {
      throw new InvalidHostException(
          blocksLine,
          "buddyinfo",
          "buddyinfo and pagetypeinfo differ by %d pages in zone %s of node %d"
              .formatted(counts.moved(), row.zone(), row.node()));
    } else if (counts.moved() > 0) {
      notes.add("buddyinfo and pagetypeinfo differ a little: buddyinfo counts");
    }
    long boost = row.pages().getOrDefault("boost", 0L);
    long[] marks = marks(row, boost);
    if (boost > 0 && managed < 4L * geometry.pageblockPages()) {
      throw wrong(row, "boost", "a zone of %d pages is never boosted".formatted(managed)); // B-42
    }
    return new HostZone(
        row.node(),
        kind,
        row.trailer().getOrDefault("start_pfn", -1L),
        spanned,
        Math.max(present, managed),
        managed,
        free == listed ? listed - isolated : free,
        marks,
        boost,
        reserve(row, kind),
        counts.blocks(),
        counts.pageblocks(cmaPages),
        cmaPages,
        sets,
        numaEvents(row),
        row.trailer().getOrDefault("node_unreclaimable", 0L) != 0,
        line(row, ""),
        blocksLine);
  }

  private long pages(ZoneRow row, String field) {
    Long value = row.page(field);
    if (value == null) {
      throw wrong(row, field, "is missing, or no number");
    }
    if (value > MANY) {
      throw wrong(row, field, value + " pages are more than any machine has");
    }
    return value;
  }

  private int blocksLine(ZoneRow row) {
    int line = facts.line(File.BUDDYINFO, row.node(), row.zone(), "");
    if (line == 0) {
      for (PageTypeRow types : facts.pageTypes()) {
        if (types.node() == row.node() && types.zone().equals(row.zone())) {
          return facts.line(File.PAGETYPEINFO, row.node(), row.zone(), types.type());
        }
      }
      throw wrong(
          row, "zone", "buddyinfo has no line for zone " + row.zone() + " of node " + row.node());
    }
    return line;
  }

  private static long listed(long[][] blocks) {
    long pages = 0;
    for (int order = 0; order < blocks.length; order++) {
      for (long count : blocks[order]) {
        pages += Math.min(count, MANY) << order;
      }
    }
    return pages;
  }

  private static long listed(long[][] blocks, int type) {
    long pages = 0;
    for (int order = 0; order < blocks.length; order++) {
      pages += Math.min(blocks[order][type], MANY) << order;
    }
    return pages;
  }

  /** Kernels before 3.9 don't tell what is managed, and print less present than they manage. */
  private long managed(ZoneRow row, long spanned, long present, long free, int blocksLine) {
    Long told = row.page("managed");
    long most = told == null ? spanned : pages(row, "managed");
    if (told != null && told > present) {
      throw wrong(row, "managed", "%d pages are more than present, %d".formatted(told, present));
    }
    if (free > most) {
      throw new InvalidHostException(
          blocksLine,
          "buddyinfo",
          "%d pages are free or on per-CPU lists in zone %s of node %d, but it has only %d"
              .formatted(free, row.zone(), row.node(), most));
    }
    if (told != null) {
      return told;
    }
    if (free > present) {
      notes.add("an old kernel prints fewer present pages than it manages");
    }
    return Math.max(present, free);
  }

  /** The free counter; the pages on the lists where the files were read too far apart. */
  private long free(ZoneRow row, long listed, long managed, int blocksLine) {
    Long counted = row.page("free");
    if (counted == null) {
      counted = row.counters().get("nr_free_pages");
    }
    if (counted == null) {
      throw wrong(row, "free", "is missing, or no number");
    }
    long difference = Math.abs(counted - listed);
    if (difference > managed / DRIFT_PART + 256) {
      throw wrong(
          row,
          "free",
          "%d pages are free here, but %d in line %d: not two moments of one zone"
              .formatted(counted, listed, blocksLine));
    }
    long explained = 0;
    for (HostZone.PageSet set : sets(row)) {
      explained += Math.max(set.threshold(), 0);
    }
    if (difference > explained) {
      notes.add("buddyinfo and zoneinfo were read at different moments: buddyinfo counts");
      return listed;
    }
    return counted;
  }

  private long[] marks(ZoneRow row, long boost) {
    long min = pages(row, "min") - boost;
    long low = pages(row, "low") - boost;
    long high = pages(row, "high") - boost;
    Long promo = row.page("promo");
    long top = promo == null ? high + (high - low) : promo - boost;
    if (min < 0) {
      throw wrong(row, "boost", "is %d, more than min, which contains it".formatted(boost));
    }
    if (low < min || high < low || top < high) {
      String field = low < min ? "low" : high < low ? "high" : "promo";
      throw wrong(row, field, "the marks do not ascend: %d, %d, %d".formatted(min, low, high));
    }
    return new long[] {min, low, high, top};
  }

  /** Z-31. */
  private long[] reserve(ZoneRow row, ZoneKind kind) {
    int own = geometry.zoneIndexOf(kind);
    long[] reserve = new long[geometry.zoneKinds().size()];
    List<Long> told = row.protection();
    if (told.isEmpty()) {
      notes.add("no protection is told: there is no lowmem reserve");
    }
    if (told.size() > reserve.length) {
      throw wrong(
          row,
          "protection",
          "has %d columns for %d kinds of zones".formatted(told.size(), reserve.length));
    }
    for (int i = 0; i < reserve.length; i++) {
      long value = told.isEmpty() ? 0 : told.get(Math.min(i, told.size() - 1));
      if (value > MANY || (i <= own ? value != 0 : value < reserve[i - 1])) {
        throw wrong(
            row,
            "protection",
            "%d does not fit in column %d of zone %s".formatted(value, i, row.zone()));
      }
      reserve[i] = value;
    }
    return reserve;
  }

  private static long[] numaEvents(ZoneRow row) {
    Map<String, Long> counters = row.counters();
    return new long[] {
      counters.getOrDefault("numa_hit", 0L),
      counters.getOrDefault("numa_miss", 0L),
      counters.getOrDefault("numa_foreign", 0L),
      counters.getOrDefault("numa_interleave", 0L),
      counters.getOrDefault("numa_local", 0L),
      counters.getOrDefault("numa_other", 0L)
    };
  }

  // ---- page sets

  /** One set per CPU; the hot and the cold one of old kernels are added up. */
  private List<HostZone.PageSet> sets(ZoneRow row) {
    PagesetRow[] main = new PagesetRow[cpus];
    long[] count = new long[cpus];
    for (PagesetRow set : row.pagesets()) {
      count[set.cpu()] += value(row, set, "count", set.count());
      main[set.cpu()] = main[set.cpu()] == null ? set : main[set.cpu()];
    }
    int batch = 1;
    int threshold = (int) Math.min(row.trailer().getOrDefault("vm stats threshold", -1L), 125);
    int least = Integer.MAX_VALUE;
    int most = 0;
    for (PagesetRow set : main) {
      if (set != null) {
        batch = Math.max(batch, value(row, set, "batch", set.batch()));
        least =
            Math.min(
                least, value(row, set, "high", set.highMin() == null ? set.high() : set.highMin()));
        most =
            Math.max(
                most, value(row, set, "high", set.highMax() == null ? set.high() : set.highMax()));
      }
    }
    int lim = least == Integer.MAX_VALUE ? 0 : least;
    List<HostZone.PageSet> sets = new ArrayList<>();
    for (int cpu = 0; cpu < cpus; cpu++) {
      int high = main[cpu] == null ? 0 : value(row, main[cpu], "high", main[cpu].high());
      sets.add(new HostZone.PageSet((int) count[cpu], high, batch, lim, most, threshold));
    }
    return sets;
  }

  private int value(ZoneRow row, PagesetRow set, String name, @Nullable Long number) {
    if (number == null || number > 1 << 24) {
      throw wrong(
          row, "cpu " + set.cpu() + " " + name, number == null ? "is missing" : "is too large");
    }
    return number.intValue();
  }

  // ---- where zones lie

  /** Zones whose places are not told, or overlap, are put behind the others. */
  private List<HostZone> apart(List<HostZone> zones) {
    List<HostZone> placed = new ArrayList<>();
    long top = 1L << geometry.maxOrder();
    for (HostZone zone : zones) {
      long start = zone.startPfn();
      boolean told = start >= 0 && start < MANY;
      boolean clash =
          placed.stream()
              .anyMatch(
                  other -> start < other.endPfn() && other.startPfn() < start + zone.spanned());
      if (told && !clash) {
        placed.add(zone);
        continue;
      }
      notes.add(
          told
              ? "zones overlap: " + zone.title() + " lies elsewhere here"
              : "no start_pfn is told");
      long end = 0;
      for (HostZone other : zones) {
        end = Math.max(end, other.startPfn() < MANY ? other.endPfn() : 0);
      }
      for (HostZone other : placed) {
        end = Math.max(end, other.endPfn());
      }
      placed.add(zone.at((end + top - 1) / top * top));
    }
    return placed;
  }
}
