package dev.buddyd.replay.recording;

import dev.buddyd.mm.frame.FrameTable;
import dev.buddyd.mm.frame.Geometry;
import dev.buddyd.mm.frame.MemoryRanges;
import dev.buddyd.mm.frame.MigrateType;
import dev.buddyd.mm.pcp.PerCpuPages;
import dev.buddyd.mm.zone.Zone;
import dev.buddyd.mm.zone.ZoneSpan;
import dev.buddyd.replay.json.Field;
import java.util.Arrays;
import java.util.List;

/** Fills one zone from its entry in a snapshot, and refuses an entry that contradicts itself. */
final class ZoneLoader {

  private static final long MAX_SPANNED = (1L << 31) - (1L << 15);
  private static final long MANY = 1L << 52;

  private final Field zone;
  private final ZoneSpan span;
  private final Geometry geometry;
  private final int cpus;
  private final PageClasses classes;

  ZoneLoader(Field zone, Field entry, ZoneSpan span, Geometry geometry, int cpus) {
    this.zone = zone;
    this.span = span;
    this.geometry = geometry;
    this.cpus = cpus;
    same(zone.at("node"), span.node());
    if (!zone.at("name").asText().equals(span.name())) {
      throw zone.at("name").wrong("zone " + span.index() + " is " + span.name());
    }
    same(zone.at("startPfn"), span.startPfn());
    same(zone.at("spanned"), span.spannedPages());
    same(zone.at("present"), span.presentPages());
    same(entry.item(4, 5), zone.at("managed").asLong());
    zone.at("spanned").asLong(1, MAX_SPANNED);
    classes = new PageClasses(zone.at("pages"), span.startPfn(), span.endPfn());
    long usable = classes.count("fma");
    if (zone.at("managed").asLong() != usable) {
      throw zone.at("managed").wrong("pages has " + usable + " frames of class f, a or m");
    }
    if (span.presentPages() > classes.count("rfma")) {
      throw zone.at("present").wrong("is more than the zone has frames");
    }
  }

  private static void same(Field field, long value) {
    if (field.asLong() != value) {
      throw field.wrong("must be " + value + ", as elsewhere in this state");
    }
  }

  ZoneSpan span() {
    return span;
  }

  String path() {
    return zone.path();
  }

  Field field(String name) {
    return zone.at(name);
  }

  MemoryRanges holes() {
    return classes.ranges('h');
  }

  MemoryRanges reserved() {
    return classes.ranges('r');
  }

  /** Frames whose table sections this zone may need at most, its block-level tables included. */
  long worstFrames() {
    long section = 1L << geometry.maxOrder();
    long touched = 0;
    long last = -1;
    for (int run = 0; run < classes.runs(); run++) {
      if ("fma".indexOf(classes.name(run)) >= 0) {
        long first = Math.max(classes.start(run) / section, last + 1);
        last = Math.max(last, (classes.end(run) - 1) / section);
        touched += last - first + 1;
      }
    }
    return touched * section + span.spannedPages() / 256 + 1024;
  }

  /** A frame that both zones claim, or -1. */
  long sharedFrame(ZoneLoader other) {
    long from = Math.max(span.startPfn(), other.span.startPfn());
    long to = Math.min(span.endPfn(), other.span.endPfn());
    for (long pfn = from; pfn < to; ) {
      int mine = classes.runOf(pfn);
      int theirs = other.classes.runOf(pfn);
      if (classes.name(mine) != 'h' && other.classes.name(theirs) != 'h') {
        return pfn;
      }
      pfn = Math.min(classes.end(mine), other.classes.end(theirs));
    }
    return -1;
  }

  // ---- filling

  void fill(Zone target) {
    pageblocks(target.frames());
    freeLists(target);
    numbers(target);
    List<Field> sets = zone.at("pcp").items();
    if (sets.size() != cpus) {
      throw zone.at("pcp").wrong("must have " + cpus + " sets, one per CPU");
    }
    inUse(target.frames());
    boolean[] seen = new boolean[cpus];
    for (Field set : sets) {
      int cpu = set.at("cpu").asInt(0, cpus - 1);
      if (seen[cpu]) {
        throw set.at("cpu").wrong("has two sets");
      }
      seen[cpu] = true;
      pageSet(target, set, cpu);
    }
    counters(target, sets);
  }

  private void pageblocks(FrameTable frames) {
    int pages = geometry.pageblockPages();
    long next = span.startPfn() & -(long) pages;
    Field runs = zone.at("pageblocks");
    for (Field run : runs.items()) {
      int type = run.item(0, 3).asInt(-1, geometry.migrateTypes() - 1);
      if (run.item(1, 3).asLong() != next) {
        throw run.wrong("must start at pfn " + next);
      }
      long blocks = run.item(2, 3).asLong(1, (span.endPfn() - next + pages - 1) / pages);
      for (long i = 0; i < blocks; i++, next += pages) {
        if (type >= 0) {
          frames.setType((int) (next - frames.pfn(0)), 0, type);
        }
      }
    }
    if (next < span.endPfn()) {
      throw runs.wrong("ends at pfn " + next + ", but the zone at " + span.endPfn());
    }
  }

  private void freeLists(Zone target) {
    Field area = zone.at("freeArea");
    List<Field> orders = area.items();
    if (orders.size() != geometry.maxOrder() + 1) {
      throw area.wrong("must have " + (geometry.maxOrder() + 1) + " orders");
    }
    long pages = 0;
    for (int order = 0; order < orders.size(); order++) {
      Field entry = orders.get(order);
      same(entry.at("order"), order);
      long blocks = 0;
      Field lists = entry.at("lists");
      for (String name : lists.keys()) {
        int type = MigrateType.procNames(geometry.cmaBuilt()).indexOf(name);
        if (type < 0) {
          throw lists.at(name).wrong("is no migratetype of this machine");
        }
        blocks += freeList(target, lists.at(name), order, type);
      }
      if (entry.at("nrFree").asLong() != blocks) {
        throw entry.at("nrFree").wrong("the lists hold " + blocks + " blocks");
      }
      pages += blocks << order;
    }
    if (pages != classes.count("f")) {
      throw area.wrong(
          "the lists hold " + pages + " pages, but " + classes.count("f") + " are of class f");
    }
    unmerged(target.frames());
  }

  private int freeList(Zone target, Field list, int order, int type) {
    FrameTable frames = target.frames();
    long[] pfns = list.asLongs();
    for (int i = 0; i < pfns.length; i++) {
      long pfn = pfns[i];
      Field place = new Field(list.value(), list.path() + "[" + i + "]");
      block(place, pfn, order, 'f', "free (class f)");
      int index = frames.index(pfn);
      for (int k = 0; k < 1 << order; k += 1 << Math.min(order, geometry.pageblockOrder())) {
        if (frames.typeOf(index + k) != type) {
          throw place.wrong(
              "the pageblock of pfn " + (pfn + k) + " is of another type than the list");
        }
      }
      int other = overlapping(frames, index, order);
      if (other >= 0) {
        throw place.wrong("pfn " + pfn + " lies in a block of " + frames.pfn(other) + ", too");
      }
      target.buddy().place(index, order, type);
    }
    return pfns.length;
  }

  /** Checks that a block is aligned, lies in the zone and has frames of one class. */
  private void block(Field place, long pfn, int order, char wanted, String inWords) {
    if (pfn < span.startPfn() || pfn + (1L << order) > span.endPfn()) {
      throw place.wrong("pfn " + pfn + " of order " + order + " lies outside the zone");
    }
    if ((pfn & ((1L << order) - 1)) != 0) {
      throw place.wrong("pfn " + pfn + " is not aligned to order " + order);
    }
    if (!classes.within(pfn, order, wanted)) {
      throw place.wrong("pfn " + pfn + " of order " + order + " is not all " + inWords);
    }
  }

  /** Head of a known block that shares a frame with this one, or -1. */
  private int overlapping(FrameTable frames, int index, int order) {
    for (int o = geometry.maxOrder(); o >= 0; o--) {
      int start = index & -(1 << o);
      if (start >= frames.firstIndex() && frames.isFree(start, o)) {
        return start;
      }
    }
    for (int i = index + 1; i < index + (1 << order); i++) {
      if (frames.freeOrderAt(i) >= 0) {
        return i;
      }
    }
    return -1;
  }

  /** Below pageblock order two free buddies would have been merged (B-20). */
  private void unmerged(FrameTable frames) {
    List<Field> orders = zone.at("freeArea").items();
    for (int order = 0; order < geometry.pageblockOrder(); order++) {
      Field lists = orders.get(order).at("lists");
      for (String name : lists.keys()) {
        for (long pfn : lists.at(name).asLongs()) {
          if (frames.isFree(frames.index(pfn ^ (1L << order)), order)) {
            throw lists
                .at(name)
                .wrong("pfn " + pfn + " and its buddy are both free, yet not merged");
          }
        }
      }
    }
  }

  /** Frames in use whose blocks are not known: each is one of its own (B-44). */
  private void inUse(FrameTable frames) {
    for (int run = 0; run < classes.runs(); run++) {
      char name = classes.name(run);
      if (name != 'a' && name != 'm') {
        continue;
      }
      int end = (int) (classes.end(run) - frames.pfn(0));
      for (int i = frames.index(classes.start(run)); i < end; i++) {
        frames.touch(i);
        frames.setHead(i, FrameTable.IN_USE, 0);
        frames.setMovable(i, name == 'm');
      }
    }
  }

  private void pageSet(Zone target, Field set, int cpu) {
    PerCpuPages pages = target.set(cpu);
    FrameTable frames = target.frames();
    pages.resize(
        set.at("batch").asInt(1, 1 << 20),
        set.at("highMin").asInt(0, Integer.MAX_VALUE),
        set.at("highMax").asInt(0, Integer.MAX_VALUE));
    pages.load(
        set.at("high").asInt(0, Integer.MAX_VALUE),
        set.at("allocFactor").asInt(0, geometry.batchScaleMax()),
        set.at("freeCount").asInt(0, Integer.MAX_VALUE / 2),
        set.at("flags").asInt(0, 3),
        set.at("expire").asInt(0, 3));
    boolean[] seen = new boolean[geometry.pcpLists()];
    for (Field list : set.at("lists").items()) {
      int number = list.at("index").asInt(0, geometry.pcpLists() - 1);
      int order = geometry.pcpOrderOf(number);
      same(list.at("order"), order);
      String type = MigrateType.procNames(geometry.cmaBuilt()).get(geometry.pcpTypeOf(number));
      if (!list.at("mt").asText().equals(type)) {
        throw list.at("mt").wrong("list " + number + " is of type " + type);
      }
      if (seen[number]) {
        throw list.at("index").wrong("appears twice");
      }
      seen[number] = true;
      long[] pfns = list.at("pfns").asLongs();
      for (int i = 0; i < pfns.length; i++) {
        Field place = new Field(list.at("pfns").value(), list.path() + ".pfns[" + i + "]");
        block(place, pfns[i], order, 'a', "in use (class a)");
        int index = frames.index(pfns[i]);
        for (int k = 0; k < 1 << order; k++) {
          if (frames.stateOf(index + k) != FrameTable.IN_USE) {
            throw place.wrong("pfn " + (pfns[i] + k) + " is on a per-CPU list already");
          }
          frames.clearHead(index + k);
        }
        frames.setHeld(index, pages.list(number).heldWord());
        pages.append(pages.list(number), index);
      }
    }
    if (set.at("count").asLong() != pages.count()) {
      throw set.at("count").wrong("the lists hold " + pages.count() + " pages");
    }
  }

  private void numbers(Zone target) {
    target.addManaged(zone.at("managed").asLong());
    Field marks = zone.at("watermark");
    long min = marks.at("min").asLong(0, MANY);
    long low = marks.at("low").asLong(min, MANY);
    long high = marks.at("high").asLong(low, MANY);
    target.watermarks().set(min, low, high, marks.at("promo").asLong(high, MANY));
    target.watermarks().loadBoost(marks.at("boost").asLong(0, MANY));
    Field flags = zone.at("flags");
    int bits = flags.asInt(0, 7);
    target.flags().load(bits);
    String[] names = {"boostedWatermarkFlag", "reclaimActiveFlag", "belowHighFlag"};
    for (int i = 0; i < names.length; i++) {
      Field flag = zone.find(names[i]);
      if (flag != null && flag.asInt(0, 1) != (bits >> i & 1)) {
        throw flag.wrong("flags is " + bits);
      }
    }
    Field reserve = zone.at("lowmemReserve");
    long[] reserves = reserve.asLongs();
    if (reserves.length != geometry.zoneKinds().size()) {
      throw reserve.wrong("must have " + geometry.zoneKinds().size() + " elements");
    }
    for (int i = 0; i < reserves.length; i++) {
      if (reserves[i] < 0 || reserves[i] > MANY) {
        throw reserve.wrong("must be pages, not " + reserves[i]);
      }
      target.setLowmemReserve(i, reserves[i]);
    }
    target.setDriftMark(zone.at("percpuDriftMark").asLong(0, MANY));
    target.resizeSets(
        zone.at("pagesetBatch").asInt(1, 1 << 20),
        zone.at("pagesetHighMin").asInt(0, Integer.MAX_VALUE),
        zone.at("pagesetHighMax").asInt(0, Integer.MAX_VALUE));
    long reserved = zone.at("nrReservedHighatomic").asLong(0, span.spannedPages());
    target.highAtomic().load(reserved);
  }

  private void counters(Zone target, List<Field> sets) {
    long listed = 0;
    long highatomic = 0;
    long cma = 0;
    for (int order = 0; order <= geometry.maxOrder(); order++) {
      for (int type = 0; type < geometry.migrateTypes(); type++) {
        long pages = (long) target.lists().count(order, type) << order;
        listed += type == geometry.isolateType() ? 0 : pages;
        highatomic += type == MigrateType.HIGHATOMIC ? pages : 0;
        cma += type == geometry.cmaType() ? pages : 0;
      }
    }
    same(zone.at("nrFreeHighatomic"), highatomic);
    Field vmStat = zone.at("vmStat");
    long[] stats = vmStat.asLongs();
    long free = zone.at("nrFreePages").asLong(-MANY, MANY);
    if (stats.length == 0 || stats[0] != free) {
      throw vmStat.wrong("its first element must be nrFreePages, " + free);
    }
    target.counter().load(free, highatomic, cma);
    int[][] remainders = new int[cpus][];
    long sum = free;
    for (Field set : sets) {
      int cpu = set.at("cpu").asInt(0, cpus - 1);
      target.counter().setThreshold(cpu, set.at("statThreshold").asInt(0, 127));
      int diff = set.at("freePagesDiff").asInt(-128, 127);
      target.counter().loadRemainder(cpu, diff);
      sum += diff;
      int[] diffs = set.at("vmStatDiff").asInts(stats.length, -128, 127);
      if (diffs[0] != diff) {
        throw set.at("vmStatDiff").wrong("its first element must be freePagesDiff, " + diff);
      }
      diffs[0] = 0;
      remainders[cpu] = diffs;
    }
    if (sum != listed) {
      throw zone.at("nrFreePages")
          .wrong("with the CPUs' remainders it is " + sum + ", but the lists hold " + listed);
    }
    Field events = zone.at("numaEvents");
    long[] numa = events.asLongs();
    if (numa.length != (geometry.numaBuilt() ? 6 : 0)) {
      throw events.wrong("must have 6 elements in every zone or 0 in every zone");
    }
    target.statistics().load(numa, Arrays.copyOf(stats, stats.length), remainders);
  }
}
